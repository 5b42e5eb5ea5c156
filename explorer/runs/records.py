"""What a run file holds beside numbers: events, and the state from which training goes on."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class Event:
    """Something that happened to a run: at which step, when (seconds since 1970), what, and its particulars."""

    step: int
    time: float
    kind: str
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Resume:
    """Everything from which training goes on as if it had never stopped."""

    step: int
    tensors: dict[str, "Tensor"]
    details: dict[str, Any] = field(default_factory=dict)
