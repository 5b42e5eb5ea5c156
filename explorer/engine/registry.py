"""The runs of this process: which worker hosts each, and where it stands. They belong to no tab and no person."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from explorer.engine.base import Listed, Status
from explorer.engine.link import Link
from explorer.engine.messages import Place
from explorer.errors import EngineError
from explorer.runs import Event, list_runs, open_run
from explorer.runs.folder import RUN_ID, STATES


@dataclass(eq=False)
class Entry:
    """One run that somebody asked for since the process began."""

    run_id: str
    path: Path
    device: str = "auto"
    link: Link | None = None  # None while no worker hosts it
    status: Status | None = None
    n_deaths: int = 0  # of workers while they were busy with it
    is_guest: bool = False  # whether a study trains it, which nobody else may meanwhile

    @property
    def place(self) -> Place:
        """What a worker needs to host it."""
        return Place(self.run_id, self.path, self.device)

    @property
    def is_training(self) -> bool:
        """Whether it wants time, as far as is known."""
        return self.status is not None and self.status.state == "training"


class Registry:
    """Safe to use from any thread; nothing here waits for a worker."""

    def __init__(self, folder: Path):
        self.folder = folder
        self._entries: dict[str, Entry] = {}
        self._lock = threading.RLock()

    def add(self, run_id: str, device: str) -> Entry:
        """A new run, before it has a file."""
        with self._lock:
            entry = self._entries[run_id] = Entry(run_id, self._path(run_id), device)
            return entry

    def get(self, run_id: str) -> Entry:
        """A run known already, or with a file here; raises EngineError for any other."""
        with self._lock:
            if (entry := self._entries.get(run_id)) is not None:
                return entry
            path = self._path(run_id)
            if not path.is_file():
                raise EngineError(f"run {run_id}: not found here; check the link, or start a new run.")
            return self._entries.setdefault(run_id, Entry(run_id, path))

    def drop(self, run_id: str) -> None:
        """Forget a run."""
        with self._lock:
            self._entries.pop(run_id, None)

    def note(self, statuses: dict[str, Status]) -> None:
        """Where runs stand now."""
        with self._lock:
            for run_id, status in statuses.items():
                if (entry := self._entries.get(run_id)) is not None:
                    entry.status = status
                    entry.link = None if status.state == "failed" else entry.link
                    entry.is_guest = entry.is_guest and status.state == "training"

    def hosted(self, link: Link | None = None) -> list[Entry]:
        """The runs that a worker hosts: this one, or any."""
        with self._lock:
            return [entry for entry in self._entries.values() if entry.link is not None and link in (None, entry.link)]

    def list(self, is_wanted: Callable[[str], bool] = lambda run_id: True) -> list[Listed]:
        """The runs with a file here whose ids are wanted, the latest first."""
        found = []
        for summary in list_runs(self.folder, is_wanted):
            with self._lock:
                entry = self._entries.get(summary.id)
            status = entry.status if entry else None
            state = status.state if status else "paused" if summary.state == "training" else summary.state
            step, is_hosted = status.step if status else summary.step, bool(entry and entry.link)
            found.append(Listed(summary.id, summary.title, state, step, summary.modified, is_hosted, summary.note))
        return found

    def _path(self, run_id: str) -> Path:
        if not RUN_ID.fullmatch(run_id):
            raise EngineError(f"run {run_id[:64]!r}: expected the id of a run; check the link.")
        return self.folder / f"{run_id}.run"


def read_status(path: Path) -> Status:
    """Where a run stands that no worker hosts, from its file; what was training when the server ended is paused."""
    run = open_run(path)
    experiment, details = run.experiment_in_force(), run.particulars()
    events = [event for event in run.events() if event.kind in STATES]
    last = events[-1] if events else Event(0, 0.0, "created")
    state = STATES[last.kind]
    return Status(
        state="paused" if state == "training" else state,
        step=details.get("step", last.step),
        steps=experiment.recipe.steps,
        steps_in_epoch=details.get("steps_in_epoch"),
        seconds=float(details.get("seconds", 0.0)),
        device=str(run.environment.get("device") or "cpu"),
        metrics={"train": {}, "test": {}, **run.latest()},
        sentence=str(last.details.get("sentence", "")),
        parameters=int(details.get("parameters", 0)),
        experiment=experiment.model_dump(mode="json"),
    )
