"""The gallery: experiments to begin from, as cards with a picture of what they show."""

import streamlit as st

from explorer import gallery
from explorer.gallery import Preset
from explorer.ui import words, workbench
from explorer.ui.guard import plain
from explorer.ui.pages import FOLDER

CARDS = FOLDER.parent / "assets" / "cards"  # one picture a preset, drawn from its trained network
COLUMNS = 4


@st.dialog(words.GALLERY, width="large")
def show_gallery() -> None:
    """Every preset under its family; opening one closes the gallery."""
    st.caption(words.GALLERY_INTRO)
    for family, found in gallery.FAMILIES.items():
        st.markdown(f"##### {words.FAMILIES[family]}")
        for start in range(0, len(found), COLUMNS):
            for column, preset in zip(st.columns(COLUMNS), found[start : start + COLUMNS], strict=False):
                with column:
                    _draw_card(preset)


def _draw_card(preset: Preset) -> None:
    with st.container(border=True, key=f"card_{preset.name}", height="stretch"):
        picture = CARDS / f"{preset.name}.png"
        if picture.exists():
            st.image(str(picture), width="stretch")
        st.markdown(f"**{plain(preset.title)}**", help=f"{words.EXPECT}: {preset.expect}")
        st.caption(preset.about)
        open_preset, key = workbench.open_preset, f"open_{preset.name}"
        if st.button(words.OPEN, key=key, width="stretch", on_click=open_preset, args=(preset.name,)):
            st.rerun()  # which closes the gallery
