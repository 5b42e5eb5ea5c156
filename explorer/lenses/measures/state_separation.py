"""Does the state of a recurrent network fall into clouds, one for each thing to be remembered?"""

import torch
from torch import Tensor

from explorer.datasets.base import Data, Dataset
from explorer.datasets.memory import FlipFlop
from explorer.layers.recurrent import Recurrent
from explorer.lenses.measures.base import Measure
from explorer.lenses.measures.cell_depth import memories
from explorer.network import Network


def take(network: Network, data: Data, dataset: Dataset) -> float:
    """The share of the variance of the states that the remembered bits account for."""
    return between_share(memories(network, data), data.test.targets.flatten())


def between_share(states: Tensor, classes: Tensor) -> float:
    """The variance between the classes' means over the whole variance, 0 where nothing varies: (N, K), (N,)."""
    states = states.double()
    centred = states - states.mean(0)
    means = torch.zeros_like(states)
    for each in classes.unique():
        means[classes == each] = centred[classes == each].mean(0)
    total = centred.square().sum()
    return (means.square().sum() / total).item() if total > 0 else 0.0


STATE_SEPARATION = Measure(
    name="state_separation",
    title="Separation of the states",
    shows="How much of the spread of the states comes from the bits they remember; 1 where each has one point.",
    hides="It does not show where the clouds lie; compare with step 0, where the last pulse separates states already.",
    formula=r"\sum_s n_s \lVert \bar{h}_s - \bar{h} \rVert^2 / \sum_t \lVert h_t - \bar{h} \rVert^2",
    paper="Sussillo and Barak 2013, Opening the black box, Neural Computation 25(3)",
    take=take,
    datasets=(FlipFlop,),
    needs=Recurrent,
)
