"""Pictures with a few shapes in front of a background that is none of them."""

from typing import ClassVar

import torch
from pydantic import Field
from torch import Generator, Tensor

from explorer.datasets.base import Description, Split
from explorer.datasets.endless import Endless
from explorer.signals import BOX, IGNORED, Signal, Task

SHAPES = ("block", "disc", "cross")
PLACES = 3  # along each side, of which every shape has one to itself
SMALLEST = 5  # pixels of a shape
MARGIN = 1  # pixels of a place that stay free
DARKEST, BRIGHTEST = 0.6, 1.0
STRIPES = 0.35  # brightness of the bar that crosses the background


class Scenes(Endless):
    """One to three blocks, discs and crosses, and behind them a bar that is not to be found."""

    kind: ClassVar[str] = "scenes"
    title: ClassVar[str] = "Shapes in a scene"

    size: int = Field(24, ge=24, le=48, multiple_of=12, description="Pixels along each side.")
    most: int = Field(3, ge=1, le=6, description="Most shapes in a picture; there is always one.")
    noise: float = Field(0.1, ge=0, le=1, description="Standard deviation of the noise on pixels from 0 to 1.")
    has_bar: bool = Field(True, description="Let a bar cross the background, to distract.")

    def describe(self) -> Description:
        task = Task("detection", len(BOX) + len(SHAPES), (*BOX, *SHAPES), most=self.most)
        return Description((Signal((1, self.size, self.size)),), task, "picture", None, self.n_test)

    def names(self) -> tuple[str, ...]:
        return ()

    def make(self, n: int, generator: Generator | None = None) -> Split:
        pictures, targets = self.paint(n, generator)
        return Split((pictures,), targets)

    def paint(self, n: int, generator: Generator | None = None) -> tuple[Tensor, Tensor]:
        """`n` pictures (n, 1, size, size) and the boxes of their shapes (n, most, 5)."""
        counts = torch.randint(1, self.most + 1, (n, 1), generator=generator)
        is_there = torch.arange(self.most) < counts  # (n, most)
        kinds = torch.randint(len(SHAPES), is_there.shape, generator=generator)
        corners, sizes = self._boxes(n, generator)
        inside = drawn(self.size, kinds, corners, sizes) & is_there[..., None, None]  # (n, most, size, size)
        bright = DARKEST + (BRIGHTEST - DARKEST) * torch.rand(n, self.most, 1, 1, generator=generator)
        pictures = torch.where(inside, bright, 0.0).amax(1)
        if self.has_bar:
            pictures = pictures.maximum(self._bars(n, generator))
        pictures = pictures + self.noise * torch.randn(pictures.shape, generator=generator)
        boxes = torch.cat([(corners + sizes / 2) / self.size, sizes / self.size], -1)  # (n, most, 4)
        targets = torch.cat([kinds[..., None].float(), boxes], -1)
        targets = torch.where(is_there[..., None], targets, torch.tensor([float(IGNORED), 0, 0, 0, 0]))
        shades = (255 * pictures.clamp(0, 1)[:, None]).round() / 255  # as many as a picture file has
        return shades, targets

    def _boxes(self, n: int, generator: Generator | None) -> tuple[Tensor, Tensor]:
        """Left upper corners and sizes in whole pixels, (n, most, 2) each, x before y; every shape in another place."""
        room = self.size // PLACES - MARGIN
        places = torch.rand(n, PLACES**2, generator=generator).argsort(1)[:, : self.most]
        sizes = torch.randint(SMALLEST, room + 1, (n, self.most, 2), generator=generator)
        free = torch.rand(n, self.most, 2, generator=generator)
        shift = (free * (room - sizes + 1)).floor()
        start = torch.stack([places % PLACES, places // PLACES], -1) * (room + MARGIN)
        return start + shift, sizes.float()

    def _bars(self, n: int, generator: Generator | None) -> Tensor:
        """A dim bar two pixels wide across each picture, at any angle: (n, size, size)."""
        angle, place = torch.rand(2, n, 1, 1, generator=generator)
        middle = (self.size - 1) / 2
        y, x = torch.meshgrid(torch.arange(self.size), torch.arange(self.size), indexing="ij")
        across = (x - middle) * (torch.pi * angle).cos() + (y - middle) * (torch.pi * angle).sin()
        return STRIPES * ((across - middle * (place - 0.5)).abs() <= 1).float()


def drawn(side: int, kinds: Tensor, corners: Tensor, sizes: Tensor) -> Tensor:
    """Which pixels belong to each shape: blocks fill their box, discs touch its sides, crosses are two bars."""
    pixels = torch.arange(side) + 0.5
    half = sizes / 2  # (n, most, 2)
    offset = (pixels - (corners + half)[..., None]) / half[..., None]  # (n, most, 2, side), -1 to 1 inside the box
    x, y = offset[:, :, 0, None, :], offset[:, :, 1, :, None]  # (n, most, 1, side), (n, most, side, 1)
    block = (x.abs() < 1) & (y.abs() < 1)
    disc = x.square() + y.square() <= 1
    cross = block & ((x.abs() < 0.35) | (y.abs() < 0.35))
    kinds = kinds[..., None, None]
    return torch.where(kinds == 0, block, torch.where(kinds == 1, disc, cross))
