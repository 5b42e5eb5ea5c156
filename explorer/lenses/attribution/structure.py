"""What a network is made of, as far as it decides whether a method of attribution is right for it."""

from collections.abc import Callable
from dataclasses import dataclass

import networkx as nx
from torch import nn

from explorer.layers.activation import Square
from explorer.layers.attention import Attention
from explorer.layers.combine import Join, Product, Sum
from explorer.layers.dense import FeatureExpansion
from explorer.layers.embedding import Embedding as TokenEmbedding
from explorer.layers.normalisation import OverSteps
from explorer.layers.points import Point
from explorer.layers.pooling import GlobalMax, GlobalMean, OverTime
from explorer.layers.position import LearnedPosition, Rotation, SinusoidalPosition
from explorer.layers.recurrent import Recurrent
from explorer.layers.shape import LastStep, Rows
from explorer.layers.transformer import Block, TwoMaps
from explorer.network import Network, Plan
from explorer.signals import Signal

ELEMENTWISE: tuple[type[nn.Module], ...] = (
    nn.ReLU,
    nn.LeakyReLU,
    nn.ELU,
    nn.Softplus,
    nn.GELU,
    nn.SiLU,
    nn.Tanh,
    nn.Sigmoid,
    Square,
)
KINKED = (nn.ReLU, nn.LeakyReLU, nn.MaxPool1d, nn.MaxPool2d, GlobalMax)
MAX_POOLS = (nn.MaxPool1d, nn.MaxPool2d)
NORMS = (nn.LayerNorm, nn.RMSNorm, nn.GroupNorm)
RECURRENT = (Recurrent, nn.RNN, nn.LSTM, nn.GRU)
ATTENTION = (Attention, nn.MultiheadAttention, nn.TransformerEncoderLayer)
JOINT = (*NORMS, *RECURRENT, *ATTENTION, nn.Softmax, Product, GlobalMax)  # mix several values non-linearly
AFFINE = (
    nn.Linear,
    nn.Conv1d,
    nn.Conv2d,
    nn.AvgPool1d,
    nn.AvgPool2d,
    nn.AdaptiveAvgPool2d,
    nn.BatchNorm1d,
    nn.BatchNorm2d,
    nn.Identity,
    nn.Dropout,
    nn.Flatten,
    nn.Embedding,
    nn.Unflatten,
    Rows,
    LastStep,
    GlobalMean,
    Sum,
    Join,
    LearnedPosition,
    SinusoidalPosition,
    Rotation,
    Point,
)
CONTAINERS = (Network, nn.Sequential, nn.ModuleList, nn.ModuleDict, OverSteps, OverTime, TwoMaps, Block)
LINEAR_FEATURES = {"x1", "x2"}


@dataclass(frozen=True)
class Part:
    """A module in its place."""

    name: str
    module: nn.Module
    words: str  # what it is called: the title of its kind of layer, or the class of a module of others

    def __str__(self) -> str:
        return f"{self.name or 'the network itself'} ({self.words})"


@dataclass(frozen=True)
class Structure:
    """A network's parts, and the input that it is asked about."""

    parts: tuple[Part, ...]
    signal: Signal
    has_training_data: bool
    has_curved_end: bool = False  # whether what is explained is computed from the answer by no layer of the network
    picture_layers: tuple[str, ...] = ()  # cuts of the network at which there still is a picture, first to last
    cut_layers: tuple[str, ...] = ()  # layers behind the values that get the scores, where every way passes

    def first(self, *kinds: type[nn.Module] | Callable[[nn.Module], bool]) -> Part | None:
        """The first part of one of these types, or for which a test holds."""
        for part in self.parts:
            for kind in kinds:
                if isinstance(part.module, kind) if isinstance(kind, type) else kind(part.module):
                    return part
        return None


def structure_of(network: nn.Module, signal: Signal, has_training_data: bool) -> Structure:
    """Look at every part of a network once."""
    parts, inside = [], ""
    for name, module in network.named_modules():
        if inside and name.startswith(inside):
            continue
        parts.append(Part(name, module, _words(network, name, module)))
        inside = f"{name}." if isinstance(module, (*RECURRENT, *ATTENTION)) else ""  # its own code, seen as one
    if not isinstance(network, Network):
        return Structure(tuple(parts), signal, has_training_data)
    plan = network.plan
    return Structure(
        tuple(parts), signal, has_training_data, picture_layers=picture_layers(plan), cut_layers=cut_layers(plan)
    )


def _words(network: nn.Module, name: str, module: nn.Module) -> str:
    if not (isinstance(network, Network) and name):
        return type(module).__name__
    layer, _, part = name.partition(".")
    title = network.plan[layer].layer.title
    return f"in {title}" if part else title


def is_curved_features(module: nn.Module) -> bool:
    """Whether a feature expansion computes more than the two coordinates."""
    return isinstance(module, FeatureExpansion) and not LINEAR_FEATURES.issuperset(module.chosen)


def is_rectified_recurrence(module: nn.Module) -> bool:
    """Whether a recurrent kernel rectifies inside, where no hook reaches."""
    core = module.core if isinstance(module, Recurrent) else module
    return isinstance(core, nn.RNN) and core.nonlinearity == "relu"


def is_foreign(module: nn.Module) -> bool:
    """Whether a module's forward is code that nobody here has read."""
    known = (*ELEMENTWISE, *MAX_POOLS, *JOINT, *AFFINE, *CONTAINERS, FeatureExpansion)
    return not isinstance(module, known)


def has_bias(module: nn.Module) -> bool:
    """Whether a module adds constants: a bias, or what a batch norm takes away."""
    if isinstance(module, LearnedPosition | SinusoidalPosition | nn.BatchNorm1d | nn.BatchNorm2d):
        return True
    return getattr(module, "bias", None) is not None


def cuts(plan: Plan, exit_name: str | None = None) -> tuple[str, ...]:
    """Layers through which every way from the inputs to the output leads, in order (dominators of the output)."""
    graph, entry = nx.DiGraph(), ""
    graph.add_edges_from((entry, name) for name in plan.input_names)
    graph.add_edges_from((source, node.name) for node in plan.nodes for source in node.sources)
    over = nx.immediate_dominators(graph, entry)
    chain, name = [], exit_name or plan.output_name
    while name not in (entry, *plan.input_names):
        chain.append(name)
        name = over[name]
    return tuple(reversed(chain))


def cut_layers(plan: Plan, exit_name: str | None = None) -> tuple[str, ...]:
    """Cuts behind the place where an attribution starts, which is the embedding for tokens; the exit is left out."""
    found = cuts(plan, exit_name)[:-1]
    return found[1:] if found and isinstance(plan[found[0]].layer, TokenEmbedding) else found


def picture_layers(plan: Plan) -> tuple[str, ...]:
    """Cuts whose output is a picture, made by a convolution or after one; poolings are left out as too coarse."""
    found, is_after = [], False
    on_the_way = set(cuts(plan))
    for node in plan.nodes:
        is_after = is_after or node.layer.kind == "conv2d"
        is_picture = len(node.output.shape) == 3 and not node.output.is_tokens
        if is_after and is_picture and node.name in on_the_way and node.layer.kind not in ("max_pool", "average_pool"):
            found.append(node.name)
    return tuple(found)
