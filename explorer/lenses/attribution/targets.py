"""What an attribution explains: an entry of the answer, a difference of two, at a place, or a unit of a layer."""

import math
import re
from collections.abc import Sequence

from pydantic import Field, model_validator
from torch import Tensor

from explorer.errors import EngineError
from explorer.experiment import Settings

LAYER_UNIT = re.compile(r"(?P<layer>[A-Za-z][\w.]*):(?P<unit>\d+(?:,\d+)*)")
ENTRY = re.compile(r"(?P<entry>\d+)?(?:-(?P<versus>\d+))?(?:@(?P<place>\d+))?")
GRAMMAR = "an entry such as 3, a difference such as 3-5, an entry at a place such as 3@10, or a unit such as hidden:4"


class Target(Settings):
    """One number of what the network computes. Everything left empty means the answer that is predicted."""

    entry: int | None = Field(None, ge=0, description="The class, token or number; empty means the one predicted.")
    versus: int | None = Field(None, ge=0, description="The entry whose score is taken away from it.")
    place: int | None = Field(None, ge=0, description="The step of a sequence; empty means the last one that counts.")
    layer: str | None = Field(None, description="The layer whose unit is explained, instead of the answer.")
    unit: tuple[int, ...] = Field((), max_length=4, description="Where the unit stands in the layer's output.")

    @model_validator(mode="after")
    def _is_one_thing(self) -> "Target":
        if (self.layer is None) != (not self.unit):
            raise ValueError("expected a layer and a unit together.")
        if self.layer is not None and (self.entry, self.versus, self.place) != (None, None, None):
            raise ValueError("expected either a unit of a layer or an entry of the answer.")
        if self.versus is not None and self.entry is None:
            raise ValueError("expected an entry before the one that is taken away.")
        return self

    def __str__(self) -> str:
        if self.layer is not None:
            return f"{self.layer}:{','.join(map(str, self.unit))}"
        minus = "" if self.versus is None else f"-{self.versus}"
        return f"{self.entry}{minus}" + ("" if self.place is None else f"@{self.place}")

    def settle(self, answer: Tensor, last: int | None = None) -> "Target":
        """The same with every choice made, held against one answer (1, ..., K) or the layer's output (1, ...)."""
        if self.layer is not None:
            self._require_unit(answer)
            return self
        if answer.dim() > 3:
            raise EngineError(f"target: expected numbers or a sequence of them as answer, got {_sizes(answer)}.")
        place, scores = None, answer[0]
        if answer.dim() == 1:
            scores = answer  # one number an example
        elif answer.dim() == 3:
            steps = answer.shape[1]
            place = (steps - 1 if last is None else last) if self.place is None else self.place
            _require("place", place, steps, "steps")
            scores = answer[0, place]
        elif self.place is not None:
            raise EngineError(f"target: expected no place in an answer of one step, got @{self.place}; leave it out.")
        entry = int(scores.argmax()) if self.entry is None else self.entry
        for index in (entry, self.versus):
            if index is not None:
                _require("target", index, len(scores), "entries")
        return self.model_copy(update={"entry": entry, "place": place})

    def of(self, output: Tensor) -> Tensor:
        """The number to be explained, one for each example: (B, ...) -> (B,)."""
        if self.layer is not None:
            if len(self.unit) == output.dim() - 1:
                return output.flatten(1)[:, _flat(self.unit, output.shape[1:])]
            axis = 1 if output.dim() == 4 else -1  # a channel of a picture, or a feature at every step: their mean
            chosen = output.select(axis, self.unit[0])
            return chosen.flatten(1).mean(1) if chosen.dim() > 1 else chosen
        if output.dim() == 1:
            return output
        at_place = output if self.place is None else output[:, self.place]
        scores = at_place[:, self.entry]
        return scores if self.versus is None else scores - at_place[:, self.versus]

    def _require_unit(self, output: Tensor) -> None:
        shape = tuple(output.shape[1:])
        if len(self.unit) == 1 and len(shape) > 1:
            _require("unit", self.unit[0], shape[0] if len(shape) == 3 else shape[-1], "units")
            return
        if len(self.unit) != len(shape):
            raise EngineError(f"unit: expected one index or {len(shape)} for layer {self.layer}, got {self.unit}.")
        for index, size in zip(self.unit, shape, strict=True):
            _require("unit", index, size, "units along this axis")


def read_target(text: "int | str | Target | None", labels: tuple[str, ...] = ()) -> Target:
    """A target as a person writes it; labels of classes are understood."""
    if text is None or isinstance(text, Target):
        return text or Target()
    written = str(text).strip()
    if written in labels:
        return Target(entry=labels.index(written))
    if found := LAYER_UNIT.fullmatch(written):
        return Target(layer=found["layer"], unit=tuple(int(part) for part in found["unit"].split(",")))
    found = ENTRY.fullmatch(written)
    if found is None or not written or (found["versus"] and not found["entry"]):
        known = f", or one of {', '.join(labels[:12])}" if labels else ""
        raise EngineError(f"target: expected {GRAMMAR}{known}, got {written!r}.")
    return Target.model_validate({name: int(value) for name, value in found.groupdict().items() if value})


def _flat(unit: tuple[int, ...], shape: Sequence[int]) -> int:
    """The place of a unit when all axes are laid out in one row."""
    place = 0
    for index, size in zip(unit, shape, strict=True):
        place = place * size + index
    return place


def _require(what: str, index: int, size: int, things: str) -> None:
    if not 0 <= index < size:
        raise EngineError(f"{what}: expected one of the {size} {things}, counted from 0, got {index}; choose another.")


def _sizes(answer: Tensor) -> str:
    return "×".join(map(str, answer.shape[1:])) if math.prod(answer.shape) else "nothing"
