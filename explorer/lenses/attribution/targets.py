"""What an attribution explains: an entry of the answer, at a frame or of a box, a difference, a sequence, or a unit."""

import math
import re
from collections.abc import Sequence
from itertools import pairwise

import torch
from pydantic import Field, model_validator
from torch import Tensor

from explorer.errors import EngineError
from explorer.experiment import Settings
from explorer.signals import BOX
from explorer.training.boxes import told
from explorer.training.objectives import sequence_losses
from explorer.training.transcripts import transcripts

LAYER_UNIT = re.compile(r"(?P<layer>[A-Za-z][\w.]*):(?P<unit>\d+(?:,\d+)*)")
SEQUENCE = re.compile(r"sequence(?::(?P<phones>\d+(?:,\d+)*))?")
PLACE = r"(?:frame:(?P<frame>\d+)|box(?::(?P<box>\d+))?|(?P<place>\d+))"
AT_PLACE = re.compile(rf"(?P<label>.+)@{PLACE}")
NAMED_PLACE = re.compile(r"(?:frame:|box\b).*")
ENTRY = re.compile(rf"(?P<entry>\d+)?(?:-(?P<versus>\d+))?(?:@{PLACE})?")
GRAMMAR = (
    "an entry such as 3, a difference such as 3-5, an entry at a place such as 3@10, a frame such as frame:7, "
    "a box such as box:0, a sequence such as sequence:3,1, or a unit such as hidden:4"
)


class Target(Settings):
    """One number of what the network computes. Everything left empty means the answer that is predicted."""

    entry: int | None = Field(None, ge=0, description="The class, token or number; empty means the one predicted.")
    versus: int | None = Field(None, ge=0, description="The entry whose score is taken away from it.")
    place: int | None = Field(
        None,
        ge=0,
        description="The step of a sequence, or the cell of a grid, row by row; empty means what counts.",
    )
    box: int | None = Field(
        None, ge=0, description="Instead of a place, one of the boxes that a detector draws, the surest first."
    )
    sequence: tuple[int, ...] | None = Field(
        None, max_length=256, description="Phones whose log-likelihood is explained; none means those that were said."
    )
    layer: str | None = Field(None, description="The layer whose unit is explained, instead of the answer.")
    unit: tuple[int, ...] = Field((), max_length=4, description="Where the unit stands in the layer's output.")

    @model_validator(mode="after")
    def _is_one_thing(self) -> "Target":
        if (self.layer is None) != (not self.unit):
            raise ValueError("expected a layer and a unit together.")
        at_place = (self.entry, self.versus, self.place, self.box) != (None, None, None, None)
        if self.layer is not None and at_place:
            raise ValueError("expected either a unit of a layer or an entry of the answer.")
        if self.sequence is not None and (at_place or self.layer is not None):
            raise ValueError("expected either a sequence or something at one place.")
        if self.box is not None and self.place is not None:
            raise ValueError("expected either a box or a place.")
        if self.versus is not None and self.entry is None:
            raise ValueError("expected an entry before the one that is taken away.")
        return self

    def __str__(self) -> str:
        if self.layer is not None:
            return f"{self.layer}:{','.join(map(str, self.unit))}"
        if self.sequence is not None:
            return f"sequence:{','.join(map(str, self.sequence))}"
        minus = "" if self.versus is None else f"-{self.versus}"
        at = next((f"@{start}{each}" for start, each in (("", self.place), ("box:", self.box)) if each is not None), "")
        return f"{self.entry}{minus}{at}"

    def settle(self, answer: Tensor, last: int | None = None) -> "Target":
        """The same with every choice made, held against one answer (1, ..., K) or the layer's output (1, ...)."""
        if self.layer is not None:
            self._require_unit(answer)
            return self
        if answer.dim() > 4:
            raise EngineError(f"target: expected numbers, a row or a grid of them as answer, got {_sizes(answer)}.")
        if self.sequence is not None:
            return self._settled_sequence(answer)
        if self.box is not None:
            return self.model_copy(update={"place": self._cell(answer), "box": None}).settle(answer)
        answer = by_place(answer)
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
        if self.sequence is not None:
            phones = torch.tensor(self.sequence, device=output.device)
            return -sequence_losses(output, phones.expand(len(output), -1)).to(output.device)
        output = by_place(output)
        at_place = output if self.place is None else output[:, self.place]
        scores = at_place[:, self.entry]
        return scores if self.versus is None else scores - at_place[:, self.versus]

    def _settled_sequence(self, answer: Tensor) -> "Target":
        """The same with its phones known: those named, or else those that are heard."""
        if answer.dim() != 3:
            raise EngineError(f"target: expected an answer for every frame, got {_sizes(answer)}; name an entry.")
        _, steps, entries = answer.shape
        phones = self.sequence or tuple(transcripts(answer)[0])
        if not phones:
            raise EngineError("target: expected a sequence of phones, got none: nothing is heard; name some.")
        for phone in phones:
            _require("target", phone, entries, "phones")
        needed = len(phones) + sum(one == other for one, other in pairwise(phones))
        if needed > steps:
            raise EngineError(f"target: expected phones that fit into {steps} frames, got {needed} with their blanks.")
        return self.model_copy(update={"sequence": phones})

    def _cell(self, answer: Tensor) -> int:
        """The cell that tells the box."""
        if answer.dim() != 4 or answer.shape[1] <= len(BOX):
            raise EngineError(f"target: expected a detector's grid of cells for a box, got {_sizes(answer)}.")
        cells = told(answer)
        _require("box", self.box or 0, len(cells), "boxes")
        return int(cells[self.box or 0])

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
    if found := SEQUENCE.fullmatch(written):
        phones = found["phones"]
        return Target(sequence=tuple(int(part) for part in phones.split(",")) if phones else ())
    if NAMED_PLACE.fullmatch(written):
        written = f"@{written}"
    elif found := LAYER_UNIT.fullmatch(written):
        return Target(layer=found["layer"], unit=tuple(int(part) for part in found["unit"].split(",")))
    if (found := AT_PLACE.fullmatch(written)) and found["label"] in labels:
        return Target(entry=labels.index(found["label"]), **_place_in(found))
    found = ENTRY.fullmatch(written)
    if found is None or not written or (found["versus"] and not found["entry"]):
        known = f", or one of {', '.join(labels[:12])}" if labels else ""
        raise EngineError(f"target: expected {GRAMMAR}{known}, got {str(text).strip()!r}.")
    chosen = {name: int(found[name]) for name in ("entry", "versus") if found[name]}
    return Target.model_validate(chosen | _place_in(found))


def _place_in(found: re.Match) -> dict[str, int]:
    """The place, or the box, that a target names behind its @."""
    parts = found.groupdict()
    place = parts["frame"] or parts["place"]
    if place is not None:
        return {"place": int(place)}
    is_box = found.string.rpartition("@")[2].startswith("box")
    return {"box": int(parts["box"] or 0)} if is_box else {}


def by_place(answer: Tensor) -> Tensor:
    """An answer over a grid as one over its cells, row by row: (B, K, R, C) -> (B, R C, K); others as they are."""
    return answer.flatten(2).transpose(1, 2) if answer.dim() == 4 else answer


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
