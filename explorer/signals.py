"""What flows between data, layers and task, described for one example and without any numbers."""

from dataclasses import dataclass
from typing import Literal

TaskKind = Literal[
    "classification",
    "regression",
    "sequence_labels",
    "next_token",
    "masked_token",
    "in_context_regression",
]

AXES = {1: ("feature",), 2: ("time", "feature"), 3: ("channel", "height", "width")}


@dataclass(frozen=True)
class Signal:
    """One example's value on an edge of the network: its shape, and its vocabulary where it holds token ids."""

    shape: tuple[int, ...]
    vocabulary: int | None = None

    @property
    def axes(self) -> tuple[str, ...]:
        """Names of the axes of `shape`."""
        if self.is_tokens:
            return ("time",)
        return AXES.get(len(self.shape), tuple(f"axis{i}" for i in range(len(self.shape))))

    @property
    def is_tokens(self) -> bool:
        """Whether the value is a row of whole numbers, each the id of a token."""
        return self.vocabulary is not None

    def __str__(self) -> str:
        size = "×".join(map(str, self.shape))
        if self.is_tokens:
            return f"{size} token ids below {self.vocabulary}"
        return f"{size} ({' × '.join(self.axes)})"


@dataclass(frozen=True)
class Task:
    """What the network must answer: the kind, the size of the answer's last axis, and names for its entries.

    classification         output (B, outputs)        target (B,) class ids
    regression             output (B, outputs)        target (B, outputs) numbers
    sequence_labels        output (B, T, outputs)     target (B, T) class ids
    next_token             output (B, T, outputs)     target (B, T) token ids
    masked_token           output (B, T, outputs)     target (B, T) token ids, set where the input is masked
    in_context_regression  output (B, T, outputs)     target (B, T, outputs) numbers

    A target of -100 is not counted (torch's own `ignore_index`).
    """

    kind: TaskKind
    outputs: int
    labels: tuple[str, ...] = ()
    steps: int | None = None  # T, where the answer has a time axis
    importance: tuple[float, ...] = ()  # how much the error of each number counts; empty: all the same

    @property
    def answer(self) -> tuple[int, ...]:
        """Shape of the answer for one example."""
        return (self.outputs,) if self.steps is None else (self.steps, self.outputs)

    @property
    def is_discrete(self) -> bool:
        """Whether targets are class or token ids rather than numbers."""
        return self.kind not in ("regression", "in_context_regression")


IGNORED = -100
