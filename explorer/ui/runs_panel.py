"""My runs: return to one, rename it, lay several over each other, throw one away and take it back."""

from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import streamlit as st

from explorer.addressing import assignments
from explorer.charts.comparison import comparison_chart
from explorer.engine.base import Listed
from explorer.errors import ExplorerError
from explorer.experiment import Experiment
from explorer.signals import FIRST_METRICS
from explorer.ui import words, workbench
from explorer.ui.guard import plain, told
from explorer.ui.pages import FOLDER
from explorer.ui.service import engine
from explorer.ui.session import session
from explorer.ui.visitor import visitor

ICONS = {"training": "🟢", "paused": "⏸", "finished": "✔", "diverged": "⚠", "failed": "✖"}
METRICS = ("loss", *FIRST_METRICS)


def draw_runs() -> None:
    """The list, and the comparison of what is ticked in it."""
    st.caption(words.RUNS_INTRO)
    _draw_opening()
    _draw_deleted()
    runs = engine().runs(visitor())
    if not runs:
        st.info(words.NO_RUNS, icon=":material/lightbulb:")
        return
    chosen = [run for run in runs if _draw_row(run)]
    _draw_comparison(chosen)


def _draw_opening() -> None:
    """A run file from elsewhere becomes a run here."""
    sent = st.file_uploader(words.OPEN_FILE, type="run", help=words.OPEN_FILE_HELP, key=f"run_file{_count('opened')}")
    if sent is None:
        return
    with told():
        with TemporaryDirectory() as folder:
            path = Path(folder, "sent.run")
            path.write_bytes(sent.getvalue())
            found = engine().adopt(path, owner=visitor())
        st.session_state["opened"] = _count("opened") + 1
        _open(found.run_id)


def _count(name: str) -> int:
    return int(st.session_state.get(name, 0))


def _draw_deleted() -> None:
    """The way back for what was just thrown away."""
    if (gone := st.session_state.get("deleted_run")) is None:
        return
    run_id, title = gone
    with st.container(horizontal=True, vertical_alignment="center"):
        st.info(plain(words.deleted(title)), icon=":material/delete:")
        if st.button(words.UNDO_DELETE, key="undo_delete", icon=":material/undo:"):
            with told():
                _helm(run_id).restore()
            del st.session_state["deleted_run"]
            st.rerun()


def _draw_row(run: Listed) -> bool:
    """One run in a line; whether it is ticked."""
    with st.container(key=f"run_{run.id}", horizontal=True, vertical_alignment="center", border=True):
        ticked = st.checkbox(words.COMPARE, key=f"tick_{run.id}", label_visibility="collapsed", disabled=bool(run.note))
        state = words.STATES.get(run.state, run.state)
        when = datetime.fromtimestamp(run.modified, UTC).astimezone().strftime("%d %b %H:%M")
        about = f"{ICONS.get(run.state, '')} {state} · step {run.step:,} · {when}"
        st.markdown(f"**{plain(run.title or run.id)}**  \n:small[{about}]")
        if run.note:
            st.caption(plain(run.note))
        else:
            if st.button("", key=f"open_{run.id}", icon=":material/open_in_new:", help=words.TO_PLAYGROUND):
                _open(run.id)
            _draw_renaming(run)
        if st.button("", key=f"delete_{run.id}", icon=":material/delete:", help=words.DELETE):
            _delete(run)
    return ticked


def _draw_renaming(run: Listed) -> None:
    with st.popover("", icon=":material/edit:", help=words.RENAME, key=f"rename_{run.id}"):
        name = st.text_input(words.NAME, run.title, max_chars=120, key=f"name_{run.id}")
        if name and name != run.title:
            with told():
                _helm(run.id).rename(name)
                st.rerun()


def _delete(run: Listed) -> None:
    with told():
        _helm(run.id).forget()
        st.session_state["deleted_run"] = (run.id, run.title)
        mine = session()
        if mine.run_id == run.id:
            mine.run_id = mine.token = ""
        st.rerun()


def _open(run_id: str) -> None:
    with told():
        workbench.open_run(run_id)
        st.switch_page(FOLDER / "playground.py")


def _helm(run_id: str):  # type: ignore[no-untyped-def]
    return engine().helm(run_id, engine().token(run_id, visitor()))


def _draw_comparison(chosen: list[Listed]) -> None:
    """The curves of the ticked runs over each other, each named by what is different about it."""
    if len(chosen) < 2:
        st.caption(words.COMPARE_HELP)
        return
    left, right = st.columns([1, 3], vertical_alignment="bottom")
    metric = left.selectbox(words.METRIC, METRICS, key="compared_metric")
    is_log = right.toggle(words.LOG_SCALE, key="compared_log")
    experiments = [Experiment.model_validate(engine().status(run.id).experiment) for run in chosen]
    series = {}
    for run, experiment in zip(chosen, experiments, strict=True):
        differing = words.differences(assignments(experiments[0], experiment)) if run is not chosen[0] else ""
        name = f"{run.title} ({differing})" if differing else run.title
        while name in series:
            name += " "
        try:
            series[name] = engine().curves(run.id).get("test", {}).get(metric, ([], []))
        except ExplorerError as error:
            st.caption(plain(str(error)))
    st.plotly_chart(comparison_chart(series, metric, is_log), key="comparison")
    st.caption(words.COMPARE_CAPTION)
