"""A run held to so many steps in a second, so that an eye can follow."""

import math
import time
from dataclasses import dataclass, field

from explorer.errors import EngineError

BEHIND = 0.1  # seconds of steps that are made up for, after others had their turn or a pause
FASTEST = 1e6  # steps in a second


@dataclass
class Pace:
    """When the next step of a run is due."""

    rate: float  # steps in a second
    due: float = field(default_factory=time.perf_counter)

    def __post_init__(self) -> None:
        if not (math.isfinite(self.rate) and 0 < self.rate <= FASTEST):
            raise EngineError(f"pace: expected above 0 and at most {FASTEST:,.0f} steps a second, got {self.rate}.")

    def steps(self, now: float) -> int:
        """How many steps are due."""
        return max(0, math.floor(min(now - self.due, BEHIND) * self.rate) + 1)

    def took(self, steps: int, now: float) -> None:
        """So many of them were made."""
        self.due = max(self.due + steps / self.rate, now - BEHIND)
