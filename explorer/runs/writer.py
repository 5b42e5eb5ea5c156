"""The one writer of a run file: rows wait in memory and reach the file together, so that it stands at one step."""

import json
import sqlite3
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from filelock import FileLock

from explorer.errors import RunFileError
from explorer.experiment import Experiment
from explorer.limits import limits
from explorer.runs.files import carry
from explorer.runs.lock import release, take
from explorer.runs.reader import Run, open_run
from explorer.runs.records import Resume
from explorer.runs.schema import APPLICATION, PAGE_BYTES, TABLES, VERSION, bounded, reading, told, writing
from explorer.runs.tensors import pack, unpack
from explorer.runs.thinning import Series, extend, n_common, rewind

if TYPE_CHECKING:
    from torch import Tensor

WAITING = 8_192  # values that wait before they are thinned
LOG_BYTES = 2**24  # SQLite's log is emptied into the file when it is longer
Key = tuple[str, str]  # split, name


class RunWriter:
    """Writes a run. Nothing reaches the file before `commit`, and then all of it does. One thread at a time."""

    def __init__(self, path: Path, lock: FileLock, connection: sqlite3.Connection):
        self.path = path
        self._lock = lock
        self._connection: sqlite3.Connection | None = connection
        self._failure: RunFileError | None = None
        self._waiting: defaultdict[Key, list[tuple[int, float]]] = defaultdict(list)
        self._n_waiting = 0
        self._series = _read_series(connection)
        self._written = dict(self._series)
        self._events: list[tuple[int, float, str, str]] = []
        self._snapshots: dict[int, Mapping[str, Tensor]] = {}
        self._kept = {step for (step,) in connection.execute("SELECT step FROM snapshots")}
        self._dropped: set[int] = set()

    @classmethod
    def create(
        cls, path: str | Path, experiment: Experiment, environment: Mapping[str, Any], files: Iterable[str] = ()
    ) -> Self:
        """Begin a new run file, which carries a copy of the data files that the experiment reads."""
        path = Path(path)
        carried = carry(files)
        texts = experiment.model_dump_json(), bounded(json.dumps(dict(environment)))
        with ExitStack() as undo, told(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            lock = take(path)
            undo.callback(release, lock)
            if path.exists():
                raise RunFileError(f"{path}: expected a new file, got one that exists; choose another name.")
            undo.callback(path.unlink, missing_ok=True)
            connection = undo.enter_context(closing(writing(path)))
            _lay(connection, texts, carried)
            writer = cls(path, lock, _log_ahead(connection))
            undo.pop_all()
        return writer

    @classmethod
    def reopen(cls, path: str | Path) -> Self:
        """Go on writing a run file that is sound and that nobody writes."""
        path = Path(path)
        with ExitStack() as undo, told(path):
            lock = take(path)
            undo.callback(release, lock)
            open_run(path)
            writer = cls(path, lock, _log_ahead(undo.enter_context(closing(writing(path)))))
            undo.pop_all()
        return writer

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def add_metrics(self, step: int, split: str, values: Mapping[str, float]) -> None:
        """Note values at a step; a step that a series has passed already is left as it is."""
        for name, value in values.items():
            self._waiting[split, name].append((step, value))
        self._n_waiting += len(values)
        if self._n_waiting > WAITING:
            self._thin()

    def add_event(self, step: int, kind: str, **details: Any) -> None:
        """Note that something happened."""
        self._events.append((step, time.time(), kind, bounded(json.dumps(details))))

    def add_snapshot(self, step: int, tensors: Mapping[str, "Tensor"]) -> None:
        """Keep the weights of a step; they are the writer's own from now on."""
        self._snapshots[step] = tensors

    def series(self) -> dict[Key, Series]:
        """What is kept of every metric up to now, whether it reached the file or not."""
        self._thin()
        return {key: series for key, series in self._series.items() if len(series)}

    def snapshot_steps(self) -> list[int]:
        """The steps whose snapshots are kept at present."""
        return sorted((self._kept - self._dropped) | self._snapshots.keys())

    def keep_snapshots(self, is_kept: Callable[[int], bool]) -> None:
        """Forget the snapshots of all other steps."""
        forgotten = {step for step in self.snapshot_steps() if not is_kept(step)}
        self._dropped |= forgotten & self._kept
        self._snapshots = {step: tensors for step, tensors in self._snapshots.items() if step not in forgotten}

    def carry_over(self, run: Run, step: int) -> None:
        """Begin with what another run noted and kept up to a step."""
        with reading(run.path) as connection:
            self._series |= {key: rewind(series, step) for key, series in _read_series(connection).items()}
        for kept, blob in run.snapshots():
            if kept <= step:
                self._snapshots[kept] = unpack(blob)

    def rewind(self, step: int) -> None:
        """Forget values and snapshots after a step; what happened stays told by the events."""
        self._thin()
        self._series = {key: rewind(series, step) for key, series in self._series.items()}
        self.keep_snapshots(lambda kept: kept <= step)

    def commit(self, resume: Resume | None = None) -> None:
        """Write everything together with the state it leads to; without a state, only the events."""
        if self._connection is None:
            raise self._failure or RunFileError(f"{self.path}: expected an open writer, got a closed one.")
        try:
            with told(self.path), self._connection as connection:
                connection.execute("BEGIN IMMEDIATE")
                self._write_events(connection)
                if resume is not None:
                    self._write_series(connection)
                    self._write_snapshots(connection)
                    row = (resume.step, pack(resume.tensors), bounded(json.dumps(resume.details)))
                    connection.execute("INSERT OR REPLACE INTO resume VALUES (1, ?, ?, ?)", row)
        except RunFileError as error:
            self._failure = error
            self.close()
            raise

    def close(self) -> None:
        """Leave one file behind, at its last commit, and let others write it."""
        if self._connection is None:
            return
        connection, self._connection = self._connection, None
        for _ in range(20):
            try:
                connection.execute("PRAGMA journal_mode = DELETE")
                break
            except sqlite3.Error:  # somebody reads just now; if they do not stop, the log stays beside the file
                time.sleep(0.01)
        with suppress(sqlite3.Error):
            connection.close()
        release(self._lock)

    def _thin(self) -> None:
        """Move the waiting values into their series."""
        for key, waiting in self._waiting.items():
            if waiting:
                steps, values = np.array(waiting, np.float64).T
                before = self._series.get(key, Series())
                self._series[key] = extend(before, steps.astype(np.int64), values, limits().points)
                waiting.clear()
        self._n_waiting = 0

    def _write_events(self, connection: sqlite3.Connection) -> None:
        connection.executemany("INSERT INTO events(step, time, kind, details) VALUES (?, ?, ?, ?)", self._events)
        self._events.clear()

    def _write_series(self, connection: sqlite3.Connection) -> None:
        self._thin()
        for key, series in self._series.items():
            before = self._written.get(key, Series())
            if series is not before:
                _write_difference(connection, key, before, series)
        self._series = {key: series for key, series in self._series.items() if len(series)}
        self._written = dict(self._series)

    def _write_snapshots(self, connection: sqlite3.Connection) -> None:
        connection.executemany("DELETE FROM snapshots WHERE step = ?", [(step,) for step in self._dropped])
        rows = ((step, pack(tensors)) for step, tensors in self._snapshots.items())
        connection.executemany("INSERT OR REPLACE INTO snapshots VALUES (?, ?)", rows)
        self._kept = set(self.snapshot_steps())
        self._snapshots, self._dropped = {}, set()


def _lay(connection: sqlite3.Connection, texts: tuple[str, str], carried: list[tuple[str, str, bytes]]) -> None:
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute(f"PRAGMA application_id = {APPLICATION}")
    connection.execute(f"PRAGMA user_version = {VERSION}")
    connection.executescript(f"BEGIN;{TABLES}COMMIT;")
    with connection:
        connection.execute("BEGIN")
        connection.execute("INSERT INTO experiment VALUES (?)", texts[:1])
        connection.execute("INSERT INTO environment VALUES (?)", texts[1:])
        connection.executemany("INSERT INTO files VALUES (?, ?, ?)", carried)


def _log_ahead(connection: sqlite3.Connection) -> sqlite3.Connection:
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute(f"PRAGMA journal_size_limit = {LOG_BYTES}")
    connection.execute(f"PRAGMA wal_autocheckpoint = {LOG_BYTES // PAGE_BYTES}")
    return connection


def _read_series(connection: sqlite3.Connection) -> dict[Key, Series]:
    series = {}
    for split, name, stride in connection.execute("SELECT split, name, stride FROM series").fetchall():
        query = "SELECT step, value FROM metrics WHERE split = ? AND name = ? ORDER BY step"
        points = np.array(connection.execute(query, (split, name)).fetchall(), np.float64).reshape(-1, 2)
        series[split, name] = Series(stride, points[:, 0].astype(np.int64), points[:, 1].copy())
    return series


def _write_difference(connection: sqlite3.Connection, key: Key, before: Series, after: Series) -> None:
    n_same = n_common(before, after)
    outdated, added = before.steps[n_same:].tolist(), after.steps[n_same:].tolist()
    if outdated:
        query = "DELETE FROM metrics WHERE split = ? AND name = ? AND step >= ?"
        connection.execute(query, (*key, outdated[0]))
    rows = [(step, *key, value) for step, value in zip(added, after.values[n_same:].tolist(), strict=True)]
    connection.executemany("INSERT INTO metrics(step, split, name, value) VALUES (?, ?, ?, ?)", rows)
    if len(after):
        row = (*key, after.stride, int(after.steps[-1]), float(after.values[-1]))
        connection.execute("INSERT OR REPLACE INTO series VALUES (?, ?, ?, ?, ?)", row)
    else:
        connection.execute("DELETE FROM series WHERE split = ? AND name = ?", key)
