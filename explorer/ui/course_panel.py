"""The course of a run: its progress measures, which grow while it trains, each judged by the transition finder."""

from typing import Any

import streamlit as st

from explorer.ui import canvas, measured
from explorer.ui import emergence_words as words
from explorer.ui.guard import plain, told
from explorer.ui.laboratories import Laboratory
from explorer.ui.service import engine
from explorer.ui.session import session

EVERY = 1.5  # seconds between two verdicts
HIGH = 270  # pixels

Charts = list[list[str]]


def draw_course(laboratory: Laboratory, name: str) -> None:
    """The measures of a laboratory and those that were added, over the snapshots of the run in hand."""
    measured.remember()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{words.COURSE}**", help=words.JUDGED, width="content")
        more = _draw_more(laboratory, name)
    charts = charts_of(laboratory)
    if not charts and not more:
        st.fragment(_draw_none, run_every=EVERY)(laboratory)
        return
    draw_charts(laboratory, session().run_id, name, [*charts, *([more] if more else [])])


def charts_of(laboratory: Laboratory) -> Charts:
    """The measures of a laboratory that can be taken of the run in hand, by chart."""
    offered = measured.offered()
    charts = [[name for name in chart if name in offered] for chart in laboratory.charts]
    rows = [[name] for name in laboratory.rows if name in offered]
    return [chart for chart in charts if chart] + rows


def draw_charts(laboratory: Laboratory, run_id: str, key: str, charts: Charts) -> None:
    """The charts of a run side by side, and below each what is to be said of its measures."""
    offered = measured.offered()
    titles = {name: measured.title(name, offered) for chart in charts for name in chart}
    for number, (column, chart) in enumerate(zip(st.columns(len(charts), gap="medium"), charts, strict=True)):
        with column:
            data: dict[str, Any] = {"run": run_id, "token": None, "names": chart, "height": HIGH}
            data["titles"] = {name: titles[name] for name in chart}
            row = words.ROWS.get(chart[0]) if chart[0] in laboratory.rows else None
            data |= {"is_log": laboratory.is_log, "row": row and {"axis": row[0], "first": row[1]}}
            if run_id == session().run_id:
                data["token"] = session().token or None
            canvas.draw("course", data, key=f"{key}_{number}")
    st.fragment(_draw_verdicts, run_every=EVERY)(laboratory, run_id, charts, titles)


def _draw_none(laboratory: Laboratory) -> None:
    """Why there is nothing yet; metrics are there once the run has been evaluated."""
    with told():
        if charts_of(laboratory):
            st.rerun()
        has_begun = engine().status(session().run_id).step > 0
        st.caption(words.NO_MEASURES if has_begun else words.NOT_MEASURED)


def _draw_more(laboratory: Laboratory, name: str) -> list[str]:
    """Measures that the laboratory does not take by itself."""
    own = {each for chart in (*laboratory.charts, laboratory.rows) for each in chart}
    offered = measured.offered()
    others = [each for each in offered if each not in own]
    if not others:
        return []
    return st.multiselect(words.MORE, others, format_func=lambda each: plain(measured.title(each, offered)),
                          placeholder=words.MORE, label_visibility="collapsed", width=340,
                          key=f"more_{name}_{session().run_id}")  # fmt: skip


def _draw_verdicts(laboratory: Laboratory, run_id: str, charts: Charts, titles: dict[str, str]) -> None:
    """Where each measure jumps, as far as is known; a page that can measure more by now is drawn again."""
    if run_id == session().run_id and charts_of(laboratory) != [
        chart for chart in charts if _is_own(laboratory, chart)
    ]:
        st.rerun()
    with told():
        for column, chart in zip(st.columns(len(charts), gap="medium"), charts, strict=True):
            with column:
                for name in chart:
                    _say(name, titles[name], "" if name in laboratory.rows else _verdict(run_id, name))


def _is_own(laboratory: Laboratory, chart: list[str]) -> bool:
    return chart[0] in laboratory.rows or any(chart[0] in each for each in laboratory.charts)


def _verdict(run_id: str, name: str) -> str:
    found = engine().course(run_id, name)
    if found["fault"]:
        return f":red[{plain(found['fault'])}]"
    if not found["steps"]:
        return words.MEASURING if engine().status(run_id).step else words.NOT_MEASURED
    transition = found["transition"]
    badge = f":{words.COLOURS[transition['verdict']]}-badge[{words.VERDICTS[transition['verdict']]}]"
    return f"{badge} {plain(transition['sentence'])}"


def _say(name: str, title: str, verdict: str) -> None:
    """A measure's name with what it shows, its formula and its paper at hand, and the verdict."""
    about = measured.offered().get(name, {})
    help_text = None
    if "formula" in about:
        help_text = f"{about['shows']} {about['hides']}\n\n${about['formula']}$\n\n{plain(about['paper'])}"
    st.markdown(f"{plain(title)} {verdict}", help=help_text)
