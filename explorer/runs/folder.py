"""Run files as things: copied, brought in from elsewhere, listed, thrown away and taken back."""

import base64
import os
import re
import secrets
import sqlite3
import time
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from explorer.errors import RunFileError
from explorer.limits import limits
from explorer.runs.lock import held
from explorer.runs.reader import Run, open_run, title_in
from explorer.runs.schema import reading, told

TRASH = "trash"
RUN_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
UNTRAINED_SECONDS = 3_600.0  # after which a run that never trained is taken for left
BESIDE = ("-wal", "-shm")  # what SQLite leaves beside a file whose writer was killed
STATES: Mapping[str, str] = {  # where a run stands after an event of this kind
    "created": "paused",
    "started": "training",
    "resumed": "training",
    "rolled_back": "training",
    "rewound": "paused",
    "branched": "paused",
    "paused": "paused",
    "diverged": "diverged",
    "finished": "finished",
    "failed": "failed",
}


@dataclass(frozen=True)
class Summary:
    """One line about a run file. A bad file has a `note` that says why, and no other news."""

    path: Path
    modified: float  # seconds since 1970
    title: str = ""
    step: int = 0
    state: str = ""
    note: str = ""

    @property
    def id(self) -> str:
        """The name of the file without its ending."""
        return self.path.stem


def new_id() -> str:
    """128 random bits in small letters and digits: who has it may look."""
    return base64.b32encode(secrets.token_bytes(16)).decode().rstrip("=").lower()


def beside(run: Run, run_id: str) -> Run:
    """Another run of the same folder, by its id; raises RunFileError where there is none."""
    if not (RUN_ID.fullmatch(run_id) and (path := run.path.with_name(f"{run_id}.run")).is_file()):
        raise RunFileError(
            f"run {run_id[:64]!r}: expected the id of a run that is kept here; check it, or copy it again."
        )
    return open_run(path)


def list_runs(folder: str | Path, is_wanted: Callable[[str], bool] = lambda run_id: True) -> list[Summary]:
    """The run files of a folder whose ids are wanted, the latest first; bad ones are listed with a note."""
    found = [_summary(path) for path in Path(folder).glob("*.run") if is_wanted(path.stem)]
    return sorted(found, key=lambda summary: (-summary.modified, summary.id))


def export_copy(path: str | Path, target: str | Path) -> Path:
    """One whole file with the run as it stands now, also while it is being written."""
    path, target = Path(path), Path(target)
    if target.exists():
        raise RunFileError(f"{target}: expected a new file, got one that exists; choose another name.")
    part = target.with_name(f"{target.name}.{secrets.token_hex(4)}.part")
    try:
        with told(target):
            target.parent.mkdir(parents=True, exist_ok=True)
            with reading(path) as source, closing(sqlite3.connect(part, isolation_level=None)) as copy:
                source.backup(copy)
                copy.execute("PRAGMA journal_mode = DELETE")
            os.replace(part, target)
    finally:
        for ending in ("", *BESIDE):
            Path(f"{part}{ending}").unlink(missing_ok=True)
    return target


def import_run(source: str | Path, folder: str | Path) -> Run:
    """Check a run file from elsewhere and copy it into a folder under a new id."""
    source, folder = Path(source), Path(folder)
    limits().demand("stored_runs", len(list(folder.glob("*.run"))) + 1, f"{folder}", "delete runs first")
    open_run(source)
    limits().demand("run_bytes", source.stat().st_size, f"{source}", "take a smaller run")
    with reading(source) as connection:
        found = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if found != "ok":
        raise RunFileError(f"{source}: damaged, {found}; take another copy.")
    return open_run(export_copy(source, folder / f"{new_id()}.run"))


def delete(path: str | Path) -> Path:
    """Move a run that nobody writes into the trash beside it; the new path."""
    path = Path(path)
    target = path.parent / TRASH / path.name
    with told(path):
        target.parent.mkdir(exist_ok=True)
    return _move(path, target)


def discard(path: str | Path) -> None:
    """Delete a run that nobody writes, for good."""
    path = Path(path)
    with held(path), told(path):
        for ending in ("", *BESIDE):
            Path(f"{path}{ending}").unlink(missing_ok=True)


def sweep(folder: str | Path, age: float = UNTRAINED_SECONDS) -> list[str]:
    """Discard the runs that nobody writes and that never trained, once they are so many seconds old; their ids.

    Whoever opens the playground is given a run; most of these are left before they begin.
    """
    gone = []
    for path in Path(folder).glob("*.run"):
        with suppress(RunFileError, OSError):
            if time.time() - path.stat().st_mtime > age and not _has_trained(path):
                discard(path)
                gone.append(path.stem)
    return gone


def undelete(path: str | Path) -> Path:
    """Move a run from the trash back to where it was; the new path."""
    path = Path(path)
    return _move(path, path.parent.parent / path.name)


def _move(path: Path, target: Path) -> Path:
    if not path.is_file():
        raise RunFileError(f"{path}: expected a run file, got no file.")
    with held(path), told(path):
        if target.exists():
            raise RunFileError(f"{target}: expected no such file yet, got one; rename it first.")
        for ending in ("", *BESIDE):
            if os.path.exists(f"{path}{ending}"):
                os.replace(f"{path}{ending}", f"{target}{ending}")
    return target


def _has_trained(path: Path) -> bool:
    with reading(path) as connection:
        row = connection.execute("SELECT 1 FROM events WHERE kind IN ('started', 'branched') LIMIT 1").fetchone()
        return row is not None


def _summary(path: Path) -> Summary:
    try:
        with told(path):
            modified = path.stat().st_mtime
    except RunFileError as error:  # deleted just now
        return Summary(path, 0.0, note=str(error))
    try:
        run = open_run(path)
        with reading(path) as connection:
            step = connection.execute("SELECT max(last_step) FROM series").fetchone()[0]
            state, title = _state(connection), title_in(connection, run)
    except RunFileError as error:
        return Summary(path, modified, note=str(error))
    return Summary(path, modified, title, step or 0, state)


def _state(connection: sqlite3.Connection) -> str:
    marks = ", ".join("?" * len(STATES))
    query = f"SELECT kind FROM events WHERE kind IN ({marks}) ORDER BY id DESC LIMIT 1"
    row = connection.execute(query, tuple(STATES)).fetchone()
    return STATES[row[0]] if row else "paused"
