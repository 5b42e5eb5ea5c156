"""Catching a network's inner values by name, or putting others in their place; nothing stays behind."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from torch import Tensor, nn

Change = Callable[[Tensor], Tensor]


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


@contextmanager
def replacing(network: nn.Module, changes: Mapping[str, Change]) -> Iterator[None]:
    """Change what the named modules give out, for as long as the context lasts."""

    def put(change: Change) -> Callable[[nn.Module, Any, Tensor], Tensor]:
        return lambda module, inputs, output: change(output)

    handles = []
    try:
        for name, change in changes.items():
            handles.append(network.get_submodule(name).register_forward_hook(put(change)))
        yield
    finally:
        for handle in handles:
            handle.remove()


@contextmanager
def evaluating(network: nn.Module) -> Iterator[None]:
    """Every module in eval mode; afterwards each is in the mode that it was in."""
    before = [module for module in network.modules() if module.training]
    try:
        for module in before:
            vars(module)["training"] = False  # past what torch does for every attribute: a live picture has little time
        yield
    finally:
        for module in before:
            vars(module)["training"] = True
