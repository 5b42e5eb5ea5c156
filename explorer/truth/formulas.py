"""Tasks whose right scores follow from a formula."""

from typing import ClassVar

import numpy as np
import torch
from torch import Tensor, nn

from explorer.layers.pooling import GlobalMax
from explorer.lenses.attribution.targets import Target
from explorer.signals import Signal, Task
from explorer.truth.base import (
    MODEL_FREE,
    RANDOM_WEIGHTS,
    Case,
    KnownTask,
    Layers,
    Prepared,
    asked,
    matches,
    network_of,
)

GRADIENTS = ("Saliency", "InputXGradient", "NoiseTunnel")
N_CASES = 8
FIRST = Target(entry=0)
THRESHOLD = 2.2  # of the sum that only both inputs together always reach


class Closed(KnownTask):
    """What tasks with a closed form share."""

    criterion: ClassVar[str] = "Every score is within 2 % of the closed form; within 20 % where samples are drawn."
    bar: ClassVar[float] = 0.99

    def is_right(self, scores: np.ndarray, case: Case, method: str) -> bool:
        return matches(scores, case, method)


class Linear(Closed):
    """A weighted sum in which one input has no weight."""

    name: ClassVar[str] = "linear"
    title: ClassVar[str] = "Linear with a dummy"
    must_fail: ClassVar[tuple[str, ...]] = ("Saliency", "NoiseTunnel", MODEL_FREE, RANDOM_WEIGHTS)

    def prepare(self, seed: int) -> Prepared:
        chance = torch.Generator().manual_seed(seed)
        network = nn.Linear(4, 1)
        weight = torch.tensor([3.0, -2.0, 0.5, 0.0])
        with torch.no_grad():
            network.weight.copy_(weight)
            network.bias.fill_(1.0)
        rows = torch.rand(N_CASES, 4, generator=chance) + 0.5
        return Prepared(tuple(Case(asked(network, x[None], FIRST), {"": (weight * x).numpy()}) for x in rows), 1.0)


class Times(nn.Module):
    """The product of all inputs."""

    def forward(self, values: Tensor) -> Tensor:  # (B, n) -> (B, 1)
        return values.prod(1, keepdim=True)


class Pair(Closed):
    """A function of two inputs with a known fair share."""

    function: ClassVar[nn.Module]

    def network(self) -> nn.Module:
        """The function as a network."""
        raise NotImplementedError

    def shares(self, first: float, second: float) -> dict[str, np.ndarray]:
        """Right scores by method."""
        raise NotImplementedError

    def prepare(self, seed: int) -> Prepared:
        chance = torch.Generator().manual_seed(seed)
        rows = torch.rand(N_CASES, 2, generator=chance) + torch.tensor([1.6, 1.0])
        network = self.network()
        cases = [Case(asked(network, x[None], FIRST), self.shares(*x.tolist())) for x in rows]
        return Prepared(tuple(cases), 1.0)


class Multiplied(Pair):
    """A product, to which both factors add the same."""

    name: ClassVar[str] = "product"
    title: ClassVar[str] = "Product"
    must_fail: ClassVar[tuple[str, ...]] = (*GRADIENTS, "FeatureAblation", "Occlusion", "DeepLift", MODEL_FREE)

    def network(self) -> nn.Module:
        return Times()

    def shares(self, first: float, second: float) -> dict[str, np.ndarray]:
        return {"": np.full(2, first * second / 2)}


def line(inputs: int, weight: float, bias: float) -> nn.Linear:
    """The sum of all inputs, times a weight, plus a constant."""
    layer = nn.Linear(inputs, 1)
    nn.init.constant_(layer.weight, weight)
    nn.init.constant_(layer.bias, bias)
    return layer


class Both(Pair):
    """max(0, x1 + x2 - 2.2): one input alone gives little or nothing."""

    name: ClassVar[str] = "and"
    title: ClassVar[str] = "Both at once"
    must_fail: ClassVar[tuple[str, ...]] = (*GRADIENTS, "FeatureAblation", "Occlusion", "LRP", MODEL_FREE)

    def network(self) -> nn.Module:
        return nn.Sequential(line(2, 1.0, -THRESHOLD), nn.ReLU())

    def shares(self, first: float, second: float) -> dict[str, np.ndarray]:
        """A straight way splits by size; orders of bringing in split evenly where neither is enough alone."""
        gain = max(first + second - THRESHOLD, 0.0)
        alone = [max(first - THRESHOLD, 0.0), max(second - THRESHOLD, 0.0)]
        shapley = np.array([(gain + alone[0] - alone[1]) / 2, (gain + alone[1] - alone[0]) / 2])
        by_size = gain * np.array([first, second]) / (first + second)
        return {"": by_size, **dict.fromkeys(("ShapleyValues", "ShapleyValueSampling", "KernelShap"), shapley)}


class Saturated(Pair):
    """min(1, x1 + x2): either input alone is enough, so that taking one away changes nothing."""

    name: ClassVar[str] = "saturation"
    title: ClassVar[str] = "Saturation"
    must_fail: ClassVar[tuple[str, ...]] = (*GRADIENTS, "FeatureAblation", "Occlusion", "LRP", MODEL_FREE)

    def network(self) -> nn.Module:
        return nn.Sequential(line(2, -1.0, 1.0), nn.ReLU(), line(1, -1.0, 1.0))

    def shares(self, first: float, second: float) -> dict[str, np.ndarray]:
        even = np.full(2, 0.5)
        by_size = np.array([first, second]) / (first + second)
        return {"": by_size, **dict.fromkeys(("ShapleyValues", "ShapleyValueSampling", "KernelShap"), even)}


