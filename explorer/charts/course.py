"""Progress measures over the steps of a run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

Axis = Mapping[str, object]
COLOURS = ("#2a7fb8", "#e08a1e", "#0f9d76", "#c065a0", "#8a7fd6")
MARGIN = {"l": 10, "r": 10, "t": 10, "b": 10}


@dataclass(frozen=True)
class Course:
    """One measure: its values by step, and the step at which it jumps, if it does."""

    title: str
    steps: Sequence[int]
    values: Sequence[float]
    jump: int | None = None


def course_chart(courses: Sequence[Course], is_log: bool, height: int = 260) -> go.Figure:
    """A line for each measure, and a dotted line where it jumps; step 0 has no place on a logarithmic axis."""
    figure = go.Figure()
    for number, course in enumerate(courses):
        colour = COLOURS[number % len(COLOURS)]
        shown = [(step, value) for step, value in zip(course.steps, course.values, strict=True) if step or not is_log]
        steps, values = map(list, zip(*shown, strict=True)) if shown else ([], [])
        figure.add_scatter(x=steps, y=values, name=course.title, mode="lines", line={"color": colour, "width": 2})
        if course.jump:
            figure.add_vline(x=course.jump, line={"color": colour, "width": 1.5, "dash": "dot"})
    figure.update_layout(
        height=height,
        margin=MARGIN,
        showlegend=True,
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        hovermode="x unified",
        xaxis=_steps(is_log),
    )
    return figure


def rows_chart(steps: Sequence[int], rows: np.ndarray, axis: str, first: int, is_log: bool) -> go.Figure:
    """A row of numbers at every step as a map: steps to the right, numbered upwards from `first`; (step, place)."""
    kept = [index for index, step in enumerate(steps) if step or not is_log]
    x = [steps[index] for index in kept]
    figure = go.Figure(
        go.Heatmap(
            x=x,
            y=list(range(first, first + rows.shape[1])),
            z=rows[kept].T,
            colorscale="Blues",
            colorbar={"thickness": 10},
        )
    )
    figure.update_layout(height=260, margin=MARGIN, xaxis=_steps(is_log), yaxis={"title": axis})
    return figure


def _steps(is_log: bool) -> Axis:
    return {"title": "step", "type": "log" if is_log else "linear", "dtick": 1} if is_log else {"title": "step"}
