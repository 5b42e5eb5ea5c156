"""What kind of input of a person's own a dataset takes, and what it makes of it: rows, points and pictures."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import torch
from torch import Tensor

from explorer.own_input import OwnInput, picture_bytes, picture_text, refusal
from explorer.picture_files import as_png, pixels
from explorer.signals import IGNORED, Task

if TYPE_CHECKING:
    from explorer.datasets.base import Scaling

Fits = Callable[[int], bool]  # whether the network reads so many steps
LISTED = 40  # names that a sentence repeats
DIGITS = 6  # of a raw number, counted from the scale of its column


@dataclass(frozen=True)
class Encoded:
    """An input as the network takes it."""

    inputs: tuple[Tensor, ...]  # with a batch axis of one
    notes: tuple[str, ...] = ()  # what was changed so that it fits, a sentence each
    asked: int | None = None  # the step that is asked about, where it need not be the last


class InputForm:
    """How inputs of one's own are given for some data. `encode` and `write` undo each other."""

    kind: ClassVar[str]  # which control suits it: text, tokens, row, point, picture or series
    accepts: ClassVar[tuple[str, ...]]  # forms of an own input

    def encode(self, own: OwnInput, fits: Fits) -> Encoded:
        """The input as the network takes it; raises DataError with what was expected, what came and what to do."""
        form = own.form or "nothing"
        if form not in self.accepts:
            raise refusal(form, f"{' or '.join(self.accepts)} for this data", form, "give one of these")
        return self._encode(own, fits)

    def write(self, inputs: tuple[Tensor, ...]) -> OwnInput:
        """An example of the data, with a batch axis of one, as a person would give it."""
        raise NotImplementedError

    def about(self) -> dict[str, Any]:
        """What a control must know, as plain JSON."""
        return {"kind": self.kind}

    def _encode(self, own: OwnInput, fits: Fits) -> Encoded:
        raise NotImplementedError


@dataclass(frozen=True)
class RowForm(InputForm):
    """A row of a table, by the names of its features and in the table's own units."""

    kind: ClassVar[str] = "row"
    accepts: ClassVar[tuple[str, ...]] = ("row",)

    names: tuple[str, ...]
    examples: Tensor  # (n, feature), training rows as the network sees them
    scaling: "Scaling | None" = None

    def write(self, inputs: tuple[Tensor, ...]) -> OwnInput:
        raw = self._raw(inputs[0])[0].tolist()
        return OwnInput(row=dict(zip(self.names, map(rounded, raw, self._scales()), strict=True)))

    def about(self) -> dict[str, Any]:
        raw, scales = self._raw(self.examples), self._scales()
        low, high = raw.amin(0).tolist(), raw.amax(0).tolist()
        usual = list(self._usual().values())
        bounds = {name: map(rounded, each, scales) for name, each in (("low", low), ("high", high), ("usual", usual))}
        return {"kind": self.kind, "names": list(self.names), **{name: list(each) for name, each in bounds.items()}}

    def _encode(self, own: OwnInput, fits: Fits) -> Encoded:
        given, notes = own.row, []
        if not isinstance(given, Mapping):
            given = self._in_order(given or ())
        if strange := [name for name in given if name not in self.names]:
            raise refusal(
                "row", f"features of this data ({listed(self.names)})", listed(strange), "rename or drop them"
            )
        usual = self._usual()
        if left_out := [name for name in self.names if name not in given]:
            notes.append(f"Left out, so taken as usual: {listed(left_out)}.")
        raw = torch.tensor([[given.get(name, usual[name]) for name in self.names]], dtype=torch.float64)
        return Encoded((self.scaling.apply(raw) if self.scaling else raw.float(),), tuple(notes))

    def _in_order(self, given: Sequence[float]) -> dict[str, float]:
        if len(given) != len(self.names):
            expected = f"{len(self.names)} numbers ({listed(self.names)})"
            raise refusal("row", expected, f"{len(given)}", "give one for each feature, or give them by name")
        return dict(zip(self.names, given, strict=True))

    def _usual(self) -> dict[str, float]:
        """The mean of the training rows; nothing where features are mostly not there."""
        means = [0.0] * len(self.names) if self.scaling is None else self.scaling.means.tolist()
        return dict(zip(self.names, means, strict=True))

    def _raw(self, rows: Tensor) -> Tensor:
        return rows.double() if self.scaling is None else self.scaling.undo(rows.double())

    def _scales(self) -> list[float]:
        return [0.0] * len(self.names) if self.scaling is None else self.scaling.scales.tolist()


