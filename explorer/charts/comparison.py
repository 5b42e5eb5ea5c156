"""Curves of several runs over each other."""

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from explorer.charts.common import MARGIN

Curve = tuple[Sequence[int], Sequence[float]]  # steps and values


def comparison_chart(curves: Mapping[str, Curve], metric: str, is_log: bool) -> go.Figure:
    """One line a run, by step."""
    figure = go.Figure()
    for name, (steps, values) in curves.items():
        figure.add_scatter(x=list(steps), y=list(values), name=_text(name), mode="lines")
    figure.update_layout(
        height=360,
        margin=MARGIN,
        legend={"orientation": "h", "y": -0.2},
        hovermode="x unified",
        xaxis_title="step",
        yaxis={"title": metric, "type": "log" if is_log else "linear"},
    )
    return figure


def _text(name: str) -> str:
    """A name as text: Plotly reads some tags in it."""
    return name.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
