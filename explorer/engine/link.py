"""The server's end of one worker: its process, its pipe, and what it was asked and has not answered."""

import itertools
import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any

from explorer.engine.messages import Answer, Hello, Message, Progress, Request
from explorer.engine.processes import launch, new_marker
from explorer.errors import EngineError

ATTEMPTS = 3  # to start a worker that dies before it is ready
PAUSE = 0.2  # seconds between two of them
CLOSING = 10.0  # seconds that a worker has to write its runs
CLOSED = "the engine is closed; start it again."
INTERRUPTED = "the worker ended while it was at this, and was started again; try once more."

log = logging.getLogger(__name__)


class Asked(Future):
    """The answer of a worker, and until then how far it is, where it tells."""

    progress: Progress | None = None


class Link:
    """Keeps one worker alive, in a thread of its own that also reads everything the worker sends.

    What is asked while there is no worker waits for the next. What a worker died over is answered with an error.
    """

    def __init__(self, kind: str, on_message: Callable[[Message], None], on_death: Callable[["Link", str], None]):
        self.kind, self._on_message, self._on_death = kind, on_message, on_death
        self.room: int | None = None  # how many such workers the accelerators have room for, once it is ready
        self.fault = ""  # why there is no worker any more
        self.ready = threading.Event()
        self._numbers = itertools.count()
        self._lock = threading.RLock()
        self._asked: dict[int, Asked] = {}
        self._first: deque[Request] = deque()  # goes before what others asked meanwhile
        self._unsent: deque[Request] = deque()
        self._connection: Connection | None = None
        self._process: Any = None
        self._is_closing = False
        self._thread = threading.Thread(target=self._keep, name=f"{kind} worker", daemon=True)
        self._thread.start()

    @property
    def pid(self) -> int | None:
        """The worker's process."""
        with self._lock:
            return self._process.pid if self._process else None

    def ask(self, command: str, *arguments: Any, first: bool = False) -> Asked:
        """Send a command; the future holds its answer."""
        future = Asked()
        with self._lock:
            if self.fault:
                future.set_exception(EngineError(self.fault))
                return future
            request = Request(next(self._numbers), command, arguments)
            self._asked[request.number] = future
            (self._first if first else self._unsent).append(request)
            self._send()
        return future

    def kill(self) -> None:
        """End the worker at once; another takes its place."""
        with self._lock:
            if self._process is not None:
                self._process.kill()

    def close(self) -> None:
        """Let the worker write and leave. A second close does nothing."""
        with self._lock:
            if not self._is_closing:
                self._is_closing = True
                self.ask("close")
        self._thread.join(CLOSING)
        if self._thread.is_alive():
            self.kill()
            self._thread.join()

    def _send(self) -> None:
        """Hand over everything that waits, if there is somebody to take it."""
        for queue in (self._first, self._unsent):
            while queue and self._connection is not None:
                request = queue.popleft()
                with suppress(OSError):  # it just died; the thread that reads will notice
                    self._connection.send(request)

    # In the link's own thread

    def _keep(self) -> None:
        failures = 0
        while not self._is_closing and failures < ATTEMPTS:
            self.ready.clear()
            try:
                self._live_once()
            except OSError:
                log.exception("a %s worker could not be started", self.kind)
            failures = 0 if self.ready.is_set() else failures + 1
            if failures:
                time.sleep(PAUSE)
        with self._lock:
            self.fault = CLOSED if self._is_closing else "no worker could be started; the log has more."
            self._fail_asked(self.fault, set())
        self.ready.set()

    def _live_once(self) -> None:
        """From one worker's start to its end."""
        marker = new_marker()
        process, connection = launch(self.kind, marker)
        with self._lock:
            self._process, self._connection = process, connection
            self._send()
        self._read(connection)
        process.join()
        with self._lock:
            exit_code, self._process, self._connection = process.exitcode, None, None
            waiting = {request.number for request in (*self._first, *self._unsent)}
            self._fail_asked(INTERRUPTED, waiting)
        connection.close()
        process.close()
        if not self._is_closing:
            busy_with = marker.value.decode()
            log.warning("a %s worker ended (%s) while busy with run %s", self.kind, exit_code, busy_with or "none")
            self._on_death(self, busy_with)

    def _read(self, connection: Connection) -> None:
        with suppress(EOFError, OSError):
            while True:
                for message in connection.recv():
                    self._receive(message)

    def _receive(self, message: Message) -> None:
        if isinstance(message, Answer):
            self._answer(message)
        elif isinstance(message, Hello):
            self.room = message.room
            self.ready.set()
        elif isinstance(message, Progress):
            self._note(message)
        else:
            self._on_message(message)

    def _note(self, progress: Progress) -> None:
        with self._lock:
            if (asked := self._asked.get(progress.number)) is not None:
                asked.progress = progress

    def _answer(self, answer: Answer) -> None:
        if answer.traceback:
            log.error("a worker raised\n%s", answer.traceback)
        with self._lock:
            future = self._asked.pop(answer.number)
        if answer.error is not None:
            future.set_exception(answer.error)
        else:
            future.set_result(answer.value)

    def _fail_asked(self, sentence: str, spared: set[int]) -> None:
        """Answer everything that was asked, but what waits for the next worker."""
        failed = [number for number in self._asked if number not in spared]
        for number in failed:
            self._asked.pop(number).set_exception(EngineError(sentence))
