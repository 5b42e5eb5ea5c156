"""Boxes of a one-stage detector: what each cell of the grid tells, its loss, and how good the boxes are.

Every cell of the answer (outputs, rows, columns) tells whether the middle of an object lies in it, where in the cell,
how large the object is and of which class: a small YOLO (Redmon et al. 2016, arXiv:1506.02640). All but the scores of
classes go through a logistic function first.
"""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from explorer.signals import BOX

PLACE_WEIGHT = 5.0  # of the squared errors of the box, against the rest of the loss
FOUND_WEIGHT = 3.0  # of cells with an object, which are few, against those without
OVERLAP = 0.5  # intersection over union from which a box counts as found
SAME = 0.4  # intersection over union from which two boxes are taken for one object
SURE = 0.5  # score from which a box is told at all
FAINTEST = 0.05  # score from which a box counts in the average precision


@dataclass(frozen=True)
class Boxes:
    """Boxes of each picture, the surest first."""

    places: Tensor  # (B, N, 4), x and y of the middle, width and height, as shares of the picture
    scores: Tensor  # (B, N), the probability of an object times that of its class
    classes: Tensor  # (B, N)
    cells: Tensor  # (B, N), the cell that told it, row by row
    is_kept: Tensor  # (B, N), whether no surer box lies over it


def loss_of_cells(output: Tensor, target: Tensor) -> Tensor:
    """Cross-entropy of objects over the cells, and of boxes and classes over the objects: (B, K, R, C), (B, M, 5).

    Objects: binary cross-entropy, cells with one counted threefold. Boxes: five times the squared error of place and
    size. Classes: cross-entropy. Of two objects with their middle in one cell the cell answers for the first.
    """
    rows, columns = output.shape[-2:]
    owned = owners(target, rows, columns)  # (B, M, R, C)
    is_owned = owned.flatten(2).any(-1).to(output.dtype)  # (B, M)
    count = is_owned.sum().clamp(min=1)
    told = torch.einsum("bkrc,bmrc->bmk", output, owned.to(output.dtype))  # what the cell of each object tells
    weight = output.new_tensor(FOUND_WEIGHT)
    objects = functional.binary_cross_entropy_with_logits(
        output[:, 0], owned.any(1).to(output.dtype), pos_weight=weight
    )
    grid = target.new_tensor([columns, rows])
    middle, size = target[..., 1:3] * grid, target[..., 3:5]
    wanted = torch.cat([middle - middle.floor(), size], -1)
    squares = (told[..., 1 : len(BOX)].sigmoid() - wanted).square().sum(-1)  # (B, M)
    scores = told[..., len(BOX) :].log_softmax(-1)
    classes = target[..., 0].long().clamp(min=0)
    surprises = -scores.gather(-1, classes.unsqueeze(-1)).squeeze(-1)  # (B, M)
    return objects + ((PLACE_WEIGHT * squares + surprises) * is_owned).sum() / count


def owners(target: Tensor, rows: int, columns: int) -> Tensor:
    """Which cell answers for each box; none for a box that is not there or whose cell is taken: (B, M, R, C)."""
    row = (target[..., 2] * rows).floor().clamp(0, rows - 1)
    column = (target[..., 1] * columns).floor().clamp(0, columns - 1)
    in_row = row[..., None] == torch.arange(rows, device=target.device)  # (B, M, R)
    in_column = column[..., None] == torch.arange(columns, device=target.device)  # (B, M, C)
    owned = in_row[..., :, None] & in_column[..., None, :] & (target[..., 0] >= 0)[..., None, None]
    return owned & (owned.cumsum(1) == 1)


