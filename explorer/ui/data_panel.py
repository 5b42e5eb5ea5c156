"""Choosing a dataset, setting it, and seeing what is in it."""

from typing import Any

import streamlit as st

from explorer.errors import ExplorerError
from explorer.ui import canvas
from explorer.ui import data_words as words
from explorer.ui.controls import draw_settings
from explorer.ui.data_desk import desk, look_at, settings_of, take
from explorer.ui.data_preview import draw_preview
from explorer.ui.draw_points import draw_points
from explorer.ui.guard import plain, told
from explorer.ui.service import engine
from explorer.ui.session import session
from explorer.ui.upload_panel import COLUMN_SETTINGS, KINDS, draw_upload

Offered = dict[str, dict[str, Any]]

DRAWN = "drawn"
ELSEWHERE = ("points", *COLUMN_SETTINGS)  # settings that have their own place on the panel
TILE_POINTS = 120


def draw_data() -> None:
    """The whole panel; what a person only looks at changes nothing until it can be trained on."""
    offered: Offered = engine().catalogue()["datasets"]
    draft = session().experiment.data
    kind = _choose(offered)
    if kind is None:
        return
    if kind == DRAWN:
        draw_points()
    elif kind in KINDS:
        draw_upload(kind)
    if kind != draft.kind:
        return
    leave_out = ELSEWHERE if kind == DRAWN or kind in KINDS else ()
    draw_settings("data", offered[kind]["schema"], draft.settings, leave_out=leave_out)
    try:
        draw_preview(look_at(settings_of(draft)))
    except ExplorerError as error:
        st.caption(f":material/error: {words.UNREADABLE} {plain(words.refusal(str(error)))}")


def _choose(offered: Offered) -> str | None:
    """The family and in it the dataset; None while a family is only opened."""
    families, mine = words.families(list(offered)), desk()
    own = next(name for name, kinds in families.items() if mine.kind in kinds)
    family = st.pills(words.FAMILY, list(families), default=own, required=True, label_visibility="collapsed",
                      key=f"data_family@{mine.generation}", on_change=_look_around)  # fmt: skip
    kinds = families[family or own]
    if family == words.POINTS:
        canvas.draw("tiles", {"tiles": tiles(kinds, offered), "chosen": mine.kind, "label": words.DATASET}, chosen=_tap)
    else:
        key = f"data_kind_{family}@{mine.generation}"
        st.radio(words.DATASET, kinds, index=kinds.index(mine.kind) if mine.kind in kinds else None, key=key,
                 format_func=lambda kind: words.title(kind, offered), label_visibility="collapsed",
                 on_change=_pick, args=(key,))  # fmt: skip
    if mine.kind not in kinds:
        return None
    st.caption(plain(_summary(offered[mine.kind])))
    return mine.kind


def tiles(kinds: list[str], offered: Offered) -> list[dict[str, Any]]:
    """What each tile shows: the first points of its dataset, the draft's own with the draft's settings."""
    draft = session().experiment.data
    found = []
    for kind in kinds:
        tile: dict[str, Any] = {"kind": kind, "title": words.title(kind, offered), "about": _summary(offered[kind])}
        if kind != DRAWN:
            look = look_at({"kind": kind})
            if kind == draft.kind:
                look = _look_or(settings_of(draft), look)
            points = {axis: values[:TILE_POINTS] for axis, values in look["points"].items()}
            tile |= {"points": points, "isNumeric": look["task"]["kind"] == "regression"}
        found.append(tile)
    return found


def _summary(about: dict[str, Any]) -> str:
    """What a dataset is, without where it comes from."""
    return " ".join(about["about"].partition("\n\n")[0].split())


def _look_or(data: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    try:
        return look_at(data)
    except ExplorerError:  # a setting out of bounds is told at its control
        return other


def _look_around() -> None:
    """Another family was opened: nothing that was said of a file belongs to it."""
    desk().sentence = ""


def _tap(sent: dict[str, Any]) -> None:
    choose(str(sent.get("kind")))


def _pick(key: str) -> None:
    choose(st.session_state[key])


def choose(kind: str) -> None:
    """Take this dataset; one that needs a file or points first is only opened."""
    mine, draft = desk(), session().experiment.data
    if kind not in engine().catalogue()["datasets"]:
        return
    mine.kind, mine.sentence, mine.pending = kind, "", None
    if kind == draft.kind or kind == DRAWN or kind in KINDS:
        return
    with told():
        take({"kind": kind, **_carried_over(kind)})


def _carried_over(kind: str) -> dict[str, Any]:
    """Settings that a person changed on points and that other points have as well, such as the noise."""
    draft, offered = session().experiment.data, engine().catalogue()["datasets"]
    family = words.families(list(offered))[words.POINTS]
    if draft.kind not in family or kind not in family:
        return {}
    before, after = (offered[each]["schema"]["properties"] for each in (draft.kind, kind))
    return {
        name: value
        for name, value in draft.settings.items()
        if name in before and name in after and value != before[name].get("default") and name not in ELSEWHERE
    }
