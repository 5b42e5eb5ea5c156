"""The course of a run: its progress measures over all kept steps, each judged by the transition finder."""

import numpy as np
import streamlit as st

from explorer.charts.course import Course, course_chart, rows_chart
from explorer.transitions import find_transition
from explorer.ui import emergence_words as words
from explorer.ui import measured
from explorer.ui.guard import plain, told
from explorer.ui.laboratories import Laboratory
from explorer.ui.measured import Measured
from explorer.ui.service import engine
from explorer.ui.session import session

EVERY = 1.5  # seconds between two looks at whether the run has finished


def draw_course(laboratory: Laboratory, name: str) -> None:
    """The button that measures, and what came of it; a run that finishes is measured by itself."""
    st.fragment(_draw, run_every=EVERY)(laboratory, name)


def names_of(laboratory: Laboratory) -> list[str]:
    """The measures of a laboratory that can be taken of the run in hand, each once."""
    offered = measured.offered()
    wanted = [name for chart in laboratory.charts for name in chart] + list(laboratory.rows)
    return [name for name in dict.fromkeys(wanted) if name in offered]


def _draw(laboratory: Laboratory, name: str) -> None:
    with told():
        names = names_of(laboratory)
        step = engine().status(session().run_id).step
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{words.COURSE}**", help=words.JUDGED, width="content")
            is_asked = st.button(words.MEASURE, icon=":material/monitoring:", help=words.MEASURE_HELP,
                                 key=f"measure_{name}", disabled=step == 0 or not names)  # fmt: skip
        asked = f"asked_{session().run_id}"
        if is_asked:
            st.session_state[asked] = step
        if measured.has_finished() or st.session_state.get(asked) == step:
            for each in measured.missing(names):  # each is kept at once, so that a rerun goes on where this one stops
                with st.spinner(words.measuring(measured.offered()[each]["title"])):
                    measured.measure(each)
        found = measured.of_run()
        if found is None or not found.found.keys() & set(names):
            st.caption(words.NOT_MEASURED if names or step == 0 else words.NO_MEASURES)
            return
        draw_charts(laboratory, found, name)


def draw_charts(laboratory: Laboratory, found: Measured, key: str) -> None:
    """The charts side by side, each above what is to be said of its measures."""
    charts = [[name for name in chart if name in found.found] for chart in laboratory.charts]
    charts = [chart for chart in charts if chart]
    rows = [name for name in laboratory.rows if name in found.found]
    columns = iter(st.columns(max(1, len(charts) + len(rows)), gap="medium"))
    for number, chart in enumerate(charts):
        with next(columns):
            _draw_chart(chart, found, laboratory.is_log, f"course_{key}_{number}")
    for name in rows:
        with next(columns):
            steps, values = found.found[name]["steps"], np.array(found.rows(name)).T
            figure = rows_chart(steps, values, *words.ROWS[name], laboratory.is_log)
            st.plotly_chart(figure, key=f"rows_{key}_{name}", config={"displayModeBar": False})
            _say(name)


def _draw_chart(names: list[str], found: Measured, is_log: bool, key: str) -> None:
    offered = measured.offered()
    verdicts = {name: find_transition(zip(*found.series(name), strict=True)) for name in names}
    title = {name: offered[name]["title"] if name in offered else words.metric(name) for name in names}
    courses = [Course(title[name], *found.series(name), jump=verdicts[name].step) for name in names]
    st.plotly_chart(course_chart(courses, is_log), key=key, config={"displayModeBar": False})
    for name, verdict in verdicts.items():
        badge = f":{words.COLOURS[verdict.verdict]}-badge[{words.VERDICTS[verdict.verdict]}]"
        _say(name, f"{badge} {plain(verdict.sentence)}")


def _say(name: str, verdict: str = "") -> None:
    """A measure's name with what it shows, its formula and its paper at hand, and the verdict."""
    about = measured.offered().get(name, {})
    help_text = None
    if "formula" in about:
        help_text = f"{about['shows']} {about['hides']}\n\n${about['formula']}$\n\n{plain(about['paper'])}"
    st.markdown(f"{plain(about.get('title', name))} {verdict}", help=help_text)
