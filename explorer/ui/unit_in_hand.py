"""The layer and the unit that are looked at: chosen once, kept across sections and pages."""

from dataclasses import dataclass
from typing import Any

import streamlit as st

from explorer.ui import activation_words as words
from explorer.ui import look_bar

KEY = "unit_in_hand"
MIDDLE = -1  # of a map, until a place is chosen


@dataclass
class InHand:
    """What was chosen last; another network may have no such layer, and then its own first one counts."""

    layer: str = ""
    unit: int = 0
    row: int = MIDDLE
    column: int = MIDDLE
    turn: int = 0  # grows whenever a picture chose, so that the controls show it


def in_hand() -> InHand:
    """This visit's own choice."""
    found: InHand = st.session_state.setdefault(KEY, InHand())
    return found


def layers(*kinds: str) -> dict[str, list[int]]:
    """Names of the layers of the run in hand, all or those of some kinds, with the shape of what each gives out."""
    listed: list[dict[str, Any]] = look_bar.description()["layers"]
    return {each["name"]: list(each["output"]["shape"]) for each in listed if not kinds or each["kind"] in kinds}


def units(shape: list[int]) -> int:
    """How many units a layer has: channels of a picture, else the last axis."""
    return shape[0] if len(shape) == 3 else shape[-1]


def place_on(shape: list[int]) -> tuple[int, int]:
    """The row and the column in hand, on what a layer gives out; the middle where none was chosen."""
    mine = in_hand()
    height, width = shape[1:] if len(shape) == 3 else (1, shape[0] if len(shape) == 2 else 1)
    return (
        height // 2 if mine.row == MIDDLE else min(mine.row, height - 1),
        width // 2 if mine.column == MIDDLE else min(mine.column, width - 1),
    )


def choose(**parts: Any) -> None:
    """Take a layer, a unit or a place from a picture."""
    mine = in_hand()
    for name, value in parts.items():
        setattr(mine, name, value)
    mine.turn += 1


def draw_choice(known: dict[str, list[int]], has_unit: bool = True, default: int = 0) -> tuple[str, int]:
    """The controls of layer and unit, and what they say."""
    mine, names = in_hand(), list(known)
    layer = mine.layer if mine.layer in known else names[default]
    layer_key = f"unit_layer@{mine.turn}_{'_'.join(names)}"
    st.selectbox(words.LAYER, names, index=names.index(layer), key=layer_key, width=190, label_visibility="collapsed",
                 on_change=lambda: choose(layer=st.session_state[layer_key], unit=0, row=MIDDLE,
                                          column=MIDDLE))  # fmt: skip
    last = units(known[layer]) - 1
    unit = min(mine.unit, last)
    if has_unit:
        unit_key = f"unit_number@{mine.turn}_{layer}"
        st.number_input(words.UNIT, 1, last + 1, unit + 1, key=unit_key, width=150, label_visibility="collapsed",
                        on_change=lambda: choose(unit=int(st.session_state[unit_key]) - 1))  # fmt: skip
        st.caption(words.of(last + 1), width="content", help=words.UNIT_HELP)
    return layer, unit
