"""Everything that happens inside a torch module while it answers once, by name."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.hooks import RemovableHandle

from explorer.errors import ExperimentError, unknown
from explorer.layers.convolution import TimeConvolution
from explorer.layers.points import HasGates, Point
from explorer.lenses.base import named
from explorer.lenses.picture import Array
from explorer.lenses.recording import evaluating

BY_RANK = {
    0: (),
    1: ("batch",),
    2: ("batch", "feature"),
    3: ("batch", "time", "feature"),
    4: ("batch", "channel", "height", "width"),
}
CHANNELS_FIRST = (nn.Conv1d, nn.MaxPool1d, nn.AvgPool1d, nn.BatchNorm1d)


@dataclass(frozen=True)
class Recording(Mapping[str, Array]):
    """Inner values by dotted name, in the order in which they came about, and the answer itself.

    What a module gives out beside its first tensor is called name[1], name[2], ...; what it gives out when it is
    called again, name@2, name@3, ...
    """

    values_by_name: Mapping[str, Array]
    output: Array

    def __getitem__(self, name: str) -> Array:
        return self.values_by_name[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.values_by_name)

    def __len__(self) -> int:
        return len(self.values_by_name)


def record(model: nn.Module, inputs: Any, names: Iterable[str] | None = None) -> Recording:
    """What the named parts of a module, or all of them, give out for a batch of inputs in eval mode.

    A tuple is several inputs. The module's mode, gradients and hooks are left as they were.
    """
    known = addresses(model)
    wanted = list(known if names is None else names)
    if faults := [unknown("names", name, known) for name in wanted if name not in known]:
        raise ExperimentError(faults)
    place = next((parameter.device for parameter in model.parameters()), torch.device("cpu"))
    batch = [torch.as_tensor(value).to(place) for value in (inputs if isinstance(inputs, tuple) else (inputs,))]
    caught: dict[str, Array] = {}
    handles: list[RemovableHandle] = []
    try:
        for module in {module: None for module, _ in map(known.__getitem__, wanted)}:
            parts = {part: name for name in wanted for owner, part in [known[name]] if owner is module}
            handles.append(module.register_forward_hook(_catch(parts, caught)))
        with evaluating(model), torch.no_grad():
            output = model(*batch)
    finally:
        for handle in handles:
            handle.remove()
    return Recording(caught, _array(model, output[0] if isinstance(output, tuple) else output))


def addresses(model: nn.Module) -> dict[str, tuple[nn.Module, str]]:
    """Names of all inner values, each with its module and, where it is one of the module's gates, the gate."""
    found: dict[str, tuple[nn.Module, str]] = {}
    for path, module in model.named_modules():
        if path:
            found[path] = module, ""
        for gate in module.gate_names if isinstance(module, HasGates) else ():
            found[f"{path}.{gate}".lstrip(".")] = module, gate
    return found


def _catch(parts: Mapping[str, str], caught: dict[str, Array]) -> Callable[[nn.Module, Any, Any], None]:
    """A hook that keeps a module's output (part "") and its gates (other parts) under their names."""

    def hook(module: nn.Module, inputs: Any, output: Any) -> None:
        if "" in parts:
            for place, value in enumerate(_tensors(output)):
                name = f"{parts['']}[{place}]" if place else parts[""]
                caught[_free(name, caught)] = _array(module, value, place)
        if set(parts) - {""} and isinstance(module, HasGates):
            gates = module.gates(inputs[0])
            for gate, name in parts.items():
                if gate:
                    caught[_free(name, caught)] = named(gates[gate], *module.gate_axes)

    return hook


def _free(name: str, taken: Mapping[str, Array]) -> str:
    """The name itself, or with the number of the call where the module was called before."""
    call = 2
    free = name
    while free in taken:
        free, call = f"{name}@{call}", call + 1
    return free


def _tensors(output: Any) -> Iterator[Tensor]:
    if isinstance(output, Tensor):
        yield output
    elif isinstance(output, Mapping):
        for value in output.values():
            yield from _tensors(value)
    elif isinstance(output, tuple | list):
        for value in output:
            yield from _tensors(value)


def _array(module: nn.Module, value: Tensor, place: int = 0) -> Array:
    return named(value, *_axes(module, value, place))


def _axes(module: nn.Module, value: Tensor, place: int) -> tuple[str, ...]:
    """Names for the axes of what a module gives out, by its own word, its class or the number of axes."""
    rank = value.dim()
    if isinstance(module, Point):
        return module.axes
    if isinstance(module, nn.RNNBase) and rank == 3:
        if place:
            return ("layer", "batch", "unit")
        return ("batch", "time", "feature") if module.batch_first else ("time", "batch", "feature")
    if isinstance(module, nn.MultiheadAttention) and rank >= 3:
        if place:
            return ("batch", "query", "key") if rank == 3 else ("batch", "head", "query", "key")
        return ("batch", "time", "feature") if module.batch_first else ("time", "batch", "feature")
    if isinstance(module, CHANNELS_FIRST) and not isinstance(module, TimeConvolution) and rank == 3:
        return ("batch", "channel", "time")
    if rank == 2 and not value.is_floating_point():
        return ("batch", "time")
    return BY_RANK.get(rank) or ("batch", *(f"axis{axis}" for axis in range(1, rank)))
