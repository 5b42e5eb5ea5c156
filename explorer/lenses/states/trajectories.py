"""States as ways through a plane: the two directions in which they vary most."""

from typing import ClassVar

from pydantic import Field

from explorer.lenses.base import Lens, Scene, choose, named
from explorer.lenses.components import principal_components
from explorer.lenses.picture import Picture
from explorer.lenses.states.memory import gates_of, recurrent_names, tracks, units
from explorer.validation import Checked

DRAWN = 64  # ways of other examples that are drawn behind the one that was chosen


class StatePca(Lens):
    """Principal components of the hidden states of many examples, and the way of one through them."""

    kind: ClassVar[str] = "state_pca"
    title: ClassVar[str] = "Ways of the state"
    shows: ClassVar[str] = "The way of the state from step to step, in the directions in which states vary most."
    hides: ClassVar[str] = "What lies outside these directions is not seen; the share of the variance tells how much."

    layer: str | None = Field(None, description="Which recurrent layer; empty means the first.")
    components: int = Field(2, ge=1, le=8, description="Directions that are kept.")
    examples: int = Field(128, ge=4, le=1024, description="Held-out examples whose states give the directions.")

    @classmethod
    def is_applicable(cls, checked: Checked) -> bool:
        return bool(recurrent_names(checked))

    def look(self, scene: Scene) -> Picture:
        name = choose(self.layer, recurrent_names(scene.checked))
        split = scene.held_out(self.examples)
        _, found = gates_of(scene.network, [name], split)
        states = units(found[name])  # (B, T, units)
        fitted = principal_components(states.flatten(0, 1), self.components)
        output, own = gates_of(scene.network, [name], scene.one())
        return tracks(scene, scene.one(), output) | {
            "way": named(fitted.project(units(own[name])[0]), "time", "component"),
            "ways": named(fitted.project(states[:DRAWN]), "example", "time", "component"),
            "targets": named(split.targets[:DRAWN], "example", *scene.data.task.target_axes),
            "directions": named(fitted.directions, "component", "unit"),
            "shares": named(fitted.shares, "component"),
        }
