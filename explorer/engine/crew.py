"""The workers of an engine: some that train, one that only looks, and one for looks that take long."""

import os
import threading
import time
from collections.abc import Callable

from explorer.engine.heavy import HeavyLooks
from explorer.engine.link import Link
from explorer.engine.messages import Message

BOOT = 60.0  # seconds in which workers must be ready, on a slow disk too


class Crew:
    """Starts the first trainer and the looker, and as many more trainers as cores and an accelerator's memory allow."""

    def __init__(
        self, n_trainers: int | None, on_message: Callable[[Message], None], on_death: Callable[[Link, str], None]
    ):
        self._n_trainers, self._on_message, self._on_death = n_trainers, on_message, on_death
        self._is_closing = False
        self._lock = threading.Lock()
        self.trainers = [self._link("train")]
        self.looker = self._link("look")
        self.heavy = HeavyLooks(lambda: self._link("look"))
        self._growing = threading.Thread(target=self._grow, name="crew", daemon=True)
        self._growing.start()

    def wait_ready(self, seconds: float = BOOT) -> None:
        """Return when every worker is warm, or cannot be started."""
        end = time.monotonic() + seconds
        self._growing.join(seconds)
        for link in (*self.trainers, self.looker):
            link.ready.wait(max(0.0, end - time.monotonic()))

    def close(self) -> None:
        """Let all workers write and leave, at the same time."""
        with self._lock:
            self._is_closing = True
        everybody: list[Link | HeavyLooks] = [*self.trainers, self.looker, self.heavy]
        closing = [threading.Thread(target=each.close) for each in everybody]
        for thread in closing:
            thread.start()
        for thread in closing:
            thread.join()
        self._growing.join()

    def _grow(self) -> None:
        first = self.trainers[0]
        first.ready.wait()
        n_trainers = self._n_trainers or min(n_cores(), first.room or n_cores())
        with self._lock:
            while not self._is_closing and len(self.trainers) < n_trainers:
                self.trainers.append(self._link("train"))

    def _link(self, kind: str) -> Link:
        return Link(kind, self._on_message, self._on_death)


def n_cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def n_busy_cores() -> int:
    """Cores that the whole machine kept busy over the last minute, where it tells."""
    return int(os.getloadavg()[0]) if hasattr(os, "getloadavg") else 0
