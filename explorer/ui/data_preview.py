"""The first examples of a dataset, drawn as what they are: rows, pictures, tokens or lines."""

import base64
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from explorer.ui import data_words as words
from explorer.ui.guard import plain

Look = dict[str, Any]

PICTURE_SIDE = 46  # pixels; five in a row of a narrow panel
BOXED_SIDE, MOST_BOXED = 82, 6
TABLE_HEIGHT = 248  # pixels: a header and six rows
WIDTH, HEIGHT = 260, 72  # of the drawing of a series
COLOURS = ("#f59322", "#0877bd", "#009e73", "#cc79a7")  # as in assets/colour.js
COLOUR_NAMES = ("orange", "blue", "green", "violet")  # the nearest that a page's text can have


def draw_preview(look: Look) -> None:
    """What is asked, how much there is, and the first examples."""
    st.caption(f"{plain(words.task(look['task']))} {words.sizes(look['n_train'], look['n_test'])}")
    if "columns" in look:  # a file whose rows are shown already
        return
    view = "boxes" if "boxes" in look else look["view"]
    if view in DRAWERS:
        DRAWERS[view](look)
    st.caption(words.DRAWN if look["kind"] == "drawn" else words.SHOWN[view])


def _draw_table(look: Look) -> None:
    answer = words.ANSWER if words.ANSWER not in look["names"] else f"{words.ANSWER} *"
    table = pd.DataFrame(look["rows"], columns=look["names"])
    table.insert(0, answer, look["answers"])
    st.dataframe(table, hide_index=True, height=TABLE_HEIGHT)


def _draw_pictures(look: Look) -> None:
    with st.container(horizontal=True, gap="small"):
        for encoded, answer in zip(look["pictures"], look["answers"], strict=True):
            st.image(base64.b64decode(encoded), caption=plain(str(answer)), width=PICTURE_SIDE)


def _draw_boxed(look: Look) -> None:
    with st.container(horizontal=True, gap="small"):
        for encoded, boxes in zip(look["pictures"][:MOST_BOXED], look["boxes"], strict=False):
            st.image(boxed(encoded, boxes), caption=plain(", ".join(each["name"] for each in boxes)), width=BOXED_SIDE)


def boxed(picture: str, boxes: Sequence[Mapping[str, Any]]) -> str:
    """A picture (PNG in base64) with a frame around each object, as a drawing."""
    frames = "".join(
        f'<rect x="{100 * x:.1f}" y="{100 * y:.1f}" width="{100 * width:.1f}" height="{100 * height:.1f}" fill="none"'
        f' stroke="{COLOURS[place % len(COLOURS)]}" stroke-width="2.5"/>'
        for place, (x, y, width, height) in enumerate(each["box"] for each in boxes)
    )
    address, style = f"data:image/png;base64,{picture}", "image-rendering:pixelated"
    shown = f'<image href="{address}" width="100" height="100" style="{style}"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100">{shown}{frames}</svg>'


def _draw_frames(look: Look) -> None:
    for encoded, answer in zip(look["pictures"], look["answers"], strict=True):
        st.image(base64.b64decode(encoded), caption=plain(answer), width="stretch")


def _draw_tokens(look: Look) -> None:
    st.code("\n".join(token_lines(look)), language=None, wrap_lines=True)


def token_lines(look: Look) -> list[str]:
    """Each sequence as a line: letters side by side, other tokens with spaces between; one answer behind an arrow."""
    has_letters = all(len(token) == 1 for line in look["lines"] for token in line) and _is_text(look)
    between = "" if has_letters else " "
    lines = [between.join(token.replace("\n", "⏎") for token in line) for line in look["lines"]]
    if look["task"]["steps"] is not None:
        return lines
    return [f"{line} → {answer}" for line, (answer,) in zip(lines, look["answers"], strict=True)]


def _is_text(look: Look) -> bool:
    return any(token.isalpha() or token.isspace() for line in look["lines"] for token in line)


def _draw_series(look: Look) -> None:
    st.image(series_drawing(look["series"]), width="stretch")
    marks = [f":{name}[●] {plain(each)}" for name, each in zip(COLOUR_NAMES, look["names"], strict=False)]
    answers = [f"→ {plain(str(answer))}" for answer in look["answers"]]
    st.caption("   ".join([*marks, *answers]))


def series_drawing(series: Sequence[Sequence[float]]) -> str:
    """Lines over time as a drawing; all share one scale."""
    every = [value for row in series for value in row]
    low, high = min(every), max(every)
    span, steps = (high - low) or 1.0, max(1, len(series[0]) - 1)

    def line(row: Sequence[float], colour: str) -> str:
        places = (
            f"{4 + step * (WIDTH - 8) / steps:.1f},{HEIGHT - 4 - (value - low) / span * (HEIGHT - 8):.1f}"
            for step, value in enumerate(row)
        )
        return f'<polyline points="{" ".join(places)}" fill="none" stroke="{colour}" stroke-width="1.6"/>'

    lines = "".join(line(row, colour) for row, colour in zip(series, COLOURS, strict=False))
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}">{lines}</svg>'


DRAWERS: dict[str, Callable[[Look], None]] = {
    "table": _draw_table,
    "picture": _draw_pictures,
    "boxes": _draw_boxed,
    "tokens": _draw_tokens,
    "series": _draw_series,
    "frames": _draw_frames,
}
