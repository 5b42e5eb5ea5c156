"""Networks of every family in double precision, and what attributions should find in them, worked out by hand."""

from copy import deepcopy
from functools import cache

import torch
from torch import Tensor, nn

import explorer as ex
from explorer.datasets.base import Data
from explorer.lenses.attribution.aims import aimed
from explorer.lenses.attribution.asking import Setting
from explorer.lenses.attribution.baselines import read_baseline
from explorer.lenses.attribution.targets import Target
from explorer.lenses.base import last_counted
from explorer.network import Network, build
from explorer.validation import check, read_experiment

DIGITS, IRIS, CIRCLE, ADDING = {"kind": "digits"}, {"kind": "iris"}, {"kind": "circle"}, {"kind": "adding"}
LINEAR, RELU = {"kind": "linear"}, {"kind": "relu"}
HIDDEN = {"kind": "linear", "units": 8}
CONV = {"kind": "conv2d", "channels": 4, "padding": 1}
PLAIN_CONV, PLAIN_LINEAR = {**CONV, "bias": False}, {**LINEAR, "bias": False}
PRE_ACTIVATION = [
    {**CONV, "name": "stem"},
    {**RELU, "name": "bent"},
    {**CONV, "name": "branch"},
    {"kind": "add", "name": "sum", "inputs": ["stem", "branch"]},
    RELU,
    {"kind": "flatten"},
    LINEAR,
]
FAMILIES: dict[str, tuple[dict, list[dict]]] = {
    "gelu": (IRIS, [HIDDEN, {"kind": "gelu"}, LINEAR]),
    "silu": (IRIS, [HIDDEN, {"kind": "silu"}, LINEAR]),
    "sigmoid": (IRIS, [HIDDEN, {"kind": "sigmoid"}, LINEAR]),
    "leaky": (IRIS, [HIDDEN, {"kind": "leaky_relu", "slope": 0.2}, LINEAR]),
    "two activations": (IRIS, [HIDDEN, RELU, {"kind": "tanh"}, LINEAR]),
    "layer norm": (IRIS, [HIDDEN, {"kind": "layer_norm"}, RELU, LINEAR]),
    "rms norm": (IRIS, [HIDDEN, {"kind": "rms_norm"}, RELU, LINEAR]),
    "batch norm": (IRIS, [HIDDEN, {"kind": "batch_norm"}, RELU, LINEAR]),
    "softmax": (IRIS, [HIDDEN, RELU, LINEAR, {"kind": "softmax"}]),
    "no biases": (IRIS, [{**HIDDEN, "bias": False}, RELU, PLAIN_LINEAR]),
    "gate": (
        IRIS,
        [
            {**HIDDEN, "name": "a"},
            {**HIDDEN, "name": "b", "inputs": ["input"]},
            {"kind": "sigmoid", "name": "s"},
            {"kind": "multiply", "name": "gate", "inputs": ["a", "s"]},
            LINEAR,
        ],
    ),
    "curved features": (CIRCLE, [{"kind": "features", "chosen": ["x1", "x1_x2"]}, HIDDEN, {"kind": "tanh"}, LINEAR]),
    "pictures without biases": (DIGITS, [PLAIN_CONV, RELU, {"kind": "max_pool"}, {"kind": "flatten"}, PLAIN_LINEAR]),
    "average pooling": (DIGITS, [CONV, RELU, {"kind": "average_pool"}, {"kind": "flatten"}, LINEAR]),
    "overlapping pooling": (
        DIGITS,
        [CONV, RELU, {"kind": "max_pool", "kernel": 3, "stride": 2, "padding": 1}, {"kind": "flatten"}, LINEAR],
    ),
    "global maximum": (DIGITS, [CONV, RELU, {"kind": "global_pool", "method": "max"}, LINEAR]),
    "residual before activation": (DIGITS, PRE_ACTIVATION),
    "residual without biases": (
        DIGITS,
        [{**layer, "bias": False} if layer["kind"] in ("conv2d", "linear") else layer for layer in PRE_ACTIVATION],
    ),
    "time convolution": (
        ADDING,
        [{"kind": "conv1d", "channels": 4, "causal": True, "dilation": 2}, RELU, {"kind": "last_over_time"}, LINEAR],
    ),
    "rectified rnn": (
        ADDING,
        [{"kind": "rnn", "units": 16, "nonlinearity": "relu"}, {"kind": "last_over_time"}, LINEAR],
    ),
    "relu transformer": (
        ADDING,
        [HIDDEN, {"kind": "transformer_block", "heads": 2, "activation": "relu"}, {"kind": "last_over_time"}, LINEAR],
    ),
}
UTTERANCES = {"kind": "utterances", "most": 2, "phones": 3}
HEARING = [{"kind": "conv1d", "channels": 6, "padding": 1}, RELU, LINEAR]
FAMILIES |= {"phone in a frame": (UTTERANCES, HEARING), "sequence of phones": (UTTERANCES, HEARING)}
PLACES = 64  # that are taken away in one pass
TARGETS = {"sequence of phones": Target(sequence=())}
NAMES = [*FAMILIES, *(preset.name for preset in ex.presets())]


