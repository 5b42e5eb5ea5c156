"""How often a sliding window fits along an axis: the shape rule that convolution and pooling share."""

from dataclasses import dataclass

from explorer.layers.base import ShapeError


@dataclass(frozen=True)
class Window:
    """A window that slides along an axis; `padding` counts the places added at both ends together."""

    kernel: int
    stride: int = 1
    padding: int = 0
    dilation: int = 1

    @property
    def reach(self) -> int:
        """Places from the first to the last one that the window reads."""
        return self.dilation * (self.kernel - 1) + 1

    def places(self, size: int, axis: str) -> int:
        """How often the window fits along an axis of this size; raises ShapeError where it never does."""
        if size + self.padding < self.reach:
            raise ShapeError(
                f"at least {self.reach - self.padding} along the {axis}",
                str(size),
                "use a smaller window, more padding, fewer layers that shrink, or larger data",
                setting="kernel",
            )
        return (size + self.padding - self.reach) // self.stride + 1
