"""Catching a network's inner values by name; nothing stays behind, whatever happens."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from torch import Tensor, nn


@contextmanager
def recording(network: nn.Module, names: Iterable[str]) -> Iterator[dict[str, Tensor]]:
    """Collect what the named modules give out, batch first, detached and cloned, for as long as the context lasts.

    A module that gives out several tensors is collected by its first.
    """
    caught: dict[str, Tensor] = {}

    def catch(name: str) -> Callable[[nn.Module, Any, Any], None]:
        def hook(module: nn.Module, inputs: Any, output: Any) -> None:
            value = output[0] if isinstance(output, tuple) else output
            caught[name] = value.detach().clone()

        return hook

    handles = []
    try:
        for name in names:
            handle = network.get_submodule(name).register_forward_hook(catch(name))
            handles.append(handle)
        yield caught
    finally:
        for handle in handles:
            handle.remove()
