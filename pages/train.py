"""Choose a preset, train it in a worker process, and watch its loss and accuracy move."""

import streamlit as st

from explorer.ui import words
from explorer.ui.guard import told
from explorer.ui.training_panel import choose_preset, draw_buttons, draw_progress

st.title(words.TRAIN_TITLE)
side, main = st.columns([1, 3], gap="large")
with side:
    preset = choose_preset()
    with told():
        draw_buttons(preset)
with main, told():
    draw_progress(preset)
