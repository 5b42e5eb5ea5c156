"""Thinning a series: what stays, and that it does not matter how the points came."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.runs.thinning import Series, extend, n_common, rewind

VALUES = st.one_of(st.floats(-10, 10, width=16), st.sampled_from([math.nan, math.inf, -math.inf, 0.0, 1.0]))
POINTS = st.lists(st.tuples(st.integers(1, 9), VALUES), max_size=120).map(
    lambda gaps: [(sum(gap for gap, _ in gaps[: i + 1]), value) for i, (_, value) in enumerate(gaps)]
)


def fed(series: Series, points: list[tuple[int, float]], n_buckets: int = 8) -> Series:
    steps, values = np.array([step for step, _ in points], np.int64), np.array([value for _, value in points], float)
    return extend(series, steps, values, n_buckets)


def shown(series: Series) -> tuple[int, list[tuple[int, str]]]:
    return series.stride, [(step, repr(value)) for step, value in zip(series.steps, series.values, strict=True)]


def oracle(points: list[tuple[int, float]], n_buckets: int) -> tuple[int, set[tuple[int, str]]]:
    """The definition, word for word, over all points at once."""
    stride = 1
    while len({step // stride for step, _ in points}) > n_buckets:
        stride *= 2
    kept = {*points[:1], *points[-1:]}
    for bucket in {step // stride for step, _ in points}:
        inside = [point for point in points if point[0] // stride == bucket]
        kept.add(min(inside, key=lambda point: (math.isnan(point[1]), point[1], point[0])))
        kept.add(max(inside, key=lambda point: (math.isnan(point[1]), point[1], -point[0])))
    return stride, {(step, repr(np.float64(value))) for step, value in kept}


@settings(deadline=None, max_examples=60)
@given(POINTS, st.integers(2, 20))
def test_each_bucket_keeps_its_extremes_and_the_series_its_ends(points, n_buckets):
    stride, kept = shown(fed(Series(), points, n_buckets))
    assert (stride, set(kept)) == oracle(points, n_buckets)
    assert kept == sorted(kept, key=lambda point: point[0])


@settings(deadline=None, max_examples=60)
@given(POINTS, st.lists(st.integers(0, 120), max_size=6), st.integers(2, 20))
def test_it_does_not_matter_in_how_many_parts_the_points_come(points, cuts, n_buckets):
    parts, series = [0, *sorted(cuts), len(points)], Series()
    for start, end in pairwise(parts):
        series = fed(series, points[start:end], n_buckets)
        series = Series(series.stride, series.steps.copy(), series.values.copy())  # as rebuilt from a file
    assert shown(series) == shown(fed(Series(), points, n_buckets))


@settings(deadline=None, max_examples=60)
@given(POINTS, st.integers(0, 1000), st.integers(2, 20))
def test_rewinding_leaves_what_came_before_and_no_more(points, step, n_buckets):
    series = fed(Series(), points, n_buckets)
    back = rewind(series, step)
    assert shown(back)[1] == [(at, value) for at, value in shown(series)[1] if at <= step]


def test_nan_counts_as_the_greatest_so_that_a_divergence_stays_visible():
    points = [(0, 1.0), (1, 5.0), (2, math.nan), (3, math.inf), (4, 0.5), (5, 2.0), (40, 1.0), (80, 1.0)]
    assert fed(Series(), points, n_buckets=2).steps.tolist() == [0, 2, 4, 80]


def test_a_step_that_was_passed_already_is_left_as_it_is():
    series = fed(Series(), [(0, 1.0), (4, 2.0), (4, 9.0), (3, 9.0), (5, 3.0)])
    assert shown(fed(series, [(5, 9.0), (2, 9.0), (6, 4.0)])) == shown(
        fed(Series(), [(0, 1.0), (4, 2.0), (5, 3.0), (6, 4.0)])
    )


@pytest.mark.parametrize("n_points", [10, 1_000, 100_000])
def test_the_number_of_points_is_bounded(n_points: int):
    series = fed(Series(), [(step, math.sin(step)) for step in range(n_points)], n_buckets=50)
    assert len(series) <= 2 * 50 + 2
    assert series.stride < max(2, 2 * n_points / 50)


def test_the_common_start_of_two_series_is_compared_bit_for_bit():
    before = fed(Series(), [(0, math.nan), (1, 0.0), (2, 1.0)])
    assert n_common(before, fed(before, [(3, 1.0)])) == 3
    assert n_common(before, fed(Series(), [(0, math.nan), (1, -0.0), (2, 1.0)])) == 1
    assert n_common(before, Series()) == 0
