"""The values of one axis of a grid as a person types them: a list, or a range that is written out."""

import json
import math
import re
from typing import Any

from explorer.experiment import parse_value

NUMBER = r"-?\d+(?:\.\d*)?(?:e-?\d+)?|-?\.\d+(?:e-?\d+)?"
RANGE = re.compile(rf"\s*({NUMBER})\s*\.\.\s*({NUMBER})(?:\s+in\s+(\d+)(\s+log)?)?\s*", re.IGNORECASE)
MOST = 1_000  # values of one axis
DIGITS = 6  # of the numbers of a range


def read_values(text: str) -> list[Any]:
    """`0.1, 0.2` as it stands, `1..4` as whole numbers, `0..1 in 5` evenly, `0.001..1 in 4 log` by equal ratios.

    A comma parts two values unless it stands in brackets or quotes of JSON. Raises ValueError in words.
    """
    if not text.strip():
        raise ValueError("expected values such as 0.1, 0.2, got none.")
    if (found := RANGE.fullmatch(text)) is None:
        whole = parse_value(f"[{text}]")
        return whole if isinstance(whole, list) else [parse_value(value.strip()) for value in text.split(",")]
    first, last = json.loads(_whole(found[1])), json.loads(_whole(found[2]))
    if found[3] is None:
        return _whole_numbers(text, first, last)
    count = int(found[3])
    if not 2 <= count <= MOST:
        raise ValueError(f"expected 2 to {MOST:,} values, got {count:,}.")
    if found[4] is None:
        return [_rounded(first + (last - first) * place / (count - 1)) for place in range(count)]
    if first <= 0 or last <= 0:
        raise ValueError(f"expected numbers above zero for equal ratios, got {text.strip()}.")
    ratio = math.log(last / first)
    return [_rounded(first * math.exp(ratio * place / (count - 1))) for place in range(count)]


def _whole_numbers(text: str, first: float, last: float) -> list[int]:
    if not (isinstance(first, int) and isinstance(last, int)) or not 0 <= last - first < MOST:
        raise ValueError(f"expected whole numbers that rise, such as 1..4, or 0..1 in 5, got {text.strip()}.")
    return list(range(first, last + 1))


def _whole(text: str) -> str:
    """A number as JSON has it: with a digit on both sides of the point."""
    text = re.sub(r"\.(?!\d)", "", text)
    return re.sub(r"^(-?)\.", r"\g<1>0.", text)


def _rounded(value: float) -> int | float:
    """Without the noise of the arithmetic; a whole number as one, so that it also fits a setting that counts."""
    short = float(f"{value:.{DIGITS}g}")
    return int(short) if short.is_integer() else short