@cache
def family(name: str, seed: int = 0) -> tuple[Network, Data]:
    """An untrained network of a family with weights from a seed, and its data."""
    if name in FAMILIES:
        data, layers = FAMILIES[name]
        experiment = read_experiment({"data": data, "network": {"layers": layers}})
    else:
        experiment = ex.preset(name)
    checked = check(experiment)
    return build(checked.plan, seed).double().eval(), checked.dataset.load(0)


def setting(name: str, example: int = 0, target: Target | None = None, **more) -> Setting:
    """A held-out example of a family, as a method is asked about it."""
    network, data = family(name)
    one = data.test.take(slice(example, example + 1))
    inputs = one.inputs[0].double() if one.inputs[0].is_floating_point() else one.inputs[0]
    baseline = read_baseline(more.pop("baseline", None), data.signals[0].is_tokens)
    target = aimed(target or TARGETS.get(name, Target()), data.task, network, inputs, one.targets)
    return Setting(network, data.signals[0], inputs, target, baseline, data, last_counted(one.targets), **more)


def plain_answers(about: Setting, values: Tensor) -> Tensor:
    """What is explained, by a loop over the layers of the network itself: (B, ...) -> (B,)."""
    network = about.network
    assert isinstance(network, Network)
    question = about.question()
    known = {network.plan.input_names[0]: values}
    for name, sources in network.wiring:
        module = network.get_submodule(name)
        if isinstance(module, nn.Embedding):
            known[name] = values  # scores belong to the rows of the embedding
        else:
            known[name] = module(*[known[source] for source in sources])
    return question.subject.target.of(known[network.plan.output_name])


def gradient(about: Setting) -> Tensor:
    """The gradient of the answer at the example, by torch alone."""
    values = about.question().inputs.clone().requires_grad_()
    return torch.autograd.grad(plain_answers(about, values).sum(), values)[0]


class BentReLU(torch.autograd.Function):
    """A ReLU whose backward pass lets through positive gradients only, and where it was on if it is guided."""

    @staticmethod
    def forward(context, values: Tensor, is_guided: bool) -> Tensor:
        context.save_for_backward(values)
        context.is_guided = is_guided
        return values.clamp(min=0)

    @staticmethod
    def backward(context, arriving: Tensor):
        (values,) = context.saved_tensors
        through = arriving.clamp(min=0)
        return through * (values > 0) if context.is_guided else through, None


class Bent(nn.Module):
    def __init__(self, is_guided: bool):
        super().__init__()
        self.is_guided = is_guided

    def forward(self, values: Tensor) -> Tensor:
        return BentReLU.apply(values, self.is_guided)


class BentRNN(nn.Module):
    """A plain RNN with rectified states, step by step, with bent ReLUs."""

    def __init__(self, core: nn.RNN, is_guided: bool):
        super().__init__()
        self.core, self.bent = core, Bent(is_guided)

    def forward(self, sequence: Tensor) -> Tensor:
        core, state, states = self.core, sequence.new_zeros(len(sequence), self.core.hidden_size), []
        for step in sequence.unbind(1):
            total = step @ core.weight_ih_l0.T + core.bias_ih_l0 + state @ core.weight_hh_l0.T + core.bias_hh_l0
            state = self.bent(total)
            states.append(state)
        return torch.stack(states, 1)


def bent_gradient(about: Setting, is_guided: bool) -> Tensor:
    """Guided Backprop or Deconvolution, from ReLUs with a backward pass of their own."""
    network = deepcopy(about.network)
    for name, module in list(network.named_modules()):
        parent, _, child = name.rpartition(".")
        if isinstance(module, nn.ReLU):
            setattr(network.get_submodule(parent), child, Bent(is_guided))
        core = getattr(module, "core", None)
        if isinstance(core, nn.RNN) and core.nonlinearity == "relu":
            setattr(network.get_submodule(parent), child, BentRNN(core, is_guided))
    copied = Setting(**{**vars(about), "network": network})
    values = about.question().inputs.clone().requires_grad_()
    return torch.autograd.grad(plain_answers(copied, values).sum(), values)[0]


def ablation(about: Setting) -> Tensor:
    """What is lost when each place is replaced by the baseline; shared out over the place's entries."""
    question = about.question()
    found = torch.zeros_like(question.inputs)
    shape = question.inputs.shape[1:]
    axes = {3: (1, 2), 2: (0,), 1: (0,)}[len(shape)]
    places = torch.cartesian_prod(*(torch.arange(shape[axis]) for axis in axes)).reshape(-1, len(axes))
    for some in places.split(PLACES):
        indices: list[list] = []
        changed = question.inputs.repeat(len(some), *[1] * len(shape))
        for row, place in enumerate(some.tolist()):
            indices.append([slice(None)] * len(shape))
            for axis, position in zip(axes, place, strict=True):
                indices[row][axis] = position
            changed[(row, *indices[row])] = question.baseline[(0, *indices[row])]
        with torch.no_grad():
            losses = plain_answers(about, question.inputs) - plain_answers(about, changed)
        for index, loss in zip(indices, losses, strict=True):
            found[(0, *index)] = loss / found[(0, *index)].numel()
    return found
