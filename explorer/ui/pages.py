"""The list of pages, in the order of the menu."""

from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from explorer.ui import activation_words, emergence_words, look_words, words

FOLDER = Path(__file__).resolve().parents[2] / "pages"


def all_pages() -> list[StreamlitPage]:
    """Every page of the app; the first is where a newcomer lands."""
    return [
        st.Page(FOLDER / "playground.py", title=words.PLAYGROUND, icon=":material/play_circle:", default=True),
        st.Page(FOLDER / "emergence.py", title=emergence_words.EMERGENCE, icon=":material/trending_up:"),
        st.Page(FOLDER / "in_context.py", title=emergence_words.IN_CONTEXT, icon=":material/quick_reference_all:"),
        st.Page(FOLDER / "attention.py", title=look_words.ATTENTION, icon=":material/grid_on:"),
        st.Page(FOLDER / "states.py", title=look_words.STATES, icon=":material/timeline:"),
        st.Page(FOLDER / "activations.py", title=activation_words.ACTIVATIONS, icon=":material/bar_chart:"),
        st.Page(FOLDER / "attribution.py", title=words.ATTRIBUTION, icon=":material/search_insights:"),
        st.Page(FOLDER / "runs.py", title=words.RUNS, icon=":material/folder_open:"),
    ]
