"""What flows between data, layers and task, described for one example and without any numbers."""

import math
from dataclasses import dataclass
from typing import Literal

TaskKind = Literal[
    "classification",
    "regression",
    "sequence_labels",
    "next_token",
    "masked_token",
    "in_context_regression",
    "ctc",
    "detection",
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

    @property
    def places(self) -> int:
        """How many steps or points of a picture it has, at each of which the same weights are at work."""
        by_rank = {2: self.shape[:1], 3: self.shape[1:]}
        return math.prod(self.shape if self.is_tokens else by_rank.get(len(self.shape), ()))

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
    ctc                    output (B, T', outputs)    target (B, most) ids of phones in order, 0 is the blank
    detection              output (B, outputs, R, C)  target (B, most, 5) class id, and the box as shares of the picture

    A target of -100 is not counted (torch's own `ignore_index`). How many frames T' of an utterance and how many cells
    R × C of a picture are answered for is the network's own choice.
    """

    kind: TaskKind
    outputs: int
    labels: tuple[str, ...] = ()
    steps: int | None = None  # T, where the answer has a time axis
    importance: tuple[float, ...] = ()  # how much the error of each number counts; empty: all the same
    most: int = 0  # entries of a target that is not told place by place: phones of an utterance, boxes of a picture
    least_steps: int = 0  # of an answer that has room for every target, where the network chooses how many

    @property
    def answer(self) -> tuple[int, ...]:
        """Shape of the answer for one example, where the task decides it."""
        return (self.outputs,) if self.steps is None else (self.steps, self.outputs)

    def fits(self, shape: tuple[int, ...]) -> bool:
        """Whether an answer of this shape can be held against a target."""
        if self.kind == "ctc":
            return len(shape) == 2 and shape[0] >= self.least_steps and shape[1] == self.outputs
        if self.kind == "detection":
            return len(shape) == 3 and shape[0] == self.outputs
        return shape == self.answer

    @property
    def wanted(self) -> str:
        """The answers that fit, in words."""
        if self.kind == "ctc":
            return f"{self.least_steps} or more×{self.outputs} (time × feature)"
        if self.kind == "detection":
            return f"{self.outputs}×any×any (channel × height × width)"
        return str(Signal(self.answer))

    @property
    def is_aligned(self) -> bool:
        """Whether every place of the answer has a target of its own."""
        return self.kind not in ("ctc", "detection")

    @property
    def is_discrete(self) -> bool:
        """Whether the answer's entries are scores of classes, tokens or phones rather than numbers."""
        return self.kind not in ("regression", "in_context_regression", "detection")

    @property
    def target_axes(self) -> tuple[str, ...]:
        """Names of the axes of one target."""
        unaligned: dict[str, tuple[str, ...]] = {"ctc": ("place",), "detection": ("box", "number")}
        return unaligned.get(self.kind, self.guess_axes)

    @property
    def guess_axes(self) -> tuple[str, ...]:
        """Names of the axes of what is told for one example: ids where they are discrete, else the whole answer."""
        if self.kind == "detection":
            return ("class", "row", "column")
        time = ("time",) if self.steps is not None else ()
        return time if self.is_discrete else (*time, "class")

    @property
    def target_shape(self) -> tuple[int, ...]:
        """Shape of one target."""
        if not self.is_aligned:
            return (self.most,) if self.is_discrete else (self.most, len(BOX))
        return self.answer[:-1] if self.is_discrete else self.answer


IGNORED = -100
FIRST_METRICS = (
    "accuracy",
    "r2",
    "phone_error_rate",
    "average_precision",
)  # by task, beside the loss
BLANK = 0  # the id that stands for no phone at all (Graves et al. 2006)
BOX = ("object", "x", "y", "width", "height")  # what each cell of a detector tells before the classes
