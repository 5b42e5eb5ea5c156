"""Which units follow something that is known of the task, beside those of the untrained network."""

from typing import ClassVar

import torch
from pydantic import Field
from torch import Tensor

from explorer.lenses.base import Lens, Scene, choose, named
from explorer.lenses.measures.cell_depth import correlations
from explorer.lenses.picture import Picture
from explorer.lenses.states.memory import gates_of, recurrent_names, units
from explorer.lenses.states.quantities import quantities
from explorer.validation import Checked


class StateCorrelation(Lens):
    """Pearson's correlation of every unit with known quantities of the task, over all steps of held-out examples.

    Beside it, of the example in hand, `known` and `follower`: the quantity and the unit that follows it most closely.
    """

    kind: ClassVar[str] = "state_correlation"
    title: ClassVar[str] = "What units follow"
    shows: ClassVar[str] = "How closely each unit follows something known of the task, and so before training."
    hides: ClassVar[str] = "It finds straight lines in single units only, and a unit may follow what it does not use."

    layer: str | None = Field(None, description="Which recurrent layer; empty means the first.")
    examples: int = Field(128, ge=4, le=1024, description="Held-out examples over which the correlation is taken.")

    @classmethod
    def is_applicable(cls, checked: Checked) -> bool:
        return bool(recurrent_names(checked)) and all(
            len(signal.shape) == (1 if signal.is_tokens else 2) for signal in checked.description.signals
        )

    def look(self, scene: Scene) -> Picture:
        name = choose(self.layer, recurrent_names(scene.checked))
        split = scene.held_out(self.examples)
        known = quantities(scene.checked.dataset, split, scene.data)
        picture: Picture = {}
        for ending, network in (("", scene.network), (".untrained", scene.untrained())):
            _, found = gates_of(network, [name], split)
            for part in [part for part in ("hidden", "cell") if part in found[name]]:
                states = units(found[name], part).flatten(0, 1).cpu()  # (B T, units)
                for quantity, value in known.items():
                    if value.shape[1] * len(value) == len(states):
                        correlation = correlations(states, value.flatten().cpu())
                        picture[f"{name}.{part}.{quantity}{ending}"] = named(correlation.float(), "unit")
        return picture | (self._over_time(scene, name, picture) if scene.has_target else {})

    def _over_time(self, scene: Scene, name: str, found: Picture) -> Picture:
        """A quantity and its closest unit step by step, both as deviations from their means; one is turned over."""
        one = scene.one()
        _, gates = gates_of(scene.network, [name], one)
        picture: Picture = {}
        for quantity, known in quantities(scene.checked.dataset, one, scene.data).items():
            for part in ("hidden", "cell"):
                key = f"{name}.{part}.{quantity}"
                if key in found:
                    scores = torch.from_numpy(found[key].values)
                    unit = int(scores.abs().argmax())
                    state = units(gates[name], part)[0, :, unit]
                    picture[f"{key}.known"] = named(deviations(known[0]), "time")
                    picture[f"{key}.follower"] = named(deviations(state) * scores[unit].sign(), "time")
        return picture


def deviations(values: Tensor) -> Tensor:
    """Values as deviations from their mean in units of the standard deviation; 0 where they are constant."""
    centred = values.float().cpu() - values.float().mean().cpu()
    return centred / centred.square().mean().sqrt().clamp(min=1e-6)
