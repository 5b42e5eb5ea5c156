"""A layer's values for many examples as points of a plane."""

import contextlib
import io
import re
import warnings
from typing import ClassVar, Literal

import torch
from pydantic import Field
from sklearn.manifold import TSNE
from torch import Tensor

from explorer.lenses.activations.values import fits_rows, layer_names, layer_values, row_targets, rows
from explorer.lenses.base import Lens, Scene, choose, named
from explorer.lenses.components import principal_components
from explorer.lenses.picture import Picture
from explorer.lenses.telling import Tell
from explorer.signals import IGNORED, Task
from explorer.validation import Checked

MOST_POINTS = 2048
ITERATIONS = 1000  # of t-SNE; it may end sooner


class Projection(Lens):
    """Principal components, or t-SNE (van der Maaten and Hinton 2008), of one layer over the held-out examples."""

    kind: ClassVar[str] = "projection"
    title: ClassVar[str] = "Examples as points"
    shows: ClassVar[str] = "Which examples a layer takes for alike, as points with their target and the answer."
    hides: ClassVar[str] = "Two directions leave out the rest; in t-SNE distances and sizes of clouds mean little."
    is_live: ClassVar[bool] = False

    layer: str | None = Field(None, description="Which layer; empty means the last but one.")
    method: Literal["pca", "tsne"] = Field("pca", description="Principal components, or t-SNE.")
    perplexity: float = Field(30.0, ge=2, le=100, description="How many neighbours t-SNE minds.")
    seed: int = Field(0, ge=0, le=2**31 - 1, description="Where chance starts in t-SNE.")
    examples: int = Field(512, ge=8, le=2048, description="Held-out examples.")

    @classmethod
    def is_applicable(cls, checked: Checked) -> bool:
        return checked.description.task.is_aligned

    def look(self, scene: Scene) -> Picture:
        task, names = scene.data.task, layer_names(scene.checked)
        name = names[max(0, len(names) - 2)] if self.layer is None else choose(self.layer, names)
        split = scene.held_out(self.examples)
        output, values = layer_values(scene.network, split, [name], scene.tell)
        features = rows(values[name], task, split.targets)
        numbers = torch.arange(len(split), device=features.device)
        if not fits_rows(values[name], task):  # a row for each example, but a target at each step: the last one
            targets, guesses = split.targets[:, -1], _guess(output[:, -1], task)
        else:
            targets, guesses = row_targets(task, split.targets), _guess(output, task)
            if task.steps is not None:
                is_counted = split.targets != IGNORED if task.is_discrete else torch.ones_like(output[..., 0]).bool()
                guesses, numbers = guesses[is_counted], numbers[:, None].expand(-1, task.steps)[is_counted]
        kept = slice(MOST_POINTS)
        features, targets, guesses, numbers = features[kept], targets[kept], guesses[kept], numbers[kept]
        entries = () if task.is_discrete else ("class",)
        picture = {
            "target": named(targets, "point", *entries),
            "prediction": named(guesses, "point", *entries),
            "example": named(numbers, "point"),
        }
        if task.is_discrete:
            picture["is_right"] = named(targets == guesses, "point")
        if self.method == "tsne":
            return picture | {"points": named(self._tsne(features, scene.tell), "point", "component")}
        fitted = principal_components(features, 2)
        return picture | {
            "points": named(fitted.project(features), "point", "component"),
            "shares": named(fitted.shares, "component"),
        }

    def _tsne(self, features: Tensor, tell: Tell) -> Tensor:
        perplexity = min(self.perplexity, (len(features) - 1) / 3)  # as the authors advise for few points
        method = TSNE(perplexity=max(1.0, perplexity), max_iter=ITERATIONS, random_state=self.seed, init="random",
                      n_jobs=1, verbose=2)  # fmt: skip
        with warnings.catch_warnings(), contextlib.redirect_stdout(_Printed(tell)):
            warnings.simplefilter("ignore")  # about its own defaults
            return torch.from_numpy(
                method.fit_transform(features.double().nan_to_num(posinf=0.0, neginf=0.0).cpu().numpy())
            )


class _Printed(io.TextIOBase):
    """Reads how far t-SNE is from what it prints, which is the only way in which it tells."""

    def __init__(self, tell: Tell):
        self._tell = tell

    def write(self, text: str) -> int:
        if (found := re.search(r"Iteration (\d+)", text)) is not None:
            self._tell(int(found[1]) / ITERATIONS, f"t-SNE: iteration {found[1]} of {ITERATIONS}")
        return len(text)


def _guess(output: Tensor, task: Task) -> Tensor:
    """What is answered: class ids, or the numbers."""
    return output.argmax(-1) if task.is_discrete else output
