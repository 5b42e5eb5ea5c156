"""Points of interest: inner values of our own modules that a lens can address by name."""

from typing import Any, ClassVar, Protocol, runtime_checkable

from torch import Tensor, nn


class Point(nn.Module):
    """Passes a value on unchanged, so that a forward hook can record or replace it.

    A module that computes its inner values only for show asks `is_watched` and takes the fast way when nobody looks.
    """

    def __init__(self, *axes: str):
        super().__init__()
        self.axes = axes  # names of the axes, batch first

    def __call__(self, value: Tensor) -> Any:  # a hook may put anything in its place
        return super().__call__(value) if self.is_watched else value  # saves most of the price of a module

    def forward(self, value: Tensor) -> Tensor:
        return value

    @property
    def is_watched(self) -> bool:
        """Whether a hook sits on this point."""
        return bool(self._forward_hooks or self._forward_pre_hooks or self._backward_hooks or self._backward_pre_hooks)


@runtime_checkable
class HasGates(Protocol):
    """A module that trains by a fused kernel and works out its inner values on request, from the same weights.

    Lenses find such modules with `isinstance(module, HasGates)`; every value has the axes `gate_axes`.
    """

    gate_axes: ClassVar[tuple[str, ...]]
    gate_names: tuple[str, ...]

    def gates(self, inputs: Tensor) -> dict[str, Tensor]:
        """Every inner value of the module for a batch of inputs, by name."""
        ...
