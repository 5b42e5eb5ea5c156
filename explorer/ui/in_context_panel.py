"""The in-context page: a function that only the prompt tells, and labels from the prompt or from the weights."""

import streamlit as st

from explorer.charts.course import errors_chart
from explorer.ui import emergence_words as words
from explorer.ui import look_bar, measured
from explorer.ui.course_panel import draw_charts, draw_course
from explorer.ui.emergence_panel import belongs, draw_laboratory, draw_pictures, draw_presets, draw_test
from explorer.ui.laboratories import LABORATORIES, REGRESSION
from explorer.ui.measured import Measured

RATIOS = {"ridge_ratio": words.RIDGE, "least_squares_ratio": words.LEAST_SQUARES}
ERROR = "in_context_error"
EVERY = 1.5  # seconds


def draw_in_context() -> None:
    """Two meanings of one term, and the part of the page that was chosen."""
    if not look_bar.draw():
        return
    with st.expander(words.MEANINGS_TITLE, icon=":material/menu_book:"):
        st.markdown(words.MEANINGS)
    names = list(words.PARTS)
    default = "classes" if belongs(LABORATORIES["classes"]) else names[0]
    part = st.segmented_control(words.PART, names, default=default, format_func=words.PARTS.__getitem__, required=True,
                                key="in_context_part", label_visibility="collapsed")  # fmt: skip
    if part == "classes":
        st.markdown(words.LABORATORIES["classes"].emerges)
        draw_laboratory("classes", LABORATORIES["classes"])
        st.fragment(_draw_both, run_every=EVERY)()
    else:
        _draw_regression()
    look_bar.draw_timeline()


def _draw_regression() -> None:
    draw_presets(REGRESSION)
    if not belongs(REGRESSION):
        st.info(words.OTHER_RUN, icon=":material/lightbulb:")
        return
    draw_pictures("regression", REGRESSION)
    draw_course(REGRESSION, "regression")
    st.fragment(_draw_errors, run_every=EVERY)()
    draw_test("regression")


def _draw_errors() -> None:
    """The error after each number of examples at a measured step, beside what other learners make of the prompts."""
    found = measured.of_run()
    if found is None or ERROR not in found.found:
        return
    st.markdown(f"**{words.ERRORS_TITLE}**")
    steps = found.found[ERROR]["steps"]
    step = steps[-1]
    if len(steps) > 1:
        step = st.select_slider(words.STEP, steps, value=steps[-1], key=f"errors_{found.run_id}_{len(steps)}")
    figure = errors_chart(errors_at(found, steps.index(step)), words.EXAMPLES, words.ERROR)
    st.plotly_chart(figure, key="errors", config={"displayModeBar": False})
    st.caption(words.ERRORS_CAPTION)


def errors_at(found: Measured, place: int) -> dict[str, list[float]]:
    """The network's errors by number of examples, and those of others, which are its own over the ratios."""
    own = [values[place] for values in found.rows(ERROR)]
    errors = {words.NETWORK: own}
    for name, title in RATIOS.items():
        if name in found.found:
            ratios = [values[place] for values in found.rows(name)]
            errors[title] = [error / ratio for error, ratio in zip(own, ratios, strict=True)]
    return errors


def _draw_both() -> None:
    """The two presets over their snapshots, as far as they were measured."""
    laboratory = LABORATORIES["classes"]
    both = [each for name in (*laboratory.phenomena, *laboratory.controls) if (each := measured.of_preset(name))]
    st.markdown(f"**{words.BOTH}**")
    if len(both) < 2:
        st.caption(words.OPEN_BOTH)
        return
    for found in both:
        draw_charts(laboratory, found, f"both_{found.preset}")
    st.caption(words.BOTH_CAPTION)
