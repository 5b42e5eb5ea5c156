"""The table of progress measures, and the value of a measure or metric for a trained run."""

from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from torch import nn

from explorer import datasets
from explorer.datasets.base import Dataset
from explorer.declarations import read_part
from explorer.errors import ExperimentError, Fault, unknown
from explorer.layers.attention import AttentionWithin
from explorer.layers.dense import Bottleneck
from explorer.layers.recurrent import Recurrent
from explorer.lenses.measures.agreement import AGREEMENT, ATTRACTORS
from explorer.lenses.measures.base import Measure
from explorer.lenses.measures.cell_depth import CELL_DEPTH
from explorer.lenses.measures.delay import generalisation_delay
from explorer.lenses.measures.fourier import FOURIER_GINI, FOURIER_POWER, KEY_SHARE_OF_POWER
from explorer.lenses.measures.in_context_error import (
    IN_CONTEXT_ERROR,
    LEAST_SQUARES_RATIO,
    RIDGE_DISTANCE,
    RIDGE_RATIO,
)
from explorer.lenses.measures.in_context_score import IN_CONTEXT_SCORE
from explorer.lenses.measures.loss_by_position import LOSS_BY_POSITION
from explorer.lenses.measures.novel_classes import IN_WEIGHTS, LABEL_ATTENTION, NOVEL_CLASSES, SWAPPED_LABELS
from explorer.lenses.measures.phones import BLANK_FRACTION, PHONE_ERROR_RATE
from explorer.lenses.measures.prefix_matching import PREFIX_MATCHING
from explorer.lenses.measures.previous_token import PREVIOUS_TOKEN
from explorer.lenses.measures.restricted import EXCLUDED_LOSS, RESTRICTED_LOSS
from explorer.lenses.measures.second_half import SECOND_HALF_ACCURACY
from explorer.lenses.measures.state_separation import STATE_SEPARATION
from explorer.lenses.measures.superposition import FEATURE_DIMENSIONALITY, FEATURES_PER_DIMENSION
from explorer.lenses.measures.weight_norm import WEIGHT_NORM
from explorer.network import Network

if TYPE_CHECKING:
    from explorer.runs import Run

MEASURES: dict[str, Measure] = {
    measure.name: measure
    for measure in (
        SECOND_HALF_ACCURACY,
        PREFIX_MATCHING,
        PREVIOUS_TOKEN,
        IN_CONTEXT_SCORE,
        LOSS_BY_POSITION,
        FOURIER_POWER,
        KEY_SHARE_OF_POWER,
        FOURIER_GINI,
        RESTRICTED_LOSS,
        EXCLUDED_LOSS,
        IN_CONTEXT_ERROR,
        RIDGE_RATIO,
        LEAST_SQUARES_RATIO,
        RIDGE_DISTANCE,
        NOVEL_CLASSES,
        SWAPPED_LABELS,
        IN_WEIGHTS,
        LABEL_ATTENTION,
        CELL_DEPTH,
        STATE_SEPARATION,
        BLANK_FRACTION,
        PHONE_ERROR_RATE,
        FEATURES_PER_DIMENSION,
        FEATURE_DIMENSIONALITY,
        AGREEMENT,
        ATTRACTORS,
        WEIGHT_NORM,
    )
}

PARTS: dict[type[nn.Module], str] = {  # what the parts that measures need are called
    AttentionWithin: "self-attention",
    Bottleneck: "a bottleneck",
    nn.Embedding: "an embedding",
    Recurrent: "a recurrent layer",
}


def _delay(run: "Run") -> float:
    return generalisation_delay(run.series("train", "accuracy"), run.series("test", "accuracy"))


HISTORIES: dict[str, Callable[["Run"], float]] = {"generalisation_delay": _delay}  # measures of a run's whole course


def measures(network: nn.Module | None = None, dataset: Dataset | None = None) -> tuple[Measure, ...]:
    """Every measure, in order; of a network with its data, those that can be taken."""
    if network is None or dataset is None:
        return tuple(MEASURES.values())
    return tuple(measure for measure in MEASURES.values() if measure.is_applicable(network, dataset))


def fitting(name: str, network: nn.Module, dataset: Dataset) -> Measure:
    """The measure of this name; raises ExperimentError where it is unknown or cannot be taken of such a network."""
    if name not in MEASURES:
        raise ExperimentError([unknown("measure", name, (*MEASURES, *HISTORIES))])
    measure = MEASURES[name]
    if not measure.is_applicable(network, dataset):
        kinds = " or ".join(dict.fromkeys(getattr(kind, "title", kind.__name__) for kind in measure.datasets))
        part = f" and {PARTS[measure.needs]}" if measure.needs else ""
        known = ", ".join(each.name for each in measures(network, dataset))
        got = f"one with {dataset.title}"
        raise ExperimentError([Fault("measure", f"a run with {kinds}{part} for {name}", got, f"choose one of {known}")])
    return measure


def measure_run(run: "Run", name: str) -> float:
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
    network = cast(Network, run.model())
    dataset = read_part(datasets.KINDS, run.experiment.data, "data")
    return fitting(name, network, dataset).knowing(network, dataset).value(network, run.data(), dataset)


__all__ = ["HISTORIES", "MEASURES", "Measure", "fitting", "measure_run", "measures"]
