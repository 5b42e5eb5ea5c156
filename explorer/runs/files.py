"""Data files as a run carries them: known by the SHA-256 of their content."""

import hashlib
import os
import secrets
from collections.abc import Iterable
from pathlib import Path

from explorer.errors import DataError, RunFileError
from explorer.limits import limits


def carry(names: Iterable[str]) -> list[tuple[str, str, bytes]]:
    """The files as rows for a run: name, SHA-256, content; raises where one is gone or too large."""
    return [_carry(str(name)) for name in names]


def _carry(name: str) -> tuple[str, str, bytes]:
    path = Path(name).expanduser()
    try:
        limits().demand("file_bytes", path.stat().st_size, name, "take a smaller file")
        content = path.read_bytes()
    except OSError as error:
        raise DataError(f"{name}: cannot be read, {error.strerror}; check the path.") from error
    return name, hash_of(content), content


def hash_of(content: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def is_same(name: str, sha256: str, size: int) -> bool:
    """Whether the local file of this name has that content; a file of another size is not even read."""
    try:
        path = Path(name).expanduser()
        return path.is_file() and path.stat().st_size == size and hash_of(path.read_bytes()) == sha256
    except (OSError, ValueError, RuntimeError):  # a name that cannot be one here
        return False


def write_whole(target: Path, content: bytes) -> None:
    """Write a file all or not at all, even where two processes write the same one."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        part = target.with_name(f"{target.name}.{secrets.token_hex(4)}")
        try:
            part.write_bytes(content)
            os.replace(part, target)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise RunFileError(f"{target}: cannot be written, {error.strerror}; make room or set EXPLORER_HOME.") from error
