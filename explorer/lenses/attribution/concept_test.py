"""Directions of a concept and of chance, and the test that tells them apart (Kim et al. 2018, arXiv:1711.11279)."""

from dataclasses import dataclass

import numpy as np
import torch
from scipy import stats
from torch import Tensor

RIDGE = 0.1  # penalty on a direction, as a share of the mean squared length of the activations


@dataclass(frozen=True)
class Seen:
    """What a layer holds of a pool of examples, and where the answers rise; all by inner products alone."""

    kernel: Tensor  # (pool, pool): activations of two examples, multiplied and added up
    slopes: Tensor  # (followed, pool): the answer's gradient at the layer, along the activations of an example


@dataclass(frozen=True)
class Drawn:
    """TCAV scores over draws, of the concept and of random sets; and how well the concept can be told at all."""

    concept: np.ndarray  # (set,)
    random: np.ndarray  # (set,)
    accuracy: np.ndarray  # (set,) of the concept's directions, on examples that they were not made from


@dataclass(frozen=True)
class Direction:
    """A concept's direction in a layer: the sum of the activations of some examples, each with its weight."""

    places: Tensor  # (examples,)
    weights: Tensor  # (examples,)

    def score(self, seen: Seen) -> float:
        """The share of examples whose answer rises along it."""
        return float((seen.slopes[:, self.places] @ self.weights > 0).double().mean())

    def accuracy(self, seen: Seen, yes: Tensor, no: Tensor) -> float:
        """How often it tells an example with the concept from one without, of those it was not made from."""
        along = seen.kernel[:, self.places] @ self.weights  # (pool,)
        middle = along[self.places].mean()
        one, other = (along[each[~torch.isin(each, self.places)]] > middle for each in (yes, no))
        return float((one.double().mean() + 1 - other.double().mean()) / 2)


def against_chance(seen: Seen, n_with: int | None, sets: int, size: int, chance: torch.Generator) -> Drawn:
    """Draws of examples with the concept, the first `n_with` of the pool, against others, and of any against any.

    Both sets of every draw are drawn anew: one fixed set of random examples always leans some way, and many directions
    against it would make chance look significant. Without `n_with` the concept is chance itself.
    """
    everything = torch.arange(len(seen.kernel))
    yes, no = (everything, everything) if n_with is None else (everything[:n_with], everything[n_with:])
    found = [direction_of(seen.kernel, *_two_sets(yes, no, size, chance)) for _ in range(sets)]
    random = [direction_of(seen.kernel, *_two_sets(everything, everything, size, chance)) for _ in range(sets)]
    return Drawn(
        np.array([direction.score(seen) for direction in found]),
        np.array([direction.score(seen) for direction in random]),
        np.array([direction.accuracy(seen, yes, no) for direction in found]),
    )


def _two_sets(yes: Tensor, no: Tensor, size: int, chance: torch.Generator) -> tuple[Tensor, Tensor]:
    """So many of each, or half of them where there are fewer, so that some are left out; no example is in both."""
    size = min(size, len(yes) // 2, len(no) // 2)
    first = yes[torch.randperm(len(yes), generator=chance)[:size]]
    others = no[~torch.isin(no, first)]
    return first, others[torch.randperm(len(others), generator=chance)[:size]]


def direction_of(kernel: Tensor, first: Tensor, second: Tensor) -> Direction:
    """The direction from the second set to the first, by a ridge classifier.

    w = X'(XX' + penalty)^-1 y, with the activations X of both sets less their mean and y = 1 and -1.
    """
    places = torch.cat([first, second])
    inner = kernel[places][:, places]
    centred = inner - inner.mean(0, keepdim=True) - inner.mean(1, keepdim=True) + inner.mean()
    penalty = RIDGE * centred.diagonal().mean().clamp(min=1e-12) * torch.eye(len(places)).to(kernel)
    signs = torch.cat([torch.ones(len(first)), -torch.ones(len(second))]).to(kernel)
    weights = torch.linalg.solve(centred + penalty, signs - signs.mean())
    return Direction(places, weights - weights.mean())


def probability(scores: np.ndarray, random: np.ndarray) -> float:
    """The two-sided p of Welch's t-test that both have the same mean; 1 or 0 where neither varies at all."""
    if np.ptp(scores) == np.ptp(random) == 0:
        return 1.0 if scores[0] == random[0] else 0.0
    told = [part for each in (scores, random) for part in (each.mean(), each.std(ddof=1), len(each))]
    return float(stats.ttest_ind_from_stats(*told, equal_var=False).pvalue)
