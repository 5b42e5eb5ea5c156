"""What a person is about to do with the data: the dataset looked at, a file not yet good enough, points being drawn."""

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import streamlit as st

from explorer.errors import DataError, ExplorerError
from explorer.experiment import Part
from explorer.gallery.defaults import RECIPES, default_layers
from explorer.signals import Signal, Task
from explorer.ui import uploads, workbench
from explorer.ui.service import engine
from explorer.ui.session import session

KEY = "explorer_data"
Point = tuple[float, float, int]


@dataclass
class Desk:
    """Kept beside the draft until it can become part of it; begun afresh when the draft changes from elsewhere."""

    generation: int
    kind: str  # the dataset looked at
    points: list[Point]
    sentence: str = ""  # why the last file or choice was refused
    pending: dict[str, Any] | None = None  # settings of a file whose columns do not do yet
    stroke: int = 0  # how many strokes the browser has told of


def desk() -> Desk:
    """This browser session's desk, for the draft as it is."""
    mine, found = session(), st.session_state.get(KEY)
    if found is None or found.generation != mine.generation:
        data = mine.experiment.data
        points = [tuple(point) for point in data.settings.get("points", ())] if data.kind == "drawn" else []
        stroke = found.stroke if found else 0
        found = st.session_state[KEY] = Desk(mine.generation, data.kind, points, stroke=stroke)
    return found


def settings_of(data: Part) -> dict[str, Any]:
    """A dataset as plain data."""
    return data.model_dump(mode="json")


def look_at(data: dict[str, Any]) -> dict[str, Any]:
    """What the engine tells of a dataset; raises an ExplorerError where it cannot be used."""
    uploads.demand_kept(data)
    uploads.touch(data)
    return _look_at(json.dumps(data, sort_keys=True), session().experiment.seed)


@lru_cache(maxsize=64)
def _look_at(data: str, seed: int) -> dict[str, Any]:
    return engine().preview(json.loads(data), seed)


def take(data: dict[str, Any]) -> None:
    """Give the draft another dataset and what suits it; raises an ExplorerError and changes nothing where it is bad."""
    look = look_at(data)
    if look["fault"]:
        raise DataError(look["fault"])
    if _is_readable(data, look):
        workbench.set_data(data)
    else:
        signal, task = _signal(look), _task(look)
        workbench.set_data(data, default_layers(look["view"], signal, task), RECIPES[look["view"]])


def _is_readable(data: dict[str, Any], look: dict[str, Any]) -> bool:
    """Whether the draft's network is made for data that looks like this, and fits it."""
    mine = session().experiment
    try:
        if look_at(settings_of(mine.data))["view"] != look["view"]:
            return False
        engine().describe(mine.model_copy(update={"data": Part.model_validate(data)}))
    except ExplorerError:
        return False
    return True


def _signal(look: dict[str, Any]) -> Signal:
    first = look["signals"][0]
    return Signal(tuple(first["shape"]), first["vocabulary"])


def _task(look: dict[str, Any]) -> Task:
    told = look["task"]
    return Task(told["kind"], told["outputs"], tuple(told["labels"]), told["steps"])