@dataclass(frozen=True)
class PointForm(InputForm):
    """A point of the plane."""

    kind: ClassVar[str] = "point"
    accepts: ClassVar[tuple[str, ...]] = ("point",)

    def write(self, inputs: tuple[Tensor, ...]) -> OwnInput:
        x, y = inputs[0][0].tolist()
        return OwnInput(point=(x, y))

    def _encode(self, own: OwnInput, fits: Fits) -> Encoded:
        return Encoded((torch.tensor([own.point], dtype=torch.float32),))


@dataclass(frozen=True)
class PictureForm(InputForm):
    """A picture, stretched to the size of the data's."""

    kind: ClassVar[str] = "picture"
    accepts: ClassVar[tuple[str, ...]] = ("picture",)

    shape: tuple[int, int, int]  # (channel, height, width)
    is_ink: bool = False  # numbers count how dark a place of white paper is; else how light
    levels: int | None = None  # from 0 to 1, where the data knows so many only

    def write(self, inputs: tuple[Tensor, ...]) -> OwnInput:
        values = (inputs[0][0].cpu() * 255).round().clamp(0, 255).to(torch.uint8)  # (channel, height, width)
        seen = np.ascontiguousarray((255 - values if self.is_ink else values).permute(1, 2, 0).squeeze(-1).numpy())
        return OwnInput(picture=picture_text(as_png(seen)))

    def about(self) -> dict[str, Any]:
        return {"kind": self.kind, "shape": list(self.shape), "is_ink": self.is_ink}

    def _encode(self, own: OwnInput, fits: Fits) -> Encoded:
        channels, height, width = self.shape
        content = picture_bytes(own.picture or "")
        seen = torch.tensor(pixels(content, height, width, channels == 1, partial(refusal, "picture")))
        shades = seen.view(1, height, width, channels).permute(0, 3, 1, 2)
        values = shades.clone(memory_format=torch.contiguous_format) / 255  # one channel has strides of its own
        values = 1 - values if self.is_ink else values
        if self.levels is not None:
            values = (values * (self.levels - 1)).round() / (self.levels - 1)
        return Encoded((values,))


def rounded(value: float, scale: float) -> float:
    """A raw number without the traces of its way to the network and back; a scale of 0 leaves it as it is."""
    return round(value, DIGITS - math.ceil(math.log10(scale))) if scale > 0 else value


def listed(names: Sequence[str]) -> str:
    """Names in a sentence, the first ones where there are many."""
    text = ", ".join(names[:LISTED])
    return text if len(names) <= LISTED else f"{text}, … ({len(names)} in all)"


def own_targets(task: Task, inputs: tuple[Tensor, ...]) -> Tensor:
    """What is known of the right answers to an own input: the next token where it was typed, else nothing."""
    if not task.is_aligned:
        return torch.full((1, *task.target_shape), IGNORED if task.is_discrete else float(IGNORED))
    steps = () if task.steps is None else (inputs[0].shape[1],)
    if not task.is_discrete:
        return torch.full((1, *steps, task.outputs), torch.nan)
    targets = torch.full((1, *steps), IGNORED)
    if task.kind == "next_token":
        targets[:, :-1] = inputs[0][:, 1:]
    return targets
