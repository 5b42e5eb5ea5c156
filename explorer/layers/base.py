"""What a kind of layer declares: its settings, its shape rule, its module and its equation."""

from typing import ClassVar

from torch import nn

from explorer.experiment import Settings
from explorer.signals import Signal


class ShapeError(Exception):
    """A layer that does not fit what flows into it; `explorer.network` adds the place."""

    def __init__(self, expected: str, got: str, remedy: str = "", setting: str | None = None):
        super().__init__(f"expected {expected}, got {got}")
        self.expected, self.got, self.remedy, self.setting = expected, got, remedy, setting


class Layer(Settings):
    """A kind of layer. An instance holds its settings; it sizes itself by the signals that flow in."""

    kind: ClassVar[str]
    title: ClassVar[str]
    equation: ClassVar[str]  # LaTeX, for one example
    n_inputs: ClassVar[tuple[int, int | None]] = (1, 1)  # fewest and most inputs; None: no upper bound
    sized_by_task: ClassVar[str | None] = None  # the setting that, left empty, takes the size of the task's answer

    def output(self, *inputs: Signal) -> Signal:
        """The signal that leaves the layer; raises ShapeError where the inputs do not fit."""
        raise NotImplementedError

    def build(self, *inputs: Signal) -> nn.Module:
        """The module; its forward takes batched tensors in the order of `inputs`."""
        raise NotImplementedError


def require_rank(signal: Signal, *ranks: int, what: str, remedy: str) -> None:
    """Raise ShapeError unless the signal holds numbers with one of these many axes."""
    require_numbers(signal, what)
    if len(signal.shape) not in ranks:
        raise ShapeError(what, str(signal), remedy)


def require_numbers(signal: Signal, what: str = "numbers") -> None:
    """Raise ShapeError where the signal holds token ids."""
    if signal.is_tokens:
        raise ShapeError(what, str(signal), "put an embedding before it")


def require_sequence(signal: Signal) -> tuple[int, int]:
    """The steps and the features of a sequence; raise ShapeError for anything else."""
    what = "a sequence (time × feature)"
    require_rank(signal, 2, what=what, remedy="use it on sequence data, or put a reshape to two sizes before it")
    steps, features = signal.shape
    return steps, features


def require_divisible(features: int, parts: int, setting: str) -> None:
    """Raise ShapeError unless `features` fall into `parts` of equal size."""
    if features % parts:
        fitting = ", ".join(str(n) for n in range(1, min(features, 64) + 1) if features % n == 0)
        got = f"{setting} {parts} for {features} features"
        raise ShapeError(f"{setting} that divide the features", got, f"set {setting} to one of {fitting}", setting)
