"""The emergence page: laboratories in which something appears, with the measure, the control, the trap and the test."""

from collections.abc import Callable, Sequence
from functools import partial

import streamlit as st

from explorer import gallery
from explorer.ui import canvas, descent_panel, look_bar, playground
from explorer.ui import emergence_words as words
from explorer.ui.course_panel import draw_course
from explorer.ui.descent_panel import draw_descent
from explorer.ui.emergence_words import Told
from explorer.ui.guard import plain
from explorer.ui.laboratories import CHART, LABORATORIES, Laboratory, Removal
from explorer.ui.laboratory_gallery import draw_gallery, draw_presets_as_cards, open_and_begin
from explorer.ui.lens_view import draw_lens
from explorer.ui.service import engine
from explorer.ui.session import session
from explorer.ui.studies_panel import draw_studies

HIGH, CURVES_HIGH = 330, 330  # pixels
ALL = "all"
AT_REST: dict[str, Callable[[], None]] = {descent_panel.LENS: draw_descent}  # panels of lenses without a live view


def draw_emergence() -> None:
    """The laboratory that was chosen, over the run in hand."""
    if not look_bar.draw():
        return
    titles = {ALL: words.ALL, **words.SHORT}
    st.session_state.setdefault("laboratory", _of_run() or ALL)
    name = st.segmented_control(words.LABORATORY, list(titles), key="laboratory", required=True,
                                format_func=titles.__getitem__, label_visibility="collapsed") or ALL  # fmt: skip
    if name == ALL:
        draw_gallery(LABORATORIES, words.LABORATORIES, "laboratory")
        return
    told = words.LABORATORIES[name]
    st.markdown(f"**{plain(told.title)}.** {plain(told.emerges)}")
    draw_laboratory(name, LABORATORIES[name], told)
    look_bar.draw_timeline()


def draw_laboratory(name: str, laboratory: Laboratory, told: Told, first: Sequence[Callable[[], None]] = ()) -> None:
    """What it opens, what to look at, what is measured, the trap and the test; `first` draws what is its own."""
    if not belongs(laboratory):
        draw_presets_as_cards(laboratory)
        return
    draw_presets(laboratory)
    parts: list[Callable[[], None]] = [
        partial(draw_pictures, name, laboratory),
        partial(draw_course, laboratory, name),
        partial(draw_studies, laboratory),
    ]
    for draw in (*first, *(parts[::-1] if laboratory.sweep else parts)):  # what is about many runs begins with them
        draw()
    trap, test = st.columns(2, gap="medium")
    with trap:
        st.warning(f"**{words.TRAP}.** {plain(told.trap)}", icon=":material/report:")
    with test:
        draw_test(name, laboratory)


def draw_presets(laboratory: Laboratory) -> None:
    """One click opens a preset and starts a run of it."""
    in_hand = session().preset if belongs(laboratory) else ""
    with st.container(horizontal=True, vertical_alignment="center", key="laboratory_presets"):
        for title, presets in ((words.PHENOMENON, laboratory.phenomena), (words.CONTROL, laboratory.controls)):
            if presets:
                st.caption(title, width="content")
            for each in presets:
                preset = gallery.preset(each)
                st.button(plain(preset.title), key=f"start_{each}", icon=":material/play_arrow:",
                          help=f"{preset.about} {preset.expect}", type="primary" if each == in_hand else "secondary",
                          on_click=open_and_begin, args=(each,))  # fmt: skip


def belongs(laboratory: Laboratory) -> bool:
    """Whether the run in hand is about this laboratory's kind of data, with the layer that it is about."""
    experiment = session().experiment
    kinds = {"", *(layer.kind for layer in experiment.network.layers)}
    return experiment.data.kind in laboratory.data and laboratory.needs in kinds


def draw_pictures(key: str, laboratory: Laboratory) -> None:
    """The live picture of the mechanism, and the live curves."""
    offered = look_bar.offered()
    view = next((each for each in laboratory.views if each.lens in offered), None)
    left, right = st.columns(2, gap="medium")
    if view is not None:
        with left:
            st.markdown(f"**{words.PICTURE}**")
            if view.view == CHART:
                AT_REST[view.lens]()
            else:
                draw_lens(f"laboratory_{key}_{view.lens}", view.lens, {}, view.view, view.options, HIGH)
    with right:
        st.markdown(f"**{words.CURVES}**")
        with st.container(height=CURVES_HIGH, border=False, key="laboratory_curves"):
            canvas.draw("curves", playground.picture_data(metric=laboratory.curve, is_log=laboratory.is_log), key)


def draw_test(key: str, laboratory: Laboratory) -> None:
    """The laboratory's own test in words, and a switch for what can be taken out of the run in hand."""
    if key in words.TESTS:
        st.info(f"**{words.CAUSAL}.** {plain(words.TESTS[key])}", icon=":material/science:")
    found = next((each for each in laboratory.tests if _layer_of(each) is not None), None)
    if found is None:
        return
    told = words.REMOVALS[found.name]
    if st.toggle(f"**{words.CAUSAL}:** {plain(told.title)}", key=f"take_out_{session().run_id}"):
        _draw_removal(key, found, _layer_of(found) or "")


def _layer_of(test: Removal) -> str | None:
    """The layer whose units a test takes out, empty where it takes out others; None where the run has no such part."""
    if test.needs not in look_bar.offered():
        return None
    if not test.units_of:
        return ""
    layers = look_bar.description()["diagram"]["layers"]
    return next((each["name"] for kind in test.units_of for each in layers if each["kind"] == kind), None)


def _draw_removal(key: str, test: Removal, layer: str) -> None:
    """How a picture of what was taken out is read, and the picture."""
    hides = engine().catalogue()["lenses"][test.views[0].lens]["hides"]
    st.caption(plain(f"{words.REMOVALS[test.name].reading.format(layer=layer)} {hides}"))
    for place, view in enumerate(test.views):
        settings, options = ({"layer": layer}, {"array": f"{layer}.effect"}) if layer else ({}, {})
        draw_lens(f"test_{key}_{place}", view.lens, settings, view.view, {**view.options, **options}, has_caption=False)


def _of_run() -> str | None:
    """The laboratory that the run in hand belongs to: the one with its preset, else one about its kind of data."""
    fitting = [name for name, each in LABORATORIES.items() if belongs(each)]
    own = [name for name in fitting if session().preset in LABORATORIES[name].phenomena + LABORATORIES[name].controls]
    return next(iter(own + fitting), None)
