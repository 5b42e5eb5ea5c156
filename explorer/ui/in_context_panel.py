"""The in-context page: a line that only the prompt tells, labels from the prompt or the weights, and copying."""

import streamlit as st

from explorer.ui import emergence_words, held_run, look_bar, measured
from explorer.ui import in_context_words as words
from explorer.ui.course_panel import charts_of, draw_charts
from explorer.ui.emergence_panel import ALL, belongs, draw_laboratory
from explorer.ui.few_shots_panel import draw_few_shots
from explorer.ui.guard import plain
from explorer.ui.laboratories import LABORATORIES, REGRESSION
from explorer.ui.laboratory_gallery import draw_gallery
from explorer.ui.prompt_panel import draw_prompt

CHOOSER = "in_context_part"
PARTS = {"regression": REGRESSION} | {name: LABORATORIES[name] for name in ("classes", "induction", "copying")}
FIRST = {  # what a part draws of its own
    "regression": (draw_prompt, draw_few_shots),
    "classes": (draw_few_shots,),
    "induction": (draw_few_shots,),
}


def draw_in_context() -> None:
    """Two meanings of one term, and the part of the page that was chosen."""
    if not look_bar.draw():
        return
    titles = {ALL: emergence_words.ALL} | {name: told.title for name, told in words.PARTS.items()}
    st.session_state.setdefault(CHOOSER, next((name for name, each in PARTS.items() if belongs(each)), ALL))
    with st.container(horizontal=True, vertical_alignment="center"):
        part = st.segmented_control(words.PART, list(titles), format_func=titles.__getitem__, required=True,
                                    key=CHOOSER, label_visibility="collapsed") or ALL  # fmt: skip
        if part != ALL:
            with st.popover(words.MEANINGS_SHORT, icon=":material/menu_book:", width="content"):
                st.markdown(words.MEANINGS)
    if part == ALL:
        draw_gallery(PARTS, words.PARTS, CHOOSER, _draw_meanings)
        return
    st.markdown(plain(words.PARTS[part].emerges))
    draw_laboratory(part, PARTS[part], words.PARTS[part], FIRST.get(part, ()))
    if part == "classes" and belongs(PARTS[part]):
        _draw_both()
    look_bar.draw_timeline()


def _draw_meanings() -> None:
    with st.container(border=True, height="stretch"):
        st.markdown(f"##### {words.MEANINGS_TITLE}")
        st.markdown(words.MEANINGS)


def _draw_both() -> None:
    """The two presets over their snapshots, once there is a run of each."""
    laboratory = LABORATORIES["classes"]
    both = [each for name in (*laboratory.phenomena, *laboratory.controls) if (each := measured.last_of(name))]
    st.markdown(f"**{words.BOTH}**")
    if len(both) < 2:
        st.caption(words.OPEN_BOTH)
        return
    for run_id in both:
        st.caption(plain(held_run.title_of(run_id)))
        draw_charts(laboratory, run_id, f"both_{run_id}", charts_of(laboratory))
    st.caption(words.BOTH_CAPTION)
