"""Endless series that ask a recurrent network to remember: brackets, adding, flip-flop and the first bit."""

from typing import ClassVar

import torch
from pydantic import Field
from torch import Generator, Tensor
from torch.nn.functional import one_hot

from explorer.datasets.base import Description, Split
from explorer.datasets.endless import Endless
from explorer.datasets.forms import InputForm
from explorer.datasets.sequence_forms import MarksForm
from explorer.signals import Signal, Task

OPEN, CLOSE = 0, 1


class Brackets(Endless):
    """Brackets that open and close; at every step: is everything closed? How deep it is, is never told."""

    kind: ClassVar[str] = "brackets"
    title: ClassVar[str] = "Brackets"

    length: int = Field(30, ge=2, le=512, description="Brackets in a sequence.")
    max_depth: int = Field(10, ge=1, le=100, description="Most brackets open at once.")

    def describe(self) -> Description:
        task = Task("sequence_labels", 2, ("open", "balanced"), self.length)
        return Description((Signal((self.length, 2)),), task, "series", None, self.n_test)

    def names(self) -> tuple[str, ...]:
        return ("(", ")")

    def form(self) -> InputForm:
        return MarksForm(self.names(), self.length)

    def make(self, n: int, generator: Generator | None = None) -> Split:
        # A walk that must open at depth 0, must close at the deepest and tosses a coin between is a free walk, folded.
        steps = 2 * torch.randint(2, (n, self.length), generator=generator) - 1
        folded = (steps.cumsum(1) + self.max_depth) % (2 * self.max_depth)
        depth = (folded - self.max_depth).abs()  # (n, length)
        before = torch.cat([depth.new_zeros(n, 1), depth[:, :-1]], 1)
        brackets = torch.where(depth > before, OPEN, CLOSE)
        return Split((one_hot(brackets, 2).float(),), (depth == 0).long())


def bracket_depths(inputs: Tensor) -> Tensor:
    """How many brackets are open after every step: (B, T, 2) -> (B, T)."""
    return (inputs[..., OPEN] - inputs[..., CLOSE]).cumsum(-1)


class Adding(Endless):
    """Random numbers, two of them marked, one in each half; the answer is the sum of these two.

    Hochreiter and Schmidhuber 1997. Always answering 1 gives a squared error of 1/6.
    """

    kind: ClassVar[str] = "adding"
    title: ClassVar[str] = "Adding problem"

    length: int = Field(30, ge=2, le=512, description="Numbers in a sequence.")

    def describe(self) -> Description:
        signal = Signal((self.length, 2))
        return Description((signal,), Task("regression", 1, ("sum",)), "series", None, self.n_test)

    def names(self) -> tuple[str, ...]:
        return ("number", "marker")

    def make(self, n: int, generator: Generator | None = None) -> Split:
        half = self.length // 2
        numbers = torch.rand(n, self.length, generator=generator)
        first = torch.randint(half, (n, 1), generator=generator)
        second = torch.randint(half, self.length, (n, 1), generator=generator)
        marked = torch.cat([first, second], 1)  # (n, 2)
        markers = torch.zeros_like(numbers).scatter_(1, marked, 1.0)
        return Split((torch.stack([numbers, markers], -1),), numbers.gather(1, marked).sum(1, keepdim=True))


class FlipFlop(Endless):
    """Rare pulses up or down on a few channels; at every step: which way went the last pulse of each?

    Sussillo and Barak 2013. The first step pulses on every channel, so that there is always a last one.
    """

    kind: ClassVar[str] = "flip_flop"
    title: ClassVar[str] = "Flip-flop memory"

    length: int = Field(30, ge=2, le=512, description="Steps in a sequence.")
    bits: int = Field(2, ge=1, le=4, description="Channels to remember; every combination is a class.")
    pulse_rate: float = Field(0.15, gt=0, le=1, description="Chance of a pulse on a channel at a step.")

    def describe(self) -> Description:
        codes = range(2**self.bits)
        labels = tuple("".join("+" if code >> bit & 1 else "−" for bit in range(self.bits)) for code in codes)
        task = Task("sequence_labels", 2**self.bits, labels, self.length)
        return Description((Signal((self.length, self.bits)),), task, "series", None, self.n_test)

    def names(self) -> tuple[str, ...]:
        return tuple(f"channel {bit + 1}" for bit in range(self.bits))

    def make(self, n: int, generator: Generator | None = None) -> Split:
        shape = (n, self.length, self.bits)
        is_pulse = torch.rand(shape, generator=generator) < self.pulse_rate
        is_pulse[:, 0] = True
        is_up = torch.randint(2, shape, generator=generator)
        last = (is_pulse * torch.arange(self.length)[:, None]).cummax(1).values  # step of the last pulse
        states = is_up.gather(1, last)
        pulses = torch.where(is_pulse, 2.0 * is_up - 1, 0.0)
        return Split((pulses,), (states << torch.arange(self.bits)).sum(-1))


class FirstBit(Endless):
    """A bit, then nothing but noise; the answer is the bit."""

    kind: ClassVar[str] = "first_bit"
    title: ClassVar[str] = "Remember the first bit"

    length: int = Field(20, ge=2, le=512, description="Steps in a sequence.")
    noise: float = Field(0.5, ge=0, le=10, description="Standard deviation of the distracting noise.")

    def describe(self) -> Description:
        task = Task("classification", 2, ("−1", "+1"))
        return Description((Signal((self.length, 1)),), task, "series", None, self.n_test)

    def names(self) -> tuple[str, ...]:
        return ("value",)

    def make(self, n: int, generator: Generator | None = None) -> Split:
        bits = torch.randint(2, (n,), generator=generator)
        series = self.noise * torch.randn(n, self.length, 1, generator=generator)
        series[:, 0, 0] = 2.0 * bits - 1
        return Split((series,), bits)
