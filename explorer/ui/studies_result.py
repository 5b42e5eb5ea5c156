"""What came of many runs: every seed's curve and the steps of their jumps, or a sweep as curves or a map."""

from collections.abc import Sequence
from dataclasses import replace
from statistics import mean
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from explorer.charts.studies import Point, SeedCurve, jumps_chart, seeds_chart, sweep_curves, sweep_map
from explorer.engine.studies import AMONG, Told, Trained
from explorer.transitions import Transition, find_transition
from explorer.ui import emergence_words, held_run, study_words
from explorer.ui.guard import noted, plain
from explorer.ui.laboratories import Laboratory
from explorer.ui.service import engine

OPENED = "opened_of_study"  # whether the page is to be drawn again, for another run is in hand
JUDGED = "judged_runs"  # transitions of runs that are over, by run and metric
HOLDS = 0.95  # accuracy below which a network is said to fail
FIRST = ("test.accuracy", "test.r2", "test.loss")


def draw_result(study: Told, laboratory: Laboratory) -> None:
    """The pictures, what they show and hide, and the way into each run."""
    failed = [run.status.sentence for run in study.runs if run.status and run.status.state in ("failed", "diverged")]
    if failed:
        st.warning(plain(study_words.failed(failed)))
    begun = [run for run in study.runs if run.status is not None and run.status.metrics["test"]]
    metrics = list(dict.fromkeys(name for run in begun for name in _names(run)))
    if not metrics:
        return
    if study.grid:
        _draw_sweep(study, [run for run in begun if run.is_over], metrics, laboratory)
    else:
        _draw_seeds(study, metrics, laboratory)
    _draw_opening(study, begun)


def curves_of(study: Told, metric: str) -> tuple[list[SeedCurve], list[Transition]]:
    """Each seed's curve with the step of its jump, and the verdicts on those that are over."""
    split, _, name = metric.partition(".")
    found = engine().studies.curves(study.study_id, split, name)
    curves, verdicts = [], []
    for run in study.runs:
        if run.run_id in found:
            steps, values = found[run.run_id]
            jump = None
            if run.is_over:
                verdicts.append(judged(run.run_id, metric, steps, values))
                jump = verdicts[-1].step
            curves.append(SeedCurve(run.run_id, study_words.seed(run.seed, jump), steps, values, jump))
    return curves, verdicts


def judged(run_id: str, metric: str, steps: Sequence[int], values: Sequence[float]) -> Transition:
    """The verdict on a metric of a run that is over, found once."""
    known: dict[tuple[str, str, int], Transition] = st.session_state.setdefault(JUDGED, {})
    key = run_id, metric, len(steps)
    if key not in known:
        known[key] = find_transition(zip(steps, values, strict=True))
    return known[key]


def opened_by(event: Any) -> str | None:
    """The run whose dot was clicked in a chart."""
    points = event.get("selection", {}).get("points", []) if event else []
    data = points[0].get("customdata") if points else None
    return data[0] if isinstance(data, list) and data else data if isinstance(data, str) else None


def _draw_seeds(study: Told, metrics: list[str], laboratory: Laboratory) -> None:
    own = [name for chart in laboratory.charts for name in chart if name in metrics]
    metric = _choose(study, metrics, [name for name in (*own, *FIRST) if name.startswith("test.")])
    curves, verdicts = curves_of(study, metric)
    jumping = [verdict.step for verdict in verdicts if verdict.step is not None]
    left, right = st.columns([3, 2], gap="medium")
    with left:
        figure = seeds_chart(curves, emergence_words.metric(metric), laboratory.is_log)
        _draw_chart(figure, f"seeds_{study.study_id}")
    with right:
        if len(jumping) > 1:
            st.markdown(f"**{study_words.JUMPS}**")
            _draw_chart(jumps_chart(curves, laboratory.is_log), f"jumps_{study.study_id}")
        if verdicts:
            counts = [sum(verdict.verdict == kind for verdict in verdicts) for kind in ("gradual", "none", "too_few")]
            st.markdown(plain(study_words.jumps(jumping, *counts)))
        st.caption(study_words.CAPTIONS["seeds"])


