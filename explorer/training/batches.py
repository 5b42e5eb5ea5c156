"""The examples of each step: shuffled passes over a finite split, or fresh ones from an endless source."""

import torch
from torch import Tensor

from explorer.datasets.base import Data, Split
from explorer.experiment import Augmentation


class Batches:
    """Gives one batch after another; all chance comes from torch's global generator, the trainer's own meanwhile."""

    def __init__(self, data: Data, batch_size: int | None, augmentation: Augmentation, device: torch.device):
        self.source = data.train.to(device)
        self.draw = data.draw
        self.device = device
        self.augmentation = augmentation
        self.size = len(self.source) if batch_size is None else batch_size
        self.order: Tensor = torch.empty(0, dtype=torch.int64)
        self.position = 0

    @property
    def steps_in_epoch(self) -> int | None:
        """Steps in one pass over the training examples; None where they have no end."""
        return None if self.draw else max(1, len(self.source) // self.size)

    @property
    def is_chosen(self) -> bool:
        """Whether a batch is nothing but examples of the source, by their places."""
        return not self.draw and self.augmentation == Augmentation()

    @property
    def begins_a_pass(self) -> bool:
        """Whether the next places come from a new order, which is left to chance."""
        return self.position + self.size > len(self.order)

    def next(self) -> Split:
        """The next batch, augmented. A pass leaves out the few examples that do not fill a batch."""
        if self.draw:
            batch = self.draw(self.size).to(self.device)
        elif self.size >= len(self.source):
            batch = self.source
        else:
            batch = self.source.take(self.next_places())
        return augmented(batch, self.augmentation)

    def next_places(self) -> Tensor:
        """Places (B,) of the next batch in the source."""
        if self.begins_a_pass:
            self.begin_pass()
        index = self.order[self.position : self.position + self.size]
        self.position += self.size
        return index

    def begin_pass(self) -> None:
        """Let chance decide the order of the next pass."""
        self.order = torch.randperm(len(self.source)).to(self.device)
        self.position = 0


def augmented(batch: Split, augmentation: Augmentation) -> Split:
    """The batch with random changes to its numeric inputs; noise for all, shift and flip for pictures (B, C, H, W)."""
    if augmentation == Augmentation():
        return batch
    return Split(tuple(_changed(part, augmentation) for part in batch.inputs), batch.targets)


def _changed(part: Tensor, augmentation: Augmentation) -> Tensor:
    if not part.is_floating_point():
        return part
    if part.dim() == 4:
        part = _moved(part, augmentation)
    if augmentation.noise:
        part = part + augmentation.noise * torch.randn_like(part)
    return part


def _moved(pictures: Tensor, augmentation: Augmentation) -> Tensor:  # (B, C, H, W)
    n, _, height, width = pictures.shape
    rows = torch.arange(height).expand(n, height)
    columns = torch.arange(width).expand(n, width)
    if augmentation.flip:
        columns = torch.where(torch.rand(n, 1) < 0.5, columns.flip(1), columns)
    if reach := augmentation.shift:
        pictures = torch.nn.functional.pad(pictures, (reach,) * 4)
        rows = rows + torch.randint(0, 2 * reach + 1, (n, 1))
        columns = columns + torch.randint(0, 2 * reach + 1, (n, 1))
    rows, columns = rows.to(pictures.device), columns.to(pictures.device)
    picked = pictures.gather(2, rows[:, None, :, None].expand(-1, pictures.shape[1], -1, pictures.shape[3]))
    return picked.gather(3, columns[:, None, None, :].expand(-1, pictures.shape[1], height, -1))
