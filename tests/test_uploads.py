"""Files that visitors bring are kept within bounds, under names that do no harm."""

import os
import time
from pathlib import Path

import pytest

from explorer.errors import DataError, LimitError
from explorer.limits import MIB, Limits
from explorer.ui import uploads
from explorer.ui.uploads import demand_kept, discard, folder, keep, safe_name

PIECE = MIB // 2


@pytest.fixture(autouse=True)
def _fresh_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXPLORER_HOME", str(tmp_path))
    monkeypatch.setattr(uploads, "_kept", {})


def tight(monkeypatch: pytest.MonkeyPatch, **bounds: int) -> None:
    monkeypatch.setattr(uploads, "limits", lambda: Limits(**bounds))


def piece(number: int) -> bytes:
    return bytes([number]) * PIECE


def grow_old(path: Path) -> None:
    long_ago = time.time() - uploads.UNUSED - 60
    os.utime(path, (long_ago, long_ago))


def stored() -> set[str]:
    return {path.name for path in folder().glob("*/*")}


def test_a_file_is_kept_as_it_is_under_its_own_name():
    path = keep("my table.csv", b"a,b\n1,2\n", "ann")
    assert path.read_bytes() == b"a,b\n1,2\n"
    assert path.name == "my table.csv"
    assert path.parent.parent == folder()


def test_the_same_file_twice_is_kept_once():
    assert keep("a.csv", b"same", "ann") == keep("a.csv", b"same", "bob")
    assert len(list(folder().glob("*/*"))) == 1


def test_an_empty_file_is_refused():
    with pytest.raises(DataError, match="expected a file with something in it, got an empty one"):
        keep("a.csv", b"", "ann")


def test_a_file_over_the_limit_is_refused_and_not_written(monkeypatch: pytest.MonkeyPatch):
    tight(monkeypatch, file_bytes=MIB)
    with pytest.raises(LimitError, match=r"expected at most 1 MB for one file, got 1\.5 MB"):
        keep("a.csv", piece(1) * 3, "ann")
    assert stored() == set()


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "passwd"),
        ("..\\..\\windows\\system.ini", "system.ini"),
        ("/etc/shadow", "shadow"),
        ("...", "file"),
        ("", "file"),
        (".bashrc", "bashrc"),
        ("a\0b\nc.csv", "a_b_c.csv"),
        ("<script>alert(1)</script>.csv", "script_.csv"),
        ("Größe (1) – neu.csv", "Größe (1) _ neu.csv"),
        ("x" * 300 + ".csv", "x" * 76 + ".csv"),
    ],
)
def test_a_name_leads_nowhere_and_holds_nothing_unusual(name: str, safe: str):
    assert safe_name(name) == safe
    path = keep(name, b"content", "ann")
    assert path.resolve().parent.parent == folder().resolve()


def test_a_visitors_oldest_file_makes_room_for_their_next(monkeypatch: pytest.MonkeyPatch):
    tight(monkeypatch, file_bytes=MIB, visitor_bytes=MIB)
    for number in range(3):
        keep(f"{number}.bin", piece(number), "ann")
    assert stored() == {"1.bin", "2.bin"}


def test_another_visitor_keeps_the_same_file_when_the_first_lets_go(monkeypatch: pytest.MonkeyPatch):
    tight(monkeypatch, file_bytes=MIB, visitor_bytes=MIB)
    shared = keep("class.bin", piece(0), "ann")
    keep("class.bin", piece(0), "bob")
    for number in (1, 2):
        keep(f"{number}.bin", piece(number), "ann")
    assert shared.exists()
    discard(shared, "bob")
    assert not shared.exists()


def test_a_file_that_nobody_used_for_long_makes_room_on_the_server(monkeypatch: pytest.MonkeyPatch):
    tight(monkeypatch, file_bytes=MIB, visitor_bytes=MIB, kept_bytes=MIB)
    old = keep("old.bin", piece(1), "ann")
    keep("fresh.bin", piece(2), "bob")
    grow_old(old)
    keep("next.bin", piece(3), "cy")
    assert stored() == {"fresh.bin", "next.bin"}


def test_a_file_in_use_is_not_taken_from_anybody(monkeypatch: pytest.MonkeyPatch):
    tight(monkeypatch, file_bytes=MIB, visitor_bytes=MIB, kept_bytes=MIB)
    first = keep("first.bin", piece(1), "ann")
    grow_old(first)
    uploads.touch({"kind": "csv", "path": str(first)})
    keep("second.bin", piece(2), "bob")
    with pytest.raises(LimitError, match="expected room for it on this server, got none"):
        keep("third.bin", piece(3), "cy")
    assert stored() == {"first.bin", "second.bin"}


@pytest.mark.parametrize("path", ["/etc/passwd", "~/.ssh/id_rsa", "nowhere", "{folder}/../../secret", "\0"])
def test_data_settings_cannot_name_other_files_of_this_machine(path: str):
    with pytest.raises(DataError, match="expected a file that was uploaded here"):
        demand_kept({"kind": "text_file", "path": path.replace("{folder}", str(folder()))})


def test_data_settings_may_name_a_file_that_was_brought():
    demand_kept({"kind": "csv", "path": str(keep("a.csv", b"a,b\n", "ann"))})
    demand_kept({"kind": "circle"})


def test_a_link_among_the_kept_files_does_not_lead_out(tmp_path: Path):
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    (folder() / "x").mkdir(parents=True)
    (folder() / "x" / "link.txt").symlink_to(secret)
    with pytest.raises(DataError):
        demand_kept({"kind": "text_file", "path": str(folder() / "x" / "link.txt")})
