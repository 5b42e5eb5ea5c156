"""A grid over settings: one run for every combination of values and every seed, and one table of them all."""

import itertools
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from explorer.engine.base import Status
from explorer.engine.seeds import train_seeds
from explorer.errors import ExperimentError, Fault
from explorer.experiment import Experiment
from explorer.limits import home
from explorer.runs import Run
from explorer.validation import assign, check

MOST = 1_000  # runs of one sweep

Report = Callable[[Status], None]
Grid = Mapping[str, Sequence[Any]]


def sweep(
    experiment: Experiment,
    grid: Grid,
    seeds: int | Iterable[int] = 1,
    out: str | Path | None = None,
    device: str = "auto",
    report: Report | None = None,
) -> pd.DataFrame:
    """Train every combination of the values of dotted keys with every seed.

    One row a run: the values, `seed`, the last value of every metric as split.name, and `run`, the path of its file.
    Everything is checked before anything is trained, so that a fault in the last cell costs no time.
    """
    chosen = list(range(seeds)) if isinstance(seeds, int) else list(seeds)
    cells = combinations(experiment, grid, len(chosen))
    folder = Path(out) if out else home() / "runs"
    rows = [
        values | {"seed": run.experiment.seed} | _last_metrics(run) | {"run": str(run.path)}
        for values, changed in cells
        for run in train_seeds(changed, chosen, folder, device, report)
    ]
    return pd.DataFrame(rows)


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


def _last_metrics(run: Run) -> dict[str, float]:
    return {f"{split}.{name}": value for split, values in run.latest().items() for name, value in values.items()}
