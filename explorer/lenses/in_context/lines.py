"""The line that a network sees through the examples of one prompt, beside the lines of ridge and least squares."""

from typing import ClassVar

import torch
from pydantic import Field, field_validator
from torch import Tensor

from explorer.datasets.in_context import ridge_slopes
from explorer.errors import EngineError
from explorer.layers.attention import AttentionWithin
from explorer.lenses.base import Scene, named
from explorer.lenses.in_context.prompts import LEAST_SQUARES, InPrompt, Prompts, asking, dataset_of
from explorer.lenses.picture import Picture
from explorer.lenses.recording import recording

PLACES = 49  # along x at which the network is asked
REACH = 3.0  # deviations of x to each side that are drawn at least
FARTHEST = 1000.0  # a coordinate


class PromptLines(InPrompt):
    """What the network predicts at every x after the examples of a prompt (Garg et al. 2022, section 4)."""

    kind: ClassVar[str] = "prompt_lines"
    title: ClassVar[str] = "Lines through the prompt"
    shows: ClassVar[str] = (
        "What the network predicts at every x after these examples, beside ridge regression with the prior of training "
        "and least squares. The larger an example, the more it is attended to from the x in hand."
    )
    hides: ClassVar[str] = (
        "It shows one prompt of many, and not by what steps the network gets there; with several inputs it is a cut in "
        "which the others are 0. Attention alone is no explanation, and later layers have mixed the examples already."
    )

    points: tuple[tuple[float, ...], ...] = Field(
        (), max_length=64, description="Examples of one's own, each x and then y; empty means those of the example."
    )
    shots: int | None = Field(None, ge=0, le=64, description="How many of them count, from the first; empty means all.")
    axis: int = Field(0, ge=0, le=15, description="The input that is drawn to the right, counted from 0.")

    @field_validator("points")
    @classmethod
    def _are_near(cls, points: tuple[tuple[float, ...], ...]) -> tuple[tuple[float, ...], ...]:
        if any(abs(number) > FARTHEST for point in points for number in point):
            raise ValueError(f"numbers between -{FARTHEST:g} and {FARTHEST:g}")
        return points

    @torch.no_grad()
    def look(self, scene: Scene) -> Picture:
        dataset = dataset_of(scene)
        d, axis = dataset.dimensions, min(self.axis, dataset.dimensions - 1)
        drawn = self.prompt(scene)
        x, y = self._examples(scene, drawn)  # (N, d), (N, 1)
        n = min(len(x), dataset.examples - 1, len(x) if self.shots is None else self.shots)
        places = self._places(x[:, axis])
        questions = x.new_zeros(PLACES, d)
        questions[:, axis] = places
        shots = torch.cat([x, y], -1)[:n].expand(PLACES, -1, -1)
        inputs = asking(shots, torch.full((PLACES,), n, device=x.device), questions, dataset.examples)
        answers, attention = _answers(scene, inputs, n)
        slopes = {name: ridge_slopes(inputs[:1], noise)[0, n] for name, noise in _learners(dataset.noise).items()}
        lines = {name: named(questions.double() @ slope, "place") for name, slope in slopes.items()}
        truth = self._truth(scene, drawn)
        shown = torch.cat([x[:, axis : axis + 1], y], -1)
        return {
            "points": named(shown, "example", "coordinate"),
            "examples": named(torch.cat([x, y], -1), "example", "number"),
            "shots": named(n),
            "places": named(places, "place"),
            "network": named(answers, "place"),
            **lines,
            **({} if truth is None else {"truth": named(questions @ truth, "place")}),
            **attention,
        }

    def _examples(self, scene: Scene, drawn: Prompts) -> tuple[Tensor, Tensor]:
        """(N, d) and (N, 1): one's own examples or those drawn, but the last, whose value is asked for."""
        dataset = dataset_of(scene)
        if not self.points:
            return drawn.x[0, :-1], drawn.shown[0, :-1]
        wide, most = dataset.dimensions + 1, dataset.examples - 1
        if len(self.points) > most or any(len(point) != wide for point in self.points):
            sizes = {len(point) for point in self.points}
            got = f"{len(self.points)} of {', '.join(map(str, sorted(sizes)))}"
            raise EngineError(
                f"points: expected at most {most} rows of {wide} numbers, x and then y, got {got}; change them."
            )
        own = torch.tensor(self.points, device=scene.device)
        return own[:, :-1], own[:, -1:]

    def _truth(self, scene: Scene, drawn: Prompts) -> Tensor | None:
        """The slope (d,) that was drawn, before it changes; none where it cannot be told from values without noise."""
        d, count = drawn.x.shape[-1], drawn.x.shape[1]
        n = count // 2 if self.change else count
        if self.points or n < d or (scene.example.split == "train" and not self.is_shifted):
            return None
        clean = drawn.clean[0, :n].cpu().double()
        if not clean.isfinite().all():  # nobody knows the values of an input of one's own
            return None
        found = torch.linalg.lstsq(drawn.x[0, :n].cpu().double(), clean)
        return found.solution[:, 0].to(drawn.x)

    def _places(self, x: Tensor) -> Tensor:
        """Places from left to right, beyond all examples and at least as wide as training."""
        reach = max(REACH * self.scale, 1.1 * float(x.abs().max()) if len(x) else 0.0)
        return torch.linspace(-reach, reach, PLACES, device=x.device)


def _learners(noise: float) -> dict[str, float]:
    return {"ridge": noise, "least_squares": LEAST_SQUARES}


def _answers(scene: Scene, inputs: Tensor, n: int) -> tuple[Tensor, Picture]:
    """The answers (Q,) after `n` examples, and where each head looks from there: (head, place, example).

    The pair of example j stands beside the question after it, at step j + 1.
    """
    names = [name for name, module in scene.network.named_modules() if isinstance(module, AttentionWithin)]
    with recording(scene.network, [f"{name}.pattern" for name in names]) as caught:
        answers = scene.network(inputs)[:, n, 0]
    heads = {name: caught[f"{name}.pattern"][:, :, n, 1 : n + 1].transpose(0, 1) for name in names}
    return answers, {
        f"{name}.to_examples": named(each, "head", "place", "example", is_coarse=True) for name, each in heads.items()
    }
