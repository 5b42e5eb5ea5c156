"""A slider over the shots of a prompt: the score with so many of them, and what each of them adds to one answer."""

from typing import Any

import streamlit as st

from explorer.ui import in_context_words as words
from explorer.ui import look_bar
from explorer.ui.controls import properties
from explorer.ui.lens_view import draw_lens
from explorer.ui.service import engine
from explorer.ui.session import session

LENS = "few_shots"
HIGH, NUMBERS_HIGH, SHOT_HIGH, NAMES_HIGH = 330, 80, 24, 60  # pixels
MOST = {"in_context_regression": ("examples", 1), "in_context_classification": ("pairs", 0)}  # a setting, less so many
CURVES = {"in_context_regression": words.LINE_CURVES, "in_context_classification": words.CLASS_CURVES}
NUMBERS = {"in_context_regression": words.LINE_NUMBERS, "in_context_classification": words.CLASS_NUMBERS}


def draw_few_shots() -> None:
    """The slider, the score by number of shots, and the share of each shot in the answer."""
    kind, key, most = session().experiment.data.kind, f"shots_{session().run_id}", most_shots()
    st.markdown(f"**{words.SHOTS_TITLE}**")
    st.session_state[key] = min(st.session_state.get(key, most), most)
    settings = {"shots": st.slider(words.SHOTS, 0, most, key=key)}
    left, right = st.columns(2, gap="medium")
    with left:
        st.caption(words.SCORES[kind])
        curves = {"arrays": list(CURVES[kind]), "labels": CURVES[kind], "x_name": words.SHOTS_AXIS, "marked": "shots",
                  "is_clickable": True, "low": 0.0}  # fmt: skip
        draw_lens("few_shots_scores", LENS, settings, "lines_over", curves, HIGH, has_caption=False,
                  chosen=lambda sent: st.session_state.update({key: int(sent["index"])}))  # fmt: skip
    with right:
        st.caption(words.SHARES[kind])
        labels = look_bar.description()["diagram"]["task"]["labels"]
        names = dict.fromkeys(("answer", "target"), labels) if "answer" in NUMBERS[kind] else {}
        numbers = {"arrays": list(NUMBERS[kind]), "labels": NUMBERS[kind], "names": names}
        draw_lens("few_shots_answer", LENS, settings, "numbers", numbers, NUMBERS_HIGH, has_caption=False)
        bars = {"groups": list(words.NETWORKS), "labels": words.NETWORKS}
        if settings["shots"]:
            high = max(HIGH - NUMBERS_HIGH, SHOT_HIGH * settings["shots"] + NAMES_HIGH)
            draw_lens("few_shots_shares", LENS, settings, "bars", bars, high, has_caption=False)
        else:
            st.info(words.NO_SHOTS)
    look_bar.draw_sentences(LENS)


def most_shots() -> int:
    """How many shots a prompt of the data in hand holds."""
    part = session().experiment.data
    name, fewer = MOST[part.kind]
    declared: dict[str, Any] = properties(engine().catalogue()["datasets"][part.kind]["schema"])
    return int(part.settings.get(name, declared[name]["default"])) - fewer
