"""The parts of the activations page that apply to any network."""

from typing import Any

import streamlit as st

from explorer.experiment import Experiment
from explorer.ui import activation_words as words
from explorer.ui import look_bar
from explorer.ui.example_views import view_of_examples
from explorer.ui.guard import told
from explorer.ui.lens_settings import draw_lens_settings
from explorer.ui.lens_view import draw_lens
from explorer.ui.look_words import run_names
from explorer.ui.service import engine
from explorer.ui.session import session
from explorer.ui.unit_in_hand import choose, draw_choice, layers, units

SMALL, HIGH, WIDE = 170, 420, 340  # pixels
ACROSS = 4  # histograms side by side
MOST_LAYERS = 16  # histograms of one page
SHOWN_UNITS = 24


def draw_unit() -> None:
    """One unit: the examples that drive it, how it answers to all, and an input made for it."""
    known = layers()
    with st.container(horizontal=True, vertical_alignment="center"):
        layer, unit = draw_choice(known)
        settings = {"layer": layer, "unit": unit, **_settings("top_examples", ("layer", "unit"))}
    given = look_bar.description()["diagram"]["inputs"][0]
    top, made = st.columns([58, 42], gap="medium")
    with top:
        st.markdown(f"**{words.TOP}**", help=words.TOP_HELP)
        view, options = view_of_examples(given, given["name"], ["value", "target"])
        if given["axes"] == ["time"]:
            options["places"] = "place"
        draw_lens("top", "top_examples", settings, view, options, WIDE,
                  chosen=lambda sent: _open_top(settings, int(sent["index"])),
                  cell=lambda sent: _open_top(settings, int(sent["row"])))  # fmt: skip
        if view == "map":  # pictures and tokens have their values below them
            options = {"array": "value", "title": words.HEIGHTS}
            draw_lens("top_values", "top_examples", settings, "bars", options, 40 + 22 * 9, has_caption=False)
    with made:
        _draw_made({"layer": layer, "unit": unit}, given)


def _open_top(settings: dict[str, Any], rank: int) -> None:
    """Look at one of the examples shown from now on."""
    numbers = look_bar.look("top_examples", **settings)["example"].values
    look_bar.choose_example(int(numbers[min(rank, len(numbers) - 1)]))


def _draw_made(unit: dict[str, Any], given: dict[str, Any]) -> None:
    """Activation maximisation, when it is asked for."""
    lens = "activation_maximisation"
    about = engine().catalogue()["lenses"][lens]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{about['title']}**")
        if lens not in look_bar.offered():
            st.caption(words.NO_ASCENT)
            return
        settings = unit | _settings(lens, ("layer", "unit"))
    if not _is_asked(lens):
        return
    rank = len(given["axes"])
    view = {1: "bars", 2: "sheet", 3: "pictures"}[rank]
    for column, (array, title) in zip(
        st.columns(2), (("input", words.BEST_INPUT), ("real_input", words.REAL_INPUT)), strict=True
    ):
        with column:
            options: dict[str, Any] = {"array": array, "title": title, "is_grey": True, "is_quiet": True}
            draw_lens(f"made_{array}", lens, settings, view, options, WIDE - 60, has_caption=False)
    climb = {"array": "path", "title": words.CLIMB, "labels": words.HEIGHT, "x_name": words.ASCENT}
    draw_lens("made_path", lens, settings, "lines_over", climb, 200)


def draw_values() -> None:
    """How the values of every layer are spread, and the units that say nothing."""
    known = layers()
    names = list(known)[:MOST_LAYERS]
    with st.container(horizontal=True, vertical_alignment="center"):
        layer, unit = draw_choice(known)
        settings = _settings("histograms")
    columns = st.columns(ACROSS)
    for place, name in enumerate(names):
        with columns[place % ACROSS]:
            options: dict[str, Any] = {"array": f"{name}.counts", "edges": f"{name}.edges", "title": name}
            draw_lens(f"spread_{place}", "histograms", settings, "bars", options, SMALL, has_caption=False)
    look_bar.draw_sentences("histograms")
    left, right = st.columns(2, gap="medium")
    with left:
        options = {"stack": ".dead_share", "title": words.DEAD_SHARE, "peak": 1}
        draw_lens("dead_share", "histograms", settings, "bars", options, 40 + 22 * len(known), has_caption=False,
                  chosen=lambda sent: choose(layer=sent["name"], unit=0))  # fmt: skip
    with right:
        options = {"array": f"{layer}.is_dead", "title": f"{words.DEAD_UNITS} {layer}", "is_sorted": True, "peak": 1,
                   "most": SHOWN_UNITS, "chosen": {"index": unit}}  # fmt: skip
        listed = min(SHOWN_UNITS, units(known[layer]))
        draw_lens("dead_units", "histograms", settings, "bars", options, 40 + 22 * listed, has_caption=False,
                  chosen=lambda sent: choose(layer=layer, unit=int(sent["index"])))  # fmt: skip
        st.caption(words.DEAD_CAPTION)


