"""A text as token ids: its vocabulary, its two parts, and windows cut from them."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from torch import Generator, Tensor

from explorer.datasets.base import Split
from explorer.limits import limits

Level = Literal["character", "word"]
UNKNOWN = "<unknown>"
MOST_WINDOWS = 512  # held-out windows, and training windows kept for evaluation
BYTES_PER_CHARACTER = {"character": 16, "word": 64}  # while a text is cut into tokens


def tokenise(text: str, level: Level) -> Sequence[str]:
    """The text's characters, or its words, marks and line ends."""
    return text if level == "character" else re.findall(r"\w+(?:['’]\w+)*|[^\w\s]|\n", text)


@dataclass(frozen=True)
class Corpus:
    """A text as token ids, its end held out."""

    names: tuple[str, ...]
    train: np.ndarray
    test: np.ndarray


def build_corpus(text: str, level: Level, most: int, test_fraction: float) -> Corpus:
    """Cut a text and count its vocabulary: at most so many entries, the commonest of the training part."""
    needed = len(text) * BYTES_PER_CHARACTER[level]
    limits().demand("dataset_bytes", needed, "data (the text while it is cut)", "use a shorter text")
    tokens = tokenise(text, level)
    cut = len(tokens) - round(test_fraction * len(tokens))
    counts = Counter(tokens[:cut])
    names = sorted(counts, key=lambda token: (-counts[token], token))
    if len(names) > most or not counts.keys() >= set(tokens[cut:]):
        names = [UNKNOWN, *sorted(names[: most - 1])]
    else:
        names.sort()
    return Corpus(tuple(names), encode(tokens[:cut], names), encode(tokens[cut:], names))


def encode(tokens: Sequence[str], names: Sequence[str]) -> np.ndarray:
    """Ids of the tokens, by their place among the names; a token without a name gets the first id."""
    ids = {name: i for i, name in enumerate(names)}
    return np.fromiter((ids.get(token, 0) for token in tokens), np.int32, len(tokens))


def draw_windows(ids: Tensor, context: int, n: int, generator: Generator | None = None) -> Split:
    """Windows from random places of a text, and the same windows one token later: (n, context) each."""
    starts = torch.randint(len(ids) - context, (n, 1), generator=generator)
    return _windows(ids, starts, context)


def spread_windows(ids: Tensor, context: int) -> Split:
    """Windows that do not overlap, spread evenly over a text where there are too many."""
    n_windows = (len(ids) - 1) // context
    n = min(n_windows, MOST_WINDOWS)
    return _windows(ids, torch.arange(n)[:, None] * n_windows // n * context, context)


def _windows(ids: Tensor, starts: Tensor, context: int) -> Split:
    places = starts + torch.arange(context)  # (n, context)
    return Split((ids[places],), ids[places + 1])
