"""The right to steer one run."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Helm:
    """What the owner of a run may do. The token opens it again elsewhere, later, or after a restart."""

    run_id: str
    token: str = field(repr=False)
    command: Callable[..., Any] = field(repr=False, compare=False)  # how the engine is told

    def begin(self) -> None:
        """Train, or go on after a pause or a rest."""
        self.command("begin")

    def take_steps(self, steps: int) -> None:
        """Train for so many steps, then pause; returns at once."""
        self.command("begin", steps)

    def take_epoch(self) -> None:
        """Train to the end of this pass over the training examples, then pause; returns at once."""
        self.command("take_epoch")

    def pace(self, steps_per_second: float | None) -> None:
        """Hold training to so many steps in a second; None: as fast as it goes."""
        self.command("pace", steps_per_second)

    def pause(self) -> None:
        """Stop until `begin`."""
        self.command("pause")

    def set(self, *assignments: str) -> None:
        """Change live settings by dotted keys at the next step; raises an ExplorerError and changes nothing."""
        self.command("set", assignments)

    def set_weight(self, tensor: str, index: Sequence[int], value: float) -> None:
        """Put one weight to a value before the next step; raises EngineError and changes nothing."""
        self.command("set_weight", tensor, tuple(index), value)

    def rewind(self) -> None:
        """Back to step 0 with the weights that the run began with, paused; settings stay as they are."""
        self.command("rewind")

    def roll_back(self) -> None:
        """Return a diverged run to its last sound snapshot and train on at half the learning rate."""
        self.command("roll_back")

    def rename(self, title: str) -> None:
        """Call the run something else."""
        self.command("rename", title)

    def stop(self) -> None:
        """Write the file and leave the worker; `begin` takes it up again."""
        self.command("stop")

    def forget(self) -> None:
        """Move the run into the trash."""
        self.command("forget")

    def restore(self) -> None:
        """Take it out of the trash again."""
        self.command("restore")

    def discard(self) -> None:
        """Delete for good a run that stands at step 0; raises EngineError for one that has trained."""
        self.command("discard")
