"""What is known of each step of a task and never told to the network: depths, sums, last pulses."""

from collections.abc import Callable

import torch
from torch import Tensor

from explorer.datasets.base import Data, Dataset, Split
from explorer.datasets.masked import Agreement
from explorer.datasets.memory import Adding, Brackets, FirstBit, FlipFlop, bracket_depths
from explorer.datasets.text import Text

Known = dict[str, Tensor]  # by name, each (B, T)


def _brackets(split: Split, data: Data) -> Known:
    return {"depth": bracket_depths(*split.inputs)}


def _adding(split: Split, data: Data) -> Known:
    numbers, markers = split.inputs[0].unbind(-1)
    return {"sum_so_far": (numbers * markers).cumsum(1), "markers_so_far": markers.cumsum(1), "marker": markers}


def _flip_flop(split: Split, data: Data) -> Known:
    bits = split.inputs[0].shape[-1]
    return {f"last_pulse_{bit + 1}": 2.0 * (split.targets >> bit & 1) - 1 for bit in range(bits)}


def _first_bit(split: Split, data: Data) -> Known:
    series = split.inputs[0][..., 0]
    return {"first_bit": series[:, :1].expand_as(series)}


def _text(split: Split, data: Data) -> Known:
    """Steps since the last line began, and since the last blank."""
    tokens = split.inputs[0]
    found = {}
    for name, mark in {"since_line": "\n", "since_blank": " "}.items():
        if mark in data.names:
            found[name] = _steps_since(tokens == data.names.index(mark))
    return found


def _masked(split: Split, data: Data) -> Known:
    return {"since_hidden": _steps_since(split.inputs[0] == len(data.names) - 1)}


def _steps_since(is_mark: Tensor) -> Tensor:
    """Steps since the last mark, or since the start: (B, T) -> (B, T)."""
    steps = torch.arange(is_mark.shape[1], device=is_mark.device)
    return steps - torch.where(is_mark, steps, 0).cummax(1).values


BY_DATASET: dict[type[Dataset], Callable[[Split, Data], Known]] = {
    Brackets: _brackets,
    Adding: _adding,
    FlipFlop: _flip_flop,
    FirstBit: _first_bit,
    Text: _text,
    Agreement: _masked,
}


def quantities(dataset: Dataset, split: Split, data: Data) -> Known:
    """What is known of every step of these examples; the step itself is known everywhere."""
    steps = split.inputs[0].shape[1]
    place = torch.arange(steps, device=split.targets.device).expand(len(split), steps)
    found: Known = {"step": place}
    for kind, take in BY_DATASET.items():
        if isinstance(dataset, kind):
            found |= take(split, data)
    return {name: value.float() for name, value in found.items()}
