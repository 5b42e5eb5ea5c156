"""Looks that may take long: one after the other in a worker of their own, which ends with a look nobody waits for."""

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import CancelledError, Future, InvalidStateError
from contextlib import suppress
from typing import Any

from explorer.engine.link import CLOSED, Asked, Link
from explorer.errors import EngineError

PATIENCE = 180.0  # seconds for one look, the worker's start included
MOST_WAITING = 16  # looks; whoever comes after them is told to come back
CHECK = 0.05  # seconds between two tries to end a worker


class Look:
    """A look that was asked for: its answer, and the way out of it."""

    def __init__(self, command: str, arguments: tuple[Any, ...]):
        self.command, self.arguments = command, arguments
        self.answer: Future = Future()
        self.is_over = threading.Event()  # answered, or not wanted any more
        self.n_before = 0  # looks that are taken first
        self._asked: Asked | None = None
        self.answer.add_done_callback(lambda _: self.is_over.set())

    @property
    def is_asked(self) -> bool:
        """Whether a worker was given it."""
        return self._asked is not None

    @property
    def standing(self) -> dict[str, Any] | None:
        """`waiting` for so many, or the `share` that is done and what it is `doing`; None where nothing is told."""
        if self.n_before:
            return {"waiting": self.n_before}
        if self._asked is None or (progress := self._asked.progress) is None:
            return None
        return {"share": progress.share, "doing": progress.doing}

    def follow(self, asked: Asked) -> None:
        """Pass on what a worker tells and answers."""
        self._asked = asked
        asked.add_done_callback(self._pass_on)

    def fail(self, error: BaseException) -> None:
        """Answer with an error, unless it is over."""
        with suppress(InvalidStateError):
            self.answer.set_exception(error)

    def cancel(self) -> None:
        """Leave it. A worker that is at it is ended; what was answered already stays."""
        self.answer.cancel()

    def result(self) -> Any:
        """The answer; raises what the worker raised, or EngineError where it was left."""
        try:
            return self.answer.result()
        except CancelledError:
            raise EngineError("look: it was cancelled; ask again.") from None

    def _pass_on(self, asked: Future) -> None:
        if (error := asked.exception()) is not None:
            self.fail(error)
        else:
            with suppress(InvalidStateError):
                self.answer.set_result(asked.result())


class HeavyLooks:
    """A queue before one worker, which is started when the first look comes."""

    def __init__(self, start: Callable[[], Link]):
        self._start = start
        self._link: Link | None = None
        self._waiting: deque[Look] = deque()
        self._changed = threading.Condition()
        self._is_closing = False
        self._thread: threading.Thread | None = None
        self._now: Look | None = None  # what the worker is at

    @property
    def pid(self) -> int | None:
        """The worker's process; None while there is none."""
        return self._link.pid if self._link else None

    @property
    def is_busy(self) -> bool:
        """Whether the worker is at a look that somebody waits for."""
        return (look := self._now) is not None and look.is_asked and not look.answer.done()

    def ask(self, command: str, *arguments: Any) -> Look:
        """Have a look taken in its turn; raises EngineError where too many wait."""
        look = Look(command, arguments)
        with self._changed:
            if self._is_closing:
                raise EngineError(CLOSED)
            self._waiting = deque(each for each in self._waiting if not each.is_over.is_set())
            if len(self._waiting) >= MOST_WAITING:
                raise EngineError(f"look: {MOST_WAITING} others wait for theirs; try again in a moment.")
            self._waiting.append(look)
            self._count()
            if self._thread is None:
                self._thread = threading.Thread(target=self._serve, name="heavy looks", daemon=True)
                self._thread.start()
            self._changed.notify_all()
        return look

    def close(self) -> None:
        """Leave every look and let the worker go. A second close does nothing."""
        with self._changed:
            self._is_closing = True
            for look in (*self._waiting, *([self._now] if self._now else [])):
                look.fail(EngineError(CLOSED))
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join()
        if self._link is not None:
            self._link.close()

    def _serve(self) -> None:
        while (look := self._next()) is not None:
            if self._link is None:
                self._link = self._start()
            self._take(look, self._link)
            self._now = None

    def _next(self) -> Look | None:
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._is_closing)
            self._now = None if self._is_closing else self._waiting.popleft()
            self._count()
            return self._now

    def _count(self) -> None:
        """Tell everybody how many are before them."""
        wanted = [look for look in (self._now, *self._waiting) if look is not None and not look.is_over.is_set()]
        for place, look in enumerate(wanted):
            look.n_before = place

    def _take(self, look: Look, link: Link) -> None:
        """From asking until the worker is free again."""
        if look.is_over.is_set():
            return
        asked = link.ask(look.command, *look.arguments)
        look.follow(asked)
        if not look.is_over.wait(PATIENCE):
            sentence = f"{look.command}: it took longer than {PATIENCE:g} seconds and was ended; ask for less."
            look.fail(EngineError(sentence))
        self._free(asked, link)

    def _free(self, asked: Future, link: Link) -> None:
        """End the worker if it is still at it; one that is about to start is let start first."""
        over = threading.Event()
        asked.add_done_callback(lambda _: over.set())
        while not over.is_set():
            if link.ready.is_set():
                link.kill()
            over.wait(CHECK)
