"""One attribution on a held-out example: the input, the scores, and how far they add up."""

import streamlit as st

from explorer.charts.attribution import bar_chart, picture_chart
from explorer.engine.base import Engine
from explorer.errors import ExplorerError
from explorer.lenses.picture import Picture
from explorer.lenses.request import Example, LookRequest
from explorer.ui import words, workbench
from explorer.ui.guard import plain
from explorer.ui.pages import FOLDER
from explorer.ui.service import engine
from explorer.ui.session import session

SOUND, FAIR = 0.01, 0.05  # completeness errors below which the light is green, or yellow
BARS = 40  # values of a long input that are drawn


def draw_attribution() -> None:
    """The page for the run in hand, or the way to one."""
    mine = session()
    if not mine.run_id:
        st.info(words.NO_RUN, icon=":material/lightbulb:")
        st.page_link(FOLDER / "playground.py", label=words.TO_PLAYGROUND, icon=":material/arrow_forward:")
        return
    st.caption(plain(workbench.title()))
    index = st.number_input(words.EXAMPLE, min_value=0, max_value=100_000, value=0, step=1, key="example")
    try:
        picture = look(engine(), mine.run_id, int(index))
    except ExplorerError as error:
        st.info(words.NO_ATTRIBUTION, icon=":material/info:")
        st.caption(plain(str(error)))
        return
    _draw_answer(picture)
    _draw_pair(picture)


def look(where: Engine, run_id: str, index: int) -> Picture:
    """The attribution of the newest weights for one held-out example."""
    return where.look(run_id, LookRequest(lens="attribution", example=Example(index=index)))


def _draw_answer(picture: Picture) -> None:
    target, truth = int(picture["target"].values), picture["truth"].values.ravel()[0]
    error = float(picture["completeness_error"].values)
    light = ":green[●]" if error < SOUND else ":orange[●]" if error < FAIR else ":red[●]"
    left, middle, right = st.columns(3)
    left.metric("Answer explained", f"{target}", help="The entry of the answer with the highest score.")
    middle.metric("Right answer", f"{truth:g}")
    right.metric(f"{words.COMPLETENESS} {light}", f"{error:.2%}", help=words.COMPLETENESS_HELP)


def _draw_pair(picture: Picture) -> None:
    given, scores = picture["input"], picture["scores"]
    left, right = st.columns(2)
    if given.values.ndim == 3:
        charts = picture_chart(given.values, False), picture_chart(scores.values, True)
    else:
        names = [f"{scores.axes[-1]} {index}" for index in range(min(BARS, scores.values.size))]
        charts = tuple(bar_chart(each.values.ravel()[:BARS], names) for each in (given, scores))
    left.subheader(words.INPUT)
    left.plotly_chart(charts[0], key="attribution_input")
    right.subheader(words.SCORES)
    right.plotly_chart(charts[1], key="attribution_scores")
    about = engine().catalogue()["lenses"]["attribution"]
    st.caption(f"{about['title']}. {about['shows']} {about['hides']}")
