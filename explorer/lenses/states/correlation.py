"""Which units follow something that is known of the task, beside those of the untrained network."""

from typing import ClassVar

from pydantic import Field

from explorer.lenses.base import Lens, Scene, choose, named
from explorer.lenses.measures.cell_depth import correlations
from explorer.lenses.picture import Picture
from explorer.lenses.states.memory import gates_of, recurrent_names, units
from explorer.lenses.states.quantities import quantities
from explorer.validation import Checked


class StateCorrelation(Lens):
    """Pearson's correlation of every unit with known quantities of the task, over all steps of held-out examples."""

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
        return picture
