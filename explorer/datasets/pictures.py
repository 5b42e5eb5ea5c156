"""The user's own pictures, one folder a class."""

from functools import partial
from typing import ClassVar, Literal

import numpy as np
import torch
from pydantic import Field
from torch import Generator, Tensor

from explorer.datasets.albums import PLACE, Album, open_album
from explorer.datasets.base import Data, Dataset, Description, Split
from explorer.datasets.files import refused
from explorer.datasets.splitting import TrainFraction, make_data, split_sizes
from explorer.limits import limits
from explorer.picture_files import pixels
from explorer.signals import Signal, Task


class Pictures(Dataset):
    """Pictures of your own, in a folder or a zip file with one sub-folder for each class."""

    kind: ClassVar[str] = "pictures"
    title: ClassVar[str] = "Folder or zip of pictures"

    path: str = Field("", max_length=4096, description="The folder or zip file; each sub-folder is a class.")
    size: int = Field(32, ge=8, le=128, description="Pixels along each side; pictures are stretched to a square.")
    colour: Literal["grey", "rgb"] = Field("rgb", description="One channel, or red, green and blue.")
    train_fraction: TrainFraction = 0.8

    def files(self) -> tuple[str, ...]:
        return (self.path,)

    def describe(self) -> Description:
        return self._describe(open_album(self.path))

    def load(self, seed: int) -> Data:
        album = open_album(self.path)
        description = self._describe(album)
        examples = Split((self._read(album),), torch.tensor(album.classes))
        return make_data(examples, description, Generator().manual_seed(seed))

    def _describe(self, album: Album) -> Description:
        n = len(album.pictures)
        signal = Signal((1 if self.colour == "grey" else 3, self.size, self.size))
        n_bytes = n * torch.Size(signal.shape).numel() * torch.float32.itemsize
        limits().demand("dataset_bytes", n_bytes, PLACE, "make data.size smaller or use fewer pictures")
        task = Task("classification", len(album.labels), album.labels)
        return Description((signal,), task, "picture", *split_sizes(n, self.train_fraction))

    def _read(self, album: Album) -> Tensor:
        """All pictures, from 0 to 1: (n, channel, size, size)."""
        pixels = [self._decode(content, album.place(name)) for name, content in album.contents()]
        stacked = torch.from_numpy(np.stack(pixels)).view(len(pixels), self.size, self.size, -1)
        return stacked.permute(0, 3, 1, 2).contiguous() / 255

    def _decode(self, content: bytes, place: str) -> np.ndarray:
        """One picture as bytes (size, size) or (size, size, 3)."""
        return pixels(content, self.size, self.size, self.colour == "grey", partial(refused, place))
