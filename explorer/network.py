"""The directed graph of layers: planned from its description, held against the data, built into one module."""

import math
from dataclasses import dataclass, replace

import networkx as nx
import torch
from torch import Tensor, nn

from explorer.declarations import read_part
from explorer.errors import ExperimentError, Fault, unknown
from explorer.experiment import LayerPart, NetworkSpec
from explorer.layers import KINDS, Layer, ShapeError
from explorer.limits import limits
from explorer.signals import Signal, Task

PLACE = "network.layers"


@dataclass(frozen=True)
class Node:
    """A layer in its place: where its inputs come from, and what arrives and leaves."""

    name: str
    layer: Layer
    sources: tuple[str, ...]
    inputs: tuple[Signal, ...]
    output: Signal


@dataclass(frozen=True)
class Plan:
    """A network that fits its data: nodes in an order in which they can be computed."""

    nodes: tuple[Node, ...]
    input_names: tuple[str, ...]
    output_name: str

    def __getitem__(self, name: str) -> Node:
        return next(node for node in self.nodes if node.name == name)


def plan(spec: NetworkSpec, signals: tuple[Signal, ...], task: Task, input_names: tuple[str, ...] = ("input",)) -> Plan:
    """Check a network against the signals that enter it and the task; raises ExperimentError with every fault."""
    layers, faults = _read_layers(spec, task, input_names)
    sources = _sources(spec, input_names)
    graph, graph_faults = _graph(spec, sources, input_names)
    faults += graph_faults
    if faults:
        raise ExperimentError(faults)
    nodes, faults = _flow(spec, layers, sources, graph, dict(zip(input_names, signals, strict=True)))
    last = spec.layers[-1].name
    answer = next((node.output for node in nodes if node.name == last), None)
    if answer is not None and (answer.is_tokens or not task.fits(answer.shape)):
        faults.append(_wrong_answer(len(spec.layers) - 1, answer, task))
    if faults:
        raise ExperimentError(faults)
    return Plan(tuple(nodes), input_names, last)


def _read_layers(spec: NetworkSpec, task: Task, input_names: tuple[str, ...]) -> tuple[dict[str, Layer], list[Fault]]:
    layers: dict[str, Layer] = {}
    faults: list[Fault] = []
    for index, part in enumerate(spec.layers):
        place = f"{PLACE}.{index}"
        if part.name in layers:
            faults.append(Fault(f"{place}.name", "a name of its own", repr(part.name), "rename one of the two layers"))
        if part.name in input_names or hasattr(nn.Module(), part.name):
            faults.append(Fault(f"{place}.name", "a name that is not reserved", repr(part.name), "rename the layer"))
        try:
            layer = read_part(KINDS, part, place)
        except ExperimentError as error:
            faults += error.faults
            continue
        size = layer.sized_by_task
        if size is not None and getattr(layer, size) is None:
            layer = layer.model_copy(update={size: task.outputs})
        layers[part.name] = layer
    return layers, faults


