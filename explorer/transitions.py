"""The transition finder: does a measure jump, change gradually, or not change at all?

A smooth curve is fitted to the series, and the same curve with a jump added to it: a logistic in the logarithm of the
step. Where the jump explains most of what the smooth curve leaves over, and is a large part of the whole change, there
is one. A curve that bends or saturates is no jump, and is called gradual (Schaeffer et al. 2023, arXiv:2304.15004, on
jumps that lie in the eye of the measure).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np

FEWEST = 8  # values of which anything can be said
MOST = 400  # values looked at; a longer series is thinned evenly
SHARP = np.geomspace(4.0, 200.0, 12)  # steepness of the jumps tried: 10 to 90 percent within a factor of 3 in steps
BEFORE = 2  # values before a jump, without which nobody knows that nothing happened there
PLACES = 64  # steps at which a jump is tried, evenly over the logarithm
DECAYS = np.geomspace(0.01, 1.0, 8)  # time constants of the smooth curve, as a share of the series' length
NOISE = 0.5  # share of the variance that neighbours do not share, above which a series is noise
LEFT_OVER = 0.25  # of the smooth curve's squared error, at most this much when the jump is added
WORTH = 0.01  # of the variance after the start, at least this much is left over by the smooth curve
LARGE = 0.3  # of the range of values after the start, at least this much is the jump
SEEN = 0.5  # of a jump's height, at least this much is the difference of the values before and after
TENTH = np.log(9.0)  # a logistic is at 10 and 90 percent this far from its middle

Verdict = Literal["jump", "gradual", "none", "too_few"]


@dataclass(frozen=True)
class Transition:
    """What a series does: the verdict, the step of the jump's middle, and where it is at 10 and at 90 percent."""

    verdict: Verdict
    sentence: str
    step: int | None = None
    begin: int | None = None
    end: int | None = None
    height: float = 0.0  # of the jump, or of the whole gradual change; below zero where it falls
    left_over: float = 1.0  # squared error with the jump over that of the smooth curve alone; small where it is sharp


def find_transition(series: Iterable[tuple[float, float]], least: float = 0.0) -> Transition:
    """Where a series of step and value jumps, if it does; a change smaller than `least` counts as none.

    Fewer than 8 finite values are not judged: `too_few`.
    """
    points = np.array([(step, value) for step, value in series if np.isfinite(value)], np.float64).reshape(-1, 2)
    points = points[np.unique(points[:, 0], return_index=True)[1]]
    if len(points) < FEWEST:
        return Transition("too_few", f"{FEWEST} values are the fewest to judge by; there are {len(points)}.")
    if len(points) > MOST:
        points = points[np.linspace(0, len(points) - 1, MOST).round().astype(int)]
    steps, values = points.T
    if np.ptp(values) <= max(least, 1e-12 * np.abs(values).max()):
        return Transition("none", "It hardly changes.")
    if _noise(values) > NOISE * values.var():
        return Transition("none", "It goes up and down without a direction.")
    change = _change(values)
    fit = _best_jump(steps, values)
    tenth = TENTH / fit.steepness
    begin, step, end = (round(float(np.expm1(place))) for place in (fit.middle - tenth, fit.middle, fit.middle + tenth))
    before, after = max(0, int(np.searchsorted(steps, begin)) - 1), int(np.searchsorted(steps[:-1], end))
    seen = (values[after] - values[before]) / fit.height if fit.height else 0.0
    is_large = abs(fit.height) > LARGE * np.ptp(values[BEFORE:])
    if fit.left_over > LEFT_OVER or fit.worth < WORTH or seen < SEEN or not is_large:
        word = "rises" if change > 0 else "falls"
        return Transition("gradual", f"It {word} gradually.", height=change, left_over=fit.left_over)
    word = "rises" if fit.height > 0 else "falls"
    sentence = f"It {word} abruptly at step {step}, between steps {begin} and {end}."
    return Transition("jump", sentence, step, begin, end, fit.height, fit.left_over)


def _noise(values: np.ndarray) -> float:
    """The variance that neighbours do not share (von Neumann 1941), without the largest step, which may be a jump.

    The largest square of n normal numbers is about 2 log n times their mean square, which is taken out of the count.
    """
    squares = np.square(np.diff(values))
    n = len(squares)
    return float(squares.sum() - squares.max()) / (n - 2 * np.log(n)) / 2


def _change(values: np.ndarray) -> float:
    """The mean of the last tenth less that of the first."""
    tenth = max(1, len(values) // 10)
    return float(values[-tenth:].mean() - values[:tenth].mean())


def _best_jump(steps: np.ndarray, values: np.ndarray) -> "_Fit":
    """The best jump among a grid of them, then among a finer grid around it."""
    places = np.log1p(steps)
    middles, steepnesses = np.linspace(places[BEFORE], places[-1], PLACES + 1)[:-1], SHARP
    fit = _best_of(steps, values, middles, steepnesses)
    for _ in range(2):
        reach, ratio = middles[1] - middles[0], steepnesses[1] / steepnesses[0]
        middles = np.linspace(fit.middle - reach, fit.middle + reach, 17)
        steepnesses = np.clip(fit.steepness * np.geomspace(1 / ratio, ratio, 9), SHARP[0], SHARP[-1])
        fit = _best_of(steps, values, middles, steepnesses)
    return fit


@dataclass(frozen=True)
class _Fit:
    """A jump, the error it leaves over, and the smooth curve's error as a share of the variance after the start."""

    middle: float  # in the log step
    steepness: float
    height: float
    left_over: float
    worth: float


def _best_of(steps: np.ndarray, values: np.ndarray, middles: np.ndarray, steepnesses: np.ndarray) -> _Fit:
    """Every jump is projected onto what the smooth curve leaves over, so that one product judges them all."""
    places = np.log1p(steps)
    middle, steepness = (grid.ravel() for grid in np.meshgrid(middles, steepnesses))
    jumps = 1 / (1 + np.exp(np.clip(-steepness * (places[:, None] - middle), -500, 500)))  # (N, jumps)
    best: tuple[float, int, float] = np.inf, 0, 0.0
    smooth = np.inf
    for decay in DECAYS:
        basis, _ = np.linalg.qr(_smooth_curves(steps, places, decay))
        left = values - basis @ (basis.T @ values)
        bent = jumps - basis @ (basis.T @ jumps)
        strength, overlap = np.square(bent).sum(0), left @ bent
        is_told = strength > 1e-6 * len(steps)  # a jump that the smooth curve can draw as well is none
        gain = np.where(is_told, overlap**2 / np.where(is_told, strength, 1), 0)
        error, found = float(left @ left), int(gain.argmax())
        smooth = min(smooth, error)
        if error - gain[found] < best[0]:
            best = error - gain[found], found, overlap[found] / max(strength[found], 1e-300)
    error, found, height = best
    total = values[BEFORE:].var() * len(values)
    shares = error / max(smooth, 1e-300), smooth / max(total, 1e-300)
    return _Fit(float(middle[found]), float(steepness[found]), float(height), *map(float, shares))


def _smooth_curves(steps: np.ndarray, places: np.ndarray, decay: float) -> np.ndarray:
    """What a smooth curve is made of: a constant, a line, a line in the log step, and an exponential: (N, 4)."""
    time = (steps - steps[0]) / max(steps[-1] - steps[0], 1e-300)
    return np.stack([np.ones_like(time), time, places - places[0], np.exp(-time / decay)], 1)
