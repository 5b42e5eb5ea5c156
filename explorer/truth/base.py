"""What a task with a known answer is: a network that solves it, examples, and what right scores look like there."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor, nn

from explorer.experiment import NetworkSpec
from explorer.lenses.attribution.asking import Setting
from explorer.lenses.attribution.baselines import Baseline, BaselineKind
from explorer.lenses.attribution.table import METHODS
from explorer.lenses.attribution.targets import Target
from explorer.network import Network, build, plan
from explorer.signals import Signal, Task

MODEL_FREE, RANDOM_WEIGHTS = "|x|", "random weights"  # controls that stand among the methods
CONTROLS = (MODEL_FREE, RANDOM_WEIGHTS)
Layers = list[dict[str, Any]]


@dataclass(frozen=True)
class Case:
    """An example and what is known about its scores."""

    setting: Setting
    exact: Mapping[str, np.ndarray] = field(default_factory=dict)  # by method; "" holds for every other one
    where: np.ndarray | None = None  # places that the answer depends on
    elsewhere: np.ndarray | None = None  # places that only look as if it did


@dataclass(frozen=True)
class Prepared:
    """A task made ready by one seed; a network that does not solve it tells nothing about methods."""

    cases: tuple[Case, ...]
    accuracy: float


class KnownTask:
    """A kind of task. Every score is a share of cases in which the method is right."""

    name: ClassVar[str]
    title: ClassVar[str]
    criterion: ClassVar[str]  # one sentence: when a method is right
    bar: ClassVar[float] = 0.95
    must_fail: ClassVar[tuple[str, ...]]  # methods and controls that are known to be wrong here
    settings: ClassVar[Mapping[str, Mapping[str, Any]]] = {}  # of methods, where other tasks' would take too long

    def prepare(self, seed: int) -> Prepared:
        """A network that solves the task, and examples."""
        raise NotImplementedError

    def is_right(self, scores: np.ndarray, case: Case, method: str) -> bool:
        """Whether a method's scores are right in one case."""
        raise NotImplementedError


def matches(scores: np.ndarray, case: Case, method: str) -> bool:
    """Whether the scores are those of the closed form, within 2 %, or within 20 % where the method draws samples."""
    tolerance = 0.2 if method in METHODS and METHODS[method].is_sampled else 0.02
    expected = case.exact.get(method, case.exact.get(""))
    assert expected is not None, f"no closed form for {method}"
    return bool(np.abs(scores - expected).max() <= tolerance * np.abs(expected).max())


def asked(
    network: nn.Module, example: Tensor, target: Target, baseline: BaselineKind = "zeros", signal: Signal | None = None
) -> Setting:
    """One example (1, ...) as methods are asked about it."""
    return Setting(network, signal or Signal(tuple(example.shape[1:])), example, target, Baseline(kind=baseline))


def network_of(layers: Layers, signal: Signal, task: Task, seed: int) -> Network:
    """A network of our own layers, untrained."""
    spec = NetworkSpec.model_validate({"layers": layers})
    return build(plan(spec, (signal,), task), seed)


def train(network: nn.Module, inputs: Tensor, classes: Tensor, steps: int, rate: float, seed: int) -> float:
    """Train a classifier by Adam on batches of 128 and give its accuracy on the last quarter, which it never saw."""
    n_train = len(inputs) * 3 // 4
    chance = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.Adam(network.parameters(), lr=rate)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    network.train()
    for _ in range(steps):
        places = torch.randint(n_train, (128,), generator=chance)
        optimizer.zero_grad()
        nn.functional.cross_entropy(network(inputs[places]), classes[places]).backward()
        optimizer.step()
        schedule.step()
    network.eval()
    with torch.no_grad():
        return float((network(inputs[n_train:]).argmax(-1) == classes[n_train:]).float().mean())
