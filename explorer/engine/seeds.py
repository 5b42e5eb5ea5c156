"""Many seeds of one experiment, each a run with a file of its own: as one batched model, or one after another."""

import time
from collections.abc import Callable, Iterable
from pathlib import Path

import torch

from explorer.cost import costs
from explorer.engine.base import Status
from explorer.engine.host import COMMIT_SECONDS, HostedRun
from explorer.engine.inline import SLICE, finish
from explorer.errors import ExperimentError, Fault, LimitError
from explorer.experiment import Experiment
from explorer.limits import home
from explorer.network import demand_within_limits
from explorer.runs import Run, new_id, open_run
from explorer.training.devices import pick_device
from explorer.training.ensemble import Ensemble, reason_against
from explorer.validation import Checked, assign, check

Report = Callable[[Status], None]
MOST = 64  # seeds at once
SMALL = (
    1_000_000  # multiply-adds of a step forward; above it the numbers take longer than the calls that batching saves
)


def train_seeds(
    experiment: Experiment,
    seeds: Iterable[int] = range(8),
    out: str | Path | None = None,
    device: str = "auto",
    report: Report | None = None,
    together: bool | None = None,
) -> list[Run]:
    """Train an experiment once for each seed and open the runs, in the order of the seeds.

    The runs equal those trained one by one, to rounding. They are trained as one batched model where that is faster, or
    wherever it can be done if `together` is true, and else one after another; the event `trained_together` or
    `trained_alone` in each file says which, and why.
    """
    chosen = list(seeds)
    if not 1 <= len(chosen) <= MOST or len(set(chosen)) < len(chosen):
        remedy = "give each seed once"
        raise ExperimentError([Fault("seeds", f"1 to {MOST} different seeds", str(chosen), remedy)])
    checked = check(experiment)
    folder = Path(out) if out else home() / "runs"
    reason = _reason_against(checked, len(chosen), pick_device(device), together)
    hosted = [_start(experiment, seed, folder, device) for seed in chosen]
    try:
        if reason:
            for each, seed in zip(hosted, chosen, strict=True):
                each.writer.add_event(0, "trained_alone", seed=seed, reason=reason)
                finish(each, report)
        else:
            _train_together(hosted, chosen, report)
    except KeyboardInterrupt:
        for each in hosted:
            each.pause("Interrupted from the keyboard.")
        raise
    finally:
        for each in hosted:
            each.close()
    return [open_run(each.path) for each in hosted]


def _start(experiment: Experiment, seed: int, folder: Path, device: str) -> HostedRun:
    return HostedRun.start(assign(experiment, f"seed={seed}"), folder / f"{new_id()}.run", device, title=f"seed {seed}")


def _reason_against(checked: Checked, count: int, device: torch.device, together: bool | None) -> str | None:
    """Why so many seeds are trained one after another, in words; None where they are one model."""
    if count == 1 or together is False:
        return "There is only one seed." if count == 1 else "That was asked for."
    if reason := reason_against(checked):
        return reason
    batch_size = checked.experiment.recipe.batch_size or checked.description.n_train or 1
    try:
        demand_within_limits(checked.plan, count * batch_size)
    except LimitError as error:
        return f"All together they are too large: {error}"
    work = batch_size * sum(each.multiply_adds for each in costs(checked.plan))
    if together is None and device.type == "cpu" and work > SMALL:
        return "One network of this size keeps the processor busy; many at once would be no faster."
    return None


def _train_together(hosted: list[HostedRun], seeds: list[int], report: Report | None) -> None:
    for each in hosted:
        each.writer.add_event(0, "trained_together", seeds=seeds)
        each.begin()
    ensemble = Ensemble([each.trainer for each in hosted])
    training, committed = list(hosted), time.monotonic()
    try:
        while ensemble.is_training:
            ensemble.advance(SLICE)
            if time.monotonic() - committed > COMMIT_SECONDS:
                ensemble.share_memories()
                for each in training:
                    each.commit()
                committed = time.monotonic()
            for each in [each for each in training if each.trainer.is_over]:
                each.advance(steps=0)  # writes how it ended
                training.remove(each)
            if report:
                report(hosted[0].status)
    finally:
        ensemble.release()
