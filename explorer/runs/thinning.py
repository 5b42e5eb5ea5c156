"""A series of any length in a bounded number of points: of each bucket of steps, the least and the greatest value.

What stays depends only on the points that came, never on how they were dealt out over calls: a bucket's extremes are
the same whether found at once or by merging, and the stride is the smallest that leaves few enough buckets.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Steps = NDArray[np.int64]
Values = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Series:
    """The points kept, by rising step; bucket k holds the steps from k * stride to (k + 1) * stride - 1."""

    stride: int = 1
    steps: Steps = field(default_factory=lambda: np.empty(0, np.int64))
    values: Values = field(default_factory=lambda: np.empty(0, np.float64))

    def __len__(self) -> int:
        return len(self.steps)


def extend(series: Series, steps: Steps, values: Values, n_buckets: int) -> Series:
    """The series with more points, thinned to `n_buckets`; a point at or before the last step is left out."""
    reached = np.maximum.accumulate(np.concatenate([series.steps[-1:], steps]))
    is_later = steps > (reached[:-1] if len(series) else np.concatenate([[-1], reached[:-1]]))
    steps = np.concatenate([series.steps, steps[is_later]])
    values = np.concatenate([series.values, values[is_later]])
    if len(steps) == 0:
        return series
    stride = series.stride
    while _n_buckets(steps, stride) > n_buckets:
        stride *= 2
    is_kept = _is_kept(steps // stride, values)
    return Series(stride, steps[is_kept], values[is_kept])


def rewind(series: Series, step: int) -> Series:
    """The series without what came after `step`."""
    n_kept = int(np.searchsorted(series.steps, step, side="right"))
    return Series(series.stride, series.steps[:n_kept], series.values[:n_kept]) if n_kept else Series()


def n_common(before: Series, after: Series) -> int:
    """How many points at the start of two series are the same, bit for bit."""
    n_shorter = min(len(before), len(after))
    is_other = (before.steps[:n_shorter] != after.steps[:n_shorter]) | (
        before.values[:n_shorter].view(np.int64) != after.values[:n_shorter].view(np.int64)
    )
    return int(is_other.argmax()) if is_other.any() else n_shorter


def _n_buckets(steps: Steps, stride: int) -> int:
    return int(np.count_nonzero(np.diff(steps // stride))) + 1


def _is_kept(buckets: Steps, values: Values) -> NDArray[np.bool_]:
    """Whether a point is the first, the last, or the least or the greatest of its bucket (NaN above all)."""
    starts = np.concatenate([[0], np.flatnonzero(np.diff(buckets)) + 1])
    sizes = np.diff(np.append(starts, len(values)))
    is_kept = np.zeros(len(values), np.bool_)
    is_kept[[0, -1]] = True
    for extreme in (np.fmin, np.maximum):  # the least is NaN only where there is nothing else
        is_kept[_first(values, extreme.reduceat(values, starts), starts, sizes)] = True
    return is_kept


def _first(values: Values, wanted: Values, starts: Steps, sizes: Steps) -> Steps:
    """Of each bucket the place of the first value that is the wanted one."""
    spread = np.repeat(wanted, sizes)
    places = np.flatnonzero((values == spread) | (np.isnan(values) & np.isnan(spread)))
    return places[np.searchsorted(places, starts)]
