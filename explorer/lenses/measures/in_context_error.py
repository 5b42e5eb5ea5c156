"""In-context regression against the best that any learner can do, which is ridge regression with the right prior."""

import numpy as np
from torch import Tensor

from explorer.datasets.base import Data, Dataset
from explorer.datasets.in_context import (
    InContextRegression,
    error_by_position,
    ridge_error_by_position,
    ridge_predictions,
)
from explorer.lenses.measures.base import Measure
from explorer.lenses.measures.seen import answers
from explorer.network import Network

GARG = "Garg et al. 2022, What can transformers learn in-context?, arXiv:2208.01066"
AKYUREK = "Akyürek et al. 2022, What learning algorithm is in-context learning?, arXiv:2211.15661"
LEAST = 1e-12  # of an error that another is divided by


def take_error(network: Network, data: Data, dataset: Dataset) -> np.ndarray:
    """The squared error after 0, 1, 2, ... examples, against the clean values, as a share of knowing nothing: (T,)."""
    assert isinstance(dataset, InContextRegression)
    return error_by_position(answers(network, data.test), data.test.targets, dataset.dimensions).cpu().numpy()


def take_ridge_ratio(network: Network, data: Data, dataset: Dataset) -> np.ndarray:
    """That error over the error of ridge regression on the same prompts: (T,)."""
    assert isinstance(dataset, InContextRegression)
    return take_error(network, data, dataset) / at_least_something(ridge_error_by_position(data.test, dataset.noise))


def take_least_squares_ratio(network: Network, data: Data, dataset: Dataset) -> np.ndarray:
    """That error over the error of least squares, of least norm while there are too few examples: (T,)."""
    return take_error(network, data, dataset) / at_least_something(ridge_error_by_position(data.test, 0.0))


def take_ridge_distance(network: Network, data: Data, dataset: Dataset) -> np.ndarray:
    """The squared difference between the answers and those of ridge regression: (T,)."""
    assert isinstance(dataset, InContextRegression)
    ridge = ridge_predictions(data.test.inputs[0], dataset.noise)
    return error_by_position(answers(network, data.test), ridge, dataset.dimensions).cpu().numpy()


def at_least_something(errors: Tensor) -> np.ndarray:
    """Errors that can be divided by."""
    return errors.clamp(min=LEAST).cpu().numpy()


def last(errors: np.ndarray) -> float:
    """The value at the last place, where most examples have been shown."""
    return errors[-1]


IN_CONTEXT_ERROR = Measure(
    name="in_context_error",
    title="Error by number of examples",
    shows="The squared error after 0, 1, 2 and more examples; to know nothing costs 1, and the last place counts.",
    hides="It does not show how good any learner could be; noise on the examples keeps the error above zero.",
    formula=r"e_k = \frac{1}{d} \operatorname{mean} \left( \hat{y}_k - w^\top x_k \right)^2",
    paper=GARG,
    take=take_error,
    datasets=(InContextRegression,),
    axes=("examples",),
    summary=last,
)
RIDGE_RATIO = Measure(
    name="ridge_ratio",
    title="Error over ridge error",
    shows="The error after each number of examples over that of ridge regression with the true prior; the last counts.",
    hides="It does not show whether the network computes what ridge regression does, or only errs as much.",
    formula=r"e_k / e_k^{\text{ridge}}, \quad \hat{w}^{\text{ridge}} = (X^\top X + \sigma^2 I)^{-1} X^\top y",
    paper=GARG,
    take=take_ridge_ratio,
    datasets=(InContextRegression,),
    axes=("examples",),
    summary=last,
)
LEAST_SQUARES_RATIO = Measure(
    name="least_squares_ratio",
    title="Error over least-squares error",
    shows="The error after each number of examples over that of least squares, which knows no prior; the last counts.",
    hides="It does not show how near the best learner is: with noise, ridge regression errs less than least squares.",
    formula=r"e_k / e_k^{\text{LS}}, \quad \hat{w}^{\text{LS}} = X^{+} y",
    paper=GARG,
    take=take_least_squares_ratio,
    datasets=(InContextRegression,),
    axes=("examples",),
    summary=last,
)
RIDGE_DISTANCE = Measure(
    name="ridge_distance",
    title="Distance from ridge regression",
    shows="How far the answers are from those of ridge regression to the same prompts; 0 where they agree.",
    hides="It does not show by what steps the network comes to its answers.",
    formula=r"\frac{1}{d} \operatorname{mean} \left( \hat{y}_k - x_k^\top \hat{w}^{\text{ridge}}_k \right)^2",
    paper=AKYUREK,
    take=take_ridge_distance,
    datasets=(InContextRegression,),
    axes=("examples",),
    summary=np.mean,
)
