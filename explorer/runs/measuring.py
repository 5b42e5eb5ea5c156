"""A progress measure over the snapshots of a run, so that a finished run can be measured afterwards."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, cast

import numpy as np
import pandas as pd

from explorer.datasets.base import Data, Dataset
from explorer.errors import ExperimentError, unknown
from explorer.lenses.measures import HISTORIES, Measure, fitting
from explorer.network import Network
from explorer.runs.rebuild import dataset_of, load_weights

if TYPE_CHECKING:
    from explorer.runs.reader import Run

COLUMNS = ["step", "name", "value"]
Row = tuple[int, str, float]


def measure(run: "Run", name: str, steps: Iterable[int] | None = None) -> pd.DataFrame:
    """Step, name and value; a measure that is a row of numbers adds a line for each, as in `prefix_matching[0]`.

    A metric, as split.name, has the values that were noted while the run trained, and no others.
    """
    wanted = None if steps is None else sorted(set(steps))
    split, dot, metric = name.partition(".")
    if dot:
        rows = _noted(run, split, metric, wanted)
    elif name in HISTORIES:
        rows = [(run.steps()[-1], name, HISTORIES[name](run))]
    else:
        rows = _taken(run, name, wanted)
    return pd.DataFrame(rows, columns=COLUMNS).astype({"step": "int64", "value": "float64"})


def _noted(run: "Run", split: str, metric: str, wanted: list[int] | None) -> list[Row]:
    series = run.series(split, metric)
    if not series:
        known = (f"{split}.{metric}" for split, values in run.latest().items() for metric in values)
        raise ExperimentError([unknown("measure", f"{split}.{metric}", known)])
    return [(step, f"{split}.{metric}", value) for step, value in series if wanted is None or step in wanted]


def _taken(run: "Run", name: str, wanted: list[int] | None) -> list[Row]:
    network, dataset = cast(Network, run.model()), dataset_of(run)
    measure = fitting(name, network, dataset).knowing(network, dataset)
    data = run.data()
    rows: list[Row] = []
    for step in run.steps() if wanted is None else wanted:
        load_weights(network, run.snapshot(step), f"{run.path}")
        rows += [(step, *row) for row in rows_of(measure, network.eval(), data, dataset)]
    return rows


def rows_of(measure: Measure, network: Network, data: Data, dataset: Dataset) -> list[tuple[str, float]]:
    """The measure as one number, and where it is a row of numbers, each of them."""
    taken = measure.take(network, data, dataset)
    rows = [(measure.name, measure.summarised(taken))]
    if isinstance(taken, np.ndarray):
        rows += [(f"{measure.name}[{index}]", float(value)) for index, value in enumerate(taken)]
    return rows
