"""A slider over the shots of a prompt: the score with so many of them, and what each of them adds to one answer."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from explorer.ui import in_context_words as words
from explorer.ui import look_bar
from explorer.ui.controls import properties
from explorer.ui.lens_view import draw_lens
from explorer.ui.service import engine
from explorer.ui.session import session

SCORES, LABELS, SHARES = "few_shots", "shot_labels", "shot_shares"
HIGH, NUMBERS_HIGH, SHOT_HIGH, NAMES_HIGH = 330, 80, 24, 60  # pixels
MOST: dict[str, tuple[str, Callable[[int], int]]] = {  # by kind of data: a setting, and how many shots it makes
    "in_context_regression": ("examples", lambda examples: examples - 1),
    "in_context_classification": ("pairs", lambda pairs: pairs),
    "repeated": ("length", lambda length: length // 4),
}


def draw_few_shots() -> None:
    """The slider, the score by number of shots, and the share of each shot; only this is drawn again when it moves."""
    if SHARES in look_bar.offered():
        st.fragment(_draw)()


def most_shots() -> int:
    """How many shots a prompt of the data in hand holds."""
    part = session().experiment.data
    name, count = MOST[part.kind]
    declared: dict[str, Any] = properties(engine().catalogue()["datasets"][part.kind]["schema"])
    return count(int(part.settings.get(name, declared[name]["default"])))


def _draw() -> None:
    kind, key, most = session().experiment.data.kind, f"shots_{session().run_id}", most_shots()
    st.markdown(f"**{words.SHOTS_TITLE}**")
    st.session_state[key] = min(st.session_state.get(key, most), most)
    shots = st.slider(words.SHOTS, 0, most, key=key)
    left, right = st.columns(2, gap="medium")
    with left:
        lens = _draw_scores(kind, key, shots)
    with right:
        _draw_shares(kind, shots)
    for each in (lens, SHARES):
        look_bar.draw_sentences(each)


def _draw_scores(kind: str, key: str, shots: int) -> str:
    """The curves beside those of the control that is chosen; the lens that they come from."""
    lens = st.segmented_control(words.AGAINST, list(words.CONTROLS), default=SCORES, required=True,
                                key="shots_control", format_func=words.CONTROLS.__getitem__) or SCORES  # fmt: skip
    st.caption(words.SCORES[kind])
    curves = words.LABELS if lens == LABELS else words.CURVES[kind]
    options = {"arrays": list(curves), "labels": curves, "x_name": words.SHOTS_AXIS, "marked": shots,
               "is_clickable": True, "low": 0.0}  # fmt: skip
    draw_lens("few_shots_scores", lens, {}, "lines_over", options, HIGH, has_caption=False,
              chosen=lambda sent: st.session_state.update({key: int(sent["index"])}))  # fmt: skip
    if lens == LABELS:
        st.caption(words.LABELS_SAY)
    return lens


def _draw_shares(kind: str, shots: int) -> None:
    """One answer, and what each shot adds to it."""
    st.caption(words.SHARES[kind])
    labels = look_bar.description()["diagram"]["task"]["labels"]
    told = words.NUMBERS[kind]
    names = dict.fromkeys(("answer", "target"), labels) if "answer" in told else {}
    numbers = {"arrays": list(told), "labels": told, "names": names}
    draw_lens("few_shots_answer", SHARES, {"shots": shots}, "numbers", numbers, NUMBERS_HIGH, has_caption=False)
    if not shots:
        st.info(words.NO_SHOTS)
        return
    high = max(HIGH - NUMBERS_HIGH, SHOT_HIGH * shots + NAMES_HIGH)
    bars = {"groups": list(words.NETWORKS), "labels": words.NETWORKS}
    draw_lens("few_shots_shares", SHARES, {"shots": shots}, "bars", bars, high, has_caption=False)
