"""A worker's way out: a thread of its own sends, so that training never waits for a reader."""

import threading
import time
from collections import deque
from contextlib import suppress
from multiprocessing.connection import Connection

from explorer.engine.base import Status
from explorer.engine.messages import Answer, Frame, Hello, Message, Progress, Pulse

TELL_EVERY = 0.1  # seconds between two words on how far a command is


class Outbox:
    """Keeps every answer, but only the newest status of a run, frame of a watch and progress of the command in hand."""

    def __init__(self, connection: Connection):
        self._connection = connection
        self._answers: deque[Answer | Hello] = deque()
        self._statuses: dict[str, Status] = {}
        self._frames: dict[int, bytes] = {}
        self._progress: list[Progress] = []  # the newest, if it was not sent
        self._command, self._told_at = 0, 0.0
        self._changed = threading.Condition()
        self._is_open = True
        self._thread = threading.Thread(target=self._send_all, name="outbox", daemon=True)
        self._thread.start()

    def put(self, message: Answer | Hello) -> None:
        """Send this in its turn."""
        with self._changed:
            self._answers.append(message)
            self._changed.notify()

    def put_status(self, run_id: str, status: Status) -> None:
        """Send where a run stands, before any answer given later."""
        with self._changed:
            self._statuses[run_id] = status
            self._changed.notify()

    def put_frame(self, watch: int, data: bytes) -> None:
        """Send a picture, unless a newer one overtakes it."""
        with self._changed:
            self._frames[watch] = data
            self._changed.notify()

    def begin(self, command: int) -> None:
        """A worker takes this command in hand: what is told from now on is about it."""
        self._command, self._told_at = command, -TELL_EVERY

    def tell(self, share: float, doing: str) -> None:
        """Send how far the command in hand is, but not more often than anybody can read."""
        if (now := time.monotonic()) - self._told_at < TELL_EVERY:
            return
        self._told_at = now
        with self._changed:
            self._progress = [Progress(self._command, share, doing)]
            self._changed.notify()

    def close(self) -> None:
        """Send what waits and stop."""
        with self._changed:
            self._is_open = False
            self._changed.notify()
        self._thread.join()

    def _send_all(self) -> None:
        with suppress(OSError):  # the server is gone
            while messages := self._take():
                self._connection.send(messages)

    def _take(self) -> list[Message]:
        """Everything that waits, statuses first, progress before answers; nothing once the box is closed and empty."""
        with self._changed:
            self._changed.wait_for(self._has_news)
            messages: list[Message] = [Pulse(self._statuses)] if self._statuses else []
            messages += [*self._progress, *self._answers]
            messages += [Frame(watch, data) for watch, data in self._frames.items()]
            self._statuses, self._frames, self._progress = {}, {}, []
            self._answers.clear()
            return messages

    def _has_news(self) -> bool:
        return bool(self._statuses or self._progress or self._answers or self._frames) or not self._is_open
