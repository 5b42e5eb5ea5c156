"""Build a network, train it, and watch it learn."""

import streamlit as st

from explorer.ui import playground
from explorer.ui.guard import told

with told():
    playground.open_page()
    playground.draw_notes()
    playground.draw_top()
    panel, stage, result = st.columns([27, 73, 40], gap="medium")
    with panel:
        playground.draw_panel()
    with stage:
        playground.draw_stage()
    with result:
        playground.draw_result()
    playground.remember()
