"""The loop: steps, looks at the held-out data, snapshots, and the moments when training stops."""

import math
import time
from collections.abc import Mapping
from typing import Any, Literal, Protocol

import torch
from torch import Tensor

from explorer.datasets.base import Data, Split
from explorer.network import build
from explorer.training.batches import Batches
from explorer.training.chance import in_force, seeded
from explorer.training.diagnosis import Divergence, first_broken
from explorer.training.evaluation import glance, glanced_at, predict
from explorer.training.objectives import loss_for, penalty
from explorer.training.snapshots import SnapshotPolicy
from explorer.training.stopping import Stopping
from explorer.validation import Checked

State = Literal["training", "paused", "finished", "diverged"]
NORM_EVERY = 10  # steps between two measurements of the gradient norm


class Recorder(Protocol):
    """Who writes down what the trainer tells."""

    def add_metrics(self, step: int, split: str, values: Mapping[str, float]) -> None: ...
    def add_event(self, step: int, kind: str, **details: Any) -> None: ...
    def add_snapshot(self, step: int, tensors: Mapping[str, Tensor]) -> None: ...
    def keep_snapshots(self, keeps: Any) -> None: ...
    def rewind(self, step: int) -> None: ...


class Trainer:
    """Trains one experiment a few steps at a time; owns the network, the optimizer and all chance.

    Derived state: `step` counts finished steps, `seconds` the time spent in them, `latest` holds the last value of
    every metric by split and name.
    """

    def __init__(self, checked: Checked, data: Data, recorder: Recorder, device: torch.device):
        self.checked, self.data, self.recorder, self.device = checked, data, recorder, device
        self.network = build(checked.plan, checked.experiment.seed).to(device)
        self.network.train()
        self.parameters = [parameter for parameter in self.network.parameters() if parameter.requires_grad]
        self.optimizer: torch.optim.Optimizer
        self.rate: float  # the learning rate of the last step
        self.step = 0
        self.seconds = 0.0
        self.state: State = "paused"
        self.latest: dict[str, dict[str, float]] = {"train": {}, "test": {}}
        self.divergence: Divergence | None = None
        self.stopping = Stopping()
        self.batches = Batches(data, self.recipe.batch_size, self.recipe.augmentation, device)
        few = slice(glanced_at(self.network))  # the full account comes from `evaluation.evaluate`
        self.looked_at = {"train": data.train.take(few).to(device), "test": data.test.take(few).to(device)}
        self.weights = self.network.state_dict()  # views of the living values, which only ever change in place
        self.policy = self._new_policy()
        self._adopt_recipe()
        self.norm: tuple[int, float] | None = None
        self.chance = seeded(checked.experiment.seed, 0, device)

    @property
    def recipe(self):  # type: ignore[no-untyped-def]
        """The recipe in force."""
        return self.checked.experiment.recipe

    @property
    def is_over(self) -> bool:
        """Whether nothing more is to be trained."""
        return self.state in ("finished", "diverged")

    # The loop

    def begin(self) -> None:
        """Look and keep a snapshot before the first step, or go on after a pause."""
        if self.step == 0:
            self._look_at_the_start()
        if not self.is_over:
            self.state = "training"

    def advance(self, steps: int | None = None, seconds: float | None = None) -> int:
        """Train until so many steps or seconds are over, or the run ends; returns the number of steps done."""
        first, started = self.step, time.perf_counter()
        before, elapsed = self.seconds, 0.0
        with in_force(self.chance, self.device):
            while self.state == "training" and (steps is None or self.step - first < steps):
                self._one_step()
                elapsed = time.perf_counter() - started
                self.seconds = before + elapsed
                self.after_step()
                if seconds is not None and elapsed >= seconds:
                    break
        return self.step - first

    def _one_step(self) -> None:
        batch = self.batches.next()
        for parameter in self.parameters:  # what `zero_grad` does, at a tenth of its time for small networks
            parameter.grad = None
        loss = self.loss(self.network(*batch.inputs), batch.targets)
        value = loss.item()
        if not math.isfinite(value):
            return self.diverge(batch, value)
        if self.has_penalty:
            loss = loss + penalty([each for each in self.parameters if each.dim() > 1], self.recipe.l1, self.recipe.l2)
        loss.backward()
        self._measure_and_clip()
        self._follow_schedule()
        self.optimizer.step()
        return self.note_step(value)

    def note_step(self, loss: float) -> None:
        """Count a step that is done."""
        self.step += 1
        self.latest["train"]["loss"] = loss
        self.recorder.add_metrics(self.step, "train", {"loss": loss})

    @property
    def is_due_for_a_look(self) -> bool:
        """Whether both splits are measured after this step."""
        return self.step % self.recipe.evaluate_every == 0 or self.step >= self.recipe.steps

    def after_step(self, seen: Mapping[str, dict[str, float]] | None = None) -> None:
        """Look, keep a snapshot and end where that is due; what a look would find may be at hand, by split."""
        if self.state != "training":
            return
        found = self.look(seen) if self.is_due_for_a_look else None
        if self.policy.keeps(self.step):
            self._keep_snapshot()
        reason = self.stopping.reason(self.recipe.stop, self.seconds, found)
        if self.step >= self.recipe.steps:
            reason = f"all {self.recipe.steps} steps are done"
        if reason:
            self.state = "finished"
            self.keep_last()
            self.recorder.add_event(self.step, "finished", reason=reason, seconds=self.seconds)

    # The parts of a step

    def _measure_and_clip(self) -> None:
        clip = self.recipe.clip_norm
        if clip is None and not self.is_due_for_a_norm:
            return
        gradients = [parameter.grad for parameter in self.parameters if parameter.grad is not None]
        norm = torch.nn.utils.get_total_norm(gradients)
        if clip is not None:
            torch.nn.utils.clip_grads_with_norm_(self.parameters, clip, norm)
        if self.is_due_for_a_norm:
            self.note_norm(norm.item())

    @property
    def is_due_for_a_norm(self) -> bool:
        """Whether the gradient of the step at hand is measured."""
        return (self.step + 1) % NORM_EVERY == 0

    def note_norm(self, norm: float) -> None:
        """Note the gradient norm of the step at hand."""
        self.norm = (self.step + 1, norm)
        self.recorder.add_metrics(self.step + 1, "train", {"gradient_norm": norm})

    def _follow_schedule(self) -> None:
        if (rate := self.next_rate) != self.rate:
            self.rate = rate
            for group in self.optimizer.param_groups:
                group["lr"] = rate

    @property
    def next_rate(self) -> float:
        """The learning rate of the step at hand."""
        return self.recipe.learning_rate * self.checked.schedule.factor(self.step, self.recipe.steps)

    def look(self, seen: Mapping[str, dict[str, float]] | None = None) -> dict[str, float]:
        """Measure both splits; the loss of the training split stays that of the last batch, where there is one."""
        found: dict[str, float] = {}
        for split, examples in self.looked_at.items():
            values = seen[split] if seen else self._glance(examples)
            if split == "train" and self.step > 0:
                values.pop("loss")
            self.latest[split] |= values
            self.recorder.add_metrics(self.step, split, values)
            found |= {f"{split}.{name}": value for name, value in self.latest[split].items()}
        return found

    def _glance(self, examples: Split) -> dict[str, float]:
        return glance(predict(self.network, examples), examples.targets, self.data.task, self.loss)

    def _look_at_the_start(self) -> None:
        """Measure and keep the weights from which training begins, in place of what was noted of a start before."""
        self.recorder.rewind(-1)
        self.policy.count = 0
        self.look()
        self._keep_snapshot()

    def _keep_snapshot(self) -> None:
        self._add_snapshot()
        if self.policy.add():
            self.recorder.keep_snapshots(self.policy.keeps)

    def _new_policy(self) -> SnapshotPolicy:
        return SnapshotPolicy.for_run(self.recipe.steps, sum(value.nbytes for value in self.weights.values()))

    def keep_last(self) -> None:
        """Keep a snapshot of where training stands, due or not; it goes when the others are thinned."""
        if not self.policy.keeps(self.step):
            self._add_snapshot()

    def _add_snapshot(self) -> None:
        tensors = {name: value.to("cpu", copy=True) for name, value in self.weights.items()}
        self.recorder.add_snapshot(self.step, tensors)

    def diverge(self, batch: Any, value: float) -> None:
        """End at a loss that is no number, and tell where it began."""
        layer, where, flaw = first_broken(self.network, batch)
        if where == "loss":
            flaw = "NaN" if math.isnan(value) else "infinite"
        norm_step, norm = self.norm or (None, None)
        self.divergence = Divergence(self.step, flaw, layer, where, self.rate, norm, norm_step)
        self.state = "diverged"
        details = {**vars(self.divergence), "sentence": str(self.divergence)}
        self.recorder.add_event(details.pop("step"), "diverged", **details)

    # Changes from outside, between two steps

    def pause(self) -> None:
        """Stop until `begin`."""
        if self.state == "training":
            self.state = "paused"

    def adopt(self, checked: Checked) -> None:
        """Go on under another recipe with the same weights and chance; a new kind of optimizer starts afresh."""
        is_same_rule = checked.optimizer.kind == self.checked.optimizer.kind
        is_same_batch = checked.experiment.recipe.batch_size == self.recipe.batch_size
        self._adopt_layers(checked)
        self.checked = checked
        state = self.optimizer.state_dict()["state"] if is_same_rule else {}
        self._adopt_recipe()
        self.optimizer.load_state_dict({**self.optimizer.state_dict(), "state": state})
        self.batches.augmentation = self.recipe.augmentation
        if not is_same_batch:
            self.batches = Batches(self.data, self.recipe.batch_size, self.recipe.augmentation, self.device)
        if self.state == "finished" and self.step < self.recipe.steps:
            self.state = "paused"

    def _adopt_layers(self, checked: Checked) -> None:
        """Take over what may change inside the network while it trains: the rates of dropout layers."""
        for node, before in zip(checked.plan.nodes, self.checked.plan.nodes, strict=True):
            if node.layer != before.layer:
                fresh, module = node.layer.build(*node.inputs), self.network.get_submodule(node.name)
                module.p = fresh.p

    def _adopt_recipe(self) -> None:
        recipe = self.recipe
        self.loss = loss_for(self.checked.description.task, recipe.loss)
        self.rate = recipe.learning_rate
        self.has_penalty = bool(recipe.l1 or recipe.l2)
        self.optimizer = self.checked.optimizer.build(self.parameters, recipe.learning_rate, recipe.weight_decay)

    def roll_back(self, step: int, weights: Mapping[str, Tensor], checked: Checked) -> None:
        """Go on from an earlier snapshot under another recipe, with a fresh optimizer and fresh chance."""
        self.checked = checked
        self.stand_at(step, weights)
        self.recorder.rewind(step)

    def stand_at(self, step: int, weights: Mapping[str, Tensor]) -> None:
        """Put the weights of a step into place, with a fresh optimizer and fresh chance."""
        self.network.load_state_dict(dict(weights))
        self._adopt_recipe()
        self.step, self.state, self.divergence = step, "paused", None
        self.policy.count = step // self.policy.stride + 1
        self.chance = seeded(self.checked.experiment.seed, step + 1 if step else 0, self.device)

    def rewind(self, weights: Mapping[str, Tensor]) -> None:
        """Back to the start: these weights, and everything else as it was before the first step, but for settings."""
        self.batches = Batches(self.data, self.recipe.batch_size, self.recipe.augmentation, self.device)
        self.policy = self._new_policy()
        self.stopping, self.norm, self.seconds = Stopping(), None, 0.0
        self.latest = {"train": {}, "test": {}}
        self.stand_at(0, weights)
        self._look_at_the_start()

    def take_weights(self, tensors: Mapping[str, Tensor]) -> list[str]:
        """Take over the layers of another network whose tensors have the same names and shapes; their names."""
        taken = []
        for node in self.checked.plan.nodes:
            own = {name: value for name, value in self.weights.items() if name.startswith(f"{node.name}.")}
            if own and all(name in tensors and tensors[name].shape == value.shape for name, value in own.items()):
                for name, value in own.items():
                    value.copy_(tensors[name])
                taken.append(node.name)
        return taken
