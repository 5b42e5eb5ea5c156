"""One writer for one run file."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from explorer.errors import RunFileError
from explorer.runs.schema import told


def take(path: Path) -> FileLock:
    """The writer's lock, at once; RunFileError where another has it. A process that dies lets go of it."""
    lock = FileLock(f"{path}.lock", timeout=0, thread_local=False)
    with told(path):
        try:
            lock.acquire()
        except Timeout:
            raise RunFileError(f"{path}: expected a run that nobody writes, got one being written; stop it.") from None
    return lock


def release(lock: FileLock) -> None:
    """Let another write, and leave no file behind."""
    with suppress(OSError):  # unlinked while held: whoever waits for it notices, and makes a new one
        Path(lock.lock_file).unlink()
    lock.release()


@contextmanager
def held(path: Path) -> Iterator[None]:
    """The writer's lock for the length of a block."""
    lock = take(path)
    try:
        yield
    finally:
        release(lock)
