"""In-context classification: items and their labels shown in a prompt, then an item to be labelled.

What the data is like decides whether a network learns to look the label up in the prompt or to know it by heart
(Chan et al. 2022, arXiv:2205.05055; Reddy 2024, arXiv:2312.03002).
"""

from functools import partial
from typing import ClassVar, Literal

import torch
from pydantic import Field, ValidationInfo, field_validator
from torch import Generator, Tensor
from torch.nn.functional import one_hot

from explorer.datasets.base import Data, Dataset, Description, Split
from explorer.datasets.endless import draw_permutations
from explorer.signals import Signal, Task

LABEL_SCALE = 2.0  # a label token is a scaled one-hot vector beside zeros, an item token has zeros beside it


class InContextClassification(Dataset):
    """Items of many classes with their labels, then an item whose label is asked for, by what stands in the prompt.

    With many classes a network learns to look in the prompt, with few it learns the labels by heart.
    """

    kind: ClassVar[str] = "in_context_classification"
    title: ClassVar[str] = "In-context classification"
    n_sample: ClassVar[int] = 512
    n_test: ClassVar[int] = 512

    pairs: int = Field(8, ge=1, le=64, description="Pairs of item and label before the question.")
    copies: int = Field(
        2, ge=1, le=64, validate_default=True, description="How often each class of a bursty prompt is shown."
    )
    classes: int = Field(
        2048, ge=2, le=16_384, validate_default=True, description="Classes to train on, each with a fixed label."
    )
    labels: int = Field(8, ge=2, le=64, validate_default=True, description="Different labels; classes share them.")
    dimensions: int = Field(32, ge=2, le=128, description="Numbers in an item.")
    burstiness: float = Field(1.0, ge=0, le=1, description="Share of training prompts that show the class asked for.")
    noise: float = Field(0.1, ge=0, le=10, description="Standard deviation of the items of a class.")
    held_out: Literal["novel", "swapped", "in_weights"] = Field(
        "novel", description="Held-out prompts: new classes, known ones with other labels, or no help in the prompt."
    )

    @field_validator("copies")
    @classmethod
    def _fill_the_prompt(cls, copies: int, info: ValidationInfo) -> int:
        pairs = info.data.get("pairs", copies)
        if pairs % copies:
            raise ValueError(f"a divisor of pairs ({pairs})")
        return copies

    @field_validator("classes", "labels")
    @classmethod
    def _enough_for_a_prompt(cls, number: int, info: ValidationInfo) -> int:
        ways = info.data.get("pairs", 1) // info.data.get("copies", 64)
        fewest = ways + 1 if info.field_name == "classes" else ways  # one class more, to ask for what is not shown
        if number < fewest:
            raise ValueError(f"at least {fewest}, for the {ways} classes of a prompt (pairs / copies)")
        return number

    @property
    def ways(self) -> int:
        """Different classes in a bursty prompt."""
        return self.pairs // self.copies

    def describe(self) -> Description:
        signal = Signal((2 * self.pairs + 1, self.dimensions + self.labels))
        task = Task("classification", self.labels, tuple(f"label {i + 1}" for i in range(self.labels)))
        return Description((signal,), task, "series", None, self.n_test)

    def load(self, seed: int) -> Data:
        generator = Generator().manual_seed(seed)
        centres = torch.randn(self.classes, self.dimensions, generator=generator)
        draw = partial(self.make, centres)
        make_test = {
            "novel": partial(self.make_novel, self.n_test),
            "swapped": partial(self.make_swapped, centres, self.n_test),
            "in_weights": partial(self.make_in_weights, centres, self.n_test),
        }
        description = self.describe()
        return Data(
            train=draw(self.n_sample, generator),
            test=make_test[self.held_out](generator),
            task=description.task,
            signals=description.signals,
            view=description.view,
            names=(*(f"item {i + 1}" for i in range(self.dimensions)), *description.task.labels),
            draw=draw,
        )

    def make(self, centres: Tensor, n: int, generator: Generator | None = None) -> Split:
        """Training prompts: bursty ones answer themselves, in the others all classes are drawn at random."""
        context = draw_distinct(n, self.ways, self.classes, generator)
        context = torch.cat([context.repeat(1, self.copies), context[:, :1]], 1)  # (n, pairs + 1), the question last
        if self.burstiness < 1:
            is_bursty = torch.rand(n, 1, generator=generator) < self.burstiness
            anything = torch.randint(self.classes, context.shape, generator=generator)
            context = torch.where(is_bursty, context, anything)
        return self._prompts(centres[context], context % self.labels, generator)

    def make_novel(self, n: int, generator: Generator | None = None) -> Split:
        """Prompts of classes that were never seen, with random labels: only the prompt can tell."""
        centres = torch.randn(n, self.ways, self.dimensions, generator=generator)
        labels = draw_permutations(n, self.labels, generator)[:, : self.ways]
        centres = torch.cat([centres.repeat(1, self.copies, 1), centres[:, :1]], 1)
        return self._prompts(centres, torch.cat([labels.repeat(1, self.copies), labels[:, :1]], 1), generator)

    def make_swapped(self, centres: Tensor, n: int, generator: Generator | None = None) -> Split:
        """Prompts of known classes, every label moved on by the same random step: knowing by heart misleads."""
        context = draw_distinct(n, self.ways, self.classes, generator)
        context = torch.cat([context.repeat(1, self.copies), context[:, :1]], 1)
        step = torch.randint(1, self.labels, (n, 1), generator=generator)
        return self._prompts(centres[context], (context + step) % self.labels, generator)

    def make_in_weights(self, centres: Tensor, n: int, generator: Generator | None = None) -> Split:
        """Prompts that ask for a known class that they do not show: only knowing by heart helps."""
        context = draw_distinct(n, self.ways + 1, self.classes, generator)
        context = torch.cat([context[:, :-1].repeat(1, self.copies), context[:, -1:]], 1)
        return self._prompts(centres[context], context % self.labels, generator)

    def _prompts(self, centres: Tensor, labels: Tensor, generator: Generator | None) -> Split:
        """Shuffle all but the last and set items and labels in turn: (n, pairs + 1, dimensions), (n, pairs + 1)."""
        n = len(centres)
        order = draw_permutations(n, self.pairs, generator)
        order = torch.cat([order, order.new_full((n, 1), self.pairs)], 1)  # the question stays last
        labels = labels.gather(1, order)
        items = centres.gather(1, order[..., None].expand(centres.shape))
        items = items + self.noise * torch.randn(items.shape, generator=generator)
        inputs = items.new_zeros(n, 2 * self.pairs + 1, self.dimensions + self.labels)
        inputs[:, 0::2, : self.dimensions] = items / (1 + self.noise**2) ** 0.5
        inputs[:, 1::2, self.dimensions :] = LABEL_SCALE * one_hot(labels[:, :-1], self.labels)
        return Split((inputs,), labels[:, -1])


def known_centres(data: Data) -> Tensor:
    """The middles of the classes that such data trains on: (classes, dimensions)."""
    assert isinstance(data.draw, partial), "the data of in-context classification draws around its centres"
    return data.draw.args[0]


def draw_distinct(n: int, count: int, below: int, generator: Generator | None) -> Tensor:
    """Rows of different numbers below a bound, in random order: (n, count)."""
    drawn = torch.randint(below, (n, 1), generator=generator)
    for i in range(1, count):
        fresh = torch.randint(below - i, (n, 1), generator=generator)
        for earlier in drawn.sort(1).values.split(1, 1):  # step over the numbers already taken, lowest first
            fresh = fresh + (fresh >= earlier)
        drawn = torch.cat([drawn, fresh], 1)
    return drawn


def shows_answer(inputs: Tensor, targets: Tensor, dimensions: int) -> Tensor:
    """Which tokens show the label that is asked for: (B, T, F) and (B,) -> (B, T)."""
    shown = inputs[..., dimensions:]  # (B, T, labels)
    return shown.gather(2, targets[:, None, None].expand(-1, inputs.shape[1], 1)).squeeze(2) > 0