class Largest(Pair):
    """max(x1, x2): the larger one takes all on a straight way, and shares in a game."""

    name: ClassVar[str] = "max"
    title: ClassVar[str] = "Maximum"
    must_fail: ClassVar[tuple[str, ...]] = ("Saliency", "NoiseTunnel", "FeatureAblation", "Occlusion", MODEL_FREE)

    def network(self) -> nn.Module:
        return nn.Sequential(nn.Unflatten(1, (2, 1)), GlobalMax((1,)))

    def shares(self, first: float, second: float) -> dict[str, np.ndarray]:
        high, low = max(first, second), min(first, second)
        winner = np.array([first >= second, second > first])
        game = np.where(winner, high - low / 2, low / 2)
        return {
            "": np.where(winner, high, 0.0),
            **dict.fromkeys(("ShapleyValues", "ShapleyValueSampling", "KernelShap"), game),
        }


class Suppressor(KnownTask):
    """A reading with noise, and the noise alone: what only cancels noise rightly gets a negative score."""

    name: ClassVar[str] = "suppressor"
    title: ClassVar[str] = "Suppressor"
    criterion: ClassVar[str] = "The noise that is taken away has a negative score, and the reading a positive one."
    must_fail: ClassVar[tuple[str, ...]] = (MODEL_FREE,)

    def prepare(self, seed: int) -> Prepared:
        chance = torch.Generator().manual_seed(seed)
        signal, noise = torch.rand(400, 1, generator=chance) + 0.5, torch.rand(400, 1, generator=chance) + 0.5
        rows = torch.cat([signal + noise, noise], 1)
        fitted = torch.linalg.lstsq(rows, signal).solution
        network = nn.Linear(2, 1, bias=False)
        with torch.no_grad():
            network.weight.copy_(fitted.T)
            error = (network(rows) - signal).abs().max()
        cases = [Case(asked(network, x[None], FIRST)) for x in rows[:N_CASES]]
        return Prepared(tuple(cases), float(error < 0.01))

    def is_right(self, scores: np.ndarray, case: Case, method: str) -> bool:
        return bool(scores[0] > 0 > scores[1])


class Causal(KnownTask):
    """A causal convolution, whose answer at a place depends on nine places and on no other."""

    name: ClassVar[str] = "causal"
    title: ClassVar[str] = "Causal convolution"
    criterion: ClassVar[str] = "Scores outside the receptive field are 0 but for rounding, and some inside are not."
    must_fail: ClassVar[tuple[str, ...]] = (MODEL_FREE,)
    STEPS, PLACE = 24, 15

    def prepare(self, seed: int) -> Prepared:
        signal, task = Signal((self.STEPS, 2)), Task("sequence_labels", 3, steps=self.STEPS)
        layers: Layers = [
            {"kind": "conv1d", "channels": 6, "kernel": 3, "causal": True},
            {"kind": "tanh"},
            {"kind": "conv1d", "channels": 6, "kernel": 3, "dilation": 3, "causal": True},
            {"kind": "tanh"},
            {"kind": "linear"},
        ]
        network = network_of(layers, signal, task, seed).eval()
        chance = torch.Generator().manual_seed(seed)
        field = np.zeros((self.STEPS, 1), bool)
        field[self.PLACE - 8 : self.PLACE + 1] = True  # 1 + 2 + 2 * 3 places
        cases = [
            Case(asked(network, torch.randn(1, self.STEPS, 2, generator=chance), Target(entry=1, place=self.PLACE)))
            for _ in range(N_CASES)
        ]
        return Prepared(tuple(Case(case.setting, where=field) for case in cases), 1.0)

    def is_right(self, scores: np.ndarray, case: Case, method: str) -> bool:
        assert case.where is not None
        outside = np.where(case.where, 0.0, scores)
        return bool(np.abs(outside).max() <= 1e-5 * np.abs(scores).max() and np.abs(scores).max() > 0)


class DotProduct(nn.Module):
    """How much a user likes an item: the product of their rows of a table."""

    def __init__(self, names: int, features: int):
        super().__init__()
        self.table = nn.Embedding(names, features)

    def forward(self, names: Tensor) -> Tensor:  # (B, 2) -> (B, 1)
        user, item = self.table(names).unbind(1)
        return (user * item).sum(1, keepdim=True)


class Recommender(Closed):
    """The dot product of a user and an item, of which each adds a half."""

    name: ClassVar[str] = "recommender"
    title: ClassVar[str] = "Recommender"
    must_fail: ClassVar[tuple[str, ...]] = (*GRADIENTS, "FeatureAblation", "DeepLift", MODEL_FREE, RANDOM_WEIGHTS)

    def prepare(self, seed: int) -> Prepared:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            network = DotProduct(40, 8)
        signal, cases = Signal((2,), vocabulary=40), []
        for user, item in torch.arange(2 * N_CASES).reshape(-1, 2).tolist():
            names = torch.tensor([[user, 20 + item]])
            half = float(network(names).detach()) / 2
            cases.append(Case(asked(network, names, FIRST, signal=signal), {"": np.full(2, half)}))
        return Prepared(tuple(cases), 1.0)
