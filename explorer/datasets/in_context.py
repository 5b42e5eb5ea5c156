"""Tasks that are told by examples inside the input, and must be learnt anew from each prompt: linear regression."""

from typing import ClassVar

import torch
from pydantic import Field
from torch import Generator, Tensor

from explorer.datasets.base import Description, Split
from explorer.datasets.endless import Endless
from explorer.signals import Signal, Task


class InContextRegression(Endless):
    """Every prompt hides its own linear function; each example shown must help to predict the next.

    Step i holds [x_i ; x_{i-1} ; y_{i-1}] and asks for y_i. Training targets carry the noise; held-out targets are the
    function's clean values, so that the held-out error can be compared with `ridge_error_by_position`.
    Garg et al. 2022, arXiv:2208.01066.
    """

    kind: ClassVar[str] = "in_context_regression"
    title: ClassVar[str] = "In-context linear regression"
    n_test: ClassVar[int] = 1000

    dimensions: int = Field(3, ge=1, le=16, description="Numbers in each x.")
    examples: int = Field(12, ge=2, le=64, description="Pairs of x and y in a prompt.")
    noise: float = Field(0.5, ge=0, le=10, description="Standard deviation of the noise on every y.")

    def describe(self) -> Description:
        task = Task("in_context_regression", 1, ("y",), self.examples)
        signal = Signal((self.examples, 2 * self.dimensions + 1))
        return Description((signal,), task, "series", None, self.n_test)

    def names(self) -> tuple[str, ...]:
        numbers = range(1, self.dimensions + 1)
        return (*(f"x{i}" for i in numbers), *(f"previous x{i}" for i in numbers), "previous y")

    def make(self, n: int, generator: Generator | None = None) -> Split:
        inputs, _, noisy = self._prompts(n, generator)
        return Split((inputs,), noisy)

    def make_test(self, generator: Generator) -> Split:
        inputs, clean, _ = self._prompts(self.n_test, generator)
        return Split((inputs,), clean)

    def _prompts(self, n: int, generator: Generator | None) -> tuple[Tensor, Tensor, Tensor]:
        x, clean, noisy = draw_examples(n, self.examples, self.dimensions, self.noise, generator)
        return as_inputs(x, noisy), clean, noisy


def draw_examples(
    n: int,
    examples: int,
    dimensions: int,
    noise: float,
    generator: Generator | None = None,
    scale: float = 1.0,
    change: float = 0.0,
) -> tuple[Tensor, Tensor, Tensor]:
    """Examples of `n` new linear functions: x (n, T, d), their values without noise (n, T, 1), and with it.

    Every x is stretched by `scale`. From the middle of a prompt on, `change` times another slope is added to its own.
    """
    x = scale * torch.randn(n, examples, dimensions, generator=generator)
    slopes = torch.randn(n, dimensions, 1, generator=generator)
    clean = x @ slopes  # (n, T, 1)
    errors = noise * torch.randn(clean.shape, generator=generator)
    if change:
        half = examples // 2
        clean[:, half:] += change * x[:, half:] @ torch.randn(slopes.shape, generator=generator)
    return x, clean, clean + errors


def as_inputs(x: Tensor, y: Tensor) -> Tensor:
    """Prompts as a network reads them, each x beside the pair before it: (B, T, d) and (B, T, 1) -> (B, T, 2d + 1)."""
    shown = torch.cat([x, y], -1).roll(1, dims=1)
    shown[:, 0] = 0.0  # nothing has been shown before the first question
    return torch.cat([x, shown], -1)


def ridge_slopes(inputs: Tensor, noise: float) -> Tensor:
    """The best guess at the slopes at every step from the examples shown so far: (B, T, 2d + 1) -> (B, T, d).

    The mean of the posterior under the true prior, which is ridge regression with the noise's variance as penalty;
    without noise it is least squares, of least norm while there are too few examples.
    """
    inputs = inputs.double()
    d = inputs.shape[-1] // 2
    _, shown_x, shown_y = inputs.split([d, d, 1], -1)
    gram = (shown_x[..., :, None] * shown_x[..., None, :]).cumsum(1)  # (B, T, d, d)
    moment = (shown_x * shown_y).cumsum(1)  # (B, T, d)
    penalty = noise**2 * torch.eye(d, device=inputs.device)
    inverse = torch.linalg.pinv(gram + penalty, hermitian=True, rtol=1e-9)
    return (inverse @ moment[..., None]).squeeze(-1)


def ridge_predictions(inputs: Tensor, noise: float) -> Tensor:
    """What these slopes answer at every step: (B, T, 2d + 1) -> (B, T, 1)."""
    x = inputs[..., : inputs.shape[-1] // 2].double()
    return (ridge_slopes(inputs, noise) * x).sum(-1, keepdim=True).float()


def error_by_position(predictions: Tensor, targets: Tensor, dimensions: int) -> Tensor:
    """Mean squared error at every step, divided by the dimensions, so that knowing nothing costs 1: (T,)."""
    return (predictions - targets).square().mean((0, 2)) / dimensions


def ridge_error_by_position(split: Split, noise: float) -> Tensor:
    """The error at every step that no learner can beat on average, for held-out prompts: (T,)."""
    (inputs,) = split.inputs
    return error_by_position(ridge_predictions(inputs, noise), split.targets, inputs.shape[-1] // 2)
