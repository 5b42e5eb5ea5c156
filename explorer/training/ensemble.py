"""Several trainers of one experiment that differ by the seed alone, stepping together as one batched model.

Every weight is stacked over the seeds, and each trainer's own network looks into the stack, so that its snapshots and
its state are always at hand. One backward pass through the sum of the losses gives each seed the gradient that it would
have alone, and the optimizers work number by number; only clipping joins the numbers of a seed, and is done for each.
"""

import math
import time
from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.func import stack_module_state

from explorer.cost import multiply_adds
from explorer.datasets.base import Split
from explorer.network import build
from explorer.training.chance import in_force
from explorer.training.stacked import Stacked
from explorer.training.trainer import Trainer
from explorer.validation import Checked

SMALL = 1_000_000  # multiply-adds forward; above it the numbers take longer than the calls that batching saves
MOST_STACKED = 2**24  # numbers of the training examples of all seeds


def reason_against(checked: Checked) -> str | None:
    """Why several seeds of an experiment cannot be one batched model, in words; None where they can."""
    modules = list(build(checked.plan, 0).modules())
    if any(isinstance(module, nn.RNNBase) for module in modules):
        return "A recurrent layer runs on kernels of its own, which take one network at a time."
    if any(isinstance(module, nn.Dropout) and module.p > 0 for module in modules):
        return "Dropout draws its chances in another order for many networks than for one."
    if checked.description.task.kind == "ctc":
        return "The CTC loss runs on a kernel of its own, which takes one network at a time."
    if checked.experiment.recipe.loss == "squared_error" and checked.description.task.is_discrete:
        return "The squared error of classes picks the targets that count, a different number for each network."
    return None


def is_small(checked: Checked, n_examples: int) -> bool:
    """Whether so many examples are so little work for a network that calls take most of the time."""
    return n_examples * multiply_adds(checked.plan) <= SMALL


