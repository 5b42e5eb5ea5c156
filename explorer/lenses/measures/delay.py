"""The delay of grokking: how much later does a network generalise than it has learnt its examples by heart?"""

from collections.abc import Iterable

KNOWN, UNDERSTOOD = 0.99, 0.95  # training and held-out accuracy

Series = Iterable[tuple[int, float]]


def first_step(series: Series, reaches: float) -> int | None:
    """The first step at which a metric is at least this high."""
    return next((step for step, value in series if value >= reaches), None)


def generalisation_delay(train: Series, test: Series) -> float:
    """Steps until held-out accuracy is .95 over steps until training accuracy is .99; NaN where either never is.

    Power et al. 2022, Grokking: generalization beyond overfitting on small algorithmic datasets, arXiv:2201.02177.
    """
    known, understood = first_step(train, KNOWN), first_step(test, UNDERSTOOD)
    return float("nan") if known is None or understood is None else understood / max(1, known)
