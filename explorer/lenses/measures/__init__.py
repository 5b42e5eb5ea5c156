"""The table of progress measures, and the value of a measure or metric for a trained run."""

from collections.abc import Callable
from typing import cast

from explorer import datasets
from explorer.declarations import read_part
from explorer.errors import ExperimentError, Fault, unknown
from explorer.lenses.measures.agreement import AGREEMENT, ATTRACTORS
from explorer.lenses.measures.base import Measure
from explorer.lenses.measures.cell_depth import CELL_DEPTH
from explorer.lenses.measures.delay import generalisation_delay
from explorer.lenses.measures.in_context_error import IN_CONTEXT_ERROR, RIDGE_RATIO
from explorer.lenses.measures.in_context_score import IN_CONTEXT_SCORE
from explorer.lenses.measures.novel_classes import NOVEL_CLASSES
from explorer.lenses.measures.prefix_matching import PREFIX_MATCHING
from explorer.lenses.measures.previous_token import PREVIOUS_TOKEN
from explorer.lenses.measures.second_half import SECOND_HALF_ACCURACY
from explorer.network import Network
from explorer.runs import Run

MEASURES: dict[str, Measure] = {
    measure.name: measure
    for measure in (
        SECOND_HALF_ACCURACY,
        PREFIX_MATCHING,
        PREVIOUS_TOKEN,
        IN_CONTEXT_SCORE,
        IN_CONTEXT_ERROR,
        RIDGE_RATIO,
        NOVEL_CLASSES,
        CELL_DEPTH,
        AGREEMENT,
        ATTRACTORS,
    )
}


def _delay(run: Run) -> float:
    return generalisation_delay(run.series("train", "accuracy"), run.series("test", "accuracy"))


HISTORIES: dict[str, Callable[[Run], float]] = {"generalisation_delay": _delay}  # measures of a run's whole course


def measure_run(run: Run, name: str) -> float:
    """The value after training of a measure, or of a metric as split.name; raises ExperimentError where it has none.

    Metrics of the test split are taken of all held-out examples, those of the training split as last noted.
    """
    if name in HISTORIES:
        return HISTORIES[name](run)
    split, dot, metric = name.partition(".")
    if dot:
        values = run.evaluate()["metrics"] if split == "test" else run.latest()[split]
        if metric not in values:
            raise ExperimentError([unknown("measure", name, (f"{split}.{known}" for known in values))])
        return float(values[metric])
    return _taken(run, name)


def _taken(run: Run, name: str) -> float:
    if name not in MEASURES:
        raise ExperimentError([unknown("measure", name, (*MEASURES, *HISTORIES))])
    network, measure = cast(Network, run.model()), MEASURES[name]
    dataset = read_part(datasets.KINDS, run.experiment.data, "data")
    if not measure.is_applicable(network, dataset):
        kinds = " or ".join(kind.title for kind in measure.datasets)
        part = f" and a layer of {measure.needs.__name__}" if measure.needs else ""
        got = f"one with {dataset.title}"
        raise ExperimentError([Fault("measure", f"a run with {kinds}{part} for {name}", got, "choose another measure")])
    return measure.value(network, run.data(), dataset)


__all__ = ["HISTORIES", "MEASURES", "Measure", "measure_run"]
