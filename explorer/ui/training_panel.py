"""Choosing a preset, steering its run, and the numbers that move."""

import pandas as pd
import streamlit as st

from explorer import gallery
from explorer.engine.base import Curves, Status
from explorer.gallery import Preset
from explorer.ui import words
from explorer.ui.guard import plain, told
from explorer.ui.service import engine
from explorer.ui.session import session

REFRESH = 0.5  # seconds between two looks at a training run
ROWS = 500  # points of a curve that a chart is given


def choose_preset() -> Preset:
    """The gallery as a menu, with what the chosen preset is about."""
    names = {preset.name: preset.title for preset in gallery.presets()}
    name = st.selectbox(words.CHOOSE, names, format_func=names.__getitem__, key="preset", persist_state="session")
    chosen = gallery.PRESETS[name]
    st.markdown(chosen.about)
    st.markdown(f"**{words.WATCH}.** {chosen.watch}")
    st.markdown(f"**{words.EXPECT}.** {chosen.expect}")
    return chosen


def start(preset: Preset) -> None:
    """Begin a new run of the preset; it takes the place of the run in hand, which stays on disk."""
    mine = session()
    if mine.helm is not None:
        mine.helm.stop()
    mine.helm = engine().start(preset.experiment, title=preset.title)
    mine.preset = preset.name


def draw_buttons(preset: Preset) -> None:
    """The buttons that fit the state of the run in hand."""
    mine = session()
    status = engine().status(mine.helm.run_id) if mine.helm and mine.preset == preset.name else None
    if status is None or mine.helm is None:
        if st.button(words.TRAIN, type="primary", icon=":material/play_arrow:", width="stretch"):
            _act(lambda: start(preset))
        return
    if status.state == "training" and st.button(words.PAUSE, icon=":material/pause:", type="primary", width="stretch"):
        _act(mine.helm.pause)
    if status.state == "paused" and st.button(
        words.GO_ON, icon=":material/play_arrow:", type="primary", width="stretch"
    ):
        _act(mine.helm.begin)
    if status.state == "diverged" and st.button(words.ROLL_BACK, icon=":material/undo:", type="primary"):
        _act(mine.helm.roll_back)
    if st.button(words.START_OVER, icon=":material/restart_alt:", width="stretch"):
        _act(lambda: start(preset))


def _act(action) -> None:  # type: ignore[no-untyped-def]
    with told():
        action()
        st.rerun()


def draw_progress(preset: Preset) -> None:
    """The run's numbers and curves; while it trains they are looked at again and again."""
    mine = session()
    if mine.helm is None or mine.preset != preset.name:
        st.info(words.BEFORE_FIRST, icon=":material/lightbulb:")
        return
    run_id, shown = mine.helm.run_id, engine().status(mine.helm.run_id)

    @st.fragment(run_every=REFRESH if shown.state == "training" else None)
    def moving() -> None:
        status = engine().status(run_id)
        draw_numbers(status)
        draw_curves(engine().curves(run_id))
        if status.state != shown.state:  # the buttons outside no longer fit
            st.rerun()

    with told():
        moving()


def draw_numbers(status: Status) -> None:
    """Where the run stands, in a row."""
    if status.sentence:
        st.warning(plain(status.sentence), icon=":material/info:")
    first = next((name for name in ("accuracy", "r2") if name in status.metrics["test"]), "loss")
    value = status.metrics["test"].get(first)
    row = st.columns(5)
    row[0].metric(words.STATES[status.state], f"{status.step:,}", help=f"of {status.steps:,} steps")
    row[1].metric(f"{words.HELD_OUT} {first}", "–" if value is None else f"{value:.3f}")
    row[2].metric(words.SECONDS, f"{status.seconds:.1f}")
    row[3].metric(words.SPEED, f"{status.step / status.seconds:,.0f}" if status.seconds else "–")
    row[4].metric(words.DEVICE, status.device)
    st.progress(min(1.0, status.step / status.steps))


def draw_curves(curves: Curves) -> None:
    """Loss and the task's first metric, for training and held-out data."""
    names = ["loss", *(name for name in ("accuracy", "r2") if name in curves.get("test", {}))]
    for column, name in zip(st.columns(len(names)), names, strict=True):
        with column:
            st.line_chart(_table(curves, name), height=300, x_label="step", y_label=name)
            st.caption(words.CURVES[name])


def _table(curves: Curves, name: str) -> pd.DataFrame:
    """One column a split, one row a step; thinned to what a chart can show."""
    series = {}
    for split in ("train", "test"):
        steps, values = curves.get(split, {}).get(name, ([], []))
        stride = max(1, len(steps) // ROWS)
        series[split] = pd.Series(values[::stride], index=steps[::stride], dtype=float)
    table = pd.DataFrame({split: each[~each.index.duplicated()] for split, each in series.items()})
    return table.interpolate(limit_area="inside")
