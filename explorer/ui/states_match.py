"""The units that are on exactly in a span, and the other places where the same ones are on."""

from typing import Any

import numpy as np
import streamlit as st

from explorer.lenses.picture import Picture
from explorer.ui import look_bar
from explorer.ui import look_words as words
from explorer.ui.session import session

AROUND = 6  # steps shown before and after a match
MOST_VALUES = 3  # numbers shown of one step


def draw_matches(picture: Picture) -> None:
    """What a search over held-out examples found, each place with its input, target and prediction."""
    start, end = map(int, picture["span"].values)
    numbers = np.flatnonzero(picture["units"].values).tolist()
    st.markdown(f"**{words.UNITS_ON}** · {len(numbers)}")
    if not numbers:
        st.caption(words.NO_UNITS)
    else:
        st.caption(words.units(numbers))
        st.markdown(f"**{words.ELSEWHERE}**")
        _draw_places(picture, end - start + 1)
    step = session().step
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(words.at_step(look_bar.step_now() if step is None else step))
        st.button(words.SEARCHED, key="search_again", type="tertiary", icon=":material/refresh:")
    look_bar.draw_sentences("state_match")


def _draw_places(picture: Picture, length: int) -> None:
    places = list(zip(picture["match_example"].values, picture["match_start"].values, strict=True))
    if not places:
        st.caption(words.NOWHERE)
        return
    rows = [_row(picture, place, int(example), int(start), length) for place, (example, start) in enumerate(places)]
    chosen = st.dataframe({words.MATCH_ROWS[name]: [row[name] for row in rows] for name in words.MATCH_ROWS},
                          hide_index=True, height=212, on_select="rerun", selection_mode="single-row",
                          key=f"matches_{session().looked}")  # fmt: skip
    for place in chosen["selection"]["rows"]:
        st.button(words.go_to(rows[place]["example"]), key="go_to_match", icon=":material/arrow_forward:",
                  on_click=look_bar.choose_example, args=(rows[place]["example"],))  # fmt: skip


def _row(picture: Picture, place: int, example: int, start: int, length: int) -> dict[str, Any]:
    diagram = look_bar.description()["diagram"]
    tokens, labels = diagram["token_names"], diagram["task"]["labels"] or diagram["token_names"]
    given = picture[f"match_{diagram['inputs'][0]['name']}"].values[place]
    if (marks := diagram["mark_names"]) is not None:
        given, tokens = given.argmax(-1), marks
    told = {
        "input": told_around(given, tokens, start, length),
        "target": told_around(picture["match_target"].values[place], labels, start, length),
        "prediction": told_around(picture["match_prediction"].values[place], labels, start, length),
    }
    return {"example": example, "start": start, "share": f"{picture['match_share'].values[place]:.0%}", **told}


def told_around(values: np.ndarray, names: list[str] | None, start: int, length: int = 1) -> str:
    """Tokens around a span in words, the span in brackets; or its numbers, or the one answer of the whole."""
    if values.ndim == 0:
        return _name(values.item(), names)
    if np.issubdtype(values.dtype, np.floating):
        steps = values[start : start + length] if len(values) > length else values
        return " | ".join(" ".join(f"{number:.2g}" for number in np.ravel(step)[:MOST_VALUES]) for step in steps)
    told = [_name(value, names) for value in values.tolist()]
    join = "".join if names and all(len(name) == 1 for name in names) else " ".join
    before, after = told[max(0, start - AROUND) : start], told[start + length : start + length + AROUND]
    return f"{join(before)}[{join(told[start : start + length])}]{join(after)}"


def _name(value: float, names: list[str] | None) -> str:
    if isinstance(value, float):
        return f"{value:.3g}"
    if value < 0:
        return "–"
    return (names[value] if names and value < len(names) else str(value)).replace("\n", "⏎")
