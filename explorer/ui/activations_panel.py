"""The activations page: what layers and their units hold, what drives them, and what can be read from them."""

from collections.abc import Callable

import streamlit as st

from explorer.ui import activation_views as views
from explorer.ui import activation_words as words
from explorer.ui import look_bar
from explorer.ui.arithmetic_view import draw_number
from explorer.ui.feature_maps import draw_maps
from explorer.ui.switches import draw_switches

# The parts of the page in order, with the lens that each looks through and what draws it.
PARTS: dict[str, tuple[str, Callable[[], None]]] = {
    "maps": ("feature_maps", draw_maps),
    "number": ("arithmetic", draw_number),
    "units": ("top_examples", views.draw_unit),
    "off": ("ablation", draw_switches),
    "values": ("histograms", views.draw_values),
    "points": ("projection", views.draw_points),
    "probes": ("probe", views.draw_probes),
    "likeness": ("cka", views.draw_likeness),
    "gradients": ("gradient_flow", views.draw_gradients),
    "landscape": ("landscape", views.draw_landscape),
}


def draw_activations() -> None:
    """The page for the run in hand, or the way to one."""
    if not look_bar.draw():
        return
    offered = look_bar.offered()
    names = [name for name, (lens, _) in PARTS.items() if lens in offered]
    part = st.segmented_control(words.PART, names, default=names[0], format_func=words.PARTS.__getitem__,
                                key="activation_part", label_visibility="collapsed", required=True)  # fmt: skip
    PARTS[part if part in names else names[0]][1]()
    look_bar.draw_timeline()
