"""The tables of a run file, and connections to them that trust nothing in the file."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path

from safetensors import SafetensorError

from explorer.errors import RunFileError
from explorer.limits import limits

APPLICATION = 0x4E4E5852  # "NNXR", SQLite's mark of whose file this is
VERSION = 1
PAGE_BYTES = 8_192  # of a new file's pages; measured best for snapshots of 1 to 10 kB
JSON_BYTES = 2**20
PATIENCE = 5.0  # seconds to wait for another connection to let go
NO_ROOM = "no room left on the disk, or for a run on this installation; it stands at its last commit"
SENTENCES = {  # by what SQLite says
    "not a database": "expected a run file, got another kind of file",
    "malformed": "cut short or damaged; take another copy",
    "locked": "another program holds the file; close it there",
    "interrupted": "damaged, reading it does not end; take another copy",
    "is full": NO_ROOM,
    "too big": NO_ROOM,
    "disk I/O error": "the disk cannot be read or written; the run stands at its last commit",
    "readonly": "cannot be written; copy it to a folder of your own",
}
TABLES = """
CREATE TABLE experiment(json TEXT NOT NULL) STRICT;
CREATE TABLE environment(json TEXT NOT NULL) STRICT;
CREATE TABLE series(
    split TEXT NOT NULL, name TEXT NOT NULL, stride INTEGER NOT NULL, last_step INTEGER NOT NULL, last_value REAL,
    PRIMARY KEY (split, name)
) STRICT, WITHOUT ROWID;
CREATE TABLE metrics(
    step INTEGER NOT NULL, split TEXT NOT NULL, name TEXT NOT NULL, value REAL,
    PRIMARY KEY (split, name, step)
) STRICT, WITHOUT ROWID;
CREATE TABLE events(
    id INTEGER PRIMARY KEY, step INTEGER NOT NULL, time REAL NOT NULL, kind TEXT NOT NULL, details TEXT NOT NULL
) STRICT;
CREATE TABLE snapshots(step INTEGER PRIMARY KEY, blob BLOB NOT NULL) STRICT;
CREATE TABLE resume(
    one INTEGER PRIMARY KEY CHECK (one = 1), step INTEGER NOT NULL, blob BLOB NOT NULL, details TEXT NOT NULL
) STRICT;
CREATE TABLE files(name TEXT PRIMARY KEY, sha256 TEXT NOT NULL, content BLOB NOT NULL) STRICT;
"""


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """A read-only connection to a checked run file, seeing one moment of it; RunFileError for whatever goes wrong."""
    if not path.is_file():
        raise RunFileError(f"{path}: expected a run file, got {'a folder' if path.is_dir() else 'no file'}.")
    address = f"{path.absolute().as_uri()}?mode=ro"
    with told(path), closing(sqlite3.connect(address, uri=True, timeout=PATIENCE, isolation_level=None)) as connection:
        distrust(connection)
        connection.execute("BEGIN")
        _check_kind(connection, path)
        _check_length(connection, path)
        yield connection


def writing(path: Path) -> sqlite3.Connection:
    """A connection that may write; the caller holds the writer's lock and closes it."""
    connection = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None, check_same_thread=False)
    distrust(connection)
    connection.execute(f"PRAGMA page_size = {PAGE_BYTES}")  # says nothing to a file that has pages already
    page_bytes = connection.execute("PRAGMA page_size").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {limits().run_bytes // page_bytes}")
    return connection


def distrust(connection: sqlite3.Connection) -> None:
    """Let nothing in the file run, and let no cell be larger than a run may be."""
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA cell_size_check = ON")
    connection.execute("PRAGMA mmap_size = 0")
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, min(limits().run_bytes, 10**9))
    connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Turn what SQLite, safetensors and JSON raise into one sentence that names the file."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise RunFileError(f"{path}: {_reason(error)}.") from error
    except (ValueError, TypeError, OverflowError, RecursionError, SafetensorError) as error:
        raise RunFileError(f"{path}: damaged, {error}; take another copy.") from error


def bounded(text: str) -> str:
    """A JSON text that is not too long to be read."""
    if len(text) > JSON_BYTES:
        raise ValueError(f"expected at most {JSON_BYTES:,} characters of JSON, got {len(text):,}")
    return text


def _check_kind(connection: sqlite3.Connection, path: Path) -> None:
    if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION:
        raise RunFileError(f"{path}: expected a run file, got another kind of SQLite file.")
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version != VERSION:
        raise RunFileError(
            f"{path}: expected format {VERSION}, got {version}; open it with the explorer that wrote it."
        )
    found, wanted = _contents(connection), _own_contents()
    if found != wanted:
        others = ", ".join(sorted({row[1] for row in found ^ wanted}))[:200]
        raise RunFileError(f"{path}: expected exactly the tables of a run, got others or changed ones: {others}.")


def _check_length(connection: sqlite3.Connection, path: Path) -> None:
    """SQLite itself does not notice that part of the last page is missing."""
    log = path.with_name(path.name + "-wal")
    if log.exists() and log.stat().st_size:
        return  # pages may still stand in the log
    n_pages, page_bytes = (connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size"))
    wanted, found = n_pages * page_bytes, path.stat().st_size
    if found < wanted:
        raise RunFileError(f"{path}: cut short, expected {wanted:,} bytes, got {found:,}; take another copy.")


def _contents(connection: sqlite3.Connection) -> set[tuple[str, str, str, str | None]]:
    rows = connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_master LIMIT 100")
    return set(rows)


@cache
def _own_contents() -> set[tuple[str, str, str, str | None]]:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(TABLES)
        return _contents(connection)


def _reason(error: Exception) -> str:
    message = str(error)
    if isinstance(error, OSError):
        return f"cannot be used, {error.strerror or message}"
    return next((sentence for sign, sentence in SENTENCES.items() if sign in message), message)
