"""The laboratories of emergence over five seeds: their figures, their seconds of one core, and many seeds at once."""

import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import torch

from explorer.engine.inline import train
from explorer.engine.seeds import train_seeds
from explorer.experiment import Experiment
from explorer.gallery import preset
from explorer.lenses.measures import measure_run

SEEDS = range(5)
AT_ONCE = 16  # seeds of an ensemble
COMPARED = {"circle": 1_000, "grokking": 150, "induction-heads": 150}  # steps of each run that is compared
LABORATORIES: dict[
    str, dict[str, Callable[[list[float]], float]]
] = {  # by preset: measures, and the worst of the seeds
    "induction-heads": {"second_half_accuracy": min, "prefix_matching": min},
    "induction-one-layer": {"second_half_accuracy": max, "prefix_matching": max},
    "induction-fixed-offset": {"train.accuracy": min, "second_half_accuracy": max},
    "grokking": {"test.accuracy": min, "generalisation_delay": min},
    "grokking-no-decay": {"test.accuracy": max},
    "in-context-line": {"ridge_ratio": max},
    "in-context-regression": {"ridge_ratio": max},
    "in-context-classes": {"test.accuracy": min},
    "in-weights-classes": {"test.accuracy": min, "novel_class_accuracy": max},
    "superposition": {"features_per_dimension": min},
    "superposition-dense": {"features_per_dimension": max},
    "copy-attention": {"test.accuracy": min},
    "copy-convolution": {"test.accuracy": min},
    "copy-beyond-window": {"test.accuracy": max},
    "copy-recurrent": {"test.accuracy": min},
}


def figures() -> dict[str, float]:
    """The worst value over the seeds of each measure, the most seconds, and the ratios of many seeds at once."""
    torch.set_num_threads(1)
    found: dict[str, float] = {}
    with TemporaryDirectory() as folder:
        for name, measures in LABORATORIES.items():
            found |= laboratory(name, measures, Path(folder))
        for name, steps in COMPARED.items():
            ratio = ensemble_ratio(preset(name).experiment.with_(f"recipe.steps={steps}"), Path(folder) / name)
            found[f"emergence: {name}, {AT_ONCE} seeds at once over one by one"] = ratio
    return found


def laboratory(name: str, measures: dict[str, Callable[[list[float]], float]], folder: Path) -> dict[str, float]:
    """The figures of one preset."""
    seconds, runs = [], []
    for seed in SEEDS:
        started = time.process_time()
        runs.append(train(preset(name).experiment.with_(f"seed={seed}"), folder / f"{name}-{seed}.run", "cpu"))
        seconds.append(time.process_time() - started)
    found = {
        f"emergence: {name}, {measure}, {worst.__name__}": worst([measure_run(run, measure) for run in runs])
        for measure, worst in measures.items()
    }
    return {**found, f"emergence: {name}, most CPU s": max(seconds)}


def ensemble_ratio(experiment: Experiment, folder: Path) -> float:
    """CPU seconds of seeds one after another over those of the same seeds as one batched model."""
    train_seeds(experiment.with_("recipe.steps=2"), range(2), folder / "first", "cpu", together=True)  # torch loads
    taken = {}
    for together in (True, False):
        started = time.process_time()
        train_seeds(experiment, range(AT_ONCE), folder / str(together), "cpu", together=together)
        taken[together] = time.process_time() - started
    return taken[False] / taken[True]