def _sources(spec: NetworkSpec, input_names: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Where each layer reads: the layers it names, else the layer before it, else the first input."""
    before = [input_names[0], *(part.name for part in spec.layers)]
    return {
        part.name: (previous,) if part.inputs is None else part.inputs
        for part, previous in zip(spec.layers, before, strict=False)
    }


def _graph(
    spec: NetworkSpec, sources: dict[str, tuple[str, ...]], input_names: tuple[str, ...]
) -> tuple[nx.DiGraph, list[Fault]]:
    graph = nx.DiGraph()
    graph.add_nodes_from([*input_names, *sources])
    faults: list[Fault] = []
    for index, part in enumerate(spec.layers):
        place = f"{PLACE}.{index}.inputs"
        for source in sources[part.name]:
            if source in graph:
                graph.add_edge(source, part.name)
            else:
                faults.append(unknown(place, source, graph, "name a layer of this network or an input of the data"))
        faults += _count_faults(part, len(sources[part.name]), place)
    faults += _order_faults(spec, graph, input_names) if not faults else []
    return graph, faults


def _count_faults(part: LayerPart, count: int, place: str) -> list[Fault]:
    if part.kind not in KINDS:
        return []
    fewest, most = KINDS[part.kind].n_inputs
    if fewest <= count <= (math.inf if most is None else most):
        return []
    wanted = f"{fewest}" if fewest == most else f"{fewest} or more" if most is None else f"{fewest} to {most}"
    return [Fault(place, f"{wanted} inputs for a layer of kind {part.kind}", f"{count}", "name the layers it reads")]


def _order_faults(spec: NetworkSpec, graph: nx.DiGraph, input_names: tuple[str, ...]) -> list[Fault]:
    places = {part.name: f"{PLACE}.{index}" for index, part in enumerate(spec.layers)}
    if not nx.is_directed_acyclic_graph(graph):
        cycle = [edge[0] for edge in nx.find_cycle(graph)]
        ring = " → ".join([*cycle, cycle[0]])
        remedy = "remove one of these connections"
        return [Fault(f"{places[cycle[0]]}.inputs", "connections that only lead forward", f"a cycle {ring}", remedy)]
    last = spec.layers[-1].name
    leads_on = nx.ancestors(graph, last) | {last}
    reached = set().union(*(nx.descendants(graph, name) for name in input_names))
    remedy = "connect it or remove it"
    return [
        Fault(place, f"a layer on a way from the input to {last}", f"the unconnected layer {name}", remedy)
        for name, place in places.items()
        if name not in leads_on or name not in reached
    ]


def _flow(
    spec: NetworkSpec,
    layers: dict[str, Layer],
    sources: dict[str, tuple[str, ...]],
    graph: nx.DiGraph,
    signals: dict[str, Signal],
) -> tuple[list[Node], list[Fault]]:
    """Send the signals through; a layer behind a fault is left out, so that only causes are told."""
    places = {part.name: index for index, part in enumerate(spec.layers)}
    signals, nodes, faults = dict(signals), [], []
    order = nx.lexicographical_topological_sort(graph, key=lambda name: places.get(name, -1))
    for name in order:
        if name in signals or not all(source in signals for source in sources[name]):
            continue
        layer, inputs = layers[name], tuple(signals[source] for source in sources[name])
        try:
            signals[name] = layer.output(*inputs)
        except ShapeError as error:
            setting = f".{error.setting}" if error.setting else ""
            place = f"{PLACE}.{places[name]}{setting} (layer {name})"
            faults.append(Fault(place, error.expected, error.got, error.remedy))
            continue
        nodes.append(Node(name, layer, sources[name], inputs, signals[name]))
    return nodes, faults


def _wrong_answer(index: int, answer: Signal, task: Task) -> Fault:
    kind = task.kind.replace("_", " ")
    return Fault(f"{PLACE}.{index}", f"an answer of {task.wanted} for {kind}", str(answer), _remedy(answer, task))


def _remedy(answer: Signal, task: Task) -> str:
    if task.kind == "detection":
        return f"end the network with a conv2d layer of {task.outputs} channels, with no flatten before it"
    if task.kind == "ctc" and len(answer.shape) == 2 and answer.shape[1] == task.outputs:
        return "use smaller strides or less pooling over time, or fewer phones in an utterance"
    remedy = "end the network with a linear layer whose units are left empty"
    if len(answer.shape) > len(task.answer):
        remedy += ", after a flatten, a global pooling, or the mean or last over time"
    return remedy


class Network(nn.Module):
    """The layers of a plan; its children bear the layers' names."""

    def __init__(self, plan: Plan):
        super().__init__()
        self.plan = plan
        for node in plan.nodes:
            self.add_module(node.name, node.layer.build(*node.inputs))
        self.wiring = [(node.name, node.sources) for node in plan.nodes]

    def forward(self, *inputs: Tensor) -> Tensor:
        values: dict[str, Tensor] = dict(zip(self.plan.input_names, inputs, strict=True))
        for name, sources in self.wiring:
            values[name] = self._modules[name](*[values[source] for source in sources])  # type: ignore[misc]
        return values[self.plan.output_name]


def reads_steps(plan: Plan, steps: int) -> bool:
    """Whether a network built for sequences also reads this many steps: nothing in it is sized by their number."""
    known: dict[str, Signal] = {}
    for node in plan.nodes:
        given = tuple(
            known.get(name, _cut(signal, steps)) for name, signal in zip(node.sources, node.inputs, strict=True)
        )
        try:
            known[node.name] = node.layer.output(*given)
        except ShapeError:
            return False
        pairs = zip((*node.inputs, node.output), (*given, known[node.name]), strict=True)
        if any(len(one.shape) != len(other.shape) or _behind(one) != _behind(other) for one, other in pairs):
            return False
    return True


def _cut(signal: Signal, steps: int) -> Signal:
    return replace(signal, shape=(steps, *signal.shape[1:]))


def _behind(signal: Signal) -> tuple[int, ...]:
    """The axes of a signal without its steps."""
    return signal.shape[1:] if "time" in signal.axes else signal.shape


def build(plan: Plan, seed: int) -> Network:
    """The network with weights drawn from the seed, on the CPU; torch's global generator is left as it was."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return Network(plan)


def build_empty(plan: Plan) -> Network:
    """The network without numbers, on the meta device: for shapes, counts, and weights to be assigned."""
    with torch.device("meta"):
        return Network(plan)


def demand_within_limits(plan: Plan, batch_size: int) -> None:
    """Raise LimitError where the network is larger than this installation allows."""
    parameters = sum(parameter.numel() for parameter in build_empty(plan).parameters())
    limits().demand("parameters", parameters, PLACE, "make layers narrower or fewer")
    activations = 4 * batch_size * sum(math.prod(node.output.shape) for node in plan.nodes)
    limits().demand("activation_bytes", activations, PLACE, "make the batch, the data or the layers smaller")
