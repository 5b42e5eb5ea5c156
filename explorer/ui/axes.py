"""The settings of the experiment in hand that a sweep can run over, from the declarations of its parts."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from explorer.ui import network_words, study_words
from explorer.ui.controls import flat, properties
from explorer.ui.service import engine
from explorer.ui.session import session

SCALARS = ("number", "integer", "boolean")
LEFT_OUT = ("in_features", "in_channels", "path")
FACTORS = {"number": (0.1, 0.3, 1, 3, 10), "integer": (0.25, 0.5, 1, 2, 4)}
START = {"number": 0.1, "integer": 1}  # where a setting is empty or zero
FEW = 5  # choices that are put forward


@dataclass(frozen=True)
class Axis:
    """A setting by its dotted key: what it is called, what it may be, and what it is now."""

    key: str
    title: str
    schema: Mapping[str, Any]
    value: Any

    @property
    def about(self) -> str:
        """What is declared of it in one sentence."""
        return str(self.schema.get("description", ""))

    @property
    def suggestion(self) -> str:
        """Values worth trying, around the present one and within the bounds, as they are typed."""
        form, value = _form(self.schema)
        if form == "boolean":
            return "false, true"
        if form == "enum":
            return ", ".join(map(str, value[:FEW]))
        return ", ".join(f"{each:g}" for each in self._around(form))

    def _around(self, form: str) -> list[float]:
        now = self.value or self.schema.get("default") or START[form]
        tried = [float(f"{now * factor:.3g}") for factor in FACTORS[form]]
        return sorted({round(each) if form == "integer" else each for each in tried if self._allows(each)})

    def _allows(self, value: float) -> bool:
        schema = self.schema
        return schema.get("minimum", value) <= value <= schema.get("maximum", value) and schema.get(
            "exclusiveMinimum", -math.inf
        ) < value < schema.get("exclusiveMaximum", math.inf)


def axes() -> dict[str, Axis]:
    """Every number, switch and choice of the data, the layers and the training, by dotted key."""
    tree, known = session().experiment.model_dump(mode="json"), engine().catalogue()
    recipe = tree["recipe"]
    parts = [
        ("data", study_words.DATA, known["datasets"][tree["data"]["kind"]]["schema"], tree["data"]),
        ("recipe", study_words.TRAINING, known["recipe"], recipe),
        ("recipe.optimizer", study_words.OPTIMIZER, known["optimizers"][recipe["optimizer"]["kind"]]["schema"],
         recipe["optimizer"]),
    ]  # fmt: skip
    for index, layer in enumerate(tree["network"]["layers"]):
        name = layer.get("name") or str(index)
        parts.append((f"network.layers.{name}", name, known["layers"][layer["kind"]]["schema"], layer))
    return {axis.key: axis for part in parts for axis in _axes_of(*part)}


def _axes_of(place: str, title: str, schema: Mapping[str, Any], values: Mapping[str, Any]) -> Iterator[Axis]:
    for name, each in properties(schema).items():
        declared = flat(each)
        if name not in LEFT_OUT and _form(declared)[0]:
            called = f"{title}: {network_words.setting_title(name)}"
            yield Axis(f"{place}.{name}", called, declared, values.get(name, declared.get("default")))


def _form(schema: Mapping[str, Any]) -> tuple[str, list[Any]]:
    """What a setting is, if a sweep can run over it, and its choices where it is one of a few."""
    if "enum" in schema:
        return "enum", schema["enum"]
    return (schema["type"], []) if schema.get("type") in SCALARS else ("", [])
