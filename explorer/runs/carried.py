"""The data settings of a run, pointing at files with the content that it was trained on.

A run from elsewhere names files by paths that mean nothing here, or something else. Its experiment therefore reads a
local file only if that file has, byte for byte, the content that the run carries; else the run's copy is laid out.
"""

from pathlib import Path, PureWindowsPath
from typing import Any

from explorer import datasets
from explorer.declarations import read_part
from explorer.errors import RunFileError
from explorer.experiment import Part
from explorer.limits import home
from explorer.runs.files import hash_of, is_same, write_whole
from explorer.runs.schema import reading

Carried = dict[str, tuple[str, int]]  # by name: SHA-256 and bytes


def data_at_hand(path: Path, data: Part) -> Part:
    """The data settings of the run at `path`; raises RunFileError where they read a file that it does not carry."""
    with reading(path) as connection:
        rows = connection.execute("SELECT name, sha256, length(content) FROM files ORDER BY name").fetchall()
    carried = {name: (sha256, size) for name, sha256, size in rows}
    if not all(is_same(name, *about) for name, about in carried.items()):
        places = {place: _lay_out(path, place, carried) for place in _places(data.settings, carried)}
        data = Part.model_validate({"kind": data.kind, **_replaced(data.settings, places)})
    for name in read_part(datasets.KINDS, data, "data").files():
        if name not in carried and not Path(name).resolve().is_relative_to(_folder().resolve()):
            raise RunFileError(f"{path}: expected a run that carries its data, got one without {name}.")
    return data


def _folder() -> Path:
    return home() / "files"


def _places(settings: Any, carried: Carried) -> set[str]:
    """The texts among the settings that name a carried file, or a folder of them."""
    if isinstance(settings, str):
        return {settings} if _members(settings, carried) else set()
    inner = settings.values() if isinstance(settings, dict) else settings if isinstance(settings, list | tuple) else ()
    return set().union(*(_places(each, carried) for each in inner))


def _members(place: str, carried: Carried) -> dict[str, tuple[str, ...]]:
    """The carried files at or below a place: the name of each, and the steps that lead to it from there."""
    top = PureWindowsPath(place)  # reads paths of either kind of system
    if place in carried:
        return {place: (top.name,)}
    paths = {name: PureWindowsPath(name) for name in carried} if top.parts else {}
    return {name: each.relative_to(top).parts for name, each in paths.items() if each.is_relative_to(top)}


def _lay_out(path: Path, place: str, carried: Carried) -> str:
    """Write the files of a place into a private folder named by their content; the place's new path."""
    members = _members(place, carried)
    listing = "\n".join(f"{carried[name][0]} {'/'.join(steps)}" for name, steps in sorted(members.items()))
    folder = _folder() / hash_of(listing.encode())
    for name, steps in members.items():
        if any(step in ("", ".", "..") or set(step) & set("/\\:\0") for step in steps):
            raise RunFileError(f"{path}: expected a plain name of a data file, got {name!r}.")
        target = folder.joinpath(*steps)
        if not is_same(str(target), *carried[name]):
            write_whole(target, _content(path, name, carried[name][0]))
    return str(folder / members[place][0] if place in carried else folder)


def _content(path: Path, name: str, sha256: str) -> bytes:
    with reading(path) as connection:
        content = connection.execute("SELECT content FROM files WHERE name = ?", (name,)).fetchone()[0]
    if hash_of(content) != sha256:
        raise RunFileError(f"{path}: damaged, the data file {name} is not what was put in; take another copy.")
    return content


def _replaced(settings: Any, places: dict[str, str]) -> Any:
    if isinstance(settings, dict):
        return {key: _replaced(value, places) for key, value in settings.items()}
    if isinstance(settings, list | tuple):
        return [_replaced(value, places) for value in settings]
    return places.get(settings, settings) if isinstance(settings, str) else settings
