"""In-context regression against the best that any learner can do, which is ridge regression with the right prior."""

import numpy as np

from explorer.datasets.base import Data, Dataset
from explorer.datasets.in_context import InContextRegression, error_by_position, ridge_error_by_position
from explorer.lenses.measures.base import Measure
from explorer.network import Network
from explorer.training.evaluation import predict

PAPER = "Garg et al. 2022, What can transformers learn in-context?, arXiv:2208.01066"


def take_error(network: Network, data: Data, dataset: Dataset) -> np.ndarray:
    """The squared error after 0, 1, 2, ... examples, against the clean values, as a share of knowing nothing: (T,)."""
    assert isinstance(dataset, InContextRegression)
    return error_by_position(predict(network, data.test), data.test.targets, dataset.dimensions).cpu().numpy()


def take_ridge_ratio(network: Network, data: Data, dataset: Dataset) -> float:
    """The error at the last place over that of ridge regression on the same prompts."""
    assert isinstance(dataset, InContextRegression)
    ridge = ridge_error_by_position(data.test, dataset.noise)
    return float(take_error(network, data, dataset)[-1]) / ridge[-1].item()


IN_CONTEXT_ERROR = Measure(
    name="in_context_error",
    title="Error by number of examples",
    about="The squared error after 0, 1, 2 and more examples; to know nothing costs 1, and the last place counts.",
    formula=r"e_k = \frac{1}{d} \operatorname{mean} \left( \hat{y}_k - w^\top x_k \right)^2",
    paper=PAPER,
    take=take_error,
    datasets=(InContextRegression,),
    axes=("examples",),
    summary=lambda errors: errors[-1],
)
RIDGE_RATIO = Measure(
    name="ridge_ratio",
    title="Error over ridge error",
    about="The error at the last example over that of ridge regression with the right prior, which none can beat.",
    formula=r"e_n / e_n^{\text{ridge}}, \quad "
    r"\hat{w}^{\text{ridge}} = (X^\top X + \sigma^2 I)^{-1} X^\top y",
    paper=PAPER,
    take=take_ridge_ratio,
    datasets=(InContextRegression,),
)
