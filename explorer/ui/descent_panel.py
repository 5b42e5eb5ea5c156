"""The picture of double descent on a page: the error over the width, and a penalty that takes its peak away."""

import streamlit as st

from explorer.charts.descent import descent_chart
from explorer.lenses.picture import Picture
from explorer.ui import emergence_words as words
from explorer.ui import look_bar
from explorer.ui.session import session

LENS = "width_sweep"
PENALTIES = (None, 0.0, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2)
KEPT = "descents"
MOST = 24  # pictures kept in a session


def draw_descent() -> None:
    """The lens at the step the page shows, for the penalty that is chosen."""
    l2 = st.select_slider(words.PENALTY, PENALTIES, key="descent_l2", help=words.PENALTY_HELP,
                          format_func=lambda value: words.AS_TRAINED if value is None else f"{value:g}")  # fmt: skip
    picture = _look(l2)
    errors = {words.HELD_OUT_ERROR: picture["test_error"].values, words.TRAINING_ERROR: picture["train_error"].values}
    threshold = int(picture["threshold"].values)
    figure = descent_chart(picture["width"].values.tolist(), {name: each.tolist() for name, each in errors.items()},
                           threshold, (words.WIDTH, words.SQUARED_ERROR, words.threshold(threshold)))  # fmt: skip
    st.plotly_chart(figure, key="descent", config={"displayModeBar": False})
    st.caption(words.FLOOR)
    look_bar.draw_sentences(LENS)


def _look(l2: float | None) -> Picture:
    """What the lens sees, taken once for each step and penalty."""
    mine = session()
    kept: dict[tuple[str, int, float | None], Picture] = st.session_state.setdefault(KEPT, {})
    key = mine.run_id, mine.step if mine.step is not None else look_bar.step_now(), l2
    if key not in kept:
        with st.spinner(words.LOOKING):
            kept[key] = look_bar.look(LENS, l2=l2)
        while len(kept) > MOST:
            kept.pop(next(iter(kept)))
    return kept[key]
