"""State matching: which units are on exactly in a span, and where else they are on together."""

from collections import Counter
from itertools import groupby
from typing import ClassVar

import torch
from pydantic import Field
from torch import Tensor

from explorer.lenses.base import Lens, Scene, choose, named
from explorer.lenses.picture import Picture
from explorer.lenses.states.memory import gates_of, guesses, recurrent_names, tracks, units
from explorer.validation import Checked


class StateMatch(Lens):
    """Units over a threshold in a span and not beside it, and other spans where the same ones are (LSTMVis, 2018)."""

    kind: ClassVar[str] = "state_match"
    title: ClassVar[str] = "Match a span"
    shows: ClassVar[str] = "The units that are on exactly in the chosen span, and other places where the same are on."
    hides: ClassVar[str] = "Another threshold picks other units; being on together does not make them a meaning."
    is_live: ClassVar[bool] = False

    layer: str | None = Field(None, description="Which recurrent layer; empty means the first.")
    start: int | None = Field(
        None, ge=0, le=4095, description="First step of the span; empty: the span in which most units are on."
    )
    end: int | None = Field(None, ge=0, le=4095, description="Last step of the span; empty: the first.")
    threshold: float = Field(0.3, ge=-10, le=10, description="A unit is on where its state is at least this high.")
    ends_too: bool = Field(True, description="Ask that the units are off just before and just after the span.")
    most: int = Field(12, ge=1, le=64, description="Other places that are listed.")
    examples: int = Field(256, ge=4, le=1024, description="Held-out examples that are searched.")

    @classmethod
    def is_applicable(cls, checked: Checked) -> bool:
        return bool(recurrent_names(checked))

    def look(self, scene: Scene) -> Picture:
        name = choose(self.layer, recurrent_names(scene.checked))
        output, own = gates_of(scene.network, [name], scene.one())
        is_on = units(own[name])[0] >= self.threshold  # (T, units)
        start, end = self._span(is_on)
        chosen = exact(is_on, start, end, self.ends_too)
        searched = scene.held_out(self.examples)
        answers, others = gates_of(scene.network, [name], searched)
        shares = matches(units(others[name]) >= self.threshold, chosen, end - start + 1, self.ends_too)
        if scene.number is not None and scene.number < len(shares):
            shares[scene.number, start] = -1  # the span itself
        best = shares.flatten().topk(min(self.most, shares.numel()))
        best_shares, places = best.values[best.values > 0], best.indices[best.values > 0]
        rows = places // shares.shape[1]
        task = scene.data.task
        inputs = zip(scene.data.input_names, searched.inputs, scene.data.signals, strict=True)
        return tracks(scene, scene.one(), output) | {
            f"{name}.hidden": named(units(own[name])[0].T, "unit", "time"),
            "span": named(torch.tensor([start, end]), "bound"),
            "units": named(chosen, "unit"),
            "match_example": named(rows, "match"),
            "match_start": named(places % shares.shape[1], "match"),
            "match_share": named(best_shares, "match"),
            **{f"match_{part}": named(values[rows], "match", *signal.axes) for part, values, signal in inputs},
            "match_target": named(searched.targets[rows], "match", *task.target_axes),
            "match_prediction": named(guesses(answers, task)[rows], "match", *task.guess_axes),
        }

    def _span(self, is_on: Tensor) -> tuple[int, int]:
        if self.start is None:
            return suggested(is_on)
        start = min(self.start, len(is_on) - 1)
        return start, min(max(start, self.end or 0), len(is_on) - 1)


def suggested(is_on: Tensor) -> tuple[int, int]:
    """The span that the most units keep to, the longest of these: (T, units) -> its first and its last step.

    A single step, or all of them, is suggested only where no unit keeps to anything else.
    """
    last = len(is_on) - 1
    found: Counter[tuple[int, int]] = Counter()
    for unit in is_on.T.tolist():
        for on, steps in groupby(range(last + 1), unit.__getitem__):
            if on:
                first, *others = steps
                found[first, others[-1] if others else first] += 1

    def worth(span: tuple[int, int]) -> tuple[bool, int, int]:
        length = span[1] - span[0]
        return 0 < length < last, found[span], length

    return max(found, key=worth, default=(0, last))


def exact(is_on: Tensor, start: int, end: int, ends_too: bool) -> Tensor:
    """Units that are on from start to end, and off just outside where that is asked for: (T, units) -> (units,)."""
    found = is_on[start : end + 1].all(0)
    if ends_too and start > 0:
        found &= ~is_on[start - 1]
    if ends_too and end + 1 < len(is_on):
        found &= ~is_on[end + 1]
    return found


def matches(is_on: Tensor, chosen: Tensor, length: int, ends_too: bool) -> Tensor:
    """Of the chosen units, the share that is on exactly in each span of this length: (B, T, units) -> (B, starts)."""
    picked = is_on[:, :, chosen]  # (B, T, chosen)
    spans = picked.unfold(1, length, 1).all(-1)  # (B, starts, chosen)
    if ends_too:
        off = torch.ones_like(picked[:, :1])
        before = torch.cat([off, ~picked], 1)[:, : spans.shape[1]]
        after = torch.cat([~picked, off], 1)[:, length : length + spans.shape[1]]
        spans = spans & before & after
    return spans.float().sum(-1) / max(1, picked.shape[-1])