def decoded(output: Tensor) -> Boxes:
    """The boxes that an answer tells, one for each cell, the surest first: (B, K, R, C)."""
    rows, columns = output.shape[-2:]
    cells = output.flatten(2).transpose(1, 2)  # (B, N, K)
    shares = cells[..., : len(BOX)].sigmoid()
    numbers = torch.arange(rows * columns, device=output.device)
    corner = torch.stack([numbers % columns, numbers // columns], -1)  # (N, 2)
    grid = output.new_tensor([columns, rows])
    places = torch.cat([(corner + shares[..., 1:3]) / grid, shares[..., 3:5]], -1)
    best, classes = cells[..., len(BOX) :].softmax(-1).max(-1)
    scores = shares[..., 0] * best
    order = scores.argsort(dim=1, descending=True, stable=True)
    places = places.gather(1, order[..., None].expand(-1, -1, 4))
    scores, classes = scores.gather(1, order), classes.gather(1, order)
    return Boxes(places, scores, classes, order, unlike(places))


def told(output: Tensor) -> Tensor:
    """The cells of one picture whose boxes are kept, the surest first: (1, K, R, C) -> (boxes,)."""
    found = decoded(output.detach())
    return found.cells[0, found.is_kept[0]]


def overlaps(first: Tensor, second: Tensor) -> Tensor:
    """Intersection over union of every two boxes: (..., N, 4), (..., M, 4) -> (..., N, M)."""
    first, second = first.unsqueeze(-2), second.unsqueeze(-3)
    low = torch.maximum(first[..., :2] - first[..., 2:] / 2, second[..., :2] - second[..., 2:] / 2)
    high = torch.minimum(first[..., :2] + first[..., 2:] / 2, second[..., :2] + second[..., 2:] / 2)
    shared = (high - low).clamp(min=0).prod(-1)
    both = first[..., 2:].prod(-1) + second[..., 2:].prod(-1) - shared
    return shared / both.clamp(min=1e-12)


def unlike(places: Tensor) -> Tensor:
    """Boxes over which no surer box that is kept lies, by greedy suppression: (B, N, 4), the surest first -> (B, N)."""
    is_same = overlaps(places, places) > SAME  # (B, N, N)
    kept = torch.ones(places.shape[:2], dtype=torch.bool, device=places.device)
    for rank in range(1, places.shape[1]):
        kept[:, rank] = ~(is_same[:, rank, :rank] & kept[:, :rank]).any(-1)
    return kept


def matches(found: Boxes, target: Tensor) -> tuple[Tensor, Tensor]:
    """Whether each box finds an object, and how well it lies over it: (B, N) each.

    The surest first, each box is held against the object of its class that it covers best; it finds it from an overlap
    of one half, unless the object has been found before (Everingham et al. 2010, the PASCAL VOC challenge).
    """
    shares = overlaps(found.places, target[..., 1:])  # (B, N, M)
    is_of_class = found.classes.unsqueeze(-1) == target[:, None, :, 0]
    best, which = torch.where(is_of_class, shares, 0.0).max(-1)  # (B, N)
    is_taken = torch.zeros(target.shape[:2], dtype=torch.bool, device=target.device)
    hits = []
    for rank in range(best.shape[1]):
        place = which[:, rank : rank + 1]
        is_hit = (best[:, rank] >= OVERLAP) & found.is_kept[:, rank] & ~is_taken.gather(1, place)[:, 0]
        is_taken.scatter_(1, place, (is_taken.gather(1, place)[:, 0] | is_hit)[:, None])
        hits.append(is_hit)
    return torch.stack(hits, 1), best


def box_scores(output: Tensor, target: Tensor) -> dict[str, Tensor]:
    """Average precision, and of the boxes that are told, how many are right, how many are found, and how well they lie.

    Average precision is the mean over the classes of the area under precision by recall, made falling from the right,
    at an overlap of one half (Everingham et al. 2010). F1 is 2 P R / (P + R), of boxes with a score of half or more.
    """
    found = decoded(output)
    hits, shares = matches(found, target)
    is_told = found.is_kept & (found.scores >= SURE)
    right, told = (hits & is_told).sum(), is_told.sum()
    real = (target[..., 0] >= 0).sum()
    precision, recall = right / told.clamp(min=1), right / real.clamp(min=1)
    return {
        "average_precision": average_precision(found, hits, target),
        "f1": 2 * right / (told + real).clamp(min=1),
        "precision": precision,
        "recall": recall,
        "mean_iou": (shares * (hits & is_told)).sum() / right.clamp(min=1),
    }


def average_precision(found: Boxes, hits: Tensor, target: Tensor) -> Tensor:
    """The mean over the classes that occur of the area under precision by recall."""
    counts = found.is_kept & (found.scores >= FAINTEST)
    areas = []
    for each in target[..., 0].unique():
        if each < 0:
            continue
        is_of_class = counts & (found.classes == each)
        order = found.scores[is_of_class].argsort(dim=0, descending=True, stable=True)
        right = hits[is_of_class][order].double().cumsum(0)  # found so far, by number of boxes
        recall = right / (target[..., 0] == each).sum()
        precision = right / torch.arange(1, len(right) + 1, device=right.device)
        falling = precision.flip(0).cummax(0).values.flip(0)
        steps = recall.diff(prepend=recall.new_zeros(1))
        areas.append((falling * steps).sum())
    return torch.stack(areas).mean().float() if areas else torch.zeros((), device=target.device)
