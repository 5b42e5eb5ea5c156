"""The laboratories as a gallery: a picture of what emerges beside one of what does not, and one click to begin.

Pages that hold several laboratories show it where the run in hand belongs to none of them.
"""

from collections.abc import Callable, Mapping

import streamlit as st

from explorer import gallery
from explorer.ui import emergence_words as words
from explorer.ui import held_run, workbench
from explorer.ui.emergence_words import Told
from explorer.ui.gallery_dialog import CARDS
from explorer.ui.guard import noted, plain
from explorer.ui.laboratories import Laboratory

COLUMNS = 3


def draw_gallery(
    laboratories: Mapping[str, Laboratory],
    told: Mapping[str, Told],
    chooser: str,
    draw_beside: Callable[[], None] = lambda: None,
) -> None:
    """A card for each laboratory; a click starts its phenomenon and sets the control of this key to the laboratory.

    `draw_beside` fills the room that the last row leaves.
    """
    names = list(laboratories)
    for start in range(0, len(names), COLUMNS):
        row = names[start : start + COLUMNS]
        left_over = COLUMNS - len(row)
        columns = st.columns([1] * len(row) + [left_over] * bool(left_over))
        if left_over:
            with columns[-1]:
                draw_beside()
        for column, name in zip(columns, row, strict=False):
            with column, st.container(border=True, key=f"card_laboratory_{name}", height="stretch", gap="xsmall"):
                _draw_laboratory(name, laboratories[name], told[name], chooser)


def draw_presets_as_cards(laboratory: Laboratory) -> None:
    """The presets of one laboratory, each with the picture of its trained network, started by a click."""
    kinds = {words.PHENOMENON: laboratory.phenomena, words.CONTROL: laboratory.controls}
    presets = [(kind, gallery.preset(name)) for kind, names in kinds.items() for name in names]
    for column, (kind, preset) in zip(st.columns(max(COLUMNS, len(presets))), presets, strict=False):
        with column, st.container(border=True, key=f"card_{preset.name}", height="stretch", gap="xsmall"):
            st.caption(kind)
            _draw_picture(preset.name)
            st.markdown(f"**{plain(preset.title)}**")
            st.caption(f"{preset.about} {preset.expect}")
            st.button(words.START, key=f"start_{preset.name}", icon=":material/play_arrow:", width="stretch",
                      type="primary" if preset.name == laboratory.phenomena[0] else "secondary",
                      on_click=open_and_begin, args=(preset.name,))  # fmt: skip


def open_and_begin(name: str) -> None:
    """A run of a preset, training; the run before stays as it is."""
    with noted():
        held_run.let_go()
        workbench.open_preset(name)
        workbench.ensure_run()
        held_run.helm().begin()


def _draw_laboratory(name: str, laboratory: Laboratory, told: Told, chooser: str) -> None:
    st.markdown(f"##### {plain(told.title)}")
    shown = {words.EMERGES: laboratory.phenomena[:1], words.DOES_NOT: laboratory.controls[:1]}
    for column, (caption, presets) in zip(st.columns(2), shown.items(), strict=True):
        with column:
            for preset in presets:
                _draw_picture(preset)
                st.caption(caption)
    st.caption(plain(told.emerges))
    st.space("stretch")
    st.button(words.START, key=f"begin_{name}", icon=":material/play_arrow:", width="stretch", type="primary",
              on_click=_begin, args=(name, laboratory, chooser))  # fmt: skip


def _begin(name: str, laboratory: Laboratory, chooser: str) -> None:
    st.session_state[chooser] = name
    open_and_begin(laboratory.phenomena[0])


def _draw_picture(preset: str) -> None:
    picture = CARDS / f"{preset}.png"
    if picture.exists():
        st.image(str(picture), width="stretch")