class Ensemble:
    """Trainers at the same step of the same recipe; those that end leave the stack, and the others go on."""

    def __init__(self, trainers: Sequence[Trainer]):
        self.trainers = list(trainers)
        self._stack()

    @property
    def is_training(self) -> bool:
        """Whether a seed is still on its way."""
        return bool(self.trainers)

    def reason_against(self) -> str | None:
        """Why these networks cannot be one batched model after all, in words, by trying it without any effect."""
        try:
            self.stacked.try_out(_together([trainer.looked_at["train"].take(slice(2)) for trainer in self.trainers]))
        except (RuntimeError, ValueError) as error:
            return f"A part of this network takes one network at a time: {str(error).splitlines()[0]}"
        return None

    def advance(self, seconds: float) -> None:
        """Train all seeds for about so many seconds, or until they end."""
        started = time.perf_counter()
        while self.trainers and time.perf_counter() - started < seconds:
            before = time.perf_counter()
            present = self.trainers
            self._one_step()
            share = (time.perf_counter() - before) / len(present)
            for trainer in present:
                trainer.seconds += share
            self._after_step()

    def release(self) -> None:
        """Give every trainer that is still in the stack weights and an optimizer of its own."""
        self._unstack(self.trainers)
        self.trainers = []

    # The stack

    def _stack(self) -> None:
        """Gather the weights, the buffers and the optimizers' memories of all trainers."""
        networks = [trainer.network for trainer in self.trainers]
        self.weights, buffers = stack_module_state(networks)
        for index, trainer in enumerate(self.trainers):
            for name, own in (*trainer.network.named_parameters(), *trainer.network.named_buffers()):
                own.data = {**self.weights, **buffers}[name].data[index]
            trainer.weights = trainer.network.state_dict()
        first = self.trainers[0]
        stacked = list(self.weights.values())
        self.optimizer = first.checked.optimizer.build(stacked, first.rate, first.recipe.weight_decay)
        for weight, *owns in zip(stacked, *(trainer.network.parameters() for trainer in self.trainers), strict=True):
            memories = [trainer.optimizer.state[own] for trainer, own in zip(self.trainers, owns, strict=True)]
            for name, value in memories[0].items():
                is_shared = name == "step" or not isinstance(value, Tensor)
                self.optimizer.state[weight][name] = (
                    value if is_shared else torch.stack([memory[name] for memory in memories])
                )
        self.stacked = Stacked(first, self.weights, buffers)
        self.source = self._stack_sources()
        self.orders = torch.stack([trainer.batches.order for trainer in self.trainers])  # (seeds, examples)
        self.looked_at = self._stack_what_is_looked_at()

    def _stack_sources(self) -> Split | None:
        """What all seeds train on, where batches are taken from it as it is and it is not too large."""
        sources = [trainer.batches.source for trainer in self.trainers]
        numbers = len(sources) * sum(part.numel() for part in sources[0].inputs)
        return _together(sources) if self.trainers[0].batches.is_chosen and numbers < MOST_STACKED else None

    def _stack_what_is_looked_at(self) -> dict[str, Split]:
        """The examples that all seeds are measured on together, by split: none where each is measured by itself."""
        first = self.trainers[0]
        if not first.data.task.is_aligned or not is_small(first.checked, len(first.looked_at["test"])):
            return {}
        return {split: _together([each.looked_at[split] for each in self.trainers]) for split in first.looked_at}

    def _unstack(self, leaving: Sequence[Trainer]) -> None:
        """Give trainers copies of their part of the stack."""
        for trainer in leaving:
            self._share_memory(trainer)
            for own in (*trainer.network.parameters(), *trainer.network.buffers()):
                own.data = own.data.clone()
            trainer.weights = trainer.network.state_dict()

    def share_memories(self) -> None:
        """Put each trainer's part of the optimizer's memory into its own optimizer, so that its state can be kept."""
        for trainer in self.trainers:
            self._share_memory(trainer)

    def _share_memory(self, trainer: Trainer) -> None:
        index = self.trainers.index(trainer)
        for own, weight in zip(trainer.network.parameters(), self.weights.values(), strict=True):
            trainer.optimizer.state[own] = {
                name: value[index].clone() if isinstance(value, Tensor) and name != "step" else _copied(value)
                for name, value in self.optimizer.state[weight].items()
            }
        for group in trainer.optimizer.param_groups:
            group["lr"] = trainer.rate

    def _leave(self) -> None:
        """Let those go whose training is over, and stack the rest anew."""
        staying = [trainer for trainer in self.trainers if trainer.state == "training"]
        if len(staying) == len(self.trainers):
            return
        self._unstack(self.trainers)
        self.trainers = staying
        if staying:
            self._stack()

    # A step

    def _one_step(self) -> None:
        batches = self._draw()
        losses, gradients = self.stacked.losses_and_gradients(batches)
        if not losses.isfinite().all():
            batches = self._without_diverged(batches, losses.tolist())
            if not self.trainers:
                return
            losses, gradients = self.stacked.losses_and_gradients(batches)
        for weight, gradient in zip(self.weights.values(), gradients, strict=True):
            weight.grad = gradient
        self._measure_and_clip(gradients)
        rate = self.trainers[0].next_rate
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        self.optimizer.step()
        for trainer, value in zip(self.trainers, losses.tolist(), strict=True):
            trainer.rate = rate
            trainer.note_step(value)

    def _draw(self) -> Split:
        """The next batch of every seed, each by its own chance: (seeds, examples, ...)."""
        if self.source is None:
            return _together([self._by_chance(trainer) for trainer in self.trainers])
        batches = self.trainers[0].batches
        if batches.size >= len(batches.source):
            return self.source
        if batches.begins_a_pass:
            for trainer in self.trainers:
                with in_force(trainer.chance, trainer.device):
                    trainer.batches.begin_pass()
            self.orders = torch.stack([trainer.batches.order for trainer in self.trainers])
        places = self.orders[:, batches.position : batches.position + batches.size]  # (seeds, batch)
        for trainer in self.trainers:
            trainer.batches.position += batches.size
        return self.source.take((torch.arange(len(places), device=places.device)[:, None], places))

    def _by_chance(self, trainer: Trainer) -> Split:
        with in_force(trainer.chance, trainer.device):
            return trainer.batches.next()

    def _without_diverged(self, batches: Split, values: list[float]) -> Split:
        """The batches of those whose loss is a number, after the others have left."""
        sound = [place for place, value in enumerate(values) if math.isfinite(value)]
        for place, (trainer, value) in enumerate(zip(self.trainers, values, strict=True)):
            if place not in sound:
                trainer.diverge(batches.take(place), value)
        self._leave()
        return batches.take(torch.tensor(sound, dtype=torch.int64))

    def _measure_and_clip(self, gradients: list[Tensor]) -> None:
        first = self.trainers[0]
        clip = first.recipe.clip_norm
        if clip is None and not first.is_due_for_a_norm:
            return
        norms = torch.stack([gradient.flatten(1).norm(dim=1) for gradient in gradients]).norm(dim=0)  # (seeds,)
        if clip is not None:
            factors = (clip / (norms + 1e-6)).clamp(max=1.0)  # as torch.nn.utils.clip_grad_norm_
            for gradient in gradients:
                gradient.mul_(factors.reshape(-1, *[1] * (gradient.dim() - 1)))
        if first.is_due_for_a_norm:
            for trainer, norm in zip(self.trainers, norms.tolist(), strict=True):
                trainer.note_norm(norm)

    def _after_step(self) -> None:
        if not self.trainers:
            return
        is_seen = bool(self.looked_at) and self.trainers[0].is_due_for_a_look
        seen = self.stacked.scores(self.looked_at) if is_seen else [None] * len(self.trainers)
        for trainer, own in zip(self.trainers, seen, strict=True):
            trainer.after_step(own)
        self._leave()


def _together(splits: list[Split]) -> Split:
    """Splits of the same size, stacked over the seeds."""
    inputs = tuple(torch.stack(parts) for parts in zip(*(split.inputs for split in splits), strict=True))
    return Split(inputs, torch.stack([split.targets for split in splits]))


def _copied(value: object) -> object:
    return value.clone() if isinstance(value, Tensor) else value
