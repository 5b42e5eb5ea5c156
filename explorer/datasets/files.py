"""Reading files that users name: bounded, as bytes or as text, each fault as one sentence."""

import codecs
from pathlib import Path

from explorer.errors import DataError, Fault
from explorer.limits import limits

CHUNK = 2**20
CONTROL = frozenset(map(chr, range(32))) - set("\t\n\r\f\v\x1a\x1b")  # characters that no text holds
TRIED = "UTF-8, UTF-16 and Latin-1"


def refused(place: str, expected: str, got: str, remedy: str = "") -> DataError:
    """The error of data that cannot be used: where, what was expected, what came and what to do."""
    return DataError(str(Fault(place, expected, got, remedy)))


def find_file(path: str, place: str) -> Path:
    """The file at this path; refuses one that is missing, empty or too large."""
    found = find(path, place)
    if not found.is_file():
        raise refused(place, "a file", f"the folder {found}", "give the path of a file in it")
    size = found.stat().st_size
    if size == 0:
        raise refused(place, "a file with something in it", f"{found.name}, which is empty", "choose another file")
    limits().demand("file_bytes", size, f"{place} ({found.name})", "use a part of it")
    return found


def find(path: str, place: str) -> Path:
    """The file or folder at this path; refuses one that is missing."""
    if not path:
        raise refused(place, "the path of a file", "nothing", "choose a file")
    try:
        found = Path(path).expanduser()
        exists = found.exists()
    except (OSError, ValueError, RuntimeError):  # too long, a null character, an unknown user
        exists = False
    if not exists:
        raise refused(place, "the path of a file", f"{path!r}, where there is nothing", "check the path")
    return found


def stamp(path: Path) -> tuple[str, int, int]:
    """What changes when a file changes: path, time of the last change and size."""
    status = path.stat()
    return str(path.resolve()), status.st_mtime_ns, status.st_size


def read_text(path: str, place: str) -> str:
    """The whole text of a file, in whichever of the known encodings it is written."""
    found = find_file(path, place)
    return found.read_text(encoding=encoding_of(found, place))


def encoding_of(path: Path, place: str) -> str:
    """The encoding in which the whole file is text; reads it once, piece by piece."""
    for encoding in _candidates(path):
        if _is_text(path, encoding):
            return encoding
    got = f"{path.name}, which is in none of {TRIED}"
    raise refused(place, "a text file", got, "save it as text in UTF-8")


def _candidates(path: Path) -> tuple[str, ...]:
    """Encodings worth trying, by the first bytes; Windows' superset stands for Latin-1."""
    with path.open("rb") as file:
        head = file.read(4)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ("utf-16",)
    if 0 in head:
        return ("utf-16-le", "utf-16-be")
    return ("utf-8-sig", "cp1252")


def _is_text(path: Path, encoding: str) -> bool:
    try:
        with path.open(encoding=encoding) as file:
            while chunk := file.read(CHUNK):
                if not CONTROL.isdisjoint(chunk):
                    return False
    except UnicodeError:
        return False
    return True
