"""The prompts that the lenses of regression in the prompt share: drawn as in training, or shifted away from it."""

from dataclasses import dataclass
from typing import cast

import torch
from pydantic import Field
from torch import Generator, Tensor

from explorer.datasets.in_context import InContextRegression, as_inputs, draw_examples
from explorer.lenses.base import Lens, Scene
from explorer.validation import Checked

LEAST_SQUARES, SEED = 0.0, 2208  # least squares is ridge regression without a penalty; any fixed seed


@dataclass(frozen=True)
class Prompts:
    """Prompts of one length: what the network reads, every x, the values without noise, and those shown."""

    x: Tensor  # (B, T, d)
    clean: Tensor  # (B, T, 1)
    shown: Tensor  # (B, T, 1)

    @property
    def inputs(self) -> Tensor:
        """As a network reads them: (B, T, 2d + 1)."""
        return as_inputs(self.x, self.shown)


class InPrompt(Lens):
    """The base of lenses that look at linear regression in the prompt, with the ways to leave the training data."""

    noise: float = Field(0.0, ge=0, le=4, description="Noise on every y beside that of training, as its deviation.")
    scale: float = Field(1.0, ge=0.25, le=4, description="How many times as far apart the x are as in training.")
    change: float = Field(
        0.0, ge=0, le=2, description="How far the slope moves in the middle of the prompt; slopes differ by about 1."
    )

    @classmethod
    def is_applicable(cls, checked: Checked) -> bool:
        return isinstance(checked.dataset, InContextRegression)

    @property
    def is_shifted(self) -> bool:
        """Whether the prompts are other than those of training."""
        return (self.noise, self.scale, self.change) != (0.0, 1.0, 0.0)

    def draw(self, scene: Scene, n: int, seed: int) -> Prompts:
        """Prompts with the shift that is set."""
        dataset = dataset_of(scene)
        noise = (dataset.noise**2 + self.noise**2) ** 0.5
        generator = Generator().manual_seed(seed)
        drawn = draw_examples(n, dataset.examples, dataset.dimensions, noise, generator, self.scale, self.change)
        return Prompts(*(part.to(scene.device) for part in drawn))

    def prompt(self, scene: Scene) -> Prompts:
        """The example that is looked at, or one drawn by its number where the prompts are shifted."""
        if self.is_shifted:
            return self.draw(scene, 1, SEED + scene.example.index)
        one = scene.one()
        d = dataset_of(scene).dimensions
        (inputs,) = one.inputs
        y = torch.cat([inputs[:, 1:, 2 * d :], one.targets[:, -1:]], 1)  # the last y is shown to nobody
        return Prompts(inputs[..., :d], one.targets, y)


def dataset_of(scene: Scene) -> InContextRegression:
    """The data of the run."""
    return cast(InContextRegression, scene.checked.dataset)


def asking(shots: Tensor, counts: Tensor, questions: Tensor, length: int) -> Tensor:
    """A question after the first shots of each prompt, and nothing after it, as training has all shorter prompts.

    Pairs of x and y (B, n, d + 1), zero beyond the `counts` (B,), and x to be asked about (B, d): (B, length, 2d + 1).
    """
    n, rows = shots.shape[1], torch.arange(len(questions), device=questions.device)
    x, y = questions.new_zeros(len(rows), length, questions.shape[1]), questions.new_zeros(len(rows), length, 1)
    x[:, :n], y[:, :n] = shots[..., :-1], shots[..., -1:]
    x[rows, counts] = questions
    places = torch.arange(length, device=questions.device)
    return as_inputs(x, y) * (places <= counts[:, None])[..., None]
