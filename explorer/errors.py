"""Everything the explorer refuses, as sentences a user can act on.

ExplorerError
├── ExperimentError   the experiment has faults; all of them are listed
├── DataError         a file or a dataset cannot be used
├── RunFileError      a run file cannot be read or written
├── LimitError        something is larger than this installation allows
├── DeviceError       the device asked for is not there
└── EngineError       a run or a worker cannot do what was asked
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """One thing wrong with an experiment: where, what was expected, what came and what to do."""

    place: str
    expected: str
    got: str
    remedy: str = ""

    def __str__(self) -> str:
        sentence = f"{self.place}: expected {self.expected}, got {self.got}"
        return f"{sentence}; {self.remedy}." if self.remedy else f"{sentence}."


class ExplorerError(Exception):
    """The root of all errors that are shown to a user as a sentence."""


class ExperimentError(ExplorerError):
    """An experiment with faults, all of them at once."""

    def __init__(self, faults: Iterable[Fault]):
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))

    def __reduce__(self) -> tuple:
        """Pickle by the faults, so that a worker can hand the error over whole."""
        return type(self), (self.faults,)


class DataError(ExplorerError):
    """A file or a dataset that cannot be used."""


class RunFileError(ExplorerError):
    """A run file that cannot be read or written."""


class LimitError(ExplorerError):
    """Something larger than this installation allows."""


class DeviceError(ExplorerError):
    """A device that this machine does not have."""


class EngineError(ExplorerError):
    """A run or a worker that cannot do what was asked."""


def unknown(place: str, got: object, known: Iterable[str], remedy: str = "") -> Fault:
    """The fault of a name that is not in a table; it lists the known names, sorted."""
    return Fault(place, "one of " + ", ".join(sorted(known)), repr(got), remedy)
