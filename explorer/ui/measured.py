"""The progress measures that can be taken of the run in hand, and the run of each preset that was seen last."""

from collections.abc import Mapping

import streamlit as st

from explorer.errors import ExplorerError
from explorer.ui import emergence_words as words
from explorer.ui.service import engine
from explorer.ui.session import session

LAST, OFFERED = "last_runs", "offered_measures"

Told = dict[str, str]


def offered() -> dict[str, Told]:
    """What is said of every measure and metric that can be taken of the run in hand."""
    run_id = session().run_id
    known: dict[str, dict[str, Told]] = st.session_state.setdefault(OFFERED, {})
    if run_id not in known:
        known[run_id] = {each["name"]: each for each in engine().measures(run_id)}
    noted = engine().status(run_id).metrics
    metrics = [f"{split}.{name}" for split, values in noted.items() for name in values]
    return known[run_id] | {name: {"title": words.metric(name)} for name in metrics}


def title(name: str, known: Mapping[str, Told]) -> str:
    """What a measure or a metric is called."""
    return known[name]["title"] if name in known else words.metric(name)


def remember() -> None:
    """The run in hand is the last one of its preset."""
    if session().preset:
        _last()[session().preset] = session().run_id


def last_of(preset: str) -> str:
    """The run of a preset that was seen last; empty where there is none any more."""
    try:
        run_id = _last().get(preset, "")
        return run_id if run_id and engine().status(run_id).step > 0 else ""
    except ExplorerError:  # deleted meanwhile
        return ""


def _last() -> dict[str, str]:
    found: dict[str, str] = st.session_state.setdefault(LAST, {})
    return found
