"""The studies of this process: many runs that were asked for together, where they stand, and how they are stopped."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from explorer.engine.base import Status
from explorer.engine.hosting import MOST_DEATHS, Hosting
from explorer.engine.link import Link
from explorer.engine.messages import Cell, Member
from explorer.engine.owners import Owners
from explorer.engine.registry import Registry
from explorer.engine.viewing import Viewing, wait
from explorer.errors import EngineError, ExplorerError, LimitError
from explorer.experiment import Experiment
from explorer.limits import limits
from explorer.runs import new_id
from explorer.runs.reader import MOST_TITLE

AMONG = "network"  # the axis of a study of several experiments, by their names
MOST_RUNS = 128  # of one study
KEPT = 8  # studies of one visitor that can be looked at; the runs of those before stay as runs
OVER = ("finished", "diverged", "failed", "paused")
GONE = Status("failed", 0, 1, None, 0.0, "", {"train": {}, "test": {}}, "It was deleted.")
Series = tuple[list[int], list[float]]  # steps and values


@dataclass(frozen=True)
class Trained:
    """One run of a study: the values of its cell, its seed, and where it stands; None before it begins."""

    run_id: str
    values: dict[str, Any]
    seed: int
    status: Status | None = None

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come of it."""
        return self.status is not None and self.status.state in OVER


@dataclass(frozen=True)
class Told:
    """Where a study stands."""

    study_id: str
    title: str
    experiment: Experiment
    grid: dict[str, list[Any]]  # the keys and their values; empty where only the seeds differ
    runs: tuple[Trained, ...]

    @property
    def is_over(self) -> bool:
        """Whether every run has come to its end."""
        return all(run.is_over for run in self.runs)

    @property
    def share(self) -> float:
        """How much of the work is done, from 0 to 1."""
        done = [1.0 if run.is_over else run.status.step / run.status.steps if run.status else 0.0 for run in self.runs]
        return sum(done) / max(1, len(done))


@dataclass(eq=False)
class Entry:
    """A study as it was asked for."""

    owner: str
    told: Told
    cells: tuple[Cell, ...]
    device: str
    link: Link
    n_deaths: int = 0


