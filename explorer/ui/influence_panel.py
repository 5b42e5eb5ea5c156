"""The part of the attributions page that asks which training examples mattered for the example in hand."""

from typing import Any

import streamlit as st

from explorer.ui import further_words as words
from explorer.ui import look_bar
from explorer.ui.example_views import view_of_examples
from explorer.ui.guard import told
from explorer.ui.lens_settings import draw_lens_settings
from explorer.ui.lens_view import draw_lens

LENS = "influence"
PRESETS = ("iris", "digits-cnn", "circle", "breast-cancer")
HIGH, CURVES_HIGH, ROW_HIGH = 330, 240, 26  # pixels


def draw_influence() -> None:
    """Training examples that helped, those that hurt, and when in the run they did."""
    if LENS not in look_bar.offered():
        look_bar.draw_presets(words.NO_TRAINING_EXAMPLES, PRESETS)
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(words.INFLUENCE_INTRO, width="stretch")
        with st.popover(words.SETTINGS, icon=":material/tune:", type="tertiary"), told():
            settings = draw_lens_settings(LENS)
    for column, side in zip(st.columns(2, gap="medium"), words.SIDES, strict=True):
        with column:
            _draw_side(side, settings)
    look_bar.draw_sentences(LENS)
    st.caption(words.INFLUENCE_CAPTION)


def _draw_side(side: str, settings: dict[str, Any]) -> None:
    st.markdown(f"**{words.SIDES[side]}**")
    drawn = look_bar.description()["diagram"]
    given = drawn["inputs"][0]
    captions = [f"{side}.example", *([f"{side}.target"] if drawn["task"]["kind"] == "classification" else [])]
    view, options = view_of_examples(given, f"{side}.{given['name']}", captions)
    options["numbers"] = f"{side}.example"  # what a click tells
    draw_lens(f"{side}_examples", LENS, settings, view, options, HIGH, has_caption=False, chosen=_open, cell=_open)
    most = settings.get("most", words.MOST)
    scores = {"array": f"{side}.score", "title": words.SCORE, "is_quiet": True}
    draw_lens(f"{side}_scores", LENS, settings, "bars", scores, 40 + ROW_HIGH * most, has_caption=False)
    by_step = {"array": f"{side}.by_step", "x": "steps", "x_name": words.STEP, "title": words.BY_STEP, "is_quiet": True}
    draw_lens(f"{side}_by_step", LENS, settings, "lines_over", by_step, CURVES_HIGH, has_caption=False)


def _open(sent: dict[str, Any]) -> None:
    """Look at one of the training examples shown from now on."""
    look_bar.choose_example(int(sent["number"]), "train")
