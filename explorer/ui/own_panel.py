"""An input of the visitor's own on the pages of lenses: text, tokens, a row, a point, a drawing or a series."""

import math
from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
import streamlit as st

from explorer.errors import DataError, ExperimentError
from explorer.lenses.request import read_example
from explorer.own_input import picture_text, refusal
from explorer.picture_files import as_png, pixels
from explorer.ui import address, canvas
from explorer.ui import own_words as words
from explorer.ui.draw_points import EXTENT, read_stroke
from explorer.ui.guard import noted, plain
from explorer.ui.service import engine
from explorer.ui.session import session

About = Mapping[str, Any]  # what the engine says of the input in hand
KINDS = ("png", "jpg", "jpeg", "gif", "bmp", "webp")
HIGH, DIGITS = 176, 9  # pixels of a control that scrolls; of a typed number
DRAFT = "own_draft"  # what was typed last, also where it does not fit
STROKE = "own_stroke"  # by which the browser knows whether an answer is about its last change


def is_chosen() -> bool:
    """Whether an input of the visitor's own is looked at."""
    return read_example(session().example).form is not None


def choose() -> None:
    """Begin with the example in hand."""
    with noted():
        _take(_told(session().example)["own"])


def settle() -> None:
    """An input that does not fit the run in hand gives way to an example of its data, and the page says why."""
    mine = session()
    if not is_chosen():
        return
    about = _told(mine.example)
    if read_example(mine.example).form not in about["accepts"] or about["fault"]:
        mine.notes.append(words.dropped(about["fault"]))
        mine.example = {name: mine.example[name] for name in ("split", "index")}
        mine.looked += 1


def draw() -> None:
    """The control that suits the data, and what was changed so that the input fits."""
    mine, about = session(), _told(session().example)
    with st.container(key="look_own", gap="small"):
        CONTROLS[about["kind"]](about)
        if mine.own_fault:
            st.markdown(f":red[:small[:material/error: {plain(words.refused(mine.own_fault))}]]")
        next_typed = about["kind"] in ("text", "tokens") and about["answers"] == "next"
        told = [*about["notes"], words.NEXT_TYPED if next_typed else words.NO_ANSWER]
        if not address.carries(mine):
            told.append(words.LINK)
        st.caption(plain(" ".join(told)))


def _told(example: Mapping[str, Any]) -> dict[str, Any]:
    return engine().own_form(session().run_id, read_example(example))


def _take(own: Mapping[str, Any], is_from_elsewhere: bool = True) -> None:
    """Look at this input from now on, unless it does not fit: then the page says why and stays as it is."""
    mine = session()
    place = {name: mine.example[name] for name in ("split", "index")}
    try:
        mine.own_fault = _told({**place, **own})["fault"]
    except ExperimentError as error:  # longer than any input may be
        mine.own_fault = str(error)
    if not mine.own_fault:
        mine.example = {**place, **own}
        mine.looked += int(is_from_elsewhere)


def _receive(form: str, sent: Any) -> None:
    """What was typed or drawn in the browser."""
    st.session_state[STROKE] = read_stroke(sent.get("stroke"), st.session_state.get(STROKE, 0))
    st.session_state[DRAFT] = given = str(sent.get(form, ""))
    _take({form: given}, is_from_elsewhere=False)


def _drawn(form: str, value: str, **more: Any) -> dict[str, Any]:
    """What a control in the browser is told."""
    mine = session()
    return {"run": mine.run_id, "token": mine.token or None, form: value, "stroke": st.session_state.get(STROKE, 0),
            "generation": mine.looked, **more}  # fmt: skip


def _draw_typing(about: About) -> None:
    text = about["own"].get("text", " ".join(about["own"].get("tokens", ())))
    if session().own_fault:
        text = st.session_state.get(DRAFT, text)
    data = _drawn("text", text, title=words.KEYS[about["kind"]], length=about["length"])
    canvas.draw("typing", data, typed=lambda sent: _receive("text", sent))


