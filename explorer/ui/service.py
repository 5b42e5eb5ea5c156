"""The one engine of this process, started when it is first needed."""

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from explorer.engine.local import LocalEngine

_lock = threading.Lock()
_running: list["LocalEngine"] = []


def engine() -> "LocalEngine":
    """The engine; the first call starts it."""
    from explorer.engine.local import LocalEngine

    with _lock:
        if not _running:
            _running.append(LocalEngine())
        return _running[0]


def close_engine() -> None:
    """Let the workers write their runs and leave; the next call of `engine` starts another."""
    with _lock:
        while _running:
            _running.pop().close()
