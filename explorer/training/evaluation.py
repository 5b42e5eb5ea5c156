"""How good a network is on held-out examples: a quick look while it trains, and the full account by scikit-learn."""

from dataclasses import dataclass

import torch
from sklearn import metrics as sk
from torch import Tensor, nn

from explorer.datasets.base import Split
from explorer.network import Network
from explorer.signals import IGNORED, Task
from explorer.training.boxes import box_scores
from explorer.training.objectives import Loss
from explorer.training.transcripts import transcript_scores

CHUNK = 512  # examples in one forward pass
GLANCE, FEWEST = 512, 32  # examples of each split looked at while training
GLANCE_WORK = 2_000_000_000  # multiply-adds of such a look; a larger network looks at fewer, so that steps go on
LABELS_SHOWN = 64  # a confusion matrix of more classes is not made


@dataclass(frozen=True)
class Evaluation:
    """Metrics by name, and the confusion matrix (rows: true, columns: predicted) where there are few classes."""

    metrics: dict[str, float]
    confusion_matrix: list[list[int]] | None = None


@torch.no_grad()
def predict(network: nn.Module, split: Split) -> Tensor:
    """The network's outputs for all examples, in eval mode; the mode is put back."""
    was_training = network.training
    network.eval()
    try:
        chunks = [
            network(*(part[start : start + CHUNK] for part in split.inputs)) for start in range(0, len(split), CHUNK)
        ]
    finally:
        network.train(was_training)
    return chunks[0] if len(chunks) == 1 else torch.cat(chunks)


def glanced_at(network: Network) -> int:
    """How many examples of each split are looked at while such a network trains."""
    per_example = sum(
        node.output.places * parameter.numel()
        for node in network.plan.nodes
        for parameter in network.get_submodule(node.name).parameters()
    )
    return max(FEWEST, min(GLANCE, GLANCE_WORK // max(1, per_example)))


@torch.no_grad()
def glance(output: Tensor, target: Tensor, task: Task, loss: Loss) -> dict[str, float]:
    """Loss and the task's first metric, cheap enough to be taken every few steps."""
    names, values = zip(*first_scores(output, target, task, loss).items(), strict=True)
    return dict(zip(names, torch.stack(values).tolist(), strict=True))


def first_scores(output: Tensor, target: Tensor, task: Task, loss: Loss) -> dict[str, Tensor]:
    """Loss and the task's first metric as tensors of one number."""
    found = {"loss": loss(output, target)}
    if not task.is_aligned:
        return found | unaligned_scores(output, target, task)
    if task.is_discrete:
        return found | _hits(output, target)
    return {**found, "r2": _r2(output, target)}


def evaluate(network: nn.Module, split: Split, task: Task, loss: Loss) -> Evaluation:
    """Every metric of the task; precision, recall and F1 are means over the classes that occur."""
    output, target = predict(network, split), split.targets
    value = loss(output, target).item()
    if not task.is_aligned:
        scores = {name: score.item() for name, score in unaligned_scores(output, target, task).items()}
        return Evaluation({"loss": value, **scores})
    if not task.is_discrete:
        truth, guess = target.flatten(0, -2).double().cpu().numpy(), output.flatten(0, -2).double().cpu().numpy()
        is_sound = bool(output.isfinite().all())  # scikit-learn refuses the answers of a network that diverged
        measures = {
            "r2": sk.r2_score,
            "mean_squared_error": sk.mean_squared_error,
            "mean_absolute_error": sk.mean_absolute_error,
        }
        found = {name: float(score(truth, guess)) if is_sound else float("nan") for name, score in measures.items()}
        return Evaluation({"loss": value, **found})
    counted = target.flatten() != IGNORED
    truth = target.flatten()[counted].cpu().numpy()
    guess = output.argmax(-1).flatten()[counted].cpu().numpy()
    precision, recall, f1, _ = sk.precision_recall_fscore_support(truth, guess, average="macro", zero_division=0.0)
    found = {
        "accuracy": float(sk.accuracy_score(truth, guess)),
        "precision": float(precision),
        "recall": float(recall),
        "f1": float(f1),
        "loss": value,
    }
    if target.dim() > 1:
        found["exact_match"] = _hits(output, target)["exact_match"].item()
    if task.kind in ("next_token", "masked_token"):
        found["perplexity"] = float(torch.tensor(value).exp())
    few = task.outputs <= LABELS_SHOWN
    matrix = sk.confusion_matrix(truth, guess, labels=list(range(task.outputs))).tolist() if few else None
    return Evaluation(found, matrix)


def unaligned_scores(output: Tensor, target: Tensor, task: Task) -> dict[str, Tensor]:
    """The metrics of a task whose targets are not told place by place: phones in order, or boxes."""
    return transcript_scores(output, target) if task.is_discrete else box_scores(output, target)


def _hits(output: Tensor, target: Tensor) -> dict[str, Tensor]:
    """Accuracy over counted targets, and over whole sequences where the target is a sequence."""
    counted = target != IGNORED
    right = (output.argmax(-1) == target) & counted
    found = {"accuracy": right.sum() / counted.sum().clamp(min=1)}
    if target.dim() > 1:
        found["exact_match"] = (right | ~counted).all(-1).float().mean()
    return found


def _r2(output: Tensor, target: Tensor) -> Tensor:
    """Coefficient of determination, averaged over the answer's entries; (N, ..., K)."""
    output, target = output.flatten(0, -2), target.flatten(0, -2)
    residual = (target - output).square().sum(0)
    total = (target - target.mean(0)).square().sum(0).clamp(min=1e-12)
    return (1 - residual / total).mean()
