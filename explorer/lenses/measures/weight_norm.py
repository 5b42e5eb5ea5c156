"""The weight norm: how far all weights together are from zero."""

import torch

from explorer.datasets.base import Data, Dataset
from explorer.lenses.measures.base import Measure
from explorer.network import Network


def take(network: Network, data: Data, dataset: Dataset) -> float:
    """The Euclidean length of all parameters as one vector."""
    return torch.nn.utils.get_total_norm([parameter.detach() for parameter in network.parameters()]).item()


WEIGHT_NORM = Measure(
    name="weight_norm",
    title="Weight norm",
    shows="The length of all weights as one vector; under weight decay it falls on while a simpler solution is found.",
    hides="It does not show which weights matter: some layers can be scaled without changing any answer.",
    formula=r"\lVert \theta \rVert_2 = \sqrt{\textstyle\sum_i \theta_i^2}",
    paper="Liu, Michaud and Tegmark 2022, Omnigrok: grokking beyond algorithmic data, arXiv:2210.01117",
    take=take,
    datasets=(Dataset,),
)
