"""Every run of this visitor, to return to, rename, compare and delete."""

import streamlit as st

from explorer.ui import words
from explorer.ui.guard import told
from explorer.ui.runs_panel import draw_runs

st.title(words.RUNS)
with told():
    draw_runs()
