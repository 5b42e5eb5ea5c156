"""The network as an attribution method sees it: a private copy that gives one number for each example."""

from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from typing import Any

import torch
from torch import Tensor, nn

from explorer.errors import EngineError
from explorer.lenses.attribution.structure import ELEMENTWISE, JOINT, MAX_POOLS, cuts
from explorer.lenses.attribution.targets import Target
from explorer.network import Network
from explorer.signals import Signal

PASSING = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")


class Subject(nn.Module):
    """A private copy in eval mode, entered at its input, at its embedding or at a layer."""

    def __init__(self, network: nn.Module, signal: Signal, target: Target, layer: str | None = None):
        super().__init__()
        copy = private(network)
        self.target = target
        self.signal = signal
        self.layer = layer
        self.body: Body = _body(copy, signal, target.layer, layer)
        self._whole = (copy,)  # not a child: Captum would find, and hook, each of its layers twice

    @property
    def network(self) -> nn.Module:
        """The whole copy."""
        return self._whole[0]

    def enter(self, inputs: Tensor) -> Tensor:
        """Inputs as the network takes them, brought to where the attribution starts."""
        return self.body.enter(inputs)

    def settle(self, values: Tensor, last: int | None) -> Tensor:
        """Make every open choice of the target by the answer to the first of some values; the answers to all."""
        with torch.no_grad():
            answers: Tensor = self.body(values)
        self.target = self.target.settle(answers[:1], last)
        return answers

    @contextmanager
    def separated(self) -> Iterator[None]:
        """While it lasts, every layer that Captum hooks reads a tensor of its own: its input times one.

        Captum hooks the tensors that enter and leave a non-linear layer; where two layers share one, its hooks mix them
        up.
        """
        hooked = (*ELEMENTWISE, *MAX_POOLS, *JOINT)
        handles = [
            module.register_forward_pre_hook(_times_one)
            for module in self.network.modules()
            if isinstance(module, hooked) and not list(module.children())
        ]
        try:
            yield
        finally:
            for handle in handles:
                handle.remove()

    def forward(self, values: Tensor) -> Tensor:  # (B, ...) -> (B,)
        return self.target.of(self.body(values))


def private(network: nn.Module) -> nn.Module:
    """A copy that shares no tensor: in eval mode, every weight with a gradient, without hooks that others have left.

    No layer of it writes over its input, which a method may have kept.
    """
    known: dict[int, Any] = {id(network.plan): network.plan} if isinstance(network, Network) else {}  # never changes
    for module in network.modules():
        known |= {id(hooks): OrderedDict() for name, hooks in vars(module).items() if _is_dropped(name, hooks)}
    copy = deepcopy(network, known).eval()
    for module in copy.modules():
        if "inplace" in vars(module):
            vars(module)["inplace"] = False
        if isinstance(module, nn.RNNBase):
            module.flatten_parameters()  # cuDNN wants the weights, which were copied one by one, in one piece
    for parameter in copy.parameters():
        parameter.grad = None
        parameter.requires_grad_(parameter.is_floating_point())
    return copy


def _is_dropped(name: str, hooks: Any) -> bool:
    """Whether an attribute of a module holds hooks of a pass through it, or none of another kind.

    Every module has a dozen such tables, nearly all of them empty: most of what a copy would take time for.
    """
    return isinstance(hooks, OrderedDict) and (name in PASSING or (name.endswith("_hooks") and not hooks))


def _times_one(module: nn.Module, inputs: tuple) -> tuple:
    return tuple(value * 1.0 if isinstance(value, Tensor) else value for value in inputs)


def _body(network: nn.Module, signal: Signal, exit_name: str | None, layer: str | None) -> "Body":
    if isinstance(network, Network):
        return Stretch(network, signal, exit_name, layer)
    if layer is not None:
        raise EngineError(f"layer: expected a network of layers that is built here, got a module; leave {layer} out.")
    inner = Caught(network, exit_name) if exit_name else network
    return Embedded(network, inner) if signal.is_tokens else Whole(inner)


class Body(nn.Module):
    """What stands between the values that get the scores and the answer."""

    def enter(self, inputs: Tensor) -> Tensor:
        """Inputs as the network takes them, brought to where this begins."""
        raise NotImplementedError


