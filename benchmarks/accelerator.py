"""Training on the machine's best accelerator against one core of its CPU; nothing is measured where there is none.

Each figure is a median over turns after a first that warms up. Seeds at once are compared over steps of all together.
"""

import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import torch

from explorer.engine.cohort import Cohort
from explorer.engine.host import HostedRun
from explorer.engine.seeds import Place
from explorer.experiment import Experiment
from explorer.gallery import preset, presets
from explorer.training.devices import available, step_work
from explorer.validation import check

TURNS = 4
SECONDS = 0.4  # of a turn
AT_ONCE = 16  # seeds of an ensemble
COMPARED = ("circle", "grokking", "induction-heads")


def figures() -> dict[str, float]:
    """Steps a second of every preset on both, the ratio, and what many seeds at once come to."""
    torch.set_num_threads(1)
    found: dict[str, float] = {}
    if (best := available()[0]) == "cpu":
        return found
    with TemporaryDirectory() as folder:
        for each in presets():
            experiment = _endless(each.experiment)
            name = f"accelerator: {each.name}"
            found[f"{name}, multiply-adds of a step"] = step_work(check(experiment))
            for device in ("cpu", best):
                found[f"{name}, steps/s on {device}"] = alone(experiment, device, Path(folder))
            found[f"{name}, {best} over cpu"] = found[f"{name}, steps/s on {best}"] / found[f"{name}, steps/s on cpu"]
        for each in map(preset, COMPARED):
            for device in ("cpu", best):
                rate = together(_endless(each.experiment), device, Path(folder))
                found[f"accelerator: {each.name}, {AT_ONCE} seeds at once, steps/s of all on {device}"] = rate
    return found


def alone(experiment: Experiment, device: str, folder: Path) -> float:
    """Steps a second of one run."""
    hosted = HostedRun.start(experiment, folder / f"{time.time_ns()}.run", device)
    hosted.begin()
    rate = _rate(lambda: hosted.advance(seconds=SECONDS), lambda: hosted.trainer.step)
    hosted.close()
    return rate


def together(experiment: Experiment, device: str, folder: Path) -> float:
    """Steps a second of many seeds as one model, added up."""
    places = {seed: Place(folder / f"{time.time_ns()}.run", "") for seed in range(AT_ONCE)}
    cohort = Cohort(experiment, places, device, together=True)
    while len(cohort.hosted) < AT_ONCE:
        cohort.advance(SECONDS)
    rate = _rate(lambda: cohort.advance(SECONDS), lambda: sum(each.trainer.step for each in cohort.hosted.values()))
    cohort.close()
    return rate


def _endless(experiment: Experiment) -> Experiment:
    return experiment.with_("recipe.steps=1000000", "recipe.stop={}")


def _rate(advance: Callable[[], object], steps: Callable[[], int]) -> float:
    rates = []
    for _ in range(TURNS):
        first, started = steps(), time.perf_counter()
        advance()
        rates.append((steps() - first) / (time.perf_counter() - started))
    return median(rates[1:])
