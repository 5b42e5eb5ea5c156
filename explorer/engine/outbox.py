"""A worker's way out: a thread of its own sends, so that training never waits for a reader."""

import threading
from collections import deque
from contextlib import suppress
from multiprocessing.connection import Connection

from explorer.engine.base import Status
from explorer.engine.messages import Answer, Frame, Hello, Message, Pulse


class Outbox:
    """Keeps every answer, but only the newest status of a run and the newest frame of a watch."""

    def __init__(self, connection: Connection):
        self._connection = connection
        self._answers: deque[Answer | Hello] = deque()
        self._statuses: dict[str, Status] = {}
        self._frames: dict[int, bytes] = {}
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
        """Everything that waits, statuses first; nothing once the box is closed and empty."""
        with self._changed:
            self._changed.wait_for(lambda: self._statuses or self._answers or self._frames or not self._is_open)
            messages: list[Message] = [Pulse(self._statuses)] if self._statuses else []
            messages += self._answers
            messages += [Frame(watch, data) for watch, data in self._frames.items()]
            self._statuses, self._frames = {}, {}
            self._answers.clear()
            return messages
