"""Named tensors as safetensors bytes. A trainer packs hundreds of alike sets, so the header is written once for all.

Format: https://github.com/huggingface/safetensors#format. Reading is left to the library.
"""

import json
import math
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # the server reads metrics without torch
    from torch import Tensor

DTYPES = {
    "torch.float64": ("F64", 8),
    "torch.int64": ("I64", 8),
    "torch.float32": ("F32", 4),
    "torch.int32": ("I32", 4),
    "torch.float16": ("F16", 2),
    "torch.bfloat16": ("BF16", 2),
    "torch.int16": ("I16", 2),
    "torch.int8": ("I8", 1),
    "torch.uint8": ("U8", 1),
    "torch.bool": ("BOOL", 1),
}


def pack(tensors: Mapping[str, "Tensor"]) -> bytes:
    """The tensors as safetensors bytes; they lie on the CPU."""
    header, names = _layout(tuple((name, tensor.shape, tensor.dtype) for name, tensor in tensors.items()))
    return b"".join([header, *(_raw(tensors[name]) for name in names)])


def unpack(blob: bytes) -> dict[str, "Tensor"]:
    """The tensors of safetensors bytes, private to the caller."""
    from safetensors.torch import load

    return load(blob)


def _raw(tensor: "Tensor") -> Any:
    try:
        return tensor.contiguous().numpy()
    except (TypeError, RuntimeError):  # bfloat16, which numpy lacks; a tensor that wants a gradient
        tensor = tensor.detach().contiguous().reshape(-1)
        return tensor.view(tensor.new_empty(0).byte().dtype).numpy()


@lru_cache(maxsize=64)
def _layout(entries: tuple[tuple[str, tuple[int, ...], object], ...]) -> tuple[bytes, tuple[str, ...]]:
    """The header, and the order of the numbers behind it: wide ones first, so that all lie aligned."""
    described, offset = {}, 0
    for name, shape, dtype in sorted(entries, key=lambda entry: -DTYPES[str(entry[2])][1]):
        code, width = DTYPES[str(dtype)]
        end = offset + width * math.prod(shape)
        described[name] = {"dtype": code, "shape": shape, "data_offsets": (offset, end)}
        offset = end
    text = json.dumps(described, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return len(text).to_bytes(8, "little") + text, tuple(described)
