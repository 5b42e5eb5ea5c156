"""The examples that drive a unit most."""

from typing import ClassVar

from pydantic import Field

from explorer.lenses.activations.values import layer_names, layer_values, over_places, pick_unit
from explorer.lenses.base import Lens, Scene, choose, named
from explorer.lenses.picture import Picture
from explorer.validation import Checked


class TopExamples(Lens):
    """Held-out examples for which a unit is highest, and for each where it is."""

    kind: ClassVar[str] = "top_examples"
    title: ClassVar[str] = "Top examples of a unit"
    shows: ClassVar[str] = "The held-out examples that drive a unit most, and the place where they do."
    hides: ClassVar[str] = "The highest values are rare: what the unit does for common examples may be something else."
    is_live: ClassVar[bool] = False

    layer: str | None = Field(None, description="Which layer; empty means the first.")
    unit: int = Field(0, ge=0, description="Which unit or channel.")
    most: int = Field(9, ge=1, le=64, description="Examples that are shown.")
    examples: int = Field(512, ge=8, le=4096, description="Held-out examples that are searched.")

    @classmethod
    def is_applicable(cls, checked: Checked) -> bool:
        return True

    def look(self, scene: Scene) -> Picture:
        name = choose(self.layer, layer_names(scene.checked))
        split = scene.held_out(self.examples)
        _, values = layer_values(scene.network, split, [name], scene.tell)
        unit = pick_unit(values[name], self.unit, name)
        heights, places = (part[:, unit] for part in over_places(values[name]))
        best = heights.topk(min(self.most, len(heights)))
        inputs = zip(scene.data.input_names, split.inputs, scene.data.signals, strict=True)
        return {
            "example": named(best.indices, "rank"),
            "value": named(best.values, "rank"),
            "place": named(places[best.indices], "rank"),
            "values": named(heights, "example"),
            **{part: named(value[best.indices], "rank", *signal.axes) for part, value, signal in inputs},
            "target": named(split.targets[best.indices], "rank", *scene.data.task.target_axes),
        }
