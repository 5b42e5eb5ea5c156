"""What processes cost, from Linux's own accounts in /proc."""

import os
from pathlib import Path

PROC = Path("/proc")
TICKS = os.sysconf("SC_CLK_TCK")  # of processor time in a second
PARENT, USER, SYSTEM = 1, 11, 12  # fields of /proc/PID/stat behind the command


def family(pid: int) -> list[int]:
    """A process, then all that it or they started."""
    parents = {int(entry.name): int(fields[PARENT]) for entry, fields in _all()}
    found = [pid]
    for member in found:
        found += [child for child, parent in parents.items() if parent == member]
    return found


def server_process() -> int:
    """The process of the app that this one started."""
    own = family(os.getpid())[1:]
    return next(pid for pid in own if b"app.py" in (PROC / str(pid) / "cmdline").read_bytes().split(b"\0"))


def cpu_seconds(pid: int) -> float:
    """Processor time that a process took so far."""
    fields = _fields(PROC / str(pid))
    return (int(fields[USER]) + int(fields[SYSTEM])) / TICKS


def shared_out_bytes(pids: list[int]) -> int:
    """Memory of processes (PSS): what several share is counted once."""
    return sum(_pss(PROC / str(pid) / "smaps_rollup") for pid in pids)


def _pss(account: Path) -> int:
    lines = (line.split() for line in account.read_text().splitlines())
    return next(int(words[1]) * 1024 for words in lines if words[0] == "Pss:")


def _all() -> list[tuple[Path, list[str]]]:
    found = []
    for entry in PROC.iterdir():
        if entry.name.isdecimal():
            try:
                found.append((entry, _fields(entry)))
            except OSError:  # it ended meanwhile
                continue
    return found


def _fields(entry: Path) -> list[str]:
    """What follows the command, which may itself hold blanks."""
    return (entry / "stat").read_text().rpartition(")")[2].split()
