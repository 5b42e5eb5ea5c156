"""The cells of a grid over settings, each checked before anything is trained."""

import itertools
import json
from collections.abc import Mapping, Sequence
from typing import Any

from explorer.errors import ExperimentError, Fault
from explorer.experiment import Experiment
from explorer.validation import assign, check

MOST = 1_000  # runs of one sweep
Grid = Mapping[str, Sequence[Any]]


def combinations(experiment: Experiment, grid: Grid, n_seeds: int = 1) -> list[tuple[dict[str, Any], Experiment]]:
    """Every cell of the grid: its values by key, and its experiment; raises ExperimentError with the faults of all."""
    if not grid or not all(grid.values()):
        raise ExperimentError([Fault("grid", "a key with values", json.dumps(dict(grid), default=str), "give one")])
    count = n_seeds
    for axis in grid.values():
        count *= len(axis)
    if not 1 <= count <= MOST:
        raise ExperimentError([Fault("grid", f"1 to {MOST:,} runs", f"{count:,}", "give fewer values or seeds")])
    cells, faults = [], []
    for combination in itertools.product(*grid.values()):
        values = dict(zip(grid, combination, strict=True))
        try:
            changed = assign(experiment, *(f"{key}={_text(value)}" for key, value in values.items()))
            check(changed)
            cells.append((values, changed))
        except ExperimentError as error:
            faults += [fault for fault in error.faults if fault not in faults]
    if faults:
        raise ExperimentError(faults)
    return cells


def _text(value: Any) -> str:
    """A value as the right side of an assignment."""
    return value if isinstance(value, str) else json.dumps(value)
