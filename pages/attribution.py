"""See which parts of a held-out example speak for the answer of the network in hand."""

import streamlit as st

from explorer.ui import words
from explorer.ui.attribution_panel import draw_attribution
from explorer.ui.guard import told

st.title(words.ATTRIBUTION_TITLE)
with told():
    draw_attribution()
