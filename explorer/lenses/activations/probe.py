"""Linear probes: what can be read from each layer in a straight line, with controls."""

import warnings
from typing import ClassVar

import torch
from pydantic import Field
from sklearn.linear_model import LogisticRegression, Ridge
from torch import Tensor

from explorer.lenses.activations.values import fits_rows, layer_names, layer_values, row_targets, rows
from explorer.lenses.base import Lens, Scene, named
from explorer.lenses.picture import Picture
from explorer.lenses.telling import counted
from explorer.validation import Checked

MOST_ROWS = 1024
FIT_STEPS = 100
LENGTH = 64.0  # mean squared length of a row, the same for every layer, so that no layer is penalised more


class Probe(Lens):
    """A linear model from each layer to the target (Alain and Bengio 2016), with the controls that it needs."""

    kind: ClassVar[str] = "probe"
    title: ClassVar[str] = "Linear probes"
    shows: ClassVar[str] = "How well the target can be read off each layer in a straight line, beside two controls."
    hides: ClassVar[str] = "What can be read off a layer need not be used; trust only what is well above both controls."
    is_live: ClassVar[bool] = False

    examples: int = Field(256, ge=16, le=1024, description="Held-out examples: one half to fit, the other to score.")
    seed: int = Field(0, ge=0, le=2**31 - 1, description="Decides the halves and the shuffled targets.")

    @classmethod
    def is_applicable(cls, checked: Checked) -> bool:
        return checked.description.task.is_aligned

    def look(self, scene: Scene) -> Picture:
        task, chance = scene.data.task, torch.Generator().manual_seed(self.seed)
        split = scene.held_out(self.examples)
        split = split.take(torch.randperm(len(split), generator=chance).to(scene.device))
        names = layer_names(scene.checked)
        _, values = layer_values(scene.network, split, names)
        _, before = layer_values(scene.untrained(), split, names)
        targets = row_targets(task, split.targets)[:MOST_ROWS]
        shuffled = targets[torch.randperm(len(targets), generator=chance)]
        picture: Picture = {"rows": named(len(targets)), "baseline": named(_baseline(targets, task.is_discrete))}
        for name in counted(names, scene.tell, "layer"):
            if not fits_rows(values[name], task):
                continue
            trained, untrained = (rows(found[name], task, split.targets)[:MOST_ROWS] for found in (values, before))
            picture[f"{name}.score"] = named(probe(trained, targets, task.is_discrete))
            picture[f"{name}.shuffled"] = named(probe(trained, shuffled, task.is_discrete))
            picture[f"{name}.untrained"] = named(probe(untrained, targets, task.is_discrete))
        return picture


def probe(features: Tensor, targets: Tensor, is_discrete: bool) -> float:
    """Accuracy, or R² for numbers, on the second half of the rows of a linear model fitted to the first."""
    half = len(features) // 2
    if half < 2:
        return float("nan")
    x = features.detach().cpu().double().nan_to_num(posinf=0.0, neginf=0.0)
    x = x - x[:half].mean(0)
    x = x * (LENGTH / x[:half].square().sum(1).mean().clamp(min=1e-12)).sqrt()
    y = targets.cpu()
    if not is_discrete:
        return float(Ridge(alpha=1.0).fit(x[:half].numpy(), y[:half].numpy()).score(x[half:].numpy(), y[half:].numpy()))
    if len(y[:half].unique()) < 2:
        return float((y[half:] == y[0]).double().mean())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a fit that is not quite done is good enough for a probe
        fitted = LogisticRegression(max_iter=FIT_STEPS, tol=1e-2).fit(x[:half].numpy(), y[:half].numpy())
    return float(fitted.score(x[half:].numpy(), y[half:].numpy()))


def _baseline(targets: Tensor, is_discrete: bool) -> float:
    """The score of always giving the commonest class, or the mean."""
    return float((targets == targets.mode().values).float().mean()) if is_discrete else 0.0
