"""Test error over the width of a network, with the width at which the training examples are told without an error."""

import math
from collections.abc import Sequence

import plotly.graph_objects as go

from explorer.charts.common import COLOURS, MARGIN

FLOOR = 1e-4  # the lowest error that is drawn


def descent_chart(
    widths: Sequence[int], errors: dict[str, Sequence[float]], threshold: int, words: tuple[str, str, str]
) -> go.Figure:
    """Errors by width, both by ratio, and a dotted line at the threshold; `words` name the two axes and the line."""
    figure = go.Figure()
    for number, (name, values) in enumerate(errors.items()):
        shown = [max(value, FLOOR) for value in values]  # nothing has no place on a logarithmic axis
        line = {"color": COLOURS[number], "width": 2.5 if number == 0 else 1.5}
        figure.add_scatter(x=list(widths), y=shown, name=name, mode="lines+markers", line=line, marker={"size": 4})
    figure.add_vline(x=threshold, line={"width": 1.5, "dash": "dot", "color": "#8a8f98"})
    place = {"x": math.log10(threshold), "xanchor": "left", "y": 1, "yref": "paper", "yanchor": "top"}
    figure.add_annotation(text=words[2], showarrow=False, **place)  # on such an axis, the place is its logarithm
    figure.update_layout(
        height=330,
        margin={**MARGIN, "t": 30},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        hovermode="x unified",
        xaxis={"title": words[0], "type": "log"},
        yaxis={"title": words[1], "type": "log", "exponentformat": "power"},
    )
    return figure
