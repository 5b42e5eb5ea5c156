"""Pictures as bytes: a short JSON header, then the raw numbers, so that a browser reads them without parsing.

    u32 little-endian: bytes of the header | header, padded with spaces | arrays, each at a multiple of 8

The header is the caller's own with `arrays` added: each array's name, axes, shape, dtype and offset behind the header.
Coarse arrays travel as int8 with a `scale`: the number is byte / 127 * scale.
"""

import json
import math
import struct
from collections.abc import Mapping
from typing import Any

import numpy as np

from explorer.lenses.picture import Array, Picture

ALIGNMENT = 8  # bytes; typed arrays of JavaScript must begin at a multiple of their item's size
DTYPES = {"f": "float32", "i": "int32", "u": "uint8", "b": "uint8"}  # by kind of numpy's; what a canvas draws from
NAMES = {np.dtype(name): name for name in (*DTYPES.values(), "int8")}  # numpy makes a name anew whenever it is asked
LEVELS = 127
LENGTH = struct.Struct("<I")


def pack(picture: Picture, header: Mapping[str, Any]) -> bytes:
    """One frame: the header and the arrays of a picture."""
    listed, parts, offset = [], [], 0
    for name, array in picture.items():
        values, scale = _levels(array.values) if array.is_coarse else (_plain(array.values), {})
        about = {"name": name, "axes": array.axes, "shape": array.values.shape, "dtype": NAMES[values.dtype]}
        listed.append({**about, "offset": offset, **scale})
        parts.append(values.tobytes())
        gap = -values.nbytes % ALIGNMENT
        parts.append(bytes(gap))
        offset += values.nbytes + gap
    return b"".join([_headed({**header, "arrays": listed}), *parts])


def unpack(frame: bytes) -> tuple[Picture, dict[str, Any]]:
    """The picture and the header of a frame."""
    (length,) = LENGTH.unpack_from(frame)
    start = LENGTH.size + length
    header = json.loads(frame[LENGTH.size : start])
    picture = {}
    for listed in header.pop("arrays"):
        values = np.frombuffer(
            frame, listed["dtype"], count=int(np.prod(listed["shape"], dtype=int)), offset=start + listed["offset"]
        )
        if scale := listed.get("scale"):
            values = values.astype(np.float32) / LEVELS * np.float32(scale)
        picture[listed["name"]] = Array(values.reshape(listed["shape"]), tuple(listed["axes"]), bool(scale))
    return picture, header


def sized(frame: bytes) -> bytes:
    """A frame behind its length, so that several can follow one another."""
    return LENGTH.pack(len(frame)) + frame


def with_id(frame: bytes, name: str) -> bytes:
    """The same frame under another id in its header; itself where it has this one already."""
    (length,) = LENGTH.unpack_from(frame)
    start = LENGTH.size + length
    header = json.loads(frame[LENGTH.size : start])
    if header.get("id") == name:
        return frame
    return _headed({**header, "id": name}) + frame[start:]


def _headed(header: Mapping[str, Any]) -> bytes:
    """The length and the padded text of a header."""
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-(LENGTH.size + len(text)) % ALIGNMENT)
    return LENGTH.pack(len(text)) + text


def _plain(values: np.ndarray) -> np.ndarray:
    """The same numbers in one of the few types that travel; bytes stay bytes, wider whole numbers become 32 bits."""
    kind = "i" if values.dtype.kind == "u" and values.dtype.itemsize > 1 else values.dtype.kind
    return np.ascontiguousarray(values, dtype=DTYPES[kind])


def _levels(values: np.ndarray) -> tuple[np.ndarray, dict[str, float]]:
    """Numbers as signed bytes, and the scale that the greatest of them has; what is not a number becomes 0."""
    greatest = float(np.abs(values).max(initial=0.0))
    if not math.isfinite(greatest):
        values = np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0)
        greatest = float(np.abs(values).max(initial=0.0))
    scale = greatest or 1.0
    return np.rint(values * (LEVELS / scale)).astype(np.int8), {"scale": scale}