def _draw_sweep(study: Told, begun: list[Trained], metrics: list[str], laboratory: Laboratory) -> None:
    axes = [study_words.axis(key) for key in study.grid]
    if AMONG in study.grid and len(axes) == 2:
        _draw_among(study, begun, metrics)
        return
    if len(axes) == 1:
        _draw_curves(study, begun, metrics, laboratory)
        return
    metric = _choose(study, metrics, FIRST)
    figure = sweep_map(_points(begun, metric), (axes[0], axes[1]), emergence_words.metric(metric))
    _draw_chart(figure, f"sweep_{study.study_id}")
    st.caption(study_words.CAPTIONS["map"])


def _draw_curves(study: Told, begun: list[Trained], metrics: list[str], laboratory: Laboratory) -> None:
    ready = laboratory.sweep
    own = [name for name in ready.metrics if name in metrics] if ready else []
    default = own or [next((name for name in FIRST if name in metrics), metrics[0])]
    chosen: list[str] = st.multiselect(study_words.METRIC, metrics, default=default, key=f"metrics_{study.study_id}",
                                       format_func=emergence_words.metric)  # fmt: skip
    power = ready.power if ready and chosen[:1] == list(ready.metrics[:1]) else None
    points = {emergence_words.metric(metric): _points(begun, metric) for metric in chosen}
    figure = sweep_curves(points, study_words.axis(next(iter(study.grid))), power)
    _draw_chart(figure, f"sweep_{study.study_id}")
    if power:
        st.caption(study_words.POWER_CAPTION.format(count=power))
    st.caption(study_words.CAPTIONS["curves"])


def _draw_among(study: Told, begun: list[Trained], metrics: list[str]) -> None:
    """Each network over the values of the other axis, and up to which of them it keeps its promise."""
    key = next(key for key in study.grid if key != AMONG)
    metric = _choose(study, metrics, FIRST)
    points = {
        name: [replace(point, place=point.place[1:]) for point in _points(begun, metric) if point.place[0] == name]
        for name in study.grid[AMONG]
    }
    points = {name: found for name, found in points.items() if found}
    _draw_chart(sweep_curves(points, study_words.axis(key)), f"sweep_{study.study_id}")
    if metric == "test.accuracy" and study.is_over:
        st.markdown("  \n".join(plain(_holds(name, found, study.grid[key])) for name, found in points.items()))
    st.caption(study_words.CAPTIONS["among"])


def _holds(name: str, points: Sequence[Point], values: Sequence[Any]) -> str:
    """Where a network fails first, over all of its seeds."""
    means = {value: mean(each.value for each in found)
             for value in values if (found := [each for each in points if each.place[0] == value])}  # fmt: skip
    return study_words.holds(name, next(((value, each) for value, each in means.items() if each < HOLDS), None), means)


def _choose(study: Told, metrics: list[str], liked: Sequence[str]) -> str:
    """The metric that is drawn: the first that is liked, unless another is chosen."""
    first = next((name for name in liked if name in metrics), metrics[0])
    return st.selectbox(study_words.METRIC, metrics, index=metrics.index(first), key=f"metric_{study.study_id}",
                        format_func=emergence_words.metric, width=260)  # fmt: skip


def _points(begun: list[Trained], metric: str) -> list[Point]:
    split, _, name = metric.partition(".")
    return [
        Point(run.run_id, study_words.cell(run.values, run.seed), tuple(run.values.values()), value)
        for run in begun
        if run.status is not None and (value := run.status.metrics[split].get(name)) is not None
    ]


def _names(run: Trained) -> list[str]:
    metrics = run.status.metrics if run.status else {}
    return [f"{split}.{name}" for split in ("test", "train") for name in metrics.get(split, ())]


def _draw_chart(figure: go.Figure, key: str) -> None:
    """A chart in which a click on a dot opens its run."""
    st.plotly_chart(figure, key=key, on_select=lambda: _open(opened_by(st.session_state.get(key))),
                    selection_mode="points", config={"displayModeBar": False})  # fmt: skip


def _draw_opening(study: Told, begun: list[Trained]) -> None:
    titles = {run.run_id: study_words.cell(run.values, run.seed) if run.values else study_words.seed(run.seed)
              for run in begun}  # fmt: skip
    key = f"open_{study.study_id}"
    st.selectbox(study_words.OPEN, list(titles), index=None, key=key, format_func=titles.__getitem__, width=320,
                 placeholder=study_words.OPEN_PLACE, label_visibility="collapsed",
                 on_change=lambda: _open(st.session_state[key]))  # fmt: skip


def _open(run_id: str | None) -> None:
    if run_id:
        with noted():
            held_run.open_run(run_id)
            st.session_state[OPENED] = True
