"""Training while nobody looks, against the same loop written by hand in plain PyTorch.

The plain loop has the same network, data, batches, loss, optimizer, schedule, clipping and evaluations, and keeps the
loss of every step in a list. Ours also measures gradients, keeps snapshots and writes its run file.
"""

import time
from collections.abc import Callable, Generator, Iterator
from itertools import count
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import torch
from torch import Tensor, nn
from torch.nn import functional

from explorer.datasets.base import Data
from explorer.engine.host import HostedRun
from explorer.experiment import Experiment, Recipe
from explorer.gallery import Preset, presets
from explorer.network import Network, build
from explorer.signals import IGNORED, Task
from explorer.training.batches import augmented
from explorer.validation import Checked, check

TURNS = 15
SECONDS = 0.25  # of one turn of ours at most; the plain loop then does as many steps
GLANCE = 512  # examples of each split that an evaluation looks at


def figures() -> dict[str, float]:
    """Steps a second of every preset, and the ratio of the two loops."""
    torch.set_num_threads(1)
    found: dict[str, float] = {}
    with TemporaryDirectory() as folder:
        for preset in presets():
            ours, ratio = compare(preset, Path(folder))
            found[f"training: {preset.name}, steps/s"] = ours
            found[f"training: {preset.name}, ours over plain"] = ratio
    return found


def compare(preset: Preset, folder: Path) -> tuple[float, float]:
    """Steps a second of ours, and the median over turns of ours over plain."""
    experiment = preset.experiment.with_("recipe.stop={}")
    checked = check(experiment)
    data = checked.dataset.load(experiment.seed)
    plain = plain_loop(checked, data)
    hosted = endless_run(experiment, folder, data)
    rates, ratios = [], []
    for _ in range(TURNS + 1):
        run = next(hosted)
        started = time.perf_counter()
        steps = run.advance(seconds=SECONDS)
        rates.append(steps / (time.perf_counter() - started))
        started = time.perf_counter()
        for _ in range(steps):
            next(plain)
        ratios.append(rates[-1] * (time.perf_counter() - started) / steps)
    hosted.close()
    return median(rates[1:]), median(ratios[1:])  # the first turn warms both up


def endless_run(experiment: Experiment, folder: Path, data: Data) -> Generator[HostedRun, None, None]:
    """A run that trains, and a new one whenever the one before is over."""
    for number in count():
        hosted = HostedRun.start(experiment, folder / f"{number}.run", "cpu", data)
        hosted.begin()
        try:
            while hosted.trainer.state == "training":
                yield hosted
        finally:
            hosted.close()
            hosted.path.unlink()


def plain_loop(checked: Checked, data: Data) -> Iterator[float]:
    """One step at each `next`."""
    recipe, task = checked.experiment.recipe, data.task
    network = as_sequence(build(checked.plan, checked.experiment.seed))
    loss_of = plain_loss(task, recipe)
    optimizer = checked.optimizer.build(network.parameters(), recipe.learning_rate, recipe.weight_decay)
    looked_at = {"train": data.train.take(slice(GLANCE)), "test": data.test.take(slice(GLANCE))}
    curves: dict[str, list] = {"loss": [], "train": [], "test": []}
    network.train()
    for step, (inputs, targets) in enumerate(plain_batches(data, recipe)):
        optimizer.zero_grad(set_to_none=True)
        loss = loss_of(network(*inputs), targets)
        (loss + plain_penalty(network, recipe)).backward()
        if recipe.clip_norm:
            nn.utils.clip_grad_norm_(network.parameters(), recipe.clip_norm)
        for group in optimizer.param_groups:
            group["lr"] = recipe.learning_rate * checked.schedule.factor(step, recipe.steps)
        optimizer.step()
        curves["loss"].append(loss.item())
        if (step + 1) % recipe.evaluate_every == 0:
            for split, examples in looked_at.items():
                curves[split].append(plain_glance(network, examples.inputs, examples.targets, loss_of, task))
        yield curves["loss"][-1]


def as_sequence(network: Network) -> nn.Module:
    """The same layers as an ordinary `nn.Sequential` where each reads the one before, else the graph itself."""
    before = [network.plan.input_names[0], *(node.name for node in network.plan.nodes)]
    is_chain = all(node.sources == (name,) for node, name in zip(network.plan.nodes, before, strict=False))
    return nn.Sequential(*network.children()) if is_chain else network


def plain_batches(data: Data, recipe: Recipe) -> Iterator[tuple[tuple[Tensor, ...], Tensor]]:
    """Shuffled passes, the whole split at once, or fresh examples."""
    n = len(data.train)
    size = recipe.batch_size or n
    while True:
        if data.draw or size >= n:
            batch = data.draw(size) if data.draw else data.train
            batch = augmented(batch, recipe.augmentation)
            yield batch.inputs, batch.targets
            continue
        for index in torch.randperm(n)[: n // size * size].split(size):
            batch = augmented(data.train.take(index), recipe.augmentation)
            yield batch.inputs, batch.targets


def plain_penalty(network: nn.Module, recipe: Recipe) -> Tensor | float:
    """L1 and L2 over all weights but biases and norms."""
    if not (recipe.l1 or recipe.l2):
        return 0.0
    weights = torch.cat([parameter.flatten() for parameter in network.parameters() if parameter.dim() > 1])
    return recipe.l1 * weights.abs().sum() + 0.5 * recipe.l2 * weights.square().sum()


def plain_loss(task: Task, recipe: Recipe) -> Callable[[Tensor, Tensor], Tensor]:
    """Cross-entropy for classes and tokens, squared error for numbers."""
    if recipe.loss == "squared_error" and task.is_discrete:
        return lambda output, target: (
            0.5 * functional.mse_loss(output, 2.0 * functional.one_hot(target, task.outputs) - 1)
        )
    if not task.is_discrete:
        return functional.mse_loss
    if task.steps is None:
        return functional.cross_entropy
    return lambda output, target: functional.cross_entropy(
        output.flatten(0, -2), target.flatten(), ignore_index=IGNORED
    )


@torch.no_grad()
def plain_glance(
    network: nn.Module, inputs: tuple[Tensor, ...], targets: Tensor, loss_of: Callable, task: Task
) -> tuple[float, ...]:
    """Loss, and accuracy or R²."""
    network.eval()
    output = network(*inputs)
    network.train()
    loss = loss_of(output, targets).item()
    if not task.is_discrete:
        spread = (targets - targets.mean(0)).square().sum().clamp(min=1e-12)
        return loss, (1 - (targets - output).square().sum() / spread).item()
    counted = targets != IGNORED
    right = (output.argmax(-1) == targets) & counted
    accuracy = (right.sum() / counted.sum()).item()
    if targets.dim() == 1:
        return loss, accuracy
    return loss, accuracy, (right | ~counted).all(-1).float().mean().item()
