"""The inner values of a recurrent layer for a batch, and what stands beside them over time."""

from collections.abc import Mapping

import torch
from torch import Tensor

from explorer.datasets.base import Split
from explorer.layers.points import HasGates
from explorer.layers.recurrent import RecurrentLayer
from explorer.lenses.base import Scene, named
from explorer.lenses.picture import Picture
from explorer.lenses.recording import recording
from explorer.network import Network
from explorer.signals import Task
from explorer.validation import Checked


def recurrent_names(checked: Checked) -> list[str]:
    """The names of the recurrent layers, in order of computation."""
    return [node.name for node in checked.plan.nodes if isinstance(node.layer, RecurrentLayer)]


@torch.no_grad()
def gates_of(network: Network, names: list[str], split: Split) -> tuple[Tensor, dict[str, dict[str, Tensor]]]:
    """The answer, and every gate and state of the named layers: (B, layer, direction, T, units) each."""
    inputs: dict[str, Tensor] = dict(zip(network.plan.input_names, split.inputs, strict=True))
    sources = {name: network.plan[name].sources[0] for name in names}
    with recording(network, set(sources.values()) - set(inputs)) as caught:
        output = network(*split.inputs)
    found = {}
    for name, source in sources.items():
        module = network.get_submodule(name)
        assert isinstance(module, HasGates)
        found[name] = module.gates((inputs | caught)[source])
    return output, found


def units(gates: Mapping[str, Tensor], of: str = "hidden") -> Tensor:
    """One value of every unit of all layers and directions, in this order: (B, T, layers directions units)."""
    value = gates[of] if of in gates else gates["hidden"]
    return value.permute(0, 3, 1, 2, 4).flatten(2)


def tracks(scene: Scene, split: Split, output: Tensor) -> Picture:
    """Input, target where one is known, and prediction of one example, over time where they have it."""
    task = scene.data.task
    known = {"target": named(split.targets[0], *task.target_axes)} if scene.has_target else {}
    return scene.pictured(split) | known | {"prediction": named(guesses(output, task)[0], *task.guess_axes)}


def guesses(output: Tensor, task: Task) -> Tensor:
    """What is told: the likeliest ids, or the numbers themselves."""
    return output.argmax(-1) if task.is_discrete else output
