"""Many seeds of one experiment, each a run with a file of its own, trained to the end in this process."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from explorer.engine.base import Status
from explorer.engine.cohort import Cohort
from explorer.engine.inline import SLICE
from explorer.errors import ExperimentError, Fault
from explorer.experiment import Experiment
from explorer.limits import home
from explorer.runs import Run, new_id, open_run

Report = Callable[[Status], None]
MOST = 64  # seeds at once


@dataclass(frozen=True)
class Place:
    """The file of a run, and what the run is called."""

    path: Path
    title: str


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
    demand_seeds(chosen)
    folder = Path(out) if out else home() / "runs"
    places = {seed: Place(folder / f"{new_id()}.run", f"seed {seed}") for seed in chosen}
    cohort = Cohort(experiment, places, device, together)
    try:
        while not cohort.is_over:
            ended = cohort.advance(SLICE)
            if report and (told := [hosted for _, hosted in ended] or list(cohort.hosted.values())):
                report(told[0].status)
    except KeyboardInterrupt:
        cohort.pause("Interrupted from the keyboard.")
        raise
    finally:
        cohort.close()
    return [open_run(place.path) for place in places.values()]


def demand_seeds(chosen: list[int]) -> None:
    """Raise ExperimentError unless there are some seeds, not too many, each once."""
    if not 1 <= len(chosen) <= MOST or len(set(chosen)) < len(chosen):
        remedy = "give each seed once"
        raise ExperimentError([Fault("seeds", f"1 to {MOST} different seeds", str(chosen), remedy)])
