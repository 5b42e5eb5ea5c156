"""What the layers of a network give out for many examples, and the same with one row for each example."""

from collections.abc import Iterable

import torch
from torch import Tensor

from explorer.datasets.base import Split
from explorer.errors import ExperimentError, Fault
from explorer.lenses.recording import recording
from explorer.lenses.telling import Tell, counted, tell_nobody
from explorer.network import Network
from explorer.signals import IGNORED, Task
from explorer.training.evaluation import CHUNK
from explorer.validation import Checked


def layer_names(checked: Checked) -> list[str]:
    """The names of the layers, in order of computation."""
    return [node.name for node in checked.plan.nodes]


@torch.no_grad()
def layer_values(
    network: Network, split: Split, names: Iterable[str], tell: Tell = tell_nobody
) -> tuple[Tensor, dict[str, Tensor]]:
    """The answers, and what each named layer gives out: (B, ...) each."""
    outputs: list[Tensor] = []
    chunks: dict[str, list[Tensor]] = {name: [] for name in names}
    with recording(network, chunks) as caught:
        for start in counted(range(0, len(split), CHUNK), tell, "batch"):
            outputs.append(network(*split.take(slice(start, start + CHUNK)).inputs))
            for name, parts in chunks.items():
                parts.append(caught[name])
    return torch.cat(outputs), {name: torch.cat(parts) for name, parts in chunks.items()}


def unit_axis(values: Tensor) -> int:
    """The axis that counts units: channels of pictures (B, C, H, W), else the last."""
    return 1 if values.dim() == 4 else -1


def by_unit(values: Tensor) -> Tensor:
    """Every place of every example in one row, with units behind: (B, ...) -> (B places, units)."""
    return values.movedim(unit_axis(values), -1).flatten(0, -2)


def over_places(values: Tensor) -> tuple[Tensor, Tensor]:
    """The greatest value of each unit of each example, and its place row by row: (B, ...) -> (B, units) each."""
    places = values.movedim(unit_axis(values), -1).flatten(1, -2) if values.dim() > 2 else values[:, None]
    return tuple(places.max(1))  # type: ignore[return-value]


def pick_unit(values: Tensor, unit: int, layer: str) -> int:
    """The unit itself; raises ExperimentError where the layer has fewer."""
    count = values.shape[unit_axis(values)]
    if unit >= count:
        got = f"{unit} of layer {layer}"
        raise ExperimentError([Fault("lens.unit", f"a number below its {count} units", got, "count from 0")])
    return unit


def rows(values: Tensor, task: Task, targets: Tensor) -> Tensor:
    """One row of features for each target that counts: each step where the task asks at each, else each example.

    Where there are more features than rows, the rows are turned into as few, with all distances and angles kept.
    """
    if task.steps is not None and values.dim() == 3 and values.shape[1] == task.steps:
        features = values.flatten(0, 1)
        features = features[targets.flatten() != IGNORED] if task.is_discrete else features
    else:
        features = values.flatten(1)
    if features.shape[1] > len(features):  # X^T = Q R gives X Q = R^T
        features = torch.linalg.qr(features.T.nan_to_num(posinf=0.0, neginf=0.0), mode="r").R.T
    return features


def fits_rows(values: Tensor, task: Task) -> bool:
    """Whether the layer has one row for each target."""
    return task.steps is None or (values.dim() == 3 and values.shape[1] == task.steps)


def row_targets(task: Task, targets: Tensor) -> Tensor:
    """The targets that count, one for each row: class ids (N,), or numbers (N, K)."""
    if not task.is_discrete:
        return targets.flatten(0, -2)
    return targets.flatten()[targets.flatten() != IGNORED]
