"""Endless token sequences whose next token is decided by an earlier one: repeated blocks, copy and reverse."""

from typing import ClassVar

import torch
from pydantic import Field, ValidationInfo, field_validator
from torch import Generator, Tensor

from explorer.datasets.base import Description, Split
from explorer.datasets.endless import Endless, draw_permutations
from explorer.signals import IGNORED, Signal, Task


class Repeated(Endless):
    """A block of different tokens, repeated: what followed a token before follows it again.

    The period varies from sequence to sequence. With a fixed one, a single layer learns to look back by that distance,
    which is no induction and fails at any other period (Olsson et al. 2022, arXiv:2209.11895).
    """

    kind: ClassVar[str] = "repeated"
    title: ClassVar[str] = "Repeated blocks (induction)"

    min_period: int = Field(8, ge=2, le=128, description="Shortest block.")
    max_period: int = Field(16, ge=2, le=128, validate_default=True, description="Longest block.")
    fixed_period: int | None = Field(
        None, ge=2, le=128, description="Length of every training block; empty means that it varies."
    )
    test_period: int = Field(12, ge=2, le=128, description="Length of every block in the held-out sequences.")
    vocabulary: int = Field(
        32, ge=2, le=512, validate_default=True, description="Different tokens, besides the one that starts a sequence."
    )
    length: int = Field(32, ge=4, le=256, validate_default=True, description="Tokens in a sequence.")

    @field_validator("max_period")
    @classmethod
    def _not_below_the_shortest(cls, longest: int, info: ValidationInfo) -> int:
        shortest = info.data.get("min_period", longest)
        if longest < shortest:
            raise ValueError(f"at least min_period ({shortest})")
        return longest

    @field_validator("vocabulary", "length")
    @classmethod
    def _hold_a_block(cls, size: int, info: ValidationInfo) -> int:
        longest = max(info.data.get(period) or 0 for period in ("max_period", "fixed_period", "test_period"))
        if size < longest:
            raise ValueError(f"at least {longest}, the longest block")
        return size

    def describe(self) -> Description:
        size = self.vocabulary + 1
        task = Task("next_token", size, self.names(), self.length)
        return Description((Signal((self.length,), size),), task, "tokens", None, self.n_test)

    def names(self) -> tuple[str, ...]:
        return (*map(str, range(self.vocabulary)), "<start>")

    def make(self, n: int, generator: Generator | None = None) -> Split:
        if self.fixed_period is not None:
            return self.make_with_period(n, self.fixed_period, generator)
        return self._tile(torch.randint(self.min_period, self.max_period + 1, (n, 1), generator=generator), generator)

    def make_test(self, generator: Generator) -> Split:
        return self.make_with_period(self.n_test, self.test_period, generator)

    def make_with_period(self, n: int, period: int, generator: Generator | None = None) -> Split:
        """`n` sequences whose block has this many tokens."""
        return self._tile(torch.full((n, 1), period), generator)

    def _tile(self, periods: Tensor, generator: Generator | None) -> Split:  # (n, 1)
        n = len(periods)
        blocks = draw_permutations(n, self.vocabulary, generator)  # (n, vocabulary)
        tiled = blocks.gather(1, torch.arange(self.length) % periods)  # (n, length)
        start = tiled.new_full((n, 1), self.vocabulary)
        return Split((torch.cat([start, tiled[:, :-1]], 1),), tiled)


def repeated_positions(period: int, length: int) -> slice:
    """Output positions of the second block, where the next token can be known from the first one."""
    return slice(period + 1, min(2 * period, length))


def induction_offset(period: int) -> int:
    """How far back an induction head attends: to the token after the previous occurrence of the current one."""
    return period - 1


class Transcript(Endless):
    """Random symbols, a separator, then an answer that is made of the same symbols; only the answer counts."""

    vocabulary: int = Field(10, ge=2, le=512, description="Different symbols, besides the separator.")
    length: int = Field(8, ge=1, le=128, description="Symbols before the separator, and again after it.")

    def answer(self, prompt: Tensor) -> Tensor:
        """What must follow the separator: (n, length) -> (n, length)."""
        raise NotImplementedError

    def describe(self) -> Description:
        size, steps = self.vocabulary + 1, 2 * self.length
        task = Task("next_token", size, self.names(), steps)
        return Description((Signal((steps,), size),), task, "tokens", None, self.n_test)

    def names(self) -> tuple[str, ...]:
        return (*map(str, range(self.vocabulary)), "|")

    def make(self, n: int, generator: Generator | None = None) -> Split:
        prompt = torch.randint(self.vocabulary, (n, self.length), generator=generator)
        separator = prompt.new_full((n, 1), self.vocabulary)
        answer = self.answer(prompt)
        inputs = torch.cat([prompt, separator, answer[:, :-1]], 1)  # (n, 2 length)
        return Split((inputs,), torch.cat([torch.full_like(prompt, IGNORED), answer], 1))


class Copy(Transcript):
    """Symbols to be said again in the same order."""

    kind: ClassVar[str] = "copy"
    title: ClassVar[str] = "Copy"

    def answer(self, prompt: Tensor) -> Tensor:
        return prompt


class Reverse(Transcript):
    """Symbols to be said again from the last to the first."""

    kind: ClassVar[str] = "reverse"
    title: ClassVar[str] = "Reverse"

    def answer(self, prompt: Tensor) -> Tensor:
        return prompt.flip(1)


class CopyBack(Endless):
    """Random symbols; at every step: which one stood so many steps back?"""

    kind: ClassVar[str] = "copy_back"
    title: ClassVar[str] = "Copy from steps back"

    lag: int = Field(3, ge=1, le=128, description="How many steps back the symbol to tell stands.")
    vocabulary: int = Field(8, ge=2, le=512, description="Different symbols.")
    length: int = Field(24, ge=2, le=256, validate_default=True, description="Symbols in a sequence.")

    @field_validator("length")
    @classmethod
    def _longer_than_the_lag(cls, length: int, info: ValidationInfo) -> int:
        if length <= info.data.get("lag", 0):
            raise ValueError(f"more than lag ({info.data['lag']})")
        return length

    def describe(self) -> Description:
        task = Task("sequence_labels", self.vocabulary, self.names(), self.length)
        return Description((Signal((self.length,), self.vocabulary),), task, "tokens", None, self.n_test)

    def names(self) -> tuple[str, ...]:
        return tuple(map(str, range(self.vocabulary)))

    def make(self, n: int, generator: Generator | None = None) -> Split:
        symbols = torch.randint(self.vocabulary, (n, self.length), generator=generator)
        nothing = torch.full((n, self.lag), IGNORED)
        return Split((symbols,), torch.cat([nothing, symbols[:, : -self.lag]], 1))
