"""From a run back to living things: its network with the weights of a step, its data, its metrics on held-out data."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from torch import Tensor, nn

from explorer import datasets
from explorer.datasets.base import Data, Dataset
from explorer.declarations import read_part
from explorer.errors import RunFileError
from explorer.network import Network, build, demand_within_limits, plan
from explorer.runs.carried import data_at_hand
from explorer.training.evaluation import evaluate
from explorer.training.objectives import loss_for

if TYPE_CHECKING:
    from explorer.runs.reader import Run


def build_model(run: "Run", step: int | None) -> Network:
    """The network with the weights of a kept step."""
    about = dataset_of(run).describe()
    layout = plan(run.experiment.network, about.signals, about.task, about.input_names)
    demand_within_limits(layout, 1)
    network = build(layout, seed=0)
    load_weights(network, run.snapshot(step), f"{run.path}")
    return network.eval()


def load_data(run: "Run") -> Data:
    """The data that the run was trained on."""
    return dataset_of(run).load(run.experiment.seed)


def evaluate_run(run: "Run", step: int) -> dict[str, Any]:
    """Metrics on held-out data at a kept step."""
    data = load_data(run)
    loss = loss_for(data.task, run.experiment.recipe.loss)
    found = evaluate(build_model(run, step), data.test, data.task, loss)
    return {"step": step, "metrics": found.metrics, "confusion_matrix": found.confusion_matrix}


def load_weights(network: nn.Module, tensors: Mapping[str, Tensor], place: str) -> None:
    """Put weights into a network; raises RunFileError unless names, shapes and types are exactly the network's own."""
    own = network.state_dict()
    for name in [*own, *tensors]:
        expected, got = _described(own.get(name)), _described(tensors.get(name))
        if expected != got:
            raise RunFileError(
                f"{place}: tensor {name}: expected {expected}, got {got}; the weights belong to another network."
            )
    network.load_state_dict(dict(tensors))


def _described(tensor: Tensor | None) -> str:
    if tensor is None:
        return "no such tensor"
    return f"shape {tuple(tensor.shape)} of {str(tensor.dtype).removeprefix('torch.')}"


def dataset_of(run: "Run") -> Dataset:
    """The run's data as its kind declares it, not yet loaded."""
    return read_part(datasets.KINDS, data_at_hand(run.path, run.experiment.data), "data")
