"""How several examples of a dataset are shown side by side."""

from collections.abc import Mapping, Sequence
from typing import Any


def view_of_examples(given: Mapping[str, Any], array: str, captions: Sequence[str]) -> tuple[str, dict[str, Any]]:
    """Pictures and tokens one by one, sequences as small maps, rows and points as one table."""
    if len(given["axes"]) == 1 and given["axes"][0] != "time":
        return "map", {"array": array, "is_square": False, "scale": "signed"}
    return "pictures", {"array": array, "captions": list(captions), "is_grey": True}
