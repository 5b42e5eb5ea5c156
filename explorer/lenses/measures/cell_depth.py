"""Does some cell of a recurrent network count the open brackets, a number that it is never told?"""

import numpy as np
import torch
from torch import Tensor

from explorer.datasets.base import Data, Dataset
from explorer.datasets.memory import Brackets, bracket_depths
from explorer.layers.recurrent import Recurrent
from explorer.lenses.measures.base import Measure
from explorer.lenses.recording import recording
from explorer.network import Network
from explorer.training.evaluation import predict


def take(network: Network, data: Data, dataset: Dataset) -> np.ndarray:
    """Of each cell of every recurrent layer, the size of its correlation with the depth: (cells,)."""
    depths = bracket_depths(*data.test.inputs).flatten()  # (B T,)
    return correlations(memories(network, data), depths).abs().cpu().numpy()


def memories(network: Network, data: Data) -> Tensor:
    """What all recurrent layers carry, at every step of every held-out sequence: (B T, cells)."""
    names = [node.name for node in network.plan.nodes if isinstance(network.get_submodule(node.name), Recurrent)]
    return torch.cat([memory(network, name, data).flatten(0, -2) for name in names], 1)


@torch.no_grad()
def memory(network: Network, name: str, data: Data) -> Tensor:
    """What a recurrent layer carries from step to step, its cell where it has one: (B, T, layers directions units)."""
    (source,) = network.plan[name].sources
    inputs = dict(zip(network.plan.input_names, data.test.inputs, strict=True))
    with recording(network, [] if source in inputs else [source]) as caught:
        predict(network, data.test)
    module = network.get_submodule(name)
    assert isinstance(module, Recurrent)
    gates = module.gates((inputs | caught)[source])
    state = gates["cell" if "cell" in gates else "hidden"]  # (B, layer, direction, T, units)
    return state.permute(0, 3, 1, 2, 4).flatten(2)


def correlations(columns: Tensor, values: Tensor) -> Tensor:
    """Pearson's correlation of each column with the values, 0 where one of them is constant: (N, K), (N,) -> (K,)."""
    columns, values = columns.double(), values.double()
    columns, values = columns - columns.mean(0), values - values.mean()
    scale = columns.norm(dim=0) * values.norm()
    return torch.where(scale > 0, values @ columns / scale.clamp(min=1e-300), 0.0)


CELL_DEPTH = Measure(
    name="cell_depth_correlation",
    title="Depth in a cell",
    shows="How closely some cell follows the number of open brackets, in a straight line.",
    hides="It does not show whether the answer is read from that cell; at step 0 some cell often follows too.",
    formula=r"\max_j \left| \operatorname{corr}(c_{t,j},\, \text{depth}_t) \right|",
    paper="Karpathy, Johnson and Li 2015, Visualizing and understanding recurrent networks, arXiv:1506.02078",
    take=take,
    datasets=(Brackets,),
    needs=Recurrent,
    axes=("cell",),
)