def draw_points() -> None:
    """The examples as one layer arranges them."""
    known = layers()
    with st.container(horizontal=True, vertical_alignment="center"):
        layer, _ = draw_choice(known, has_unit=False, default=max(0, len(known) - 2))
        colours = [name for name in words.COLOURS if name != "is_right" or look_bar.has_classes()]
        colour = st.segmented_control(words.COLOUR, colours, default=colours[0], required=True, key="points_colour",
                                      format_func=words.COLOURS.__getitem__,
                                      label_visibility="collapsed")  # fmt: skip
        settings = {"layer": layer, **_settings("projection", ("layer",))}
    options: dict[str, Any] = {"array": "points", "colour": colour or colours[0]}
    if colour == "is_right":
        options["labels"] = {"colour": words.IS_RIGHT}
    draw_lens("points", "projection", settings, "scatter", options, HIGH,
              point=lambda sent: look_bar.choose_example(int(sent["index"])))  # fmt: skip
    st.caption(words.POINTS_HELP)


def draw_probes() -> None:
    """What can be read off each layer, beside the two controls."""
    settings = _settings("probe")
    options: dict[str, Any] = {"groups": list(words.PROBED), "labels": words.PROBED}
    bars, numbers = st.columns([75, 25], gap="medium")
    with bars:
        draw_lens("probes", "probe", settings, "bars", options, 60 + 44 * len(layers()))
        st.caption(words.PROBE_SCALE)
    with numbers:
        options = {"arrays": list(words.PROBE_NUMBERS), "labels": words.PROBE_NUMBERS}
        draw_lens("probe_numbers", "probe", settings, "numbers", options, SMALL, has_caption=False)


def draw_likeness() -> None:
    """How alike layers see the examples: at one step, between two, or between two runs."""
    mine, names = session().run_id, look_bar.my_runs()
    options: dict[str, Any] = {"stack": ".likeness", "scale": "share", "peak": 1, "is_square": True}
    with st.container(horizontal=True, vertical_alignment="bottom"), told():
        other = st.selectbox(words.OTHER_RUN, [run_id for run_id in names if run_id != mine], index=None, width=320,
                             placeholder=words.SAME_RUN, accept_new_options=True, key=f"likeness_run_{mine}",
                             help=words.OTHER_RUN_HELP, format_func=run_names(names))  # fmt: skip
        settings = _settings("cka", ("other", "other_step"))
        if other is not None:
            other = settings["other"] = other.strip()
            found = engine().describe(Experiment.model_validate(engine().status(other).experiment))
            options["labels"] = {"other_layer": [each["name"] for each in found["layers"]]}
        steps = [None, *engine().run(other or mine).steps()]
        step = st.selectbox(words.OTHER_STEP, steps, key=f"likeness_{mine}_{other}", width=220,
                            format_func=words.last_step if other else words.step)  # fmt: skip
        if step is not None:
            settings["other_step"] = step
    draw_lens("likeness", "cka", settings, "map", options, HIGH)
    st.caption(words.LIKENESS_CAPTION)


def draw_gradients() -> None:
    """Gradients, weights and updates by layer over the snapshots of the run."""
    settings = _settings("gradient_flow")
    titles = {".gradient_norm": words.GRADIENT, ".update_ratio": words.UPDATE, ".weight_norm": words.WEIGHT}
    for column, (stack, title) in zip(st.columns(3, gap="medium"), titles.items(), strict=True):
        with column:
            options: dict[str, Any] = {"stack": stack, "x": "steps", "x_name": words.STEP, "log": True, "title": title}
            draw_lens(f"flow{stack}", "gradient_flow", settings, "lines_over", options, WIDE, has_caption=False)
    look_bar.draw_sentences("gradient_flow")


def draw_landscape() -> None:
    """The loss around the weights, when it is asked for."""
    settings = _settings("landscape")
    if not _is_asked("landscape"):
        look_bar.draw_sentences("landscape")
        return
    if settings.get("dimensions", 1) == 2:
        options: dict[str, Any] = {"array": "loss", "is_square": True, "cells": False, "scale": "share"}
        draw_lens("landscape", "landscape", settings, "map", options, HIGH)
    else:
        options = {"array": "loss", "x": "x", "x_name": words.LANDSCAPE_AXIS}
        draw_lens("landscape", "landscape", settings, "lines_over", options, HIGH)


def _settings(lens: str, leave_out: tuple[str, ...] = ()) -> dict[str, Any]:
    """What else a lens can be set to, behind a button."""
    with st.popover(words.SETTINGS, icon=":material/tune:", type="tertiary"), told():
        return draw_lens_settings(lens, leave_out)


def _is_asked(lens: str) -> bool:
    """Whether somebody wants this lens of the run in hand, which takes long."""
    key = f"asked_{lens}_{session().run_id}"
    if not st.session_state.get(key):
        st.button(words.COMPUTE, key=f"compute_{lens}", icon=":material/play_arrow:",
                  on_click=lambda: st.session_state.update({key: True}))  # fmt: skip
    return bool(st.session_state.get(key))
