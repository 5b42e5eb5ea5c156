"""Heads, layers and units switched off together, and what the loss and the answer are without them."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from explorer.ui import look_bar
from explorer.ui import look_words as words
from explorer.ui.attention_heads import heads, parts_off
from explorer.ui.lens_view import draw_lens
from explorer.ui.session import session
from explorer.ui.unit_in_hand import in_hand

LENS = "ablation"
MOST_BARS, ROW = 24, 30
VIEWS = {1: "bars", 2: "map"}  # by the number of axes of an answer; more of them are pictures


def draw_switches() -> None:
    """What is switched off on the left, loss and answer beside those of the whole network on the right."""
    left, right = st.columns([1, 2], gap="medium")
    with left:
        off = _draw_parts()
        layer, units = _draw_units()
        instead = st.segmented_control(words.INSTEAD, words.INSTEADS, default="zero", required=True,
                                       format_func=words.INSTEADS.__getitem__, key="ablation_instead")  # fmt: skip
        st.caption(words.NOT_AN_EXPLANATION if _attends() else words.NOT_IDLE)
    silence = {"instead": instead or "zero"}
    with right:
        if not (off or units):
            st.caption(words.NOTHING_OFF)
        if _attends():
            _draw_head_effects(silence)
        if layer:
            _draw_effects(layer, silence)
        _draw_answers({"off": [*off, *(f"{layer}:{unit}" for unit in units)], **silence})
        look_bar.draw_sentences(LENS)


def draw_pills(parts: Sequence[str], title: str) -> list[str]:
    """Which parts are off; the same choice on all parts of the page."""
    return list(st.pills(title, parts, selection_mode="multi", key=_parts_key(),
                         format_func=words.part, help=words.OFF_HELP))  # fmt: skip


def _attends() -> bool:
    return "attention" in look_bar.offered()


def _draw_parts() -> list[str]:
    """The heads and the feed-forward networks that are off, where there are any."""
    found = look_bar.shapes(LENS)
    singles = [name.removesuffix(".effect") for name, shape in found.items() if name.endswith(".effect") and not shape]
    known = heads() if _attends() else {}
    parts = [*(parts_off() if known else ()), *(name for name in singles if name not in known)]
    return draw_pills(parts, words.OFF) if parts else []


def _draw_units() -> tuple[str | None, list[int]]:
    """A layer, and which of its units are off."""
    counts: dict[str, int] = look_bar.description()["units"]
    names, own = list(counts), in_hand().layer
    first = names.index(own) if own in counts else None if _attends() else 0
    layer = st.selectbox(words.UNITS_OF, names, index=first, key=f"ablation_layer_{session().run_id}",
                         placeholder=words.NO_LAYER)  # fmt: skip
    if layer is None:
        return None, []
    units = st.multiselect(words.UNITS_OFF, range(counts[layer]), key=_key(layer), format_func=words.unit,
                           placeholder=words.NO_UNITS_OFF, help=words.UNITS_OFF_HELP)  # fmt: skip
    return layer, units


def _draw_answers(settings: dict[str, Any]) -> None:
    """Loss and answer, with and without; as they are where nothing is off."""
    losses = list(words.LOSSES)[: 2 if settings["off"] else 1]
    draw_lens("ablation_loss", LENS, settings, "numbers", {"arrays": losses, "labels": words.LOSSES}, 80,
              has_caption=False)  # fmt: skip
    view = VIEWS.get(len(look_bar.shapes(LENS)["prediction"]), "pictures")
    peak = {"peak": 1} if look_bar.has_classes() else {}
    answers = list(words.ANSWERS_OF)[: len(losses)]
    for column, name in zip(st.columns(len(answers)), answers, strict=True):
        with column:
            st.markdown(f"**{words.ANSWERS_OF[name]}**")
            options = {"array": name, "is_square": False, "cells": False, "is_turned": True, **peak}
            draw_lens(f"ablation_{name}", LENS, settings, view, options, 300, has_caption=False)


def _draw_effects(layer: str, silence: dict[str, Any]) -> None:
    """The loss without each unit alone; a click switches one off for the pictures above."""
    st.markdown(f"**{words.unit_effects(layer)}**", help=words.EACH_HELP)
    options = {"array": f"{layer}.effect", "is_sorted": True, "most": MOST_BARS}
    draw_lens("ablation_units", LENS, {**silence, "layer": layer}, "bars", options, 340, has_caption=False,
              chosen=lambda sent: _switch(layer, int(sent["index"])))  # fmt: skip


def _draw_head_effects(silence: dict[str, Any]) -> None:
    """The loss without each head alone; a click switches one off."""
    st.markdown(f"**{words.EFFECTS}**", help=words.EACH_HELP)
    options = {"stack": ".effect", "scale": "signed", "is_square": False}
    draw_lens("ablation_heads", LENS, silence, "map", options, 60 + ROW * max(2, len(heads())), has_caption=False,
              cell=_switch_head)  # fmt: skip


def _switch_head(sent: dict[str, Any]) -> None:
    """A head goes off, or on again."""
    head = f"{sent['array'].removesuffix('.effect')}:{int(sent['column'])}"
    off = st.session_state.get(_parts_key(), [])
    st.session_state[_parts_key()] = [each for each in parts_off() if (each in off) != (each == head)]


def _parts_key() -> str:
    return f"off_{session().run_id}"


def _switch(layer: str, unit: int) -> None:
    """A unit goes off, or on again."""
    off = set(st.session_state.get(_key(layer), ()))
    st.session_state[_key(layer)] = sorted(off ^ {unit})


def _key(layer: str) -> str:
    return f"units_off_{session().run_id}_{layer}"
