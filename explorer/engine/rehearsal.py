"""A run too small to matter, trained when a worker starts: what torch sets up at the first step is set up by then."""

import tempfile
from contextlib import suppress
from pathlib import Path

from explorer.engine.host import HostedRun
from explorer.errors import ExplorerError
from explorer.experiment import Experiment

REHEARSED = Experiment.model_validate(
    {
        "data": {"kind": "circle"},
        "network": {"layers": [{"kind": "linear", "units": 2}, {"kind": "tanh"}, {"kind": "linear"}]},
        "recipe": {"steps": 2},
    }
)


def rehearse() -> None:
    """Start, train and close a run on the CPU."""
    with tempfile.TemporaryDirectory() as folder, suppress(ExplorerError):  # tighter limits may refuse even this one
        hosted = HostedRun.start(REHEARSED, Path(folder) / "rehearsal.run", "cpu")
        hosted.begin()
        hosted.advance()
        hosted.close()