class Studies:
    """Safe to use from any thread. A visitor has one study at a time; those before it stay to be looked at."""

    def __init__(self, registry: Registry, owners: Owners, hosting: Hosting, viewing: Viewing):
        self._registry, self._owners, self._hosting, self._viewing = registry, owners, hosting, viewing
        self._entries: dict[str, Entry] = {}
        self._kept: dict[tuple[str, str, str], Series | None] = {}  # of runs that are over, by run, split and name
        self._lock = threading.RLock()

    def begin(
        self,
        experiment: Experiment,
        grid: Mapping[str, Sequence[Any]] | None = None,
        seeds: Sequence[int] = (0,),
        title: str = "",
        owner: str = "",
        device: str = "auto",
        among: Mapping[str, Experiment] | None = None,
    ) -> str:
        """Train every seed of every cell of a grid; the study's id. Raises an ExplorerError before anything begins.

        With `among`, the grid is gone through with each of these experiments, by their names.
        """
        if any(not self._is_over(self._entry(each)) for each in self.of(owner)):
            raise EngineError("study: expected one at a time, got another while one trains; wait for it or stop it.")
        axes = {key: list(values) for key, values in (grid or {}).items()}
        planned = self._planned(experiment, axes, len(seeds), among)
        axes = {AMONG: list(among), **axes} if among else axes
        self._demand_space(len(planned) * len(seeds))
        runs, cells = [], []
        for values, changed in planned:
            of_cell = [Trained(new_id(), values, seed) for seed in seeds]
            cells.append(Cell(changed, {run.seed: self._member(run, title, device, owner) for run in of_cell}))
            runs += of_cell
        told = Told(new_id(), title, experiment, axes, tuple(runs))
        with self._lock:
            entry = Entry(owner, told, tuple(cells), device, self._hosting.least_busy())
            self._entries[told.study_id] = entry
            for old in self.of(owner)[:-KEPT]:
                del self._entries[old]
        self._ask(entry)
        return told.study_id

    def of(self, owner: str) -> list[str]:
        """A visitor's studies, the latest last."""
        with self._lock:
            return [study_id for study_id, entry in self._entries.items() if entry.owner == owner]

    def count(self, link: Link) -> int:
        """How many a worker trains."""
        with self._lock:
            return sum(entry.link is link and not self._is_over(entry) for entry in self._entries.values())

    def told(self, study_id: str) -> Told:
        """Where a study stands, as last heard; asks nobody."""
        told = self._entry(study_id).told
        return replace(told, runs=tuple(replace(run, status=self._status(run.run_id)) for run in told.runs))

    def curves(self, study_id: str, split: str, name: str) -> dict[str, Series]:
        """One metric of every run that has begun, by run."""
        entry = self._entry(study_id)
        found = {} if self.told(study_id).is_over else wait(entry.link.ask("study_curves", study_id, split, name))
        for run in self.told(study_id).runs:
            if run.is_over and run.run_id not in found and (known := self._curve_of(run, split, name)):
                found[run.run_id] = known
        return {run.run_id: found[run.run_id] for run in entry.told.runs if run.run_id in found}

    def stop(self, study_id: str, owner: str) -> None:
        """Pause what trains and begin nothing more; raises EngineError for somebody else's study."""
        entry = self._entry(study_id)
        if entry.owner != owner:
            raise EngineError("study: expected its owner, got somebody who may only look; begin one of your own.")
        never_begun = set(wait(entry.link.ask("stop_study", study_id)))
        for run_id in never_begun:
            self._registry.drop(run_id)
            self._owners.forget(run_id)
        entry.told = replace(entry.told, runs=tuple(r for r in entry.told.runs if r.run_id not in never_begun))

    def recover(self, link: Link, busy_with: str) -> None:
        """A worker died: its successor takes up its studies, but not one that workers keep dying over."""
        for entry in [entry for entry in self._entries.values() if entry.link is link]:
            study_id = entry.told.study_id
            if self.told(study_id).is_over:
                continue
            entry.n_deaths += study_id == busy_with
            if entry.n_deaths >= MOST_DEATHS:
                self._give_up(study_id)
            else:
                self._ask(entry, first=True)

    def _planned(
        self, experiment: Experiment, axes: dict[str, list[Any]], n_seeds: int, among: Mapping[str, Experiment] | None
    ) -> list[tuple[dict[str, Any], Experiment]]:
        """The values and the experiment of every cell."""
        if not among:
            return self._viewing.plan(experiment, axes, n_seeds)
        return [
            ({AMONG: name, **values}, changed)
            for name, each in among.items()
            for values, changed in self._viewing.plan(each, axes, n_seeds)
        ]

    def _ask(self, entry: Entry, first: bool = False) -> None:
        asked = entry.link.ask("study", entry.told.study_id, entry.cells, entry.device, first=first)
        asked.add_done_callback(lambda answer: self._give_up(entry.told.study_id) if answer.exception() else None)

    def _give_up(self, study_id: str) -> None:
        sentence = f"Training was stopped: {MOST_DEATHS} workers ended over these runs; make the network smaller."
        for run in self.told(study_id).runs:
            if not run.is_over:
                status = run.status or Status("paused", 0, 1, None, 0.0, "", {"train": {}, "test": {}})
                self._registry.note({run.run_id: replace(status, state="failed", sentence=sentence)})

    def _member(self, run: Trained, title: str, device: str, owner: str) -> Member:
        """A place for a run, which is its owner's from now on, and whose file comes when its turn does."""
        entry = self._registry.add(run.run_id, device)
        entry.is_guest = True
        self._owners.grant(run.run_id, owner)
        values = [f"{key.rpartition('.')[2]}={value}" for key, value in run.values.items()]
        return Member(run.run_id, entry.path, ", ".join([title, *values, f"seed {run.seed}"])[-MOST_TITLE:])

    def _demand_space(self, n_runs: int) -> None:
        if n_runs > MOST_RUNS:
            raise LimitError(f"study: expected at most {MOST_RUNS} runs, got {n_runs}; give fewer values or seeds.")
        folder = self._registry.folder
        n_stored = sum(1 for _ in folder.glob("*.run"))
        limits().demand("stored_runs", n_stored + n_runs, f"{folder}", "delete runs first")

    def _is_over(self, entry: Entry) -> bool:
        return self.told(entry.told.study_id).is_over

    def _entry(self, study_id: str) -> Entry:
        with self._lock:
            if study_id not in self._entries:
                raise EngineError(f"study {study_id[:64]}: not found here; begin another.")
            return self._entries[study_id]

    def _status(self, run_id: str) -> Status | None:
        """Where a run stands, if it was heard of; one that was deleted meanwhile is over."""
        try:
            return self._registry.get(run_id).status
        except EngineError:
            return GONE

    def _curve_of(self, run: Trained, split: str, name: str) -> Series | None:
        """A metric of a run that is over, read once; None where it has none."""
        key = run.run_id, split, name
        if key not in self._kept:
            try:
                known = self._viewing.curves(run.run_id).get(split, {}).get(name)
            except ExplorerError:  # it never began, or was deleted
                known = None
            self._kept[key] = known
        return self._kept[key]
