"""A second device for machines that have none: the CPU's arithmetic with the manners of an accelerator.

What is moved there carries a mark on its storage. As on CUDA, an operation refuses tensors from here and from there
together, a generator of the CPU draws nothing there, and numpy cannot read it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves, tree_map

ELSEWHERE = torch.device("xpu", 0)
HERE = torch.device("cpu")
COPY = ("copy_", "_to_copy")
INDEXED = ("index", "index_put", "index_put_", "_index_put_impl_", "_unsafe_index", "_unsafe_index_put")
GATHERED = ("cat", "stack", "_stack")  # in which even single numbers must lie on one device


def is_there(tensor: Tensor) -> bool:
    """Whether a tensor lies on the second device."""
    return tensor.device.type != "meta" and hasattr(_innermost(tensor).untyped_storage(), "is_there")


@contextmanager
def second_device() -> Iterator[torch.device]:
    """While the context lasts, there is a second device."""
    operations = _Operations()
    with operations, _Calls(operations):
        yield ELSEWHERE


class _Operations(TorchDispatchMode):
    """Every operation: operands lie together, and what comes out lies with them."""

    def __init__(self) -> None:
        super().__init__()
        self.goal: bool | None = None  # whether what comes out lies there, where a call decides it
        self.is_among = False  # whether the call at hand was given tensors from there

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs, name = kwargs or {}, func.__name__.split(".")[0]
        operands = [each for each in tree_leaves((args, kwargs)) if isinstance(each, Tensor)]
        places = [is_there(each) for each in operands]
        if name not in COPY and self.goal is None and any(places):
            _demand_together(name, operands, places)
        if kwargs.get("generator") is not None and (any(places) or self.goal):
            raise RuntimeError(f"{name}: expected a generator of the tensor's device, got the CPU's")
        found = func(*args, **kwargs)
        lies_there = any(places) if operands else self.is_among  # a call of torch makes more where it finds some
        if self.goal or (self.goal is None and lies_there and name != "copy_"):
            _mark(found)
        return found


class _Calls(TorchFunctionMode):
    """Every call that names a device or asks for one."""

    def __init__(self, operations: _Operations):
        self._operations = operations

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        if func == Tensor.device.__get__:
            return ELSEWHERE if is_there(args[0]) else func(*args)
        if func in (Tensor.numpy, Tensor.__array__) and is_there(args[0]):
            raise TypeError("a tensor of another device cannot be read by numpy; copy it to the CPU first")
        if func is torch.device:
            return func(*args, **kwargs)
        if func is torch._C._nn._parse_to:
            device, *rest = func(*args, **kwargs)
            return ELSEWHERE if any(is_there(each) for each in args if isinstance(each, Tensor)) else device, *rest
        named = [place for each in (*args, *kwargs.values()) if (place := _place(each)) is not None]
        if func is Tensor.cpu:
            return self._put(False, func, args, kwargs)
        if func is Tensor.to:
            named += [is_there(each) for each in args[1:] if isinstance(each, Tensor)]
            return self._put(named[0], func, args, kwargs) if named else func(*args, **kwargs)
        if func is Tensor.new_tensor and not named:
            named = [is_there(args[0])]
        if any(named):
            return self._put(True, func, args, kwargs)
        operands = [each for each in tree_leaves((args, kwargs)) if isinstance(each, Tensor)]
        self._operations.is_among, outer = any(map(is_there, operands)), self._operations.is_among
        try:
            return func(*args, **kwargs)
        finally:
            self._operations.is_among = outer

    def _put(self, goal: bool, func: Any, args: Any, kwargs: Any) -> Any:
        """The call as on the CPU, with what comes out in its place."""
        args, kwargs = tree_map(lambda each: HERE if _place(each) else each, (args, kwargs))
        self._operations.goal = goal
        try:
            found = func(*args, **kwargs)
            is_old = isinstance(found, Tensor) and is_there(found) != goal
            if func in (Tensor.to, Tensor.cpu):
                return found.clone() if is_old else found
            return _mark(found)
        finally:
            self._operations.goal = None


def _place(value: object) -> bool | None:
    """Whether a value names the second device; None where it names none that holds numbers."""
    if isinstance(value, str) and value.split(":")[0] in ("xpu", "cpu"):
        value = torch.device(value)
    if not isinstance(value, torch.device) or value.type == "meta":
        return None
    return value.type == ELSEWHERE.type


def _demand_together(name: str, operands: list[Tensor], places: list[bool]) -> None:
    """Raise as CUDA does; single numbers from here go with everything, and places from here pick from there."""
    strays = [each for each, there in zip(operands, places, strict=True) if not there]
    if name not in GATHERED:
        strays = [each for each in strays if each.dim()]
    if strays and not (name in INDEXED and places[0] and not any(each.is_floating_point() for each in strays)):
        here = [tuple(each.shape) for each in strays]
        raise RuntimeError(f"{name}: expected all tensors to be on the second device, got {here} on the CPU")


def _innermost(tensor: Tensor) -> Tensor:
    """The tensor that `vmap` and gradients of functions are wrapped around."""
    while torch._C._functorch.is_functorch_wrapped_tensor(tensor):
        tensor = torch._C._functorch.get_unwrapped(tensor)
    return tensor


def _mark(found: Any) -> Any:
    for each in tree_leaves(found):
        if isinstance(each, Tensor):
            _innermost(each).untyped_storage().is_there = True
    return found
