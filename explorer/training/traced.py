"""A computation found once and then made again as plain tensor calls, without what it costs to find them.

For many small networks at once that is most of the time: vmap has to take every call of the network apart anew.
"""

from collections.abc import Callable, Sequence

from torch import Size, Tensor
from torch.fx.experimental.proxy_tensor import make_fx
from torch.nn.attention import SDPBackend, sdpa_kernel

Calls = Callable[..., list[Tensor]]


class Traced:
    """A function of tensors, found anew for tensors of other shapes.

    `in_place` are the places of those that the function changes; finding it changes none.
    """

    def __init__(self, function: Calls, in_place: Sequence[int] = ()):
        self._function, self._in_place = function, set(in_place)
        self._found: dict[tuple[Size, ...], Calls] = {}

    def __call__(self, *tensors: Tensor) -> list[Tensor]:
        shapes = tuple(each.shape for each in tensors)
        if shapes not in self._found:
            with sdpa_kernel(SDPBackend.MATH):  # the fused kernels have no batching rule on the CPU
                self._found[shapes] = make_fx(self._function)(*self._harmless(tensors)).forward
        return self._found[shapes](*tensors)

    def try_out(self, *tensors: Tensor) -> None:
        """Compute once without any effect; raises what torch raises where that cannot be done."""
        with sdpa_kernel(SDPBackend.MATH):
            self._function(*self._harmless(tensors))

    def _harmless(self, tensors: Sequence[Tensor]) -> list[Tensor]:
        """The tensors, or copies of those that would be changed."""
        return [each.clone() if place in self._in_place else each for place, each in enumerate(tensors)]
