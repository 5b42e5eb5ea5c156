"""Files that visitors bring: kept under the hash of their content, within bounds, the longest unused removed first.

A run carries its data files, so nothing is lost with a file that is removed here: it is laid out again from the run.
"""

import os
import re
import threading
import time
import unicodedata
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import Any

from explorer.errors import DataError, Fault, LimitError
from explorer.limits import MIB, home, limits
from explorer.runs.files import hash_of, write_whole

PLACE = "the file"
UNUSED = 3600.0  # seconds after which a file may make room for others
LONGEST_NAME = 80
UNUSUAL = re.compile(r"[^\w .()-]+")  # what a name on any system can do without

_lock = threading.Lock()
_kept: dict[str, dict[Path, int]] = {}  # by visitor: their files, the latest last, with their bytes


def folder() -> Path:
    """Where the files are; what a run from elsewhere carries is laid out here as well."""
    return home() / "files"


def keep(name: str, content: bytes, visitor: str) -> Path:
    """Write a file that a visitor brought; raises DataError or LimitError where there is nothing in it or no room."""
    size = len(content)
    if size == 0:
        raise DataError(str(Fault(PLACE, "a file with something in it", "an empty one", "choose another file")))
    _demand(size, limits().file_bytes, "for one file", "take a part of it")
    _demand(size, limits().visitor_bytes, "for all your files", "take a part of it")
    path = folder() / hash_of(content) / safe_name(name)
    with _lock:
        mine = _kept.setdefault(visitor, {})
        mine.pop(path, None)
        while mine and sum(mine.values()) + size > limits().visitor_bytes:
            _let_go(visitor, next(iter(mine)))
        if not path.exists():
            _make_room(size)
            write_whole(path, content)
        os.utime(path)
        mine[path] = size
    return path


def discard(path: Path, visitor: str) -> None:
    """Remove a file that turned out to be of no use, unless somebody else keeps the same one."""
    with _lock:
        _let_go(visitor, path)


def touch(data: Mapping[str, Any]) -> None:
    """Note that the file of these data settings is in use."""
    path = data.get("path")
    if isinstance(path, str) and is_kept(path):
        with suppress(OSError):
            os.utime(path)


def is_kept(path: str) -> bool:
    """Whether a path leads to a file that somebody brought, and to nothing else of this machine."""
    try:
        return Path(path).resolve().is_relative_to(folder().resolve())
    except (OSError, ValueError, RuntimeError):
        return False


def demand_kept(data: Mapping[str, Any]) -> None:
    """Raise DataError for data settings that name another file of this machine than one that was brought here."""
    path = data.get("path")
    if path and not is_kept(str(path)):
        expected, remedy = "a file that was uploaded here", "upload it"
        raise DataError(str(Fault("data.path", expected, "a path of this machine", remedy)))


def safe_name(name: str) -> str:
    """The name of a file without folders, leading dots and unusual characters."""
    last = PurePosixPath(unicodedata.normalize("NFC", name).replace("\\", "/")).name
    plain = UNUSUAL.sub("_", last).strip(" .") or "file"
    stem, dot, suffix = plain.rpartition(".")
    if not dot or len(suffix) > 8:
        return plain[:LONGEST_NAME]
    return f"{stem[: LONGEST_NAME - len(suffix) - 1]}.{suffix}"


def _let_go(visitor: str, path: Path) -> None:
    _kept.get(visitor, {}).pop(path, None)
    if not any(path in theirs for theirs in _kept.values()):
        _remove(path)


def _make_room(size: int) -> None:
    """Remove files that nobody used for long, the longest unused first, until another one of this size fits."""
    found = [(path.stat(), path) for path in folder().glob("*/**/*") if path.is_file()]
    total = sum(status.st_size for status, _ in found)
    oldest = time.time() - UNUSED
    for status, path in sorted(found, key=lambda each: each[0].st_mtime):
        if total + size <= limits().kept_bytes or status.st_mtime > oldest:
            break
        _remove(path)
        for theirs in _kept.values():
            theirs.pop(path, None)
        total -= status.st_size
    if total + size > limits().kept_bytes:
        raise LimitError(
            str(Fault(PLACE, "room for it on this server", "none", "try again in an hour, or take a smaller file"))
        )


def _remove(path: Path) -> None:
    with suppress(OSError):
        path.unlink(missing_ok=True)
        path.parent.rmdir()  # only where nothing else is in it


def _demand(size: int, most: int, what: str, remedy: str) -> None:
    if size > most:
        expected = f"at most {most / MIB:,.0f} MB {what}"
        raise LimitError(str(Fault(PLACE, expected, f"{size / MIB:,.1f} MB", remedy)))
