"""Folders and zip files of pictures, one sub-folder a class; a zip is read in memory and never unpacked to the disk."""

import os
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath

from explorer.datasets.files import find, find_file, refused, stamp
from explorer.limits import MIB, limits

PLACE = "data.path"
DRIVE = re.compile("[A-Za-z]:")
SUFFIXES = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp")
CLUTTER = ("__MACOSX", "Thumbs.db", "desktop.ini")  # left by operating systems; so are names with a dot before them
MOST_PICTURES = 100_000
MOST_CLASSES = 256
ENTRY = b"PK\x01\x02"  # begins an entry in the archive's table of contents
MOST_INFLATION = 100  # times the size of the archive; pictures are compressed already and hardly shrink


@dataclass(frozen=True)
class Album:
    """Pictures by name, the class id of each, and the names of the classes."""

    path: Path
    pictures: tuple[str, ...]
    classes: tuple[int, ...]
    labels: tuple[str, ...]

    def place(self, picture: str) -> str:
        """How sentences name one picture."""
        return f"{PLACE} ({self.path.name}), {picture}"

    def contents(self) -> Iterator[tuple[str, bytes]]:
        """Name and bytes of each picture, one after another."""
        if self.path.is_dir():
            for name in self.pictures:
                yield name, find_file(str(self.path / name), PLACE).read_bytes()
            return
        with zipfile.ZipFile(self.path) as archive:
            for name in self.pictures:
                yield name, self._unpacked(archive, name)

    def _unpacked(self, archive: zipfile.ZipFile, name: str) -> bytes:
        """The bytes of one picture, no more than the archive declares."""
        try:
            with archive.open(name) as entry:
                return entry.read(archive.getinfo(name).file_size)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError):
            raise refused(self.place(name), "a whole picture", "broken data", "pack the zip again") from None


def open_album(path: str) -> Album:
    """The pictures in this folder or zip file; refuses what is unsafe, is no picture or has no class."""
    found = find(path, PLACE)
    if found.is_dir():
        return _sorted_by_class(found, _names_in_folder(found))
    return _open_zip(stamp(find_file(path, PLACE)))


@lru_cache(maxsize=8)
def _open_zip(stamped: tuple[str, int, int]) -> Album:
    path = Path(stamped[0])
    _demand_few(path, path.read_bytes().count(ENTRY))  # before a list of millions is made of them
    try:
        with zipfile.ZipFile(path) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        expected = "a folder or a whole zip file"
        raise refused(PLACE, expected, f"{path.name}, which is neither", "pack the pictures as a zip") from None
    for entry in entries:
        _demand_safe(path, entry)
    _demand_small(path, entries)
    return _sorted_by_class(path, [entry.filename for entry in entries])


def _demand_safe(path: Path, entry: zipfile.ZipInfo) -> None:
    """Refuse an entry that leads out of the archive, or that cannot be read."""
    name = _parts(entry.filename)
    remedy = "pack the zip again from the folder of pictures"
    trouble = None
    if ".." in name or name[0].startswith("/") or DRIVE.match(name[0]):
        trouble = "a path that leads outside"
    elif stat.S_ISLNK(entry.external_attr >> 16):
        trouble = "a link"
    elif entry.flag_bits & 1:
        trouble = "an entry with a password"
    elif entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        trouble = "an unusual compression"
    if trouble:
        raise refused(f"{PLACE} ({path.name})", "plain pictures", f"{trouble}, {entry.filename!r}", remedy)


def _demand_small(path: Path, entries: list[zipfile.ZipInfo]) -> None:
    """Refuse an archive that would swell beyond bounds, by the sizes it declares; no entry yields more than that."""
    place = f"{PLACE} ({path.name})"
    total = sum(entry.file_size for entry in entries)
    if total > max(16 * MIB, MOST_INFLATION * path.stat().st_size):
        expected = f"a zip that unpacks to at most {MOST_INFLATION} times its size"
        raise refused(place, expected, f"{total:,} bytes", "use another zip; this one is made to swell")
    limits().demand("dataset_bytes", total, place, "use fewer or smaller pictures")
    for entry in entries:
        limits().demand("file_bytes", entry.file_size, f"{place}, {entry.filename}", "make the picture smaller")


def _names_in_folder(path: Path) -> list[str]:
    """Paths of all files below a folder; refuses links and whatever else is not a plain file."""
    names: list[str] = []
    for folder, folders, files in os.walk(path):
        folders[:] = sorted(name for name in folders if not _is_clutter(name))
        for name in sorted(folders + files):
            each = Path(folder, name)
            mode = each.lstat().st_mode
            if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
                got = f"{each.relative_to(path).as_posix()!r}, a link or a device"
                raise refused(f"{PLACE} ({path.name})", "plain files", got, "copy the picture itself")
        names += [Path(folder, name).relative_to(path).as_posix() for name in sorted(files)]
        _demand_few(path, len(names))
    return names


def _demand_few(path: Path, n_pictures: int) -> None:
    if n_pictures > MOST_PICTURES:
        place, expected = f"{PLACE} ({path.name})", f"at most {MOST_PICTURES:,} pictures"
        raise refused(place, expected, f"{n_pictures:,} or more", "use a part of them")


def _sorted_by_class(path: Path, names: list[str]) -> Album:
    """Pictures under the names of their folders; a folder around all of them does not count."""
    place = f"{PLACE} ({path.name})"
    names = [name for name in dict.fromkeys(names) if not any(map(_is_clutter, _parts(name)))]
    _demand_few(path, len(names))
    for name in names:
        if not name.lower().endswith(SUFFIXES):
            remedy = "remove it"
            raise refused(place, f"only pictures ({', '.join(suffix[1:] for suffix in SUFFIXES)})", repr(name), remedy)
    folders = [_parts(name)[:-1] for name in names]
    while folders and all(len(each) > 1 and each[0] == folders[0][0] for each in folders):
        folders = [each[1:] for each in folders]
    loose = next((name for name, folder in zip(names, folders, strict=True) if not folder), None)
    remedy = "make one folder for each class and put its pictures there"
    if loose is not None:
        raise refused(place, "every picture in the folder of its class", f"{loose!r} in none", remedy)
    labels = sorted({folder[0] for folder in folders})
    if not 2 <= len(labels) <= MOST_CLASSES:
        got = f"only {labels[0]!r}" if len(labels) == 1 else f"{len(labels)}"
        raise refused(place, f"folders of 2 to {MOST_CLASSES} classes", got, remedy)
    ids = {label: number for number, label in enumerate(labels)}
    return Album(path, tuple(names), tuple(ids[folder[0]] for folder in folders), tuple(labels))


def _parts(name: str) -> tuple[str, ...]:
    """The steps of a path inside an archive; some programs separate them by a backslash."""
    return PurePosixPath(name.replace("\\", "/")).parts or ("",)


def _is_clutter(name: str) -> bool:
    return name.startswith(".") or name in CLUTTER
