"""Many runs that were asked for together, trained cell after cell in a worker: seeds, or a grid over settings."""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace

from explorer.engine.base import Status
from explorer.engine.cohort import Cohort
from explorer.engine.host import HostedRun
from explorer.engine.messages import Cell
from explorer.errors import ExplorerError

TELL_EVERY = 0.4  # seconds between two statuses of runs that train
STOPPED = "It was stopped with the others; begin trains it on."
Series = tuple[list[int], list[float]]  # steps and values


class Study:
    """Takes turns like one run, however many it trains; `tell` hears where each run stands."""

    pace = None  # as fast as its turns allow

    def __init__(
        self, study_id: str, cells: Sequence[Cell], device: str, used: float, tell: Callable[[str, Status], None]
    ):
        self.study_id, self.used = study_id, used
        self._cells, self._device, self._tell = list(cells), device, tell
        self._cohort: Cohort | None = None
        self._told_at = 0.0

    @property
    def is_training(self) -> bool:
        """Whether it wants time."""
        return bool(self._cells)

    def advance(self, seconds: float) -> None:
        """Train the cell at hand for about so many seconds; one that cannot go on is left, and says why."""
        cell = self._cells[0]
        try:
            if self._cohort is None:
                self._cohort = Cohort(cell.experiment, cell.members, self._device)
            ended = self._cohort.advance(seconds)
        except ExplorerError as error:
            self.fail(str(error))
            return
        for seed, hosted in ended:
            self._tell(cell.members[seed].run_id, hosted.status)
        if ended or time.perf_counter() - self._told_at > TELL_EVERY:
            self._tell_all("training")
        if self._cohort.is_over:
            self._next()

    def fail(self, said: str) -> None:
        """Leave the cell at hand: its runs say why."""
        cell, open_now = self._cells[0], self._cohort.hosted if self._cohort else {}
        sentence = f"Training stopped: {said}"
        for seed, hosted in open_now.items():
            hosted.writer.add_event(hosted.trainer.step, "failed", sentence=sentence)
            self._tell(cell.members[seed].run_id, replace(hosted.status, state="failed", sentence=sentence))
        begun = {member.run_id for member in cell.members.values() if member.path.exists()}
        for member in cell.members.values():
            if member.run_id not in begun:
                self._tell(member.run_id, _not_begun(cell, sentence))
        self._next()

    def stop(self) -> list[str]:
        """Pause what trains and begin nothing more; the runs that never began."""
        if self._cohort is not None:
            self._cohort.pause(STOPPED)
            self._tell_all()
        members = [member for cell in self._cells for member in cell.members.values()]
        self._cells = self._cells[:1]
        self._next()
        return [member.run_id for member in members if not member.path.exists()]

    def curves(self, split: str, name: str) -> dict[str, Series]:
        """One metric of the runs that train now, by run."""
        if not self._cells or self._cohort is None:
            return {}
        found = {seed: hosted.curves().get(split, {}).get(name) for seed, hosted in self._cohort.hosted.items()}
        return {self._cells[0].members[seed].run_id: each for seed, each in found.items() if each is not None}

    def close(self) -> None:
        """Write what trains and let go."""
        if self._cohort is not None:
            self._cohort.close()

    def _next(self) -> None:
        if self._cohort is not None:
            with suppress(ExplorerError):
                self._cohort.close()
        self._cohort = None
        self._cells = self._cells[1:]

    def _tell_all(self, state: str | None = None) -> None:
        """Tell where the open runs stand, or those in one state."""
        self._told_at = time.perf_counter()
        hosted: dict[int, HostedRun] = self._cohort.hosted if self._cohort else {}
        for seed, each in hosted.items():
            status = each.status
            if state in (None, status.state):
                self._tell(self._cells[0].members[seed].run_id, status)


def _not_begun(cell: Cell, sentence: str) -> Status:
    """Where a run stands that could not be begun."""
    metrics: dict[str, dict[str, float]] = {"train": {}, "test": {}}
    return Status("failed", 0, cell.experiment.recipe.steps, None, 0.0, "", metrics, sentence)
