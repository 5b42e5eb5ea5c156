"""The progress measures of runs, taken when asked for and when a run has finished, and kept for the session."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from explorer.ui import emergence_words as words
from explorer.ui.service import engine
from explorer.ui.session import session

KEY, OFFERED = "measured_runs", "offered_measures"
MOST_STEPS = 41  # that are measured, evenly over those that are kept
MOST_RUNS = 12  # the oldest are measured again where they are asked for again

Told = dict[str, str]


@dataclass(frozen=True)
class Measured:
    """What was measured of a run up to a step: by measure, the steps and the values by name."""

    run_id: str
    preset: str
    step: int
    found: dict[str, dict[str, Any]] = field(default_factory=dict)

    def series(self, name: str) -> tuple[list[int], list[float]]:
        """Steps and values of a measure as one number."""
        return self.found[name]["steps"], self.found[name]["values"][name]

    def rows(self, name: str) -> list[list[float]]:
        """Of a measure that is a row of numbers, the values over the steps by place."""
        return [values for each, values in self.found[name]["values"].items() if each != name]


def offered() -> dict[str, Told]:
    """What is said of every measure and metric that can be taken of the run in hand."""
    run_id = session().run_id
    known: dict[str, dict[str, Told]] = st.session_state.setdefault(OFFERED, {})
    if run_id not in known:
        known[run_id] = {each["name"]: each for each in engine().measures(run_id)}
    noted = engine().status(run_id).metrics
    metrics = [f"{split}.{name}" for split, values in noted.items() for name in values]
    return known[run_id] | {name: {"title": words.metric(name)} for name in metrics}


def measure(name: str) -> None:
    """Take a measure of the run in hand over its kept steps, and keep what comes out beside what was taken so far."""
    mine = session()
    step = engine().status(mine.run_id).step
    found = engine().measure(mine.run_id, name, MOST_STEPS)
    kept: dict[str, Measured] = st.session_state.setdefault(KEY, {})
    before = kept.pop(mine.run_id, None)
    known = before.found if before is not None and before.step == step else {}
    kept[mine.run_id] = Measured(mine.run_id, mine.preset, step, known | {name: found})
    while len(kept) > MOST_RUNS:
        kept.pop(next(iter(kept)))


def missing(names: Sequence[str]) -> list[str]:
    """Which of these measures were not taken of the run in hand as it stands."""
    found = of_run()
    if found is None or found.step != engine().status(session().run_id).step:
        return list(names)
    return [name for name in names if name not in found.found]


def of_run() -> Measured | None:
    """What was measured of the run in hand, if anything was."""
    found: Measured | None = st.session_state.get(KEY, {}).get(session().run_id)
    return found


def of_preset(name: str) -> Measured | None:
    """What was measured last of a run of a preset."""
    return next((each for each in reversed(st.session_state.get(KEY, {}).values()) if each.preset == name), None)


def has_finished() -> bool:
    """Whether the run in hand has come to its end."""
    return engine().status(session().run_id).state == "finished"
