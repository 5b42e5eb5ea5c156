"""Training examples that helped or hurt an example, gathered over the snapshots of a run (Pruthi et al. 2020)."""

from collections.abc import Iterable, Iterator
from typing import ClassVar

import torch
from pydantic import Field
from torch import Tensor, nn
from torch.func import functional_call, jvp
from torch.nn.attention import SDPBackend, sdpa_kernel

from explorer.datasets.base import Split
from explorer.declarations import assign
from explorer.errors import EngineError
from explorer.lenses.attribution.base import CHUNK
from explorer.lenses.attribution.guard import undisturbed
from explorer.lenses.base import Lens, Scene, named
from explorer.lenses.picture import Picture
from explorer.lenses.telling import counted
from explorer.runs import Event
from explorer.training.objectives import Loss, loss_for
from explorer.validation import Checked, check


class Influence(Lens):
    """TracIn: over some snapshots, the learning rate times the product of the two examples' loss gradients."""

    kind: ClassVar[str] = "influence"
    title: ClassVar[str] = "Training examples that mattered"
    shows: ClassVar[str] = "Training examples whose steps would have lowered the loss of this one most, or raised it."
    hides: ClassVar[str] = (
        "It follows plain gradient steps, without momentum or Adam's scaling; odd examples with large gradients stand "
        "out for any example."
    )
    is_live: ClassVar[bool] = False

    snapshots: int = Field(8, ge=1, le=64, description="Kept steps that are looked at, spread over the run up to now.")
    examples: int = Field(512, ge=8, le=8192, description="Training examples that are asked, from the first on.")
    most: int = Field(6, ge=1, le=32, description="Examples that are shown on each side.")

    @classmethod
    def is_applicable(cls, checked: Checked) -> bool:
        return checked.description.n_train is not None  # of examples drawn without end none was seen twice

    def look(self, scene: Scene) -> Picture:
        if not scene.has_target:
            raise EngineError(
                "influence: expected an example whose right answer is known, got an input of one's own; choose one of "
                "the data."
            )
        run = scene.run
        in_file = [step for step in run.steps() if step <= scene.step] if run else []
        kept = spread_out(in_file, self.snapshots) or [scene.step]  # of nothing kept yet: the weights in hand
        loss = loss_for(scene.data.task, scene.checked.experiment.recipe.loss)
        train, one = scene.data.train.take(slice(self.examples)).to(scene.device), scene.one()
        rates = Rates(scene.checked, run.events() if run else ())
        parts = []
        for step in counted(kept, scene.tell, "snapshot"):
            network = scene.copy(run.snapshot(step) if run and in_file else None)
            parts.append(rates.at(step) * products(network, loss, train, one))
        by_step = torch.stack(parts)  # (snapshot, example)
        return self._picture(scene, train, kept, by_step)

    def _picture(self, scene: Scene, train: Split, kept: list[int], by_step: Tensor) -> Picture:
        scores = by_step.sum(0)
        order = scores.argsort(descending=True)
        n = min(self.most, len(order))
        found: Picture = {"scores": named(scores, "example"), "steps": named(torch.tensor(kept), "snapshot")}
        for side, chosen in (("helped", order[:n]), ("hurt", order.flip(0)[:n])):
            found[f"{side}.example"] = named(chosen, "rank")
            found[f"{side}.score"] = named(scores[chosen], "rank")
            found[f"{side}.by_step"] = named(by_step[:, chosen].T, "rank", "snapshot")
            picked = train.take(chosen)
            for name, values, signal in zip(scene.data.input_names, picked.inputs, scene.data.signals, strict=True):
                found[f"{side}.{name}"] = named(values, "rank", *signal.axes)
            found[f"{side}.target"] = named(picked.targets, "rank", *scene.data.task.target_axes)
        return found


class Rates:
    """The learning rate at every step of a run, changes while it trained included."""

    def __init__(self, begun: Checked, events: Iterable[Event]):
        self._from = [(0, begun)]
        for event in events:
            self._note(event)

    def at(self, step: int) -> float:
        """The learning rate of a step."""
        checked = next(each for start, each in reversed(self._from) if start <= step)
        recipe = checked.experiment.recipe
        return recipe.learning_rate * checked.schedule.factor(step, recipe.steps)

    def _note(self, event: Event) -> None:
        now = self._from[-1][1]
        if event.kind == "rewound":
            self._from = [(0, now)]  # from the first step on, with the settings as they stand
        elif changes := _changes(event):
            self._from.append((event.step, check(assign(now.experiment, *changes))))


def _changes(event: Event) -> list[str]:
    """What an event changed, as assignments."""
    if event.kind == "rolled_back":
        return [f"recipe.learning_rate={event.details['learning_rate']!r}"]
    return list(event.details["settings"]) if event.kind == "setting_changed" else []


def spread_out(steps: list[int], most: int) -> list[int]:
    """At most so many of the steps, evenly spread, the first and the last among them."""
    if len(steps) <= most:
        return steps
    if most == 1:
        return steps[-1:]
    return [steps[round(place * (len(steps) - 1) / (most - 1))] for place in range(most)]


def products(network: nn.Module, loss: Loss, many: Split, one: Split) -> Tensor:
    """The product of the gradient of one example's loss with that of each of many: (N,).

    It is the derivative of their losses along the one gradient: how their answers change along it, times how their
    losses change with the answers. No gradient of theirs by the weights is ever made.
    """
    weights = {name: weight.detach() for name, weight in network.named_parameters()}
    with undisturbed(0, "influence"), torch.backends.mkldnn.flags(enabled=False), sdpa_kernel(SDPBackend.MATH):
        direction = dict(zip(weights, _gradient(network, loss, one), strict=True))
        found = [_derivatives(network, loss, part, weights, direction) for part in _chunks(many)]
    return torch.cat(found).detach()


def _gradient(network: nn.Module, loss: Loss, one: Split) -> tuple[Tensor, ...]:
    answer = loss(network(*one.inputs), one.targets)
    return torch.autograd.grad(answer, list(network.parameters()), materialize_grads=True)


def _derivatives(
    network: nn.Module, loss: Loss, many: Split, weights: dict[str, Tensor], direction: dict[str, Tensor]
) -> Tensor:
    both = jvp(lambda values: functional_call(network, values, many.inputs), (weights,), (direction,))
    answers, moves = both[0].detach().requires_grad_(), both[1]  # (B, ...)
    losses = [loss(answers[i : i + 1], many.targets[i : i + 1]) for i in range(len(many))]
    (slopes,) = torch.autograd.grad(torch.stack(losses).sum(), answers)
    products: Tensor = (slopes * moves).reshape(len(many), -1).sum(1)
    return products


def _chunks(split: Split) -> Iterator[Split]:
    for start in range(0, len(split), CHUNK):
        yield split.take(slice(start, start + CHUNK))
