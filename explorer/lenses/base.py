"""What a lens declares: its settings, whether it applies, and how it looks at a network with an input."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import torch
from torch import Tensor

from explorer.datasets.base import Data, Split
from explorer.datasets.forms import Encoded, own_targets
from explorer.errors import ExperimentError, unknown
from explorer.experiment import Settings
from explorer.lenses.choices import Choices
from explorer.lenses.picture import Array, Picture
from explorer.lenses.request import Example
from explorer.lenses.telling import Tell, tell_nobody
from explorer.network import Network, build, reads_steps
from explorer.runs import Run
from explorer.runs.folder import beside
from explorer.signals import IGNORED
from explorer.validation import Checked

__all__ = ["Array", "Lens", "Picture", "Scene", "choose", "last_counted", "named", "row"]


@dataclass(frozen=True)
class Scene:
    """What a lens may see. The network is a private copy, or the trainer's own between two steps: read it only."""

    network: Network
    checked: Checked
    data: Data
    step: int
    example: Example
    run: Run | None = None  # the file that the step was read from; none while the run trains
    tell: Tell = tell_nobody  # for a lens that takes long: how far it is, and what it is at
    another: Callable[[Run, str], Run] = beside  # finds the other run of a comparison

    @property
    def device(self) -> torch.device:
        """Where the network computes."""
        return next(self.network.parameters()).device

    def inputs(self) -> tuple[Tensor, ...]:
        """The example's inputs with a batch axis of one."""
        return self.one().inputs

    def target(self) -> Tensor:
        """The example's target with a batch axis of one."""
        return self.one().targets

    def one(self) -> Split:
        """The example as a split of its own; of an input of one's own the targets are those that it tells itself."""
        if (own := self.own) is not None:
            return Split(own.inputs, own_targets(self.data.task, own.inputs)).to(self.device)
        split: Split = getattr(self.data, self.example.split)
        index = min(self.example.index, len(split) - 1)
        return split.take(slice(index, index + 1)).to(self.device)

    @cached_property
    def own(self) -> Encoded | None:
        """The input of one's own; None for an example of the data. Raises DataError where it does not fit."""
        if self.example.form is None:
            return None
        return self.data.own_form.encode(self.example, lambda steps: reads_steps(self.checked.plan, steps))

    @property
    def notes(self) -> tuple[str, ...]:
        """What was changed in an input of one's own so that it fits, a sentence each."""
        return () if self.own is None else self.own.notes

    @property
    def has_target(self) -> bool:
        """Whether something is known of the right answer."""
        return self.own is None or self.data.task.kind == "next_token"

    @property
    def number(self) -> int | None:
        """The example's place among the held-out ones; None where it is none of them."""
        is_held_out = self.own is None and self.example.split == "test"
        return min(self.example.index, len(self.data.test) - 1) if is_held_out else None

    def answer_step(self) -> int | None:
        """The step whose answer counts where none is named; None: the last one, or there are no steps."""
        if self.own is not None:
            return self.own.asked
        return last_counted(self.target()) if self.data.task.is_aligned else None

    def pictured(self, split: Split) -> Picture:
        """The inputs of the first example of a split, by name."""
        parts = zip(self.data.input_names, split.inputs, self.data.signals, strict=True)
        return {name: named(part[0], *signal.axes) for name, part, signal in parts}

    def held_out(self, n: int) -> Split:
        """The first `n` held-out examples, where the network computes."""
        return self.data.test.take(slice(n)).to(self.device)

    def untrained(self) -> Network:
        """The network as it was before the first step, drawn again from the seed: a control for what training did."""
        return build(self.checked.plan, self.checked.experiment.seed).eval().to(self.device)

    def copy(self, weights: Mapping[str, Tensor] | None = None) -> Network:
        """A network of the lens's own to do with as it likes, with other weights where they are given."""
        twin = self.untrained()
        twin.load_state_dict(dict(self.network.state_dict() if weights is None else weights))
        return twin


class Lens(Settings):
    """A kind of lens. An instance holds its settings."""

    kind: ClassVar[str]
    title: ClassVar[str]
    shows: ClassVar[str]  # one sentence
    hides: ClassVar[str]  # one sentence: what the picture does not show
    is_live: ClassVar[bool] = True  # cheap enough to be looked through while training

    @classmethod
    def is_applicable(cls, checked: Checked) -> bool:
        """Whether there is something to see in such a network and task."""
        raise NotImplementedError

    @classmethod
    def choices(cls, checked: Checked) -> Choices:
        """What the settings that name something of the network or the data may name here."""
        return {}

    def look(self, scene: Scene) -> Picture:
        """Named arrays; everything in them is detached from the network."""
        raise NotImplementedError


def last_counted(targets: Tensor) -> int | None:
    """The last step of an example (1, T) whose target counts; None where there are no steps."""
    if targets.dim() != 2 or targets.is_floating_point():
        return None
    counted = (targets[0] != IGNORED).nonzero()
    return int(counted[-1]) if len(counted) else None


def named(value: Tensor | float, *axes: str, is_coarse: bool = False) -> Array:
    """A tensor, or one number, as an array of its own with named axes."""
    tensor = torch.as_tensor(value).detach()
    if not tensor.is_floating_point():
        tensor = tensor.to(torch.uint8 if tensor.dtype == torch.bool else torch.int32)
    elif tensor.dtype != torch.float64:
        tensor = tensor.float()
    return Array(tensor.cpu().numpy().copy(), axes, is_coarse)


def choose(wanted: str | None, known: Sequence[str], place: str = "lens.layer") -> str:
    """The name that was asked for, or the first; raises ExperimentError where there is none of this name."""
    if wanted is None:
        return known[0]
    if wanted not in known:
        raise ExperimentError([unknown(place, wanted, known, "or leave it empty for the first")])
    return wanted


def row(values: Tensor, position: int | None) -> int:
    """A place along an axis that has one, counted from the start; the last where none is named or it is too far."""
    last = values.shape[0] - 1
    return last if position is None else min(position, last)
