"""One run in the making: a trainer, its file, and every command that a person can give it."""

import math
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from torch import Tensor

from explorer.addressing import is_live
from explorer.datasets.base import Data
from explorer.engine.base import Curves, Status
from explorer.environment import environment
from explorer.errors import EngineError
from explorer.experiment import Experiment
from explorer.limits import limits
from explorer.runs import Resume, Run, RunWriter, open_run
from explorer.runs.carried import data_at_hand
from explorer.signals import FIRST_METRICS
from explorer.training import state
from explorer.training.devices import device_for
from explorer.training.diagnosis import last_sound_step
from explorer.training.trainer import Trainer
from explorer.transitions import find_transition
from explorer.validation import Checked, assign, check, read_experiment

COMMIT_SECONDS = 2.0  # a killed run loses at most this much work, and repeats it to the same numbers


class HostedRun:
    """Trains one run and keeps its file; a method for each command."""

    def __init__(self, trainer: Trainer, writer: RunWriter, path: Path):
        self.trainer, self.writer, self.path = trainer, writer, path
        self.sentence = ""
        self._committed = time.monotonic()
        self._is_closed = False
        self._told: tuple[Checked | None, dict[str, Any]] = None, {}  # the experiment as plain JSON, made once

    # Opening

    @classmethod
    def start(
        cls, experiment: Experiment, path: Path, device: str = "auto", data: Data | None = None, title: str = ""
    ) -> "HostedRun":
        """A new run, with its file; raises before the file is made where the experiment has faults."""
        checked = check(experiment)
        place = device_for(checked, device)
        data = data or checked.dataset.load(experiment.seed)
        about = environment(place) | {"title": title}
        writer = RunWriter.create(path, checked.experiment, about, checked.dataset.files())
        try:
            hosted = cls(Trainer(checked, data, writer, place), writer, Path(path))
        except BaseException:
            writer.close()
            path.unlink(missing_ok=True)
            raise
        writer.add_event(0, "created", device=str(place))
        return hosted

    @classmethod
    def resume(cls, path: Path, device: str = "auto", data: Data | None = None) -> "HostedRun":
        """A run that goes on where its file stands."""
        run = open_run(path)
        kept = run.resume()
        current = read_experiment(kept.details["experiment"]) if kept else run.experiment
        checked = check(current.model_copy(update={"data": data_at_hand(run.path, current.data)}))
        place = device_for(checked, device)
        data = data or run.data()
        writer = RunWriter.reopen(path)
        try:
            trainer = Trainer(checked, data, writer, place)
            if kept:
                state.restore(trainer, kept.step, kept.tensors, kept.details)
        except BaseException:
            writer.close()
            raise
        return cls(trainer, writer, Path(path))

    # Training

    def begin(self) -> None:
        """Train, or go on after a pause; nothing happens to a run that trains or is over."""
        trainer = self.trainer
        if trainer.state != "paused":
            return
        kind = "started" if trainer.step == 0 else "resumed"
        self.writer.add_event(trainer.step, kind, device=str(trainer.device))
        trainer.begin()

    def advance(self, steps: int | None = None, seconds: float | None = None) -> int:
        """Train for a slice and write what is due; returns the number of steps done."""
        done = self.trainer.advance(steps, seconds)
        if self.trainer.state != "training":
            if self.trainer.divergence and self.trainer.state == "diverged":
                self.sentence = str(self.trainer.divergence)
            if self.trainer.state == "finished":
                self._note_transition()
            self.commit()
        elif time.monotonic() - self._committed > COMMIT_SECONDS:
            self._demand_time()
            self.commit()
        return done

    def _note_transition(self) -> None:
        """Mark where the first metric of the held-out data jumped, if it did."""
        series = self.writer.series()
        name = next((name for name in FIRST_METRICS if ("test", name) in series), "loss")
        if (points := series.get(("test", name))) is None:
            return
        found = find_transition(zip(points.steps.tolist(), points.values.tolist(), strict=True))
        if found.verdict == "jump" and found.step is not None:
            step = min(found.step, self.trainer.step)
            self.writer.add_event(step, "phase_change", metric=f"test.{name}", sentence=found.sentence)

    def _demand_time(self) -> None:
        if self.trainer.seconds > limits().seconds:
            self.pause(f"The run was paused after {limits().seconds:g} seconds of training, the limit here.")

    def pause(self, sentence: str = "") -> None:
        """Stop until `begin`."""
        if self.trainer.state != "training":
            return
        self.trainer.pause()
        self.trainer.keep_last()
        self.sentence = sentence
        self.writer.add_event(self.trainer.step, "paused", sentence=sentence)
        self.commit()

    def take_steps(self, steps: int) -> None:
        """So many steps, then pause."""
        self.begin()
        self.advance(steps=steps)
        self.pause()

    def set(self, *assignments: str) -> None:
        """Change live settings at the next step; raises ExperimentError or EngineError and changes nothing."""
        experiment = self.trainer.checked.experiment
        for assignment in assignments:
            demand_live(experiment, assignment)
        checked = check(assign(experiment, *assignments))
        self.trainer.adopt(checked)
        self.writer.add_event(self.trainer.step, "setting_changed", settings=list(assignments))

    def set_weight(self, tensor: str, index: tuple[int, ...], value: float) -> None:
        """Put one weight to a value between two steps; raises EngineError and changes nothing where there is none."""
        weights = self.trainer.weights.get(tensor)
        is_inside = weights is not None and len(index) == weights.dim()
        if weights is None or not is_inside or not all(0 <= i < n for i, n in zip(index, weights.shape, strict=True)):
            raise EngineError(f"{tensor}{list(index)}: expected a weight of this network, found none; choose another.")
        if not math.isfinite(value):
            raise EngineError(f"{tensor}{list(index)}: expected a finite number, got {value}.")
        before = float(weights[index])
        weights[index] = value
        self.writer.add_event(
            self.trainer.step, "weight_set", tensor=tensor, index=list(index), before=before, value=value
        )

    def rewind(self) -> None:
        """Back to step 0 with the weights it began with; training again under the same settings repeats every number.

        Metrics and later snapshots are forgotten; settings stay as they are.
        """
        trainer = self.trainer
        self.commit()
        run = open_run(self.path)
        if 0 not in run.steps():
            if trainer.step == 0:  # it never began, and stands at its start
                return
            raise EngineError("rewind: expected a run that kept its first snapshot, got one without; start it anew.")
        left_at = trainer.step
        trainer.rewind(run.snapshot(0))
        self.sentence = ""
        self.writer.add_event(0, "rewound", left_at=left_at)

    def rename(self, title: str) -> None:
        """Call the run something else."""
        self.writer.add_event(self.trainer.step, "renamed", title=title)

    def keep_weights(self, source: str, step: int, tensors: Mapping[str, Tensor]) -> None:
        """Begin with another run's weights, in the layers that agree in names and shapes."""
        if layers := self.trainer.take_weights(tensors):
            self.writer.add_event(0, "weights_kept", run=source, from_step=step, layers=layers)

    def roll_back(self) -> None:
        """Return a diverged run to its last sound snapshot, with half the learning rate, and train on."""
        trainer = self.trainer
        if trainer.state != "diverged":
            raise EngineError(f"roll back: expected a run that diverged, got one that is {trainer.state}.")
        self.commit()
        run = open_run(self.path)
        losses = [(int(step), float(value)) for step, value in run.series("train", "loss")]
        step = last_sound_step(losses, [kept for kept in run.steps() if kept < trainer.step])
        rate = trainer.recipe.learning_rate / 2
        checked = check(assign(trainer.checked.experiment, f"recipe.learning_rate={rate!r}"))
        diverged_at = trainer.step
        trainer.roll_back(step, run.snapshot(step), checked)
        self.writer.add_event(step, "rolled_back", diverged_at=diverged_at, learning_rate=rate)
        self.sentence = f"Rolled back from step {diverged_at} to step {step}; the learning rate is now {rate:g}."
        self.begin()

    # The file

    def commit(self) -> None:
        """Write everything up to this step, so that a kill after this moment loses nothing."""
        tensors, details = state.capture(self.trainer)
        details["experiment"] = self._told_experiment()
        details |= {"steps_in_epoch": self.trainer.batches.steps_in_epoch, "parameters": self._n_parameters()}
        self.writer.commit(Resume(self.trainer.step, tensors, details))
        self._committed = time.monotonic()

    def close(self) -> None:
        """Write and let go of the file; the run can be resumed. A second close does nothing."""
        if self._is_closed:
            return
        self._is_closed = True
        try:
            self.commit()
        finally:
            self.writer.close()

    def curves(self, since: int = -1) -> Curves:
        """The metrics after a step, thinned, as they are now."""
        found: Curves = {}
        for (split, name), series in self.writer.series().items():
            first = int(np.searchsorted(series.steps, since, side="right"))
            found.setdefault(split, {})[name] = series.steps[first:].tolist(), series.values[first:].tolist()
        return found

    def run(self) -> Run:
        """The run as its file stands."""
        return open_run(self.path)

    @property
    def status(self) -> Status:
        """Where the run stands."""
        trainer = self.trainer
        return Status(
            state=trainer.state,
            step=trainer.step,
            steps=trainer.recipe.steps,
            steps_in_epoch=trainer.batches.steps_in_epoch,
            seconds=trainer.seconds,
            device=str(trainer.device),
            metrics={split: dict(values) for split, values in trainer.latest.items()},
            sentence=self.sentence,
            parameters=self._n_parameters(),
            experiment=self._told_experiment(),
        )

    def _n_parameters(self) -> int:
        return sum(parameter.numel() for parameter in self.trainer.parameters)

    def _told_experiment(self) -> dict[str, Any]:
        checked = self.trainer.checked
        if self._told[0] is not checked:
            self._told = checked, checked.experiment.model_dump(mode="json")
        return self._told[1]


def demand_live(experiment: Experiment, assignment: str) -> None:
    """Raise EngineError for a setting that cannot change while a run trains."""
    key = assignment.partition("=")[0].strip()
    if not is_live(experiment, key):
        raise EngineError(
            f"{key}: expected a setting of the recipe while a run trains; start a new run to change this one."
        )
