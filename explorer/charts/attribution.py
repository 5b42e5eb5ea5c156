"""An attribution beside its input: pictures as heat maps, everything else as bars."""

import numpy as np
import plotly.graph_objects as go

SIGNED = "RdBu"  # red against, blue for the answer


def picture_chart(values: np.ndarray, is_signed: bool) -> go.Figure:
    """A picture (channel, height, width), its channels added up; signed scores are centred on zero."""
    flat = values.sum(0)
    bound = float(np.abs(flat).max()) or 1.0
    limits = {"zmin": -bound, "zmax": bound} if is_signed else {"zmin": float(flat.min()), "zmax": float(flat.max())}
    figure = go.Figure(go.Heatmap(z=flat, colorscale=SIGNED if is_signed else "Greys", showscale=is_signed, **limits))
    figure.update_yaxes(autorange="reversed", scaleanchor="x", visible=False)
    figure.update_xaxes(visible=False)
    return _framed(figure)


def bar_chart(values: np.ndarray, names: list[str]) -> go.Figure:
    """Signed values, one bar each, in the order of the input."""
    colours = np.where(values >= 0, "#2a7fb8", "#d9694a")
    figure = go.Figure(go.Bar(x=values, y=names, orientation="h", marker_color=colours))
    figure.update_yaxes(autorange="reversed")
    return _framed(figure)


def _framed(figure: go.Figure) -> go.Figure:
    figure.update_layout(margin={"l": 8, "r": 8, "t": 8, "b": 8}, height=360)
    return figure
