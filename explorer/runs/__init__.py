"""The run file: one SQLite file with a run's experiment, metrics, events, snapshots and state to go on from."""

from explorer.runs.folder import Summary, delete, discard, export_copy, import_run, list_runs, new_id, undelete
from explorer.runs.reader import Run, open_run
from explorer.runs.records import Event, Resume
from explorer.runs.writer import RunWriter

__all__ = [
    "Event",
    "Resume",
    "Run",
    "RunWriter",
    "Summary",
    "delete",
    "discard",
    "export_copy",
    "import_run",
    "list_runs",
    "new_id",
    "open_run",
    "undelete",
]
