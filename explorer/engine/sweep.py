"""A grid over settings: one run for every combination of values and every seed, and one table of them all."""

from collections.abc import Callable, Iterable
from pathlib import Path

import pandas as pd

from explorer.engine.base import Status
from explorer.engine.planning import Grid, combinations
from explorer.engine.seeds import train_seeds
from explorer.experiment import Experiment
from explorer.limits import home
from explorer.runs import Run

Report = Callable[[Status], None]


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


def _last_metrics(run: Run) -> dict[str, float]:
    return {f"{split}.{name}": value for split, values in run.latest().items() for name, value in values.items()}
