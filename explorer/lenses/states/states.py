"""Hidden states over time: every unit of a recurrent layer for one example."""

from typing import ClassVar

from pydantic import Field

from explorer.lenses.base import Lens, Scene, choose, named
from explorer.lenses.picture import Picture
from explorer.lenses.states.memory import gates_of, recurrent_names, tracks, units
from explorer.validation import Checked


class States(Lens):
    """The hidden state, and the cell where there is one, of every unit at every step."""

    kind: ClassVar[str] = "states"
    title: ClassVar[str] = "Hidden states"
    shows: ClassVar[str] = "What every unit of a recurrent layer holds at every step, above the input and the answer."
    hides: ClassVar[str] = "It does not show why a unit changes, nor whether anything later reads it."

    layer: str | None = Field(None, description="Which recurrent layer; empty means the first.")

    @classmethod
    def is_applicable(cls, checked: Checked) -> bool:
        return bool(recurrent_names(checked))

    def look(self, scene: Scene) -> Picture:
        name = choose(self.layer, recurrent_names(scene.checked))
        output, found = gates_of(scene.network, [name], scene.one())
        shown = [part for part in ("hidden", "cell") if part in found[name]]
        states = {f"{name}.{part}": named(units(found[name], part)[0].T, "unit", "time") for part in shown}
        return tracks(scene, scene.one(), output) | states
