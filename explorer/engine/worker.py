"""What runs in a worker process: commands in, answers out, and work in between."""

import gc
import logging
import multiprocessing
import os
import signal
import threading
import time
import traceback
from collections.abc import Mapping
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from typing import Any, Protocol

import torch

from explorer.engine.looking_desk import LookingDesk
from explorer.engine.memory import keep_memory
from explorer.engine.messages import Answer, Hello, Request
from explorer.engine.outbox import Outbox
from explorer.engine.rehearsal import rehearse
from explorer.engine.training_desk import TrainingDesk
from explorer.errors import EngineError, ExplorerError
from explorer.limits import limits

GRACE = 3.0  # seconds to write the runs after the server died
NICENESS = 5  # the server answers people first
CLOSE = "close"

log = logging.getLogger(__name__)


class Desk(Protocol):
    """What a worker does: commands as methods, and work between them."""

    def room(self) -> int | None: ...
    def work(self) -> float | None: ...
    def close(self) -> None: ...


def main(connection: Connection, kind: str, marker: Any, environment: Mapping[str, str]) -> None:
    """A worker's whole life."""
    prepare(environment)
    outbox = Outbox(connection)
    desk: Desk = TrainingDesk(outbox, marker) if kind == "train" else LookingDesk(outbox.tell)
    rehearse()
    gc.collect()
    gc.freeze()
    outbox.put(Hello(desk.room()))
    try:
        serve(connection, desk, outbox)
    finally:
        desk.close()
        outbox.close()
        connection.close()


def prepare(environment: Mapping[str, str]) -> None:
    """Make this process a good worker: one thread, memory that it keeps, deaf to Ctrl-C, gone when the server is."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    os.environ.update(environment)
    limits.cache_clear()
    torch.set_num_threads(1)
    keep_memory()
    threading.Thread(target=leave_with_the_server, name="parent", daemon=True).start()


def leave_with_the_server() -> None:
    """End this process soon after the server's, however busy it is."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    wait([parent.sentinel])
    time.sleep(GRACE)
    os._exit(1)


def serve(connection: Connection, desk: Desk, outbox: Outbox) -> None:
    """Until told to close, or until the server is gone."""
    with suppress(EOFError, OSError):
        patience: float | None = 0.0
        while True:
            if connection.poll(patience):
                request: Request = connection.recv()
                outbox.begin(request.number)
                outbox.put(answer(desk, request))
                if request.command == CLOSE:
                    return
                patience = 0.0
            else:
                patience = desk.work()


def answer(desk: Desk, request: Request) -> Answer:
    """Do what was asked. An error of ours travels whole; any other is told in a sentence, with its traceback."""
    try:
        return Answer(request.number, getattr(desk, request.command)(*request.arguments))
    except ExplorerError as error:
        return Answer(request.number, error=error)
    except Exception as error:
        sentence = f"{request.command}: something went wrong in the worker ({type(error).__name__}: {error})"
        return Answer(
            request.number, error=EngineError(f"{sentence}; the log has more."), traceback=traceback.format_exc()
        )
