"""A run's place in a worker."""

from dataclasses import dataclass, replace

from explorer.engine.base import Status
from explorer.engine.host import HostedRun
from explorer.engine.pace import Pace
from explorer.lenses.base import Scene
from explorer.lenses.request import LookRequest


@dataclass(eq=False)
class Seat:
    """A hosted run, the time it was given, and what was told of it."""

    run_id: str
    hosted: HostedRun
    used: float  # seconds of the worker's time, comparable between seats
    until: int | None = None  # the step at which it pauses by itself
    pace: Pace | None = None  # None: as fast as it goes
    version: int = 0  # counts changes of the network other than steps
    told_at: float = 0.0
    told: str = ""  # the state last told
    is_fresh: bool = False  # its first slice since `begin` is one step, told at once

    @property
    def is_training(self) -> bool:
        """Whether it wants time."""
        return self.hosted.trainer.state == "training"

    def steps_due(self, now: float) -> int | None:
        """How many steps it may take now; None: as many as there is time for."""
        left = None if self.until is None else self.until - self.hosted.trainer.step
        if self.pace is None:
            return left
        due = self.pace.steps(now)
        return due if left is None else min(due, left)

    @property
    def moment(self) -> tuple[int, int]:
        """Changes whenever the network may have changed."""
        return self.hosted.trainer.step, self.version

    @property
    def status(self) -> Status:
        """Where the run stands."""
        return replace(self.hosted.status, until=self.until, pace=self.pace.rate if self.pace else None)

    def scene(self, request: LookRequest) -> Scene:
        """The trainer's own network as it is now, for a lens that looks between two steps."""
        trainer = self.hosted.trainer
        return Scene(trainer.network, trainer.checked, trainer.data, trainer.step, request.example)
