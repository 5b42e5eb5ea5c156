"""The attention page: every head at a glance, one head in full, and what changes without it."""

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from explorer.ui import attention_views as views
from explorer.ui import look_bar
from explorer.ui import look_words as words
from explorer.ui.attention_heads import choose, chosen, heads, parts_off
from explorer.ui.lens_view import draw_lens
from explorer.ui.switches import draw_pills, draw_switches

LENS = "attention"
PRESETS = ("induction-heads", "induction-one-layer", "char-gpt", "encoder-decoder", "in-context-classes")
HIGH, EFFECTS_ROW = 450, 30  # pixels
SHARES = {"wall": 44, "head": 40, "effect": 32}  # widths of the three columns

# The parts of the page in order: what each is called, the lenses it looks through, and what draws it.
PARTS: dict[str, tuple[Sequence[str], Callable[[], None]]] = {
    "heads": ((LENS,), lambda: _draw_heads()),
    "query": (("attention_query",), views.draw_query),
    "kinds": (("head_scores",), views.draw_kinds),
    "rollout": (("rollout",), views.draw_rollout),
    "direct": (("direct_logit",), views.draw_direct),
    "logits": (("logit_lens",), views.draw_logit_lens),
    "off": (("ablation",), draw_switches),
    "patch": (("patching",), views.draw_patching),
    "next": (("next_token",), views.draw_next_token),
}


def draw_attention() -> None:
    """The page for the run in hand, or the way to one that attends."""
    if not look_bar.draw():
        return
    offered = set(look_bar.offered())
    if LENS not in offered:
        look_bar.draw_presets(words.NO_ATTENTION, PRESETS)
        return
    names = [name for name, (lenses, _) in PARTS.items() if offered.issuperset(lenses)]
    part = st.segmented_control(words.PART, names, default=names[0], format_func=words.ATTENTION_PARTS.__getitem__,
                                key="attention_part", label_visibility="collapsed", required=True)  # fmt: skip
    PARTS[part or names[0]][1]()
    look_bar.draw_timeline()


def _draw_heads() -> None:
    """The wall, the chosen head, and what the loss loses without each."""
    wall, head, effect = st.columns(list(SHARES.values()), gap="medium")
    with wall:
        st.markdown(f"**{words.WALL}**")
        draw_lens("wall", LENS, {}, "wall", {"chosen": _marked()}, HIGH, chosen=_choose)
    with head:
        path, index = chosen()
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{words.head(path, index)}**")
            view = st.segmented_control(words.VIEW, words.HEAD_VIEWS, default="map", required=True, key="head_view",
                                        format_func=words.HEAD_VIEWS.__getitem__,
                                        label_visibility="collapsed")  # fmt: skip
        options = {"array": f"{path}.pattern", "index": [index], "cells": False}
        draw_lens("head", LENS, {}, view or "map", options, HIGH, has_caption=False, cell=_ask, chosen=_ask)
        st.caption(words.HEAD_CAPTION)
    with effect:
        st.markdown(f"**{words.EFFECTS}**")
        high = 40 + EFFECTS_ROW * len(heads())
        draw_lens("effects", "ablation", {}, "map", {"stack": ".effect", "scale": "signed", "is_square": False},
                  max(110, high), has_caption=False, cell=_choose_effect)  # fmt: skip
        off = draw_pills(parts_off(), words.OFF)
        if off:
            draw_lens("loss_off", "ablation", {"off": off}, "numbers", {"arrays": ["loss", "loss_without"],
                      "labels": words.LOSSES}, 130, has_caption=False)  # fmt: skip
        st.caption(words.EFFECTS_CAPTION)


def _marked() -> dict[str, Any]:
    path, index = chosen()
    return {"array": f"{path}.pattern", "index": index}


def _choose(sent: dict[str, Any]) -> None:
    """A click on the wall."""
    choose(sent["array"].removesuffix(".pattern"), int(sent["index"]))


def _choose_effect(sent: dict[str, Any]) -> None:
    """A click on the effect of a head."""
    choose(sent["array"].removesuffix(".effect"), int(sent["column"]))


def _ask(sent: dict[str, Any]) -> None:
    """A click on a row of the map, or on a token: this place asks in the stages of a query."""
    row = sent.get("row", sent.get("index"))
    if row is not None:
        views.choose_place(int(row))
