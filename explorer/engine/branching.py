"""A run that goes on from a past step of another: its settings, metrics and snapshots up to there, then its own way."""

from collections.abc import Mapping
from pathlib import Path

from torch import Tensor

from explorer.datasets.base import Data
from explorer.engine.host import HostedRun
from explorer.runs import Run
from explorer.runs.carried import data_at_hand


def branch(
    source: Run, step: int, path: Path, device: str = "auto", data: Data | None = None, title: str = ""
) -> HostedRun:
    """A paused run in a file of its own; the optimizer starts afresh, as snapshots hold weights alone."""
    weights = source.snapshot(step)
    current = source.experiment_in_force()
    experiment = current.model_copy(update={"data": data_at_hand(source.path, current.data)})
    hosted = HostedRun.start(experiment, path, device, data or source.data(), title)
    try:
        continue_from(hosted, source, step, weights)
        hosted.writer.add_event(step, "branched", run=source.id)
        hosted.commit()
    except BaseException:
        hosted.writer.close()
        path.unlink(missing_ok=True)
        raise
    return hosted


def continue_from(hosted: HostedRun, source: Run, step: int, weights: Mapping[str, Tensor]) -> None:
    """Put a fresh run where another stood at a kept step, with what it noted up to there."""
    trainer, writer = hosted.trainer, hosted.writer
    trainer.stand_at(step, weights)
    writer.carry_over(source, step)
    for (split, name), series in writer.series().items():
        trainer.latest[split][name] = float(series.values[-1])
    policy = trainer.policy
    while step // policy.stride >= policy.most:
        policy.stride *= 2
    policy.count = len(writer.snapshot_steps())
