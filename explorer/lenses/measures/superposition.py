"""How many features share a bottleneck, and how much of a dimension each has (Elhage et al. 2022)."""

import numpy as np
import torch
from torch import Tensor, nn

from explorer.datasets.base import Data, Dataset
from explorer.datasets.sparse import SparseFeatures
from explorer.layers.dense import Bottleneck
from explorer.lenses.measures.base import Measure
from explorer.network import Network

PAPER = "Elhage et al. 2022, Toy models of superposition, arXiv:2209.10652"
LEAST = 1e-12  # of a squared length that is divided by


def arrows(network: nn.Module) -> Tensor:
    """The direction in which the first bottleneck stores each feature: (units, features)."""
    return next(module for module in network.modules() if isinstance(module, Bottleneck)).weight.detach().double()


def take_features(network: Network, data: Data, dataset: Dataset) -> float:
    """The squared lengths of all arrows over the dimensions there are."""
    stored = arrows(network)
    return (stored.square().sum() / len(stored)).item()


def take_dimensionality(network: Network, data: Data, dataset: Dataset) -> np.ndarray:
    """The share of a dimension that each feature has to itself: (features,)."""
    stored = arrows(network)
    lengths = stored.square().sum(0)  # (features,)
    overlaps = ((stored / lengths.clamp(min=LEAST).sqrt()).T @ stored).square().sum(1)
    return torch.where(lengths > LEAST, lengths / overlaps.clamp(min=LEAST), 0.0).cpu().numpy()


FEATURES_PER_DIMENSION = Measure(
    name="features_per_dimension",
    title="Features per dimension",
    shows="How many features are stored in each dimension of the bottleneck; above 1 they share it.",
    hides="It does not show which features share a dimension.",
    formula=r"\lVert W \rVert_F^2 / m",
    paper=PAPER,
    take=take_features,
    datasets=(SparseFeatures,),
    needs=Bottleneck,
)
FEATURE_DIMENSIONALITY = Measure(
    name="feature_dimensionality",
    title="Dimensionality of the features",
    shows="The share of a dimension that each feature has: 1 alone, 1/2 in a pair of opposites, 2/5 in a pentagon.",
    hides="It does not show the figure itself, which the arrows do.",
    formula=r"D_i = \lVert W_i \rVert^2 / \sum_j ( \hat{W}_i \cdot W_j )^2",
    paper=PAPER,
    take=take_dimensionality,
    datasets=(SparseFeatures,),
    needs=Bottleneck,
    axes=("feature",),
    summary=np.mean,
)
