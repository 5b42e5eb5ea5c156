"""Points drawn by hand: the sheet, and how its strokes become a dataset."""

import math
from typing import Any

import streamlit as st

from explorer.ui import canvas
from explorer.ui import data_words as words
from explorer.ui.data_desk import Point, desk, take
from explorer.ui.guard import told
from explorer.ui.session import session

N_CLASSES = 4
MOST_POINTS = 5_000  # as the dataset of drawn points declares
EXTENT = 6.0


def draw_points() -> None:
    """The sheet, with the points that are on it."""
    mine = desk()
    data = {"points": mine.points, "classes": N_CLASSES, "most": MOST_POINTS, "stroke": mine.stroke}
    with told():
        canvas.draw("draw", data, drawn=receive)
    if len({number for _, _, number in mine.points}) < 2:
        st.caption(words.UNTIL_POINTS)


def receive(sent: dict[str, Any]) -> None:
    """Take over the points of a finished stroke, and give them to the draft as soon as there is something to tell."""
    mine = desk()
    mine.points, mine.stroke = read_points(sent.get("points")), read_stroke(sent.get("stroke"), mine.stroke)
    if len({number for _, _, number in mine.points}) < 2:
        return
    draft = session().experiment.data
    kept = {"train_fraction": draft.settings["train_fraction"]} if "train_fraction" in draft.settings else {}
    with told():
        take({"kind": "drawn", **(kept if draft.kind == "drawn" else {}), "points": mine.points})


def read_points(sent: Any) -> list[Point]:
    """The points among what a browser sent, no more than a dataset may have; whatever is none is left out."""
    return [point for each in (sent if isinstance(sent, list) else [])[:MOST_POINTS] if (point := _read(each))]


def read_stroke(sent: Any, before: int) -> int:
    """The number of the stroke, by which the browser knows whether an answer is about its last one."""
    return sent if isinstance(sent, int) and not isinstance(sent, bool) and 0 <= sent < 2**31 else before


def _read(sent: Any) -> Point | None:
    if not isinstance(sent, list | tuple) or len(sent) != 3:
        return None
    if not all(isinstance(each, int | float) and math.isfinite(each) for each in sent):
        return None
    x, y, number = sent
    is_inside = abs(x) <= EXTENT and abs(y) <= EXTENT and number in range(N_CLASSES)
    return (float(x), float(y), int(number)) if is_inside else None
