"""A run file as it is read: what was trained, how it went, and the network at any kept step."""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from pydantic import ValidationError

from explorer.declarations import faults_of
from explorer.errors import RunFileError
from explorer.experiment import Experiment
from explorer.runs.records import Event, Resume
from explorer.runs.schema import bounded, reading, told
from explorer.runs.tensors import unpack

if TYPE_CHECKING:
    from torch import Tensor, nn

    from explorer.datasets.base import Data

MOST_TITLE = 200  # characters
COLUMNS = ["step", "split", "name", "value"]


def open_run(path: str | Path) -> "Run":
    """Open a run file, finished or still being written; raises RunFileError unless it is sound."""
    path = Path(path)
    with reading(path) as connection:
        experiment = _one_json(connection, "experiment")
        environment = json.loads(_one_json(connection, "environment"))
    try:
        return Run(path, Experiment.model_validate_json(experiment), dict(environment))
    except ValidationError as error:
        faults = "; ".join(map(str, faults_of(error, Experiment)))
        raise RunFileError(f"{path}: its experiment cannot be read: {faults}") from error
    except (TypeError, ValueError) as error:
        raise RunFileError(f"{path}: damaged, its environment is no JSON object; take another copy.") from error


@dataclass(frozen=True)
class Run:
    """A trained, or training, experiment. Every call reads the file anew."""

    path: Path
    experiment: Experiment
    environment: dict[str, Any]

    @property
    def id(self) -> str:
        """The name of the file without its ending."""
        return self.path.stem

    def title(self) -> str:
        """What a person called it last; else its data and the kinds of its layers."""
        with reading(self.path) as connection:
            return title_in(connection, self)

    def experiment_in_force(self) -> Experiment:
        """The experiment with its live settings as they stand."""
        with told(self.path):
            current = self.particulars().get("experiment")
            return Experiment.model_validate(current) if current else self.experiment

    def particulars(self) -> dict[str, Any]:
        """What is told of the state from which training goes on, without its tensors."""
        with reading(self.path) as connection:
            row = connection.execute("SELECT step, details FROM resume").fetchone()
            return {**json.loads(bounded(row[1])), "step": row[0]} if row else {}

    def metrics(self) -> pd.DataFrame:
        """Every kept value: step, split, name, value."""
        with reading(self.path) as connection:
            rows = connection.execute("SELECT step, split, name, value FROM metrics ORDER BY step, split, name")
            return pd.DataFrame(rows.fetchall(), columns=COLUMNS).astype({"step": "int64", "value": "float64"})

    def series(self, split: str, name: str) -> list[tuple[int, float]]:
        """The kept values of one metric, by rising step."""
        query = "SELECT step, value FROM metrics WHERE split = ? AND name = ? ORDER BY step"
        with reading(self.path) as connection:
            return [(step, _number(value)) for step, value in connection.execute(query, (split, name))]

    def latest(self) -> dict[str, dict[str, float]]:
        """The last value of every metric, by split and name."""
        values: dict[str, dict[str, float]] = defaultdict(dict)
        with reading(self.path) as connection:
            for split, name, value in connection.execute("SELECT split, name, last_value FROM series"):
                values[split][name] = _number(value)
        return dict(values)

    def events(self) -> list[Event]:
        """What happened, in the order in which it happened."""
        with reading(self.path) as connection:
            rows = connection.execute("SELECT step, time, kind, details FROM events ORDER BY id")
            return [Event(step, time, kind, dict(json.loads(bounded(text)))) for step, time, kind, text in rows]

    def steps(self) -> list[int]:
        """The steps of which a snapshot is kept."""
        with reading(self.path) as connection:
            return _steps(connection)

    def snapshot(self, step: int | None = None) -> dict[str, "Tensor"]:
        """The weights at a kept step; without a step, the last."""
        with reading(self.path) as connection:
            query = "SELECT blob FROM snapshots WHERE step = ?"
            row = connection.execute(query, (self._kept(connection, step),)).fetchone()
            return unpack(row[0])

    def snapshots(self, after: int = -1) -> Iterator[tuple[int, bytes]]:
        """(step, weights as safetensors) of every kept step after one, by rising step, all of one moment."""
        with reading(self.path) as connection:
            yield from connection.execute("SELECT step, blob FROM snapshots WHERE step > ? ORDER BY step", (after,))

    def resume(self) -> Resume | None:
        """The state from which training goes on, if there is one yet."""
        with reading(self.path) as connection:
            row = connection.execute("SELECT step, blob, details FROM resume").fetchone()
            return row and Resume(row[0], unpack(row[1]), dict(json.loads(bounded(row[2]))))

    def model(self, step: int | None = None) -> "nn.Module":
        """The network at a kept step, in eval mode and private to the caller."""
        from explorer.runs.rebuild import build_model

        return build_model(self, step)

    def data(self) -> "Data":
        """The data of the experiment, from files with the content that the run was trained on."""
        from explorer.runs.rebuild import load_data

        return load_data(self)

    def measure(self, name: str, steps: Iterable[int] | None = None) -> pd.DataFrame:
        """A progress measure, or a metric as split.name, over the kept steps: step, name, value."""
        from explorer.runs.measuring import measure

        return measure(self, name, steps)

    def evaluate(self, step: int | None = None) -> dict[str, Any]:
        """Metrics on held-out data at a kept step, with the confusion matrix where there are classes."""
        from explorer.runs.rebuild import evaluate_run

        with reading(self.path) as connection:
            step = self._kept(connection, step)
        return evaluate_run(self, step)

    def _kept(self, connection: sqlite3.Connection, step: int | None) -> int:
        """The step itself, or the last one; raises RunFileError where no snapshot is kept."""
        steps = _steps(connection)
        if not steps:
            raise RunFileError(f"{self.path}: expected a snapshot, got none yet; train the run first.")
        if step is None:
            return steps[-1]
        if step not in steps:
            nearest = sorted(sorted(steps, key=lambda kept: abs(kept - step))[:3])
            known = ", ".join(map(str, nearest))
            raise RunFileError(f"{self.path}: expected a step with a snapshot, got {step}; the nearest are {known}.")
        return step


def title_in(connection: sqlite3.Connection, run: Run) -> str:
    """What the run behind a connection is called."""
    query = "SELECT details FROM events WHERE kind = 'renamed' ORDER BY id DESC LIMIT 1"
    row = connection.execute(query).fetchone()
    given = dict(json.loads(bounded(row[0]))).get("title") if row else run.environment.get("title")
    if isinstance(given, str) and given:
        return given[:MOST_TITLE]
    kinds = dict.fromkeys(layer.kind for layer in run.experiment.network.layers)
    return f"{run.experiment.data.kind}: {', '.join(kinds)}"[:MOST_TITLE]


def _number(value: float | None) -> float:
    return float("nan") if value is None else float(value)


def _steps(connection: sqlite3.Connection) -> list[int]:
    return [step for (step,) in connection.execute("SELECT step FROM snapshots ORDER BY step")]


def _one_json(connection: sqlite3.Connection, table: str) -> str:
    row = connection.execute(f"SELECT json FROM {table} LIMIT 1").fetchone()
    if row is None:
        raise ValueError(f"the table {table} is empty")
    return bounded(row[0])
