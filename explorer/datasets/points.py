"""Points of the plane. Six kinds follow the definitions of TensorFlow Playground (src/dataset.ts, arXiv:1708.03788)."""

import math
from typing import Annotated, ClassVar

import torch
from pydantic import Field
from torch import Generator, Tensor

from explorer.datasets.base import Data, Dataset, Description, Split
from explorer.datasets.files import refused
from explorer.datasets.splitting import TrainFraction, make_data, split_sizes
from explorer.signals import Signal, Task

EXTENT = 6.0  # the plane is shown from -EXTENT to EXTENT
RADIUS = 5.0  # of the circle and the spirals; half the side of the xor square
SIGNS = ("−1", "+1")

Coordinate = Annotated[float, Field(ge=-EXTENT, le=EXTENT)]
ClassId = Annotated[int, Field(ge=0, le=7)]


class Points(Dataset):
    """Points of the plane, each with a class or a number to tell."""

    train_fraction: TrainFraction = 0.5

    def count(self) -> int:
        """How many points there are."""
        raise NotImplementedError

    def task(self) -> Task:
        """What is asked about a point."""
        return Task("classification", 2, SIGNS)

    def make(self, generator: Generator) -> Split:
        """The points (n, 2) with their classes (n,) or numbers (n, 1)."""
        raise NotImplementedError

    def describe(self) -> Description:
        sizes = split_sizes(self.count(), self.train_fraction)
        return Description((Signal((2,)),), self.task(), "points", *sizes)

    def load(self, seed: int) -> Data:
        generator = Generator().manual_seed(seed)
        description = self.describe()
        return make_data(self.make(generator), description, generator, names=("x1", "x2"))


class Sampled(Points):
    """Points drawn at random around a figure."""

    size: int = Field(500, ge=10, le=100_000, description="How many points, held-out ones included.")
    noise: float = Field(0.0, ge=0, le=0.5, description="How far chance blurs the figure, as in TensorFlow Playground.")

    def count(self) -> int:
        return self.size

    def blurred(self, points: Tensor, reach: float, generator: Generator) -> Tensor:
        """The points, each moved along both axes by up to `reach` times the noise."""
        return points + self.noise * uniform(points.shape, -reach, reach, generator)


class Circle(Sampled):
    """A disc inside a ring; which of the two is it?"""

    kind: ClassVar[str] = "circle"
    title: ClassVar[str] = "Circle"

    def make(self, generator: Generator) -> Split:
        inner, outer = halves(self.size)
        radius = torch.cat(
            [
                uniform((inner,), 0, 0.5 * RADIUS, generator),
                uniform((outer,), 0.7 * RADIUS, RADIUS, generator),
            ]
        )
        points = polar(radius, uniform((self.size,), 0, math.tau, generator))
        is_inside = self.blurred(points, RADIUS, generator).norm(dim=1) < 0.5 * RADIUS
        return Split((points,), is_inside.long())


class Xor(Sampled):
    """Four squares; do both coordinates have the same sign?"""

    kind: ClassVar[str] = "xor"
    title: ClassVar[str] = "Exclusive or"

    def make(self, generator: Generator) -> Split:
        points = uniform((self.size, 2), -RADIUS, RADIUS, generator)
        points = points + torch.where(points > 0, 0.3, -0.3)  # a gap between the squares
        is_same = self.blurred(points, RADIUS, generator).prod(1) >= 0
        return Split((points,), is_same.long())


class Gauss(Sampled):
    """Two round clouds; noise widens them."""

    kind: ClassVar[str] = "gauss"
    title: ClassVar[str] = "Two clouds"

    def make(self, generator: Generator) -> Split:
        positive, negative = halves(self.size)
        classes = torch.cat([torch.ones(positive), torch.zeros(negative)]).long()
        centres = torch.where(classes == 1, 2.0, -2.0)[:, None]  # on the diagonal
        variance = 0.5 + 7 * self.noise  # 0.5 without noise, 4 with the most
        return Split((centres + math.sqrt(variance) * torch.randn(self.size, 2, generator=generator),), classes)


class Spiral(Sampled):
    """Two arms wound around each other."""

    kind: ClassVar[str] = "spiral"
    title: ClassVar[str] = "Spiral"

    def make(self, generator: Generator) -> Split:
        positive, negative = halves(self.size)
        classes = torch.cat([torch.ones(positive), torch.zeros(negative)]).long()
        length = self.size / 2
        points = torch.cat([arm(positive, length, 1.75, 0), arm(negative, length, 1.75, math.pi)])
        return Split((self.blurred(points, 1, generator),), classes)


