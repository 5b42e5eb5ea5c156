"""Made-up speech: phones that sound for a while in an order that is told without their times."""

from dataclasses import dataclass
from typing import ClassVar

import torch
from pydantic import Field
from torch import Generator, Tensor

from explorer.datasets.base import Description, Split
from explorer.datasets.endless import Endless
from explorer.signals import IGNORED, Signal, Task

NAMES = ("a", "e", "i", "o", "u", "m", "n", "s", "l", "r", "f", "k", "t", "p", "z", "b")
BANDS = 16  # of the spectrum, from low to high
LOW, HIGH, APART = 1.5, 8.5, 2.0  # bands of the lowest peaks of both kinds, and from one peak to the next
PEAKS = 4  # places of a peak of either kind
WIDTH = 0.8  # standard deviation of a peak, in bands
SHORTEST, LONGEST = 3, 6  # frames of a phone
PAUSES = (1, 2)  # frames of silence before each phone, at least and at most
FEWEST = 2  # phones in an utterance
QUIETEST, LOUDEST = 0.7, 1.3


@dataclass(frozen=True)
class Spoken:
    """Utterances with what is never told to a network: which phone of the sequence sounds in which frame."""

    frames: Tensor  # (B, T, bands)
    phones: Tensor  # (B, most), ids from 1, IGNORED behind the end
    places: Tensor  # (B, T), the place in the sequence of what sounds, -1 in silence


class Utterances(Endless):
    """Made-up speech. Each phone has two bright bands, as vowels have formants, and lasts three to six frames.

    To tell are the phones in their order, without their times: the task of Graves et al. 2006.
    """

    kind: ClassVar[str] = "utterances"
    title: ClassVar[str] = "Utterances"

    phones: int = Field(8, ge=2, le=len(NAMES), description="Different phones.")
    most: int = Field(5, ge=FEWEST, le=12, description="Most phones in an utterance; the fewest are two.")
    noise: float = Field(0.3, ge=0, le=3, description="Standard deviation of the noise; a phone's peak is about 1.")

    @property
    def frames(self) -> int:
        """Frames of the longest utterance, and one of silence behind it."""
        return self.most * (LONGEST + PAUSES[1]) + 1

    def describe(self) -> Description:
        task = Task(
            "ctc",
            1 + self.phones,
            ("–", *NAMES[: self.phones]),
            self.frames,
            most=self.most,
            least_steps=2 * self.most - 1,  # a blank between every two, should all be the same
        )
        return Description((Signal((self.frames, BANDS)),), task, "frames", None, self.n_test)

    def names(self) -> tuple[str, ...]:
        return tuple(f"band {band + 1}" for band in range(BANDS))

    def make(self, n: int, generator: Generator | None = None) -> Split:
        spoken = self.speak(n, generator)
        return Split((spoken.frames,), spoken.phones)

    def speak(self, n: int, generator: Generator | None = None) -> Spoken:
        """`n` utterances with the frames of every phone."""
        shape = (n, self.most)
        counts = torch.randint(FEWEST, self.most + 1, (n, 1), generator=generator)
        is_there = torch.arange(self.most) < counts  # (n, most)
        phones = torch.randint(1, self.phones + 1, shape, generator=generator)
        lasting = torch.randint(SHORTEST, LONGEST + 1, shape, generator=generator)
        pauses = torch.randint(PAUSES[0], PAUSES[1] + 1, shape, generator=generator)
        ends = (pauses + lasting).cumsum(1)
        time = torch.arange(self.frames)[:, None]
        sounds = (time >= (ends - lasting)[:, None]) & (time < ends[:, None]) & is_there[:, None]  # (n, T, most)
        loudness = QUIETEST + (LOUDEST - QUIETEST) * torch.rand(shape, generator=generator)
        heights = loudness[..., None] * spectra(self.phones)[phones - 1]  # (n, most, bands)
        frames = sounds.float() @ heights
        frames = frames + self.noise * torch.randn(frames.shape, generator=generator)
        places = torch.where(sounds.any(2), sounds.int().argmax(2), -1)
        return Spoken(frames, phones.masked_fill(~is_there, IGNORED), places)


def spectra(phones: int) -> Tensor:
    """The spectrum of each phone, a low and a high peak of its own: (phones, bands)."""
    number = torch.arange(phones)
    low = LOW + APART * (number % PEAKS)
    high = HIGH + APART * ((number + number // PEAKS) % PEAKS)
    bands = torch.arange(BANDS)
    return sum(torch.exp(-0.5 * ((bands - peak[:, None]) / WIDTH) ** 2) for peak in (low, high))  # type: ignore[return-value]
