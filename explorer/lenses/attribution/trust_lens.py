"""The lens that shows how far an attribution can be trusted."""

from typing import ClassVar

import numpy as np
import torch
from pydantic import Field

from explorer.lenses.attribution.asking import allowed, read_method
from explorer.lenses.attribution.base import JUDGEMENTS
from explorer.lenses.attribution.lens import AttributionLens, axes_of, setting_of, settled
from explorer.lenses.attribution.marks import marks
from explorer.lenses.attribution.trust import examine
from explorer.lenses.base import Scene
from explorer.lenses.picture import Array, Picture

NUMBERS = (
    "completeness_error",
    "random_weights_correlation",
    "model_free_correlation",
    "agreement",
    "spread",
    "sensitivity",
)


class TrustLens(AttributionLens):
    """An attribution beside its controls: random weights, no network at all, another baseline, other seeds."""

    kind: ClassVar[str] = "attribution_trust"
    title: ClassVar[str] = "Trust in an attribution"
    shows: ClassVar[str] = "The same map on random weights, without a network and from another baseline."
    hides: ClassVar[str] = "It does not prove a map right: a map can pass every check and still mislead."

    seeds: int = Field(3, ge=1, le=16, description="Random networks, and repetitions of a sampled method.")

    def look(self, scene: Scene) -> Picture:
        setting, method = setting_of(self, scene), read_method(self.method, dict(self.settings))
        verdict = allowed(method, setting)
        found = examine(setting, method, self.seeds, scene.tell)
        axes = axes_of(found.scores, setting, method)
        maps = {name: getattr(found, name) for name in ("scores", "random_weights", "model_free", "second")}
        numbers = {name: np.array(getattr(found, name), np.float32) for name in NUMBERS}
        if method.adds_up:
            numbers["infidelity"] = np.array(found.infidelity, np.float32)
        return {
            "input": Array(setting.inputs[0].cpu().numpy(), setting.signal.axes),
            **{name: Array(values, axes) for name, values in maps.items()},
            **marks(*settled(setting), scene.data.task),
            **{name: Array(value, ()) for name, value in numbers.items()},
            "deletion": Array(found.deletion, ("map", "fraction")),
            "insertion": Array(found.insertion, ("map", "fraction")),
            "fractions": Array(torch.linspace(0, 1, found.deletion.shape[1]).numpy(), ("fraction",)),
            "verdict": Array(np.array(JUDGEMENTS.index(verdict.verdict)), ()),
        }