class Arms(Sampled):
    """A spiral of several arms, each a class of its own."""

    kind: ClassVar[str] = "arms"
    title: ClassVar[str] = "Spiral of many arms"

    arms: int = Field(3, ge=2, le=8, description="How many arms.")
    turns: float = Field(1.0, ge=0, le=3, description="How often an arm goes round.")

    def task(self) -> Task:
        return Task("classification", self.arms, tuple(f"arm {number + 1}" for number in range(self.arms)))

    def make(self, generator: Generator) -> Split:
        classes = torch.arange(self.size) % self.arms
        counts = classes.bincount().tolist()
        each = [
            arm(n, self.size / self.arms, self.turns, math.tau * number / self.arms) for number, n in enumerate(counts)
        ]
        points = self.blurred(torch.cat(each), 1, generator)
        return Split((points,), classes.sort().values)


class PlaneRegression(Sampled):
    """Points all over the plane, each with a number."""

    size: int = Field(1200, ge=10, le=100_000, description="How many points, held-out ones included.")

    def height(self, points: Tensor) -> Tensor:
        """The number that belongs to each place: (n, 2) -> (n,)."""
        raise NotImplementedError

    def task(self) -> Task:
        return Task("regression", 1, ("height",))

    def make(self, generator: Generator) -> Split:
        points = uniform((self.size, 2), -EXTENT, EXTENT, generator)
        return Split((points,), self.height(self.blurred(points, EXTENT, generator))[:, None])


class Plane(PlaneRegression):
    """A slope that rises evenly along the diagonal, from −1.2 to 1.2."""

    kind: ClassVar[str] = "plane"
    title: ClassVar[str] = "Slope"

    def height(self, points: Tensor) -> Tensor:
        return points.sum(1) / 10


class GaussianPlane(PlaneRegression):
    """Three hills and three hollows, each a cone of radius 2."""

    kind: ClassVar[str] = "gaussian_plane"
    title: ClassVar[str] = "Hills and hollows"

    def height(self, points: Tensor) -> Tensor:
        centres = torch.tensor([[-4, 2.5], [0, 2.5], [4, 2.5], [-4, -2.5], [0, -2.5], [4, -2.5]])
        signs = torch.tensor([1.0, -1.0, 1.0, -1.0, 1.0, -1.0])
        cones = (1 - (points[:, None] - centres).norm(dim=2) / 2).clamp(min=0)  # (n, 6)
        tallest = cones.max(1)
        return signs[tallest.indices] * tallest.values


class Drawn(Points):
    """Points that you draw yourself."""

    kind: ClassVar[str] = "drawn"
    title: ClassVar[str] = "Draw your own"

    points: tuple[tuple[Coordinate, Coordinate, ClassId], ...] = Field(
        (), max_length=5_000, description="The points as x, y and class, counted from 0."
    )
    train_fraction: TrainFraction = 0.75

    def count(self) -> int:
        return len(self.points)

    def task(self) -> Task:
        classes = {number for _, _, number in self.points}
        if len(classes) < 2:
            got = f"{len(self.points)} points of {len(classes)} classes"
            raise refused("data.points", "points of at least two classes", got, "draw some of another class")
        n_classes = max(classes) + 1
        return Task("classification", n_classes, tuple(f"class {number + 1}" for number in range(n_classes)))

    def make(self, generator: Generator) -> Split:
        points = torch.tensor([(x, y) for x, y, _ in self.points])
        return Split((points,), torch.tensor([number for _, _, number in self.points]))


def halves(n: int) -> tuple[int, int]:
    """A number split in two; the first half takes the odd one."""
    return n - n // 2, n // 2


def uniform(shape: tuple[int, ...], low: float, high: float, generator: Generator) -> Tensor:
    """Numbers spread evenly from `low` to `high`."""
    return low + (high - low) * torch.rand(shape, generator=generator)


def polar(radius: Tensor, angle: Tensor) -> Tensor:
    """Points (n, 2) from radius (n,) and angle (n,), clockwise from the top."""
    return torch.stack([radius * angle.sin(), radius * angle.cos()], -1)


def arm(n: int, length: float, turns: float, start: float) -> Tensor:
    """The first `n` of `length` points that wind outwards evenly from the centre: (n, 2)."""
    way = torch.arange(n) / length
    return polar(RADIUS * way, math.tau * turns * way + start)
