"""What travels between the server process and a worker."""

from pathlib import Path
from typing import Any, NamedTuple

from explorer.engine.base import Status
from explorer.experiment import Experiment


class Request(NamedTuple):
    """A command for a worker."""

    number: int
    command: str
    arguments: tuple[Any, ...]


class Place(NamedTuple):
    """Which run, in which file, on which device."""

    run_id: str
    path: Path
    device: str


class Member(NamedTuple):
    """One run of a study, in which file, and what it is called."""

    run_id: str
    path: Path
    title: str


class Cell(NamedTuple):
    """The runs of a study that differ by the seed alone, by seed."""

    experiment: Experiment
    members: dict[int, Member]


class Kept(NamedTuple):
    """Weights that a new run begins with: of which run, in which file, at which step; as they are now, if given."""

    run_id: str
    path: Path
    step: int | None
    weights: tuple[int, bytes] | None


class Hello(NamedTuple):
    """A worker is warm; how many like it the accelerators have room for, None where there are none to share."""

    room: int | None


class Pulse(NamedTuple):
    """Where runs stand now."""

    statuses: dict[str, Status]


class Answer(NamedTuple):
    """What came of a command: a value, or the error that it raised with its traceback."""

    number: int
    value: Any = None
    error: Exception | None = None
    traceback: str = ""


class Progress(NamedTuple):
    """How far a command is: the share that is done, and what is being done."""

    number: int
    share: float
    doing: str


class Frame(NamedTuple):
    """A packed picture for those who watch."""

    watch: int
    data: bytes


Message = Hello | Pulse | Progress | Answer | Frame