def _draw_row(about: About) -> None:
    """A number for each feature, in the units of the table."""
    given = about["own"]["row"]
    if not isinstance(given, Mapping):
        given = dict(zip(about["names"], given, strict=True))
    row = dict(zip(about["names"], about["usual"], strict=True)) | dict(given)
    with st.container(height=HIGH if len(row) > 2 * 8 else "content", border=False), st.grid(8, min_column_width=130):
        for name, low, high in zip(about["names"], about["low"], about["high"], strict=True):
            key = f"own_{name}_{session().looked}"
            st.number_input(name, value=float(row[name]), step=_step(high - low), format=f"%.{DIGITS}g", key=key,
                            on_change=_keep_feature, args=(row, name, key))  # fmt: skip


def _step(span: float) -> float:
    """About a fiftieth of what a feature spans, as a round number."""
    return 10.0 ** math.floor(math.log10(span / 20)) if span > 0 else 1.0


def _keep_feature(row: dict[str, float], name: str, key: str) -> None:
    with noted():
        _take({"row": row | {name: st.session_state[key]}}, is_from_elsewhere=False)


def _draw_point(about: About) -> None:
    """Both coordinates."""
    point = about["own"]["point"]
    keys = [f"own_{name}_{session().looked}" for name in words.POINT]
    with st.container(horizontal=True):
        for name, value, key in zip(words.POINT, point, keys, strict=True):
            inside = min(EXTENT, max(-EXTENT, float(value)))
            st.slider(name, -EXTENT, EXTENT, inside, 0.01, key=key, on_change=_keep_point, args=(keys,), width=320)


def _keep_point(keys: list[str]) -> None:
    with noted():
        _take({"point": [st.session_state[key] for key in keys]}, is_from_elsewhere=False)


def _draw_picture(about: About) -> None:
    """A pad to draw on, and a way to bring a picture along."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        with st.container(key="look_pad", width=330):
            data = _drawn("picture", about["own"]["picture"], shape=about["shape"], is_ink=about["is_ink"])
            canvas.draw("pad", data, drawn=lambda sent: _receive("picture", sent))
        with st.popover(words.UPLOAD, icon=":material/upload:", help=words.UPLOAD_HELP):
            key = f"own_file_{session().looked}"
            st.file_uploader(words.UPLOAD, KINDS, key=key, label_visibility="collapsed",
                             on_change=_upload, args=(key, about["shape"]))  # fmt: skip
            st.caption(words.INK if about["is_ink"] else words.UPLOAD_HELP)


def _upload(key: str, shape: list[int]) -> None:
    """A file, made as small as the data's pictures before it goes any further."""
    file = st.session_state[key]
    if file is None:
        return
    channels, height, width = shape
    try:
        seen = pixels(file.getvalue(), height, width, channels == 1, lambda *told: refusal("picture", *told))
        _take({"picture": picture_text(as_png(seen))})
    except DataError as error:
        session().own_fault = str(error)


def _draw_series(about: About) -> None:
    """A table of steps by features."""
    mine = session()
    key, base = f"own_series_{mine.looked}", f"own_base_{mine.looked}"
    names, now = about["names"], [list(step) for step in about["own"]["numbers"]]
    first = st.session_state.setdefault(base, now)  # what was changed since is kept by the table itself
    table = pd.DataFrame(first, columns=names)
    changed = st.data_editor(table, key=key, height=HIGH, num_rows="dynamic", placeholder=words.SERIES)
    rows = [[float(value) for value in step] for step in changed.dropna().to_numpy().tolist()]
    if rows != now:
        with noted():
            _take({"numbers": rows}, is_from_elsewhere=False)
        if not mine.own_fault:
            st.rerun()


CONTROLS: dict[str, Callable[[About], None]] = {
    "text": _draw_typing,
    "tokens": _draw_typing,
    "row": _draw_row,
    "point": _draw_point,
    "picture": _draw_picture,
    "series": _draw_series,
}
