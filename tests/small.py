"""The smallest experiment worth training, for tests of how training goes."""

from explorer.experiment import Experiment
from explorer.validation import read_experiment


def small(*assignments: str) -> Experiment:
    """Points of the plane through four tanh units, for 60 steps."""
    layers = [{"kind": "linear", "units": 4}, {"kind": "tanh"}, {"kind": "linear"}]
    recipe = {"learning_rate": 0.03, "batch_size": 10, "steps": 60, "evaluate_every": 10}
    plain = {"data": {"kind": "circle", "size": 100}, "network": {"layers": layers}, "recipe": recipe, "seed": 1}
    return read_experiment(plain).with_(*assignments)
