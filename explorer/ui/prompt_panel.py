"""One prompt of a regression to be dragged, the lines through it, and the error over many prompts like it."""

from typing import Any

import streamlit as st

from explorer.ui import canvas, look_bar
from explorer.ui import in_context_words as words
from explorer.ui.controls import properties
from explorer.ui.few_shots_panel import most_shots
from explorer.ui.guard import plain
from explorer.ui.lens_view import draw_lens
from explorer.ui.service import engine
from explorer.ui.session import session

LINES, ERRORS = "prompt_lines", "prompt_errors"
HIGH = 430  # pixels
FINE = 0.25  # of a slider
KEY = "prompts"

Rows = list[list[float]]


def draw_prompt() -> None:
    """The sliders that leave the training data, the prompt, and the errors."""
    shift = _draw_shift()
    left, right = st.columns([3, 2], gap="medium")
    with left:
        st.markdown(f"**{words.DRAG_TITLE}**")
        _draw_lines(shift)
        look_bar.draw_sentences(LINES)
    with right:
        st.markdown(f"**{words.ERRORS_TITLE}**")
        options = {"arrays": list(words.LEARNERS), "labels": words.LEARNERS, "log": True, "x_name": words.EXAMPLES}
        draw_lens("prompt_errors", ERRORS, shift, "lines_over", options, HIGH)


def _draw_lines(shift: dict[str, Any]) -> None:
    mine, kept = session(), _kept()
    data = {
        "run": mine.run_id,
        "token": mine.token or None,
        "example": dict(mine.example),
        "settings": shift,
        "points": kept["points"],
        "stroke": kept["stroke"],
        "most": most_shots(),
        "height": HIGH,
    }
    canvas.draw("prompt", data, moved=_keep, another=_draw_another)


def _draw_shift() -> dict[str, Any]:
    """The values of the sliders, by the bounds that the lens declares."""
    declared = properties(engine().catalogue()["lenses"][ERRORS]["schema"])
    found = {}
    st.caption(words.SHIFT)
    for column, (name, title) in zip(st.columns(len(words.SHIFTS)), words.SHIFTS.items(), strict=True):
        each = declared[name]
        with column:
            found[name] = st.slider(title, float(each["minimum"]), float(each["maximum"]), float(each["default"]), FINE,
                                    key=f"shift_{name}", help=plain(each["description"]),
                                    on_change=_forget)  # fmt: skip
    return found


def _kept() -> dict[str, Any]:
    """The examples of one's own, with the number of the stroke that made them."""
    known = st.session_state.setdefault(KEY, {})
    run_id = session().run_id
    if run_id not in known:
        known.clear()
        known[run_id] = {"points": [], "stroke": 0}
    kept: dict[str, Any] = known[run_id]
    return kept


def _keep(sent: dict[str, Any]) -> None:
    _kept().update(points=sent["points"], stroke=sent["stroke"])


def _draw_another(stroke: int) -> None:
    _kept().update(points=[], stroke=stroke)
    look_bar.choose_example(session().example["index"] + 1, session().example["split"])


def _forget() -> None:
    """What was dragged belongs to the prompt before."""
    _kept()["points"] = []
