"""Many runs in one picture: curves by seed with the steps at which they jump, and what a sweep came to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from explorer.charts.common import COLOURS, MARGIN

LINE, DOT = "rgba(42,127,184,0.45)", "#e08a1e"
WIDE = 20  # ratio of the greatest to the least value from which an axis is logarithmic


@dataclass(frozen=True)
class SeedCurve:
    """One metric of one seed by step, and the step at which it jumps, if it does."""

    run_id: str
    title: str
    steps: Sequence[int]
    values: Sequence[float]
    jump: int | None = None


@dataclass(frozen=True)
class Point:
    """One run of a sweep: where it lies on the axes, and what it came to."""

    run_id: str
    title: str
    place: tuple[object, ...]  # its value on each axis
    value: float


def seeds_chart(curves: Sequence[SeedCurve], metric: str, is_log: bool) -> go.Figure:
    """A thin line for each seed, and a dot where it jumps; a dot carries the id of its run."""
    figure = go.Figure()
    for curve in curves:
        shown = [(step, value) for step, value in zip(curve.steps, curve.values, strict=True) if step or not is_log]
        x, y = map(list, zip(*shown, strict=True)) if shown else ([], [])
        figure.add_scatter(x=x, y=y, name=curve.title, mode="lines", line={"color": LINE, "width": 1.5})
    jumping = [(curve, curve.jump) for curve in curves if curve.jump is not None]
    heights = [float(np.interp(jump, curve.steps, curve.values)) for curve, jump in jumping]
    _add_dots(figure, [jump for _, jump in jumping], heights, [curve for curve, _ in jumping])
    _lay_out(figure, 320, {"title": "step", "type": "log" if is_log else "linear"}, {"title": metric})
    return figure


def jumps_chart(curves: Sequence[SeedCurve], is_log: bool) -> go.Figure:
    """How the steps of the jumps are distributed: a box from quarter to three quarters, and a dot for each seed."""
    jumping = [curve for curve in curves if curve.jump is not None]
    figure = go.Figure(
        go.Box(
            x=[curve.jump for curve in jumping],
            boxpoints="all",
            jitter=0.6,
            pointpos=0,
            marker={"color": DOT, "size": 9},
            line={"color": LINE},
            text=[curve.title for curve in jumping],
            customdata=[curve.run_id for curve in jumping],
            hovertemplate="%{text}<extra></extra>",
        )
    )
    _lay_out(figure, 130, {"title": "step of the jump", "type": "log" if is_log else "linear"}, {"visible": False})
    return figure


def sweep_curves(points: Mapping[str, Sequence[Point]], axis: str, power: int | None = None) -> go.Figure:
    """Each metric over the values of one setting: the mean, a band over the seeds, and a dot for each run.

    With `power`, the first metric to that power is drawn dashed.
    """
    figure = go.Figure()
    for number, (metric, runs) in enumerate(points.items()):
        colour = COLOURS[number % len(COLOURS)]
        by_place = _by_place(runs)
        x, means = list(by_place), [float(np.mean(values)) for values in by_place.values()]
        least, most = ([f(values) for values in by_place.values()] for f in (min, max))
        band = {"x": x + x[::-1], "y": most + least[::-1], "fill": "toself", "opacity": 0.15, "hoverinfo": "skip"}
        figure.add_scatter(**band, mode="none", fillcolor=colour, showlegend=False)
        figure.add_scatter(x=x, y=means, name=metric, mode="lines", line={"color": colour, "width": 2.5})
        _add_dots(figure, [run.place[0] for run in runs], [run.value for run in runs], runs, colour)
        if power and number == 0:
            dashed = {"color": colour, "width": 1.5, "dash": "dash"}
            y = [mean**power for mean in means]
            figure.add_scatter(x=x, y=y, name=f"{metric} ^ {power}", mode="lines", line=dashed)
    _lay_out(figure, 340, {"title": axis, **_scale([run.place[0] for runs in points.values() for run in runs])}, {})
    figure.update_layout(showlegend=True, legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0})
    return figure


def sweep_map(points: Sequence[Point], axes: tuple[str, str], metric: str) -> go.Figure:
    """A metric over the values of two settings, the mean over the seeds; a dot in each cell carries a run's id."""
    columns, rows = (list(dict.fromkeys(str(run.place[axis]) for run in points)) for axis in (0, 1))
    sums = np.full((len(rows), len(columns), 2), 0.0)
    for run in points:
        sums[rows.index(str(run.place[1])), columns.index(str(run.place[0]))] += run.value, 1
    means = np.where(sums[..., 1] > 0, sums[..., 0] / np.maximum(sums[..., 1], 1), np.nan)
    figure = go.Figure(go.Heatmap(x=columns, y=rows, z=means, colorscale="Blues", colorbar={"title": metric}))
    _add_dots(figure, [str(run.place[0]) for run in points], [str(run.place[1]) for run in points], points, "#ffffff")
    category = {"type": "category"}
    _lay_out(figure, 380, {"title": axes[0], **category}, {"title": axes[1], **category})
    return figure


def _add_dots(
    figure: go.Figure,
    x: Sequence[object],
    y: Sequence[object],
    runs: Sequence[SeedCurve | Point],
    colour: str = DOT,
) -> None:
    figure.add_scatter(
        x=list(x),
        y=list(y),
        mode="markers",
        marker={"color": colour, "size": 9, "line": {"color": "#ffffff", "width": 1}},
        text=[f"{run.title}: {run.value:.4g}" if isinstance(run, Point) else run.title for run in runs],
        customdata=[run.run_id for run in runs],
        hovertemplate="%{text}<extra></extra>",
        showlegend=False,
    )


def _by_place(runs: Sequence[Point]) -> dict[object, list[float]]:
    found: dict[object, list[float]] = {}
    for run in runs:
        found.setdefault(run.place[0], []).append(run.value)
    return found


def _scale(values: Sequence[object]) -> dict[str, object]:
    """How an axis of these values is drawn: by name, evenly, or by ratio where they spread over orders of size."""
    numbers = [float(each) for each in values if isinstance(each, int | float) and not isinstance(each, bool)]
    if len(numbers) < len(values):
        return {"type": "category"}
    return {"type": "log"} if numbers and min(numbers) > 0 and max(numbers) / min(numbers) >= WIDE else {}


def _lay_out(figure: go.Figure, height: int, x: Mapping[str, object], y: Mapping[str, object]) -> None:
    figure.update_layout(
        height=height, margin=MARGIN, showlegend=False, hovermode="closest", xaxis=x, yaxis=y, uirevision="kept"
    )
