"""The transition finder, on curves whose nature is known."""

import math

import numpy as np
import pytest

from explorer.transitions import Transition, find_transition

STEPS = np.arange(0, 1001, 20)
CHANCE = np.random.default_rng(0)


def found(values: np.ndarray, steps: np.ndarray = STEPS, **options: float) -> Transition:
    return find_transition(zip(steps.tolist(), values.tolist(), strict=True), **options)


def logistic(middle: float, factor: float) -> np.ndarray:
    """From 0 to 1 in the log step; `factor` leads from the step at 10 to the step at 90 percent."""
    return 1 / (1 + np.exp(-2 * math.log(9) / math.log(factor) * (np.log1p(STEPS) - math.log1p(middle))))


JUMPS = {
    "a step": np.where(STEPS < 300, 0.0, 1.0),
    "a steep sigmoid": logistic(300, 1.5),
    "a sigmoid as steep as that of induction": logistic(200, 2),
    "a fall": 3.5 * (1 - logistic(500, 1.6)),
    "a step with noise": np.where(STEPS < 300, 0.05, 0.95) + 0.03 * CHANCE.normal(size=STEPS.shape),
    "a step after a fast start and a plateau": 2.1 * np.exp(-STEPS / 25) - 1.3 * logistic(400, 1.5),
    "a step below a much higher start": 1.8 * np.exp(-STEPS / 8) + 0.17 * (1 - logistic(400, 1.5)),
    "a step on a slope": STEPS / 2000 + logistic(300, 1.3),
}
GRADUAL = {
    "a line": STEPS / 1000,
    "a line with noise": STEPS / 1000 + 0.03 * CHANCE.normal(size=STEPS.shape),
    "an exponential": 2 * np.exp(-STEPS / 200),
    "an exponential with noise": 2 * np.exp(-STEPS / 200) + 0.05 * CHANCE.normal(size=STEPS.shape),
    "a power law": (1.0 + STEPS) ** -0.5,
    "a line in the log step": np.log1p(STEPS),
    "a wide sigmoid": logistic(150, 30),
    "what is learnt before the second look": np.where(STEPS == 0, 0.0, 1.0),
}
GRADUAL |= {
    "a hump on a slope": 0.02 * STEPS**0.5 * np.exp(-STEPS / 150) + STEPS / 1000,
    "what is learnt within the first looks": 1 - 0.9 * np.exp(-STEPS / 6) - 0.02 * np.exp(-STEPS / 60),
}
NOTHING = {
    "a constant": np.full(STEPS.shape, 0.3),
    "noise": CHANCE.normal(size=STEPS.shape),
}


@pytest.mark.parametrize("name", JUMPS)
def test_a_jump_is_found(name):
    assert found(JUMPS[name]).verdict == "jump"


@pytest.mark.parametrize("name", GRADUAL)
def test_a_gradual_change_is_called_gradual(name):
    assert found(GRADUAL[name]).verdict == "gradual"


@pytest.mark.parametrize("name", NOTHING)
def test_where_nothing_changes_nothing_is_found(name):
    assert found(NOTHING[name]).verdict == "none"


@pytest.mark.parametrize("seed", range(40))
def test_noise_is_never_a_jump(seed):
    noise = np.random.default_rng(seed).normal(size=STEPS.shape)
    assert found(noise).verdict == "none"
    assert found(STEPS / 300 + noise).verdict != "jump"


@pytest.mark.parametrize("middle", [100, 200, 400, 700])
def test_a_jump_is_found_where_it_is(middle):
    jump = found(logistic(middle, 1.5))
    assert jump.step == pytest.approx(middle, rel=0.08)
    assert jump.begin == pytest.approx(middle / math.sqrt(1.5), rel=0.12)
    assert jump.end == pytest.approx(middle * math.sqrt(1.5), rel=0.12)
    assert jump.height == pytest.approx(1, rel=0.1)


def test_the_direction_of_a_change_is_told():
    assert found(JUMPS["a fall"]).height < 0
    assert "falls abruptly at step" in found(JUMPS["a fall"]).sentence
    assert found(GRADUAL["a line"]).sentence == "It rises gradually."
    assert found(GRADUAL["an exponential"]).height < 0


def test_a_change_that_is_too_small_to_matter_is_none():
    assert found(0.05 * JUMPS["a step"], least=0.1).verdict == "none"


def test_the_scale_of_the_values_changes_nothing():
    for name, curve in {**JUMPS, **GRADUAL}.items():
        assert found(1000 * curve - 5).verdict == found(curve).verdict, name


def test_too_few_values_are_not_judged():
    few = found(np.array([0.0, 0, 0, 1, 1, 1, 1]), STEPS[:7])
    assert (few.verdict, few.sentence) == ("too_few", "8 values are the fewest to judge by; there are 7.")
    assert found(np.full(STEPS.shape, math.nan)).verdict == "too_few"
    assert found(np.array([0.0, 0, 0, 0, 0, 0, 0, 0]), STEPS[:8]).verdict == "none"


def test_a_long_series_is_judged_as_a_short_one():
    steps = np.arange(20_000)
    curve = np.where(steps < 6000, 0.0, 1.0)
    assert found(curve, steps).step == pytest.approx(6000, rel=0.05)
