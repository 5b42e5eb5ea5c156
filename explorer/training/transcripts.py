"""What a network that answers frame by frame is taken to say, and how far that is from what was said."""

from collections.abc import Sequence

import torch
from torch import Tensor

from explorer.signals import BLANK, IGNORED


def transcripts(output: Tensor) -> list[list[int]]:
    """The ids on the likeliest path, equal neighbours merged and blanks taken out: (B, T, K).

    Best path decoding (Graves et al. 2006, section 3.2): quick, and not always the likeliest sequence.
    """
    path = output.argmax(-1)  # (B, T)
    is_new = torch.ones_like(path, dtype=torch.bool)
    is_new[:, 1:] = path[:, 1:] != path[:, :-1]
    is_said = (is_new & (path != BLANK)).tolist()
    return [
        [each for each, is_one in zip(row, said, strict=True) if is_one]
        for row, said in zip(path.tolist(), is_said, strict=True)
    ]


def sequences(target: Tensor) -> list[list[int]]:
    """What was said, without what only fills up: (B, L)."""
    return [[each for each in row if each != IGNORED] for row in target.tolist()]


def edits(first: Sequence[int], second: Sequence[int]) -> int:
    """The fewest insertions, deletions and changes from one sequence to the other (Levenshtein 1966)."""
    row = list(range(len(second) + 1))
    for place, one in enumerate(first, 1):
        before, row[0] = row[0], place
        for column, other in enumerate(second, 1):
            before, row[column] = row[column], min(row[column] + 1, row[column - 1] + 1, before + (one != other))
    return row[-1]


def transcript_scores(output: Tensor, target: Tensor) -> dict[str, Tensor]:
    """The edits that are needed as a share of the phones that were said, and the share of utterances without any."""
    said, heard = sequences(target), transcripts(output)
    wrong = output.new_tensor([edits(one, other) for one, other in zip(heard, said, strict=True)])
    count = max(1, sum(map(len, said)))
    return {"phone_error_rate": wrong.sum() / count, "exact_match": (wrong == 0).float().mean()}


def blank_share(output: Tensor) -> float:
    """The share of frames in which the blank is likeliest: (B, T, K)."""
    return float((output.argmax(-1) == BLANK).float().mean())
