"""What is not a sound run file, by accident or by design, is refused in one sentence."""

import random
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from explorer.errors import RunFileError
from explorer.runs import RunWriter, open_run
from tests.run_files import written


def read_all(path: Path) -> None:
    """Everything that a run file can be asked for."""
    run = open_run(path)
    run.metrics(), run.latest(), run.events(), run.resume()
    for step in run.steps():
        run.snapshot(step)


def tamper(path: Path, *statements: str) -> Path:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)
    return path


def folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def text_file(path: Path) -> None:
    path.write_text("step,loss\n" * 2000)


BAD_FILES: dict[str, tuple[Callable[[Path], object], str]] = {
    "missing": (Path.unlink, "expected a run file, got no file"),
    "folder": (folder, "got a folder"),
    "empty": (lambda path: path.write_bytes(b""), "another kind of SQLite file"),
    "text": (text_file, "another kind of file"),
    "other application": (lambda path: tamper(path, "PRAGMA application_id = 7"), "another kind of SQLite file"),
    "later format": (lambda path: tamper(path, "PRAGMA user_version = 2"), "expected format 1, got 2"),
    "one table more": (lambda path: tamper(path, "CREATE TABLE more(x)"), "got others or changed ones: more"),
    "one table less": (lambda path: tamper(path, "DROP TABLE files"), "files"),
    "another column": (lambda path: tamper(path, "ALTER TABLE events ADD COLUMN x TEXT"), "events"),
    "a view": (
        lambda path: tamper(
            path, "DROP TABLE files", "CREATE VIEW files AS SELECT 1 AS name, 2 AS sha256, 3 AS content"
        ),
        "files",
    ),
    "a trigger": (
        lambda path: tamper(path, "CREATE TRIGGER t AFTER INSERT ON events BEGIN DELETE FROM metrics; END"),
        "changed ones: t",
    ),
    "an index": (lambda path: tamper(path, "CREATE INDEX i ON events(step)"), "changed ones: i"),
    "no experiment": (lambda path: tamper(path, "DELETE FROM experiment"), "the table experiment is empty"),
    "a wrong experiment": (
        lambda path: tamper(path, """UPDATE experiment SET json = '{"data": {"kind": "circle"}, "sed": 1}'"""),
        "its experiment cannot be read: network: expected a value",
    ),
    "a huge experiment": (lambda path: tamper(path, "UPDATE experiment SET json = hex(zeroblob(1e6))"), "1,048,576"),
    "a deep experiment": (
        lambda path: tamper(path, f"UPDATE experiment SET json = '{'[' * 100_000}'"),
        "its experiment cannot be read",
    ),
    "a deep environment": (lambda path: tamper(path, f"UPDATE environment SET json = '{'[' * 100_000}'"), "damaged"),
    "an environment that is a list": (lambda path: tamper(path, "UPDATE environment SET json = '[1]'"), "damaged"),
    "weights that are none": (lambda path: tamper(path, "UPDATE snapshots SET blob = x'00ff'"), "damaged"),
    "weights with a lying header": (
        lambda path: tamper(path, "UPDATE snapshots SET blob = x'ffffffffffffff7f7b7d'"),
        "damaged",
    ),
    "details that are no JSON": (lambda path: tamper(path, "UPDATE events SET details = 'import os'"), "damaged"),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_what_is_no_sound_run_file_is_refused_in_one_sentence(tmp_path: Path, name: str):
    path = written(tmp_path / "a.run")
    spoil, complaint = BAD_FILES[name]
    spoil(path)
    with pytest.raises(RunFileError) as caught:
        read_all(path)
    sentence = str(caught.value)
    assert sentence.startswith(f"{path}: ")
    assert complaint in sentence
    assert "\n" not in sentence


@pytest.mark.parametrize("name", ["missing", "text", "a trigger", "no experiment"])
def test_a_bad_file_is_not_written_to_either(tmp_path: Path, name: str):
    path = written(tmp_path / "a.run")
    BAD_FILES[name][0](path)
    before = path.exists() and path.read_bytes()
    with pytest.raises(RunFileError):
        RunWriter.reopen(path)
    assert (path.exists() and path.read_bytes()) == before
    assert not (tmp_path / "a.run.lock").exists()


def test_a_file_cut_short_anywhere_is_refused(tmp_path: Path):
    whole = written(tmp_path / "a.run").read_bytes()
    cut = tmp_path / "cut.run"
    for length in [0, 1, 15, 16, 99, 100, 101, *range(500, len(whole), 1_777), len(whole) - 1]:
        cut.write_bytes(whole[:length])
        with pytest.raises(RunFileError, match=r"cut\.run"):
            open_run(cut)


def test_a_damaged_file_gives_a_sentence_or_its_data_and_nothing_else(tmp_path: Path):
    whole = written(tmp_path / "a.run").read_bytes()
    chance, spoilt = random.Random(0), tmp_path / "spoilt.run"
    refused = 0
    for _ in range(150):
        content = bytearray(whole)
        for _ in range(chance.choice([1, 4, 64])):
            content[chance.randrange(len(content))] = chance.randrange(256)
        spoilt.write_bytes(content)
        try:
            read_all(spoilt)
        except RunFileError:
            refused += 1
    assert refused > 20
