"""Every gate, candidate, cell and state of the recurrent layers, step by step."""

from typing import ClassVar

from explorer.lenses.base import Lens, Scene, named
from explorer.lenses.picture import Picture
from explorer.lenses.states.memory import gates_of, recurrent_names, tracks
from explorer.validation import Checked


class Gates(Lens):
    """The inner values of plain RNN, LSTM (Hochreiter and Schmidhuber 1997) and GRU (Cho et al. 2014)."""

    kind: ClassVar[str] = "gates"
    title: ClassVar[str] = "Gates and cells"
    shows: ClassVar[str] = "How far every gate stands open at every step, and what the cell keeps, takes in and shows."
    hides: ClassVar[str] = "An open gate passes what the candidate holds, which may be nothing: read both together."

    @classmethod
    def is_applicable(cls, checked: Checked) -> bool:
        return bool(recurrent_names(checked))

    def look(self, scene: Scene) -> Picture:
        output, found = gates_of(scene.network, recurrent_names(scene.checked), scene.one())
        picture = tracks(scene, scene.one(), output)
        for name, gates in found.items():
            for gate, value in gates.items():
                picture[f"{name}.{gate}"] = named(value[0], "layer", "direction", "time", "unit")
        return picture
