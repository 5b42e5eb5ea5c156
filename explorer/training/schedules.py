"""The table of learning-rate schedules: pure functions of the step."""

import math
from typing import ClassVar

from pydantic import Field

from explorer.experiment import Settings


class Schedule(Settings):
    """A kind of schedule: the factor on the learning rate at each step, after a linear warm-up."""

    kind: ClassVar[str]
    title: ClassVar[str]
    warm_up: int = Field(0, ge=0, le=1_000_000, description="Steps over which the learning rate rises from zero.")

    def factor(self, step: int, steps: int) -> float:
        """The factor at `step` (from 0) of `steps` in all."""
        if step < self.warm_up:
            return (step + 1) / self.warm_up
        return self.after_warm_up(min(1.0, (step - self.warm_up) / max(1, steps - self.warm_up)), step)

    def after_warm_up(self, progress: float, step: int) -> float:
        """The factor when the share `progress` (0 to 1) of the steps after the warm-up is done."""
        raise NotImplementedError


class Constant(Schedule):
    """The same learning rate throughout."""

    kind: ClassVar[str] = "constant"
    title: ClassVar[str] = "Constant"

    def after_warm_up(self, progress: float, step: int) -> float:
        return 1.0


class Cosine(Schedule):
    """Falls along half a cosine (Loshchilov & Hutter 2017)."""

    kind: ClassVar[str] = "cosine"
    title: ClassVar[str] = "Cosine"
    final: float = Field(0.05, ge=0, le=1, description="Share of the learning rate left at the end.")

    def after_warm_up(self, progress: float, step: int) -> float:
        return self.final + (1 - self.final) * (1 + math.cos(math.pi * progress)) / 2


class Linear(Schedule):
    """Falls along a straight line."""

    kind: ClassVar[str] = "linear"
    title: ClassVar[str] = "Linear"
    final: float = Field(0.0, ge=0, le=1, description="Share of the learning rate left at the end.")

    def after_warm_up(self, progress: float, step: int) -> float:
        return 1 + (self.final - 1) * progress


class Steps(Schedule):
    """Falls by a factor every so many steps."""

    kind: ClassVar[str] = "step"
    title: ClassVar[str] = "Step"
    every: int = Field(500, ge=1, le=1_000_000, description="Steps between two drops.")
    drop: float = Field(0.5, gt=0, le=1, description="Factor on the learning rate at each drop.")

    def after_warm_up(self, progress: float, step: int) -> float:
        return self.drop ** ((step - self.warm_up) // self.every)


KINDS: dict[str, type[Schedule]] = {schedule.kind: schedule for schedule in (Constant, Cosine, Linear, Steps)}
