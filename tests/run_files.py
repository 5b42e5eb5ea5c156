"""What the tests of run files share: a small experiment, weights that fit it, and a run file filled with both."""

from pathlib import Path

import torch
from torch import Tensor

from explorer.experiment import Experiment
from explorer.runs import Resume, RunWriter


def experiment(**data: object) -> Experiment:
    """Points of the plane through one linear layer."""
    plain = {"data": {"kind": "circle", **data}, "network": {"layers": [{"kind": "linear", "name": "answer"}]}}
    return Experiment.model_validate(plain)


def weights(step: int) -> dict[str, Tensor]:
    """Weights that tell their step and fit the small experiment."""
    return {"answer.weight": torch.full((2, 2), float(step)), "answer.bias": torch.zeros(2)}


def state(step: int) -> Resume:
    """A state to go on from."""
    return Resume(step, {"network.answer.bias": torch.zeros(2)}, {"step": step})


def train(writer: RunWriter, first: int, last: int, every: int = 10) -> None:
    """Pretend to train: a value at every step; now and then a snapshot and a commit."""
    for step in range(first, last + 1):
        writer.add_metrics(step, "train", {"loss": (step * 0.618) % 1})
        if step % every == 0 or step == last:
            writer.add_snapshot(step, weights(step))
            writer.commit(state(step))


def written(path: Path, steps: int = 30) -> Path:
    """A run file of so many steps, closed."""
    with RunWriter.create(path, experiment(), {"device": "cpu"}) as writer:
        writer.add_event(0, "started", device="cpu")
        train(writer, 0, steps)
    return path