class Stretch(Body):
    """The layers of a network from one place to another."""

    def __init__(self, network: Network, signal: Signal, exit_name: str | None, layer: str | None):
        super().__init__()
        plan = network.plan
        if len(plan.input_names) != 1:
            raise EngineError(f"inputs: expected a network with one input, got {', '.join(plan.input_names)}.")
        self.entry, self.exit = plan.input_names[0], exit_name or plan.output_name
        if self.exit not in network._modules:
            known = ", ".join(node.name for node in plan.nodes)
            raise EngineError(f"target: expected a unit of one of the layers {known}, got layer {self.exit!r}.")
        needed = _needed(network, self.exit)
        self.passed = cuts(plan, self.exit)[:-1]  # between start and exit, layers through which every way leads
        start = layer or (_embedding(network) if signal.is_tokens else None)
        self.before = nn.ModuleDict()
        self.wiring = [(name, sources) for name, sources in network.wiring if name in needed]
        if start is not None:
            self._begin_at(start, network)
        self.layers = nn.ModuleDict({name: network._modules[name] for name, _ in self.wiring})  # type: ignore[misc]

    def _begin_at(self, start: str, network: Network) -> None:
        if start not in self.passed:
            fitting = ", ".join(self.passed) or "none"
            raise EngineError(
                f"layer: expected one that every way to {self.exit} leads through ({fitting}), got {start}; "
                "a branch beside others is not all that the answer depends on."
            )
        earlier = _needed(network, start)
        self.way = [(name, sources) for name, sources in network.wiring if name in earlier]
        self.before = nn.ModuleDict({name: network._modules[name] for name in earlier})  # type: ignore[misc]
        self.wiring = [(name, sources) for name, sources in self.wiring if name not in earlier]
        self.first, self.entry = self.entry, start
        self.passed = self.passed[self.passed.index(start) + 1 :]

    def enter(self, inputs: Tensor) -> Tensor:
        """The value at the place where this stretch begins."""
        if not self.before:
            return inputs
        with torch.no_grad():
            return _walk(self.before, self.way, {self.first: inputs})[self.entry]

    def forward(self, values: Tensor) -> Tensor:
        return _walk(self.layers, self.wiring, {self.entry: values})[self.exit]


class Whole(Body):
    """A module of any kind, from its input on."""

    def __init__(self, inner: nn.Module):
        super().__init__()
        self.inner = inner

    def enter(self, inputs: Tensor) -> Tensor:
        """The input itself."""
        return inputs

    def forward(self, values: Tensor) -> Tensor:
        return self.inner(values)


class Embedded(Body):
    """A module of any kind that reads tokens, from its embedding on."""

    def __init__(self, network: nn.Module, inner: nn.Module):
        super().__init__()
        tables = [(name, module) for name, module in network.named_modules() if isinstance(module, nn.Embedding)]
        readers = [(name, table) for name, table in tables if name]
        if not readers:
            raise EngineError("inputs: expected a network with an embedding for its tokens, got none.")
        name, self.table = readers[0]
        self.given = Given()
        parent, _, child = name.rpartition(".")
        setattr(network.get_submodule(parent), child, self.given)
        self.inner = inner

    def enter(self, inputs: Tensor) -> Tensor:
        """The rows of the tokens: (B, T) -> (B, T, C)."""
        with torch.no_grad():
            return self.table(inputs)

    def forward(self, values: Tensor) -> Tensor:
        self.given.value, self.given.times = values, 0
        return self.inner(torch.zeros(values.shape[:-1], dtype=torch.long, device=values.device))


class Given(nn.Module):
    """Stands in for an embedding and gives out what it was handed."""

    value: Tensor
    times: int

    def forward(self, tokens: Tensor) -> Tensor:
        self.times += 1
        if self.times > 1:
            raise EngineError("inputs: expected an embedding that is read once, got one read twice; use other methods.")
        return self.value


class Caught(nn.Module):
    """The output of one submodule, instead of the module's own answer."""

    def __init__(self, network: nn.Module, name: str):
        super().__init__()
        self.network = network
        modules = dict(network.named_modules())
        if name not in modules:
            raise EngineError(f"target: expected a unit of one of {', '.join(filter(None, modules))}, got {name!r}.")
        modules[name].register_forward_hook(self._catch)

    def _catch(self, module: nn.Module, inputs: tuple, output: Tensor) -> None:
        self.caught = output[0] if isinstance(output, tuple) else output

    def forward(self, values: Tensor) -> Tensor:
        self.network(values)
        return self.caught


def _needed(network: Network, name: str) -> set[str]:
    """The layer and everything that it reads, however far back."""
    sources = dict(network.wiring)
    found, waiting = set(), [name]
    while waiting:
        each = waiting.pop()
        if each in sources and each not in found:
            found.add(each)
            waiting += sources[each]
    return found


def _embedding(network: Network) -> str:
    readers = [name for name, sources in network.wiring if network.plan.input_names[0] in sources]
    if len(readers) != 1 or not isinstance(network._modules[readers[0]], nn.Embedding):
        raise EngineError(f"inputs: expected one embedding that reads the tokens, got {', '.join(readers)}.")
    return readers[0]


def _walk(layers: nn.ModuleDict, wiring: list[tuple[str, tuple[str, ...]]], known: dict[str, Tensor]) -> dict:
    for name, sources in wiring:
        known[name] = layers[name](*[known[source] for source in sources])
    return known
