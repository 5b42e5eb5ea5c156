"""What many runs are asked for by: how many seeds, or which settings a sweep runs over and through which values."""

from typing import Any

import streamlit as st

from explorer.grid import read_values
from explorer.ui import study_words
from explorer.ui.axes import Axis, axes
from explorer.ui.guard import plain
from explorer.ui.laboratories import Laboratory
from explorer.ui.session import session

COUNTS = (8, 16, 32)
FEW = (1, 2, 3, 5, 8)  # seeds for every cell


def seeds_form() -> int:
    """How many seeds."""
    return st.segmented_control(study_words.SEEDS, COUNTS, default=COUNTS[0], key="study_seeds", required=True,
                                help=study_words.SEEDS_HELP, label_visibility="collapsed") or COUNTS[0]  # fmt: skip


def grid_form(laboratory: Laboratory) -> tuple[dict[str, list[Any]] | None, int]:
    """The values by dotted key, and the seeds for every cell; no grid where something typed cannot be read."""
    known, ready = axes(), laboratory.sweep
    own = [key for key in ready.grid if key in known] if ready else []
    begun = f"{session().generation}_{laboratory.phenomena[0]}"
    typed: dict[str, str] = {}
    for place, label in enumerate((study_words.FIRST_KEY, study_words.SECOND_KEY)):
        offered = list(known) if place == 0 else ["", *known]
        chosen = own[place] if place < len(own) else offered[0]
        key = st.selectbox(label, offered, index=offered.index(chosen), key=f"study_key_{place}_{begun}", width=260,
                           format_func=lambda each: known[each].title if each else study_words.NONE)  # fmt: skip
        if key:
            if key in typed:
                st.error(study_words.TWICE)
                return None, 1
            values = ready.grid[key] if ready and key in own else known[key].suggestion
            typed[key] = st.text_input(study_words.VALUES, values, key=f"study_values_{place}_{begun}_{key}",
                                       help=f"{study_words.VALUES_HELP} {known[key].about}", width=260)  # fmt: skip
    count = st.selectbox(study_words.SEEDS_EACH, FEW, index=FEW.index(ready.seeds if ready else 1),
                         key=f"study_count_{begun}", help=study_words.SEEDS_HELP, width=110)  # fmt: skip
    return _read(typed, known), count


def _read(typed: dict[str, str], known: dict[str, Axis]) -> dict[str, list[Any]] | None:
    """The values of every axis; what cannot be read is told at its setting."""
    grid: dict[str, list[Any]] | None = {}
    for key, text in typed.items():
        try:
            values = read_values(text)
        except ValueError as error:
            st.error(plain(study_words.faulty(known[key].title, str(error))))
            grid = None
        else:
            grid = grid if grid is None else grid | {key: values}
    return grid
