"""Starting worker processes: forked from a warm one where the system can, else from nothing."""

import functools
import multiprocessing
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from multiprocessing.connection import Connection
from multiprocessing.context import BaseContext
from typing import Any

WARM = "explorer.engine.warm"
KEPT = "EXPLORER_"  # settings that a worker takes from the server, whenever the process it is forked from began
THREADS = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


@functools.cache
def context() -> BaseContext:
    """The way in which this system starts workers."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    found = multiprocessing.get_context("forkserver")
    found.set_forkserver_preload([WARM])
    return found


def launch(kind: str, marker: Any) -> tuple[Any, Connection]:
    """(process, the server's end of its pipe) of a new worker."""
    ours, theirs = context().Pipe()
    process = context().Process(target=_run, args=(theirs, kind, marker, _settings()), daemon=True)  # type: ignore[attr-defined]
    with _environment():
        process.start()
    theirs.close()
    return process, ours


def new_marker() -> Any:
    """Shared memory in which a worker notes the run that it is busy with."""
    return context().RawArray("c", 64)


def _run(*arguments: Any) -> None:
    from explorer.engine.worker import main  # the server itself needs no torch

    main(*arguments)


def _settings() -> Mapping[str, str]:
    return {name: value for name, value in os.environ.items() if name.startswith(KEPT)}


@contextmanager
def _environment() -> Iterator[None]:
    """What the warm process must find when it begins: our modules, and libraries that start no threads."""
    wanted = {**THREADS, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
