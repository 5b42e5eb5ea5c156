"""What is explained where nothing is named, by what the task asks for."""

import torch
from torch import Tensor, nn

from explorer.lenses.attribution.targets import Target, by_place
from explorer.signals import BLANK, BOX, Task
from explorer.training.boxes import told
from explorer.training.transcripts import sequences


def aimed(target: Target, task: Task, network: nn.Module, inputs: Tensor, truth: Tensor | None) -> Target:
    """The target with what a recogniser or a detector is most sure of in place of what was left open.

    Of a recogniser that is the phone in the frame where one stands out most from the blank, of a detector the object
    of the surest box. A sequence left open is the one that was said. Other tasks: the target as it is.
    """
    if task.is_aligned or target.layer is not None:
        return target
    if target.sequence is not None:
        if target.sequence or truth is None:
            return target
        return target.model_copy(update={"sequence": tuple(sequences(truth)[0])})
    with torch.no_grad():
        answer = network(inputs)
    scores = by_place(answer)[0]  # (places, K)
    place, entry = target.place, target.entry
    if place is None and target.box is None:
        place = surest(answer, task)
    if entry is None:
        entry = best_phone(scores[min(place or 0, len(scores) - 1)]) if task.is_discrete else 0
    return target.model_copy(update={"place": place, "entry": entry}).settle(answer)


def surest(answer: Tensor, task: Task) -> int:
    """The frame in which a phone stands out most from the blank, or the cell of the surest box: (1, T, K) or grid."""
    if not task.is_discrete:
        return int(told(answer)[0])
    scores = answer[0]  # (T, K)
    return int((scores[:, BLANK + 1 :].amax(-1) - scores[:, BLANK]).argmax())


def best_phone(scores: Tensor) -> int:
    """The likeliest entry that is no blank: (K,)."""
    return BLANK + 1 + int(scores[BLANK + 1 :].argmax())


def meaning(answer: Tensor, task: Task, place: int | None) -> Tensor:
    """What an answer (1, ...) says, at a place where it has several: probabilities of its entries, or its numbers."""
    scores = by_place(answer)[0]
    if scores.dim() == 2:
        last = len(scores) - 1 if task.is_aligned else surest(answer, task)
        scores = scores[last if place is None else place]
    if task.kind == "detection":
        return torch.cat([scores[: len(BOX)].sigmoid(), scores[len(BOX) :].softmax(-1)])
    return scores.softmax(-1) if task.is_discrete else scores
