"""Bringing a file of one's own, and for a table its columns; the draft stays as it was until all is well."""

from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFile

from explorer.errors import ExplorerError
from explorer.ui import data_words as words
from explorer.ui.data_desk import desk, look_at, settings_of, take
from explorer.ui.guard import plain
from explorer.ui.session import session
from explorer.ui.uploads import discard, keep
from explorer.ui.visitor import visitor

KINDS = tuple(words.UPLOAD)
COLUMN_SETTINGS = ("path", "target", "features", "task")  # of a CSV file; drawn here
HEAD_HEIGHT = 176  # pixels: a header and four rows


def draw_upload(kind: str) -> None:
    """The way to bring a file of this kind, and what became of the last one."""
    mine, draft = desk(), session().experiment.data
    key = f"upload_{kind}@{session().generation}"
    st.file_uploader(
        words.UPLOAD[kind],
        type=words.TYPES[kind],
        key=key,
        help=words.UPLOAD_HELP[kind],
        on_change=_arrived,
        args=(kind, key),
    )
    if mine.sentence:
        st.error(plain(words.refusal(mine.sentence)), icon=":material/error:")
    data = mine.pending or (settings_of(draft) if draft.kind == kind else None)
    if data is None:
        st.caption(words.UNTIL_FILE)
        return
    st.caption(f":material/description: {plain(Path(data['path']).name)}")
    if kind == "csv":
        _draw_columns(data)


def _arrived(kind: str, key: str) -> None:
    """Check a file and give it to the draft, or say in one sentence why not."""
    uploaded = st.session_state[key]
    if uploaded is None:
        return
    content = uploaded.getvalue()
    _release(uploaded)
    bring(kind, uploaded.name, content)


def bring(kind: str, name: str, content: bytes) -> None:
    """Keep a file, check it and give it to the draft; where it is refused, the draft stays as it was."""
    mine = desk()
    mine.sentence, mine.pending = "", None
    try:
        path = keep(name, content, visitor())
    except ExplorerError as error:
        mine.sentence = str(error)
        return
    data: dict[str, Any] = {"kind": kind, "path": str(path)}
    try:
        if kind == "csv":
            data |= first_choice(look_at(data)["columns"])
            mine.pending = data
        take(data)
    except ExplorerError as error:
        mine.sentence = str(error)
        if mine.pending is None:
            discard(path, visitor())


def first_choice(columns: list[dict[str, Any]]) -> dict[str, Any]:
    """The last column is told from all others that hold numbers."""
    *others, target = columns
    numeric = [column["name"] for column in others if column["is_numeric"]]
    return {"target": target["name"], "features": numeric} if numeric else {"target": target["name"]}


def _release(uploaded: UploadedFile) -> None:
    """Let go of the bytes that Streamlit keeps for as long as the browser is open; they are on the disk."""
    context = get_script_run_ctx()
    if context is not None and isinstance(context.uploaded_file_mgr, MemoryUploadedFileManager):
        context.uploaded_file_mgr.remove_file(context.session_id, uploaded.file_id)


def _draw_columns(data: dict[str, Any]) -> None:
    """The first rows as they are in the file, and which columns are what."""
    try:
        look = look_at({"kind": "csv", "path": data["path"]})
    except ExplorerError as error:
        st.error(plain(words.refusal(str(error))), icon=":material/error:")
        return
    names = [column["name"] for column in look["columns"]]
    st.dataframe(pd.DataFrame(look["head"], columns=names), hide_index=True, height=HEAD_HEIGHT)
    st.caption(words.HEAD)
    target = data.get("target") or names[-1]
    others = [name for name in names if name != target]
    features = others if data.get("features") is None else data["features"]
    suffix = f"@{session().generation}"
    keys = {name: f"csv_{name}{suffix}" for name in ("target", "features", "task")}
    st.selectbox(words.TARGET, names, index=names.index(target) if target in names else None, key=keys["target"],
                 help=words.TARGET_HELP, on_change=_rechoose, args=(data, keys))  # fmt: skip
    st.multiselect(words.FEATURES, names, default=[name for name in features if name in others], key=keys["features"],
                   help=words.FEATURES_HELP, on_change=_rechoose, args=(data, keys))  # fmt: skip
    st.segmented_control(words.TASK, list(words.TASKS), default=data.get("task") or words.AUTOMATIC, key=keys["task"],
                         format_func=words.TASKS.__getitem__, help=words.TASK_HELP, on_change=_rechoose,
                         args=(data, keys), required=True, width="stretch")  # fmt: skip
    text = [column["name"] for column in look["columns"] if not column["is_numeric"] and column["name"] in others]
    if unused := [name for name in text if name not in features]:
        st.caption(plain(words.left_out(unused)))
    if desk().pending is not None:
        st.caption(words.UNTIL_COLUMNS)


def _rechoose(data: dict[str, Any], keys: dict[str, str]) -> None:
    """Try other columns; those that do not do are told, and the draft stays as it was."""
    mine = desk()
    target = st.session_state[keys["target"]]
    features = [name for name in st.session_state[keys["features"]] if name != target]
    task = st.session_state[keys["task"]]
    chosen = {**data, "target": target, "features": features, "task": None if task == words.AUTOMATIC else task}
    mine.sentence, mine.pending = "", chosen
    if not features:
        mine.sentence = words.NO_FEATURES
        return
    try:
        take(chosen)
    except ExplorerError as error:
        mine.sentence = str(error)
