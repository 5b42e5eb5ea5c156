"""An experiment held against every declaration it touches: all its faults at once, or everything needed to train it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from explorer import datasets
from explorer.datasets.base import Dataset, Description
from explorer.declarations import assign, read_experiment, read_part, written
from explorer.errors import DataError, ExperimentError, Fault, unknown
from explorer.experiment import Experiment, LayerPart
from explorer.layers import KINDS as LAYERS
from explorer.limits import limits
from explorer.network import Plan, demand_within_limits, plan
from explorer.training import optimizers, schedules
from explorer.training.objectives import losses_for
from explorer.training.optimizers import OptimizerKind
from explorer.training.schedules import Schedule

__all__ = ["Checked", "assign", "check", "read_experiment"]


@dataclass(frozen=True)
class Checked:
    """An experiment without faults: every default written out, and what its parts were read as."""

    experiment: Experiment
    dataset: Dataset
    description: Description
    plan: Plan
    optimizer: OptimizerKind
    schedule: Schedule

    @property
    def step_examples(self) -> int:
        """Examples in one training step."""
        return self.experiment.recipe.batch_size or self.description.n_train or 1


def check(experiment: Experiment) -> Checked:
    """Everything needed to train; raises ExperimentError with all faults, DataError or LimitError."""
    faults: list[Fault] = []
    recipe = experiment.recipe
    dataset = _collect(faults, datasets.KINDS, experiment.data, "data")
    optimizer = _collect(faults, optimizers.KINDS, recipe.optimizer, "recipe.optimizer")
    schedule = _collect(faults, schedules.KINDS, recipe.schedule, "recipe.schedule")
    if dataset is None:
        for index, part in enumerate(experiment.network.layers):
            _collect(faults, LAYERS, part, f"network.layers.{index}")
        raise ExperimentError(faults)
    description, network = _describe(dataset, faults), None
    if description is not None:
        try:
            network = plan(experiment.network, description.signals, description.task, description.input_names)
        except ExperimentError as error:
            faults += error.faults
        fitting = losses_for(description.task)
        if recipe.loss not in (None, *fitting):
            faults.append(unknown("recipe.loss", recipe.loss, fitting, "or leave it empty for the task's own"))
    if faults or description is None or network is None or optimizer is None or schedule is None:
        raise ExperimentError(faults)
    _demand(experiment, description, network)
    return Checked(_canonical(experiment), dataset, description, network, optimizer, schedule)


def _collect(faults: list[Fault], table: Mapping[str, type], part: Any, place: str) -> Any:
    try:
        return read_part(table, part, place)
    except ExperimentError as error:
        faults += error.faults
        return None


def _describe(dataset: Dataset, faults: list[Fault]) -> Description | None:
    """The dataset's description; a file that cannot be used stands alone, unless there are faults to tell with it."""
    try:
        return dataset.describe()
    except DataError as error:
        if not faults:
            raise
        faults.append(Fault("data", "a file that can be used", str(error)))
        return None


def _demand(experiment: Experiment, description: Description, network: Plan) -> None:
    recipe = experiment.recipe
    limits().demand("steps", recipe.steps, "recipe.steps", "train for fewer steps")
    n_train = description.n_train
    batch_size = recipe.batch_size or n_train or 1
    demand_within_limits(network, min(batch_size, n_train) if n_train else batch_size)


def _canonical(experiment: Experiment) -> Experiment:
    """The same experiment with every setting written out, so that later defaults cannot change it."""
    recipe = experiment.recipe
    layers = tuple(
        LayerPart.model_validate({"name": part.name, "inputs": part.inputs, **_filled(LAYERS, part)})
        for part in experiment.network.layers
    )
    return experiment.model_copy(
        update={
            "data": written(read_part(datasets.KINDS, experiment.data, "data"), experiment.data.kind),
            "network": experiment.network.model_copy(update={"layers": layers}),
            "recipe": recipe.model_copy(
                update={
                    "optimizer": _part(optimizers.KINDS, recipe.optimizer),
                    "schedule": _part(schedules.KINDS, recipe.schedule),
                }
            ),
        }
    )


def _part(table: Mapping[str, type], part: Any) -> Any:
    return written(read_part(table, part, ""), part.kind)


def _filled(table: Mapping[str, type], part: Any) -> dict[str, Any]:
    return _part(table, part).model_dump(mode="json")
