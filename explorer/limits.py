"""What this installation allows; each bound can be set by an environment variable EXPLORER_<NAME>."""

import os
from functools import cache
from pathlib import Path

from pydantic import Field

from explorer.errors import LimitError
from explorer.experiment import Settings

MIB = 2**20


class Limits(Settings):
    """Bounds that keep one learner from taking the machine away from the others."""

    parameters: int = Field(5_000_000, ge=1, description="Parameters of a network.")
    activation_bytes: int = Field(1024 * MIB, ge=1, description="Bytes of the activations of one training batch.")
    steps: int = Field(1_000_000, ge=1, description="Steps of a run.")
    seconds: float = Field(4 * 3600, gt=0, description="Seconds of training of a run.")
    run_bytes: int = Field(256 * MIB, ge=MIB, description="Bytes of a run file.")
    snapshot_bytes: int = Field(128 * MIB, ge=MIB, description="Bytes of all snapshots of a run together.")
    snapshots: int = Field(256, ge=2, description="Snapshots kept in a run.")
    points: int = Field(1_000, ge=16, description="Buckets kept of one metric, each with its least and greatest value.")
    dataset_bytes: int = Field(512 * MIB, ge=MIB, description="Bytes of a dataset once loaded.")
    file_bytes: int = Field(64 * MIB, ge=MIB, description="Bytes of one uploaded or opened data file.")
    visitor_bytes: int = Field(256 * MIB, ge=MIB, description="Bytes of the files that one visitor keeps here.")
    kept_bytes: int = Field(2048 * MIB, ge=MIB, description="Bytes of the files that all visitors keep here.")
    table_rows: int = Field(200_000, ge=10, description="Rows of a table.")
    runs: int = Field(64, ge=1, description="Runs that train or wait at the same time.")
    stored_runs: int = Field(2_000, ge=1, description="Run files kept.")

    def demand(self, name: str, value: float, place: str, remedy: str) -> None:
        """Raise LimitError where `value` is over the bound called `name`."""
        bound = getattr(self, name)
        if value > bound:
            raise LimitError(f"{place}: expected at most {bound:,} {name.replace('_', ' ')}, got {value:,}; {remedy}.")


@cache
def limits() -> Limits:
    """The bounds of this process, read from the environment once."""
    names = Limits.model_fields
    given = {name: os.environ[key] for name in names if (key := f"EXPLORER_{name.upper()}") in os.environ}
    return Limits.model_validate(given)


def home() -> Path:
    """The folder for run files and uploads: EXPLORER_HOME, or .explorer in the user's own folder."""
    return Path(os.environ.get("EXPLORER_HOME", Path.home() / ".explorer"))
