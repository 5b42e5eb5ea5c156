"""Points of the plane against TensorFlow Playground's definitions, written down once more point by point."""

import math
from collections.abc import Callable

import pytest
import torch
from pydantic import ValidationError
from torch import Tensor

from explorer.datasets.base import Data, Split
from explorer.datasets.points import Arms, Circle, Drawn, Gauss, GaussianPlane, Plane, Sampled, Spiral, Xor
from explorer.errors import DataError

SAMPLED = (Circle, Xor, Gauss, Spiral, Arms, Plane, GaussianPlane)


def everything(data: Data) -> Split:
    """Training and held-out examples together."""
    return Split(
        (torch.cat([data.train.inputs[0], data.test.inputs[0]]),), torch.cat([data.train.targets, data.test.targets])
    )


def examples(kind: type[Sampled], seed: int = 0, **settings: object) -> list[tuple[float, float, float]]:
    """x, y and target of every point."""
    split = everything(kind.model_validate(settings).load(seed))
    return [
        (x, y, target)
        for (x, y), target in zip(split.inputs[0].tolist(), split.targets.flatten().tolist(), strict=True)
    ]


def circle_label(x: float, y: float) -> float:
    return 1 if math.hypot(x, y) < 2.5 else 0


def xor_label(x: float, y: float) -> float:
    return 1 if x * y >= 0 else 0


def plane_label(x: float, y: float) -> float:
    return (x + y) / 10


def gaussian_label(x: float, y: float) -> float:
    label = 0.0
    for centre_x, centre_y, sign in [
        (-4, 2.5, 1),
        (0, 2.5, -1),
        (4, 2.5, 1),
        (-4, -2.5, -1),
        (0, -2.5, 1),
        (4, -2.5, -1),
    ]:
        height = sign * min(max(1 - math.hypot(x - centre_x, y - centre_y) / 2, 0), 1)
        label = height if abs(height) > abs(label) else label
    return label


LABELS: list[tuple[type[Sampled], Callable[[float, float], float], float]] = [
    (Circle, circle_label, 5),
    (Xor, xor_label, 5),
    (Plane, plane_label, 6),
    (GaussianPlane, gaussian_label, 6),
]


@pytest.mark.parametrize(("kind", "label", "_"), LABELS)
def test_without_noise_the_label_is_read_where_the_point_lies(kind: type[Sampled], label: Callable, _: float):
    for x, y, target in examples(kind):
        assert target == pytest.approx(label(x, y), abs=1e-5)


@pytest.mark.parametrize(("kind", "label", "reach"), LABELS)
def test_noise_leaves_the_points_and_reads_labels_within_its_reach(kind: type[Sampled], label: Callable, reach: float):
    clean, noisy = examples(kind), examples(kind, noise=0.2)
    assert sorted(point[:2] for point in clean) == sorted(point[:2] for point in noisy)
    changed = [point for point in noisy if abs(point[2] - label(*point[:2])) > 1e-5]
    assert len(changed) / len(noisy) > 0.02
    steps = [0.2 * reach * step / 20 for step in range(-20, 21)]
    for x, y, target in changed[:40]:
        nearby = [label(x + dx, y + dy) for dx in steps for dy in steps]
        assert min(nearby) - 0.1 <= target <= max(nearby) + 0.1


def test_a_circle_is_half_a_disc_and_half_a_ring():
    radii = [(math.hypot(x, y), target) for x, y, target in examples(Circle, size=400)]
    assert sum(radius <= 2.5 for radius, _ in radii) == 200
    assert all(3.5 <= radius <= 5 for radius, target in radii if target == 0)
    inner = torch.tensor([radius for radius, target in radii if target == 1])
    assert inner.mean() == pytest.approx(1.25, abs=0.15)  # evenly by radius, not by area


def test_xor_keeps_a_gap_along_both_axes():
    points = examples(Xor, size=2000)
    distances = [abs(value) for x, y, _ in points for value in (x, y)]
    assert 0.3 <= min(distances) < 0.35
    assert 5.2 < max(distances) <= 5.3


@pytest.mark.parametrize(("noise", "variance"), [(0, 0.5), (0.1, 1.2), (0.5, 4)])
def test_clouds_lie_on_the_diagonal_and_widen_with_the_noise(noise: float, variance: float):
    points = examples(Gauss, size=8000, noise=noise)
    for number, centre in ((1, 2.0), (0, -2.0)):
        cloud = torch.tensor([point[:2] for point in points if point[2] == number])
        assert len(cloud) == 4000
        assert (cloud.mean(0) - centre).abs().max() < 0.15
        assert (cloud.var(0) / variance - 1).abs().max() < 0.12


@pytest.mark.parametrize("size", [100, 101])
def test_a_spiral_follows_its_formula(size: int):
    expected = []
    for start, number in ((0, 1), (math.pi, 0)):
        for i in range(math.ceil(size / 2) if number else size // 2):
            way = i / (size / 2)
            angle = 1.75 * way * 2 * math.pi + start
            expected.append((5 * way * math.sin(angle), 5 * way * math.cos(angle), number))
    found = examples(Spiral, size=size)
    assert torch.tensor(sorted(found)).allclose(torch.tensor(sorted(expected)), atol=1e-5)


def test_a_spiral_of_two_arms_is_the_spiral():
    two = {(round(x, 4) + 0.0, round(y, 4) + 0.0) for x, y, _ in examples(Arms, arms=2, turns=1.75, size=100)}
    assert two == {(round(x, 4) + 0.0, round(y, 4) + 0.0) for x, y, _ in examples(Spiral, size=100)}


@pytest.mark.parametrize("arms", [2, 3, 8])
def test_an_arm_turned_by_its_share_of_a_circle_is_the_next_arm(arms: int):
    points = examples(Arms, arms=arms, size=arms * 20)

    def polar(number: int, turn: float) -> Tensor:
        chosen = sorted((point for point in points if point[2] == number), key=lambda point: math.hypot(*point[:2]))
        plane = torch.tensor([complex(y, x) for x, y, _ in chosen])
        return plane * torch.exp(torch.tensor(1j * turn))

    for number in range(arms - 1):
        assert polar(number, math.tau / arms).allclose(polar(number + 1, 0), atol=1e-5)


@pytest.mark.parametrize("kind", SAMPLED)
def test_noise_changes_the_data_and_size_its_count(kind: type[Sampled]):
    assert examples(kind) != examples(kind, noise=0.3)
    assert len(examples(kind, size=77)) == 77


@pytest.mark.parametrize("kind", SAMPLED)
def test_no_point_is_both_learnt_from_and_held_out(kind: type[Sampled]):
    data = kind(size=300, noise=0.1).load(seed=5)
    train, test = (set(map(tuple, split.inputs[0].tolist())) for split in (data.train, data.test))
    assert not train & test
    assert (len(data.train), len(data.test)) == (150, 150)


@pytest.mark.parametrize("kind", SAMPLED)
def test_another_seed_gives_other_held_out_points(kind: type[Sampled]):
    first, second = (kind().load(seed).test.inputs[0] for seed in (1, 2))
    assert not torch.equal(first, second)


def test_defaults_are_those_of_the_playground():
    assert (Circle().size, Plane().size, GaussianPlane().size, Circle().train_fraction) == (500, 1200, 1200, 0.5)


def test_drawn_points_come_back_with_their_classes():
    points = [(-3.0, 1.5, 0), (2.0, 2.0, 2), (0.0, -6.0, 2), (1.0, 1.0, 0), (6.0, 0.0, 0)]
    data = Drawn(points=points).load(seed=0)
    split = everything(data)
    found = [(x, y, number) for (x, y), number in zip(split.inputs[0].tolist(), split.targets.tolist(), strict=True)]
    assert sorted(found) == sorted(points)
    assert data.task.labels == ("class 1", "class 2", "class 3")


@pytest.mark.parametrize("points", [[], [(1, 1, 0)], [(1, 1, 3), (2, 2, 3)]])
def test_drawn_points_of_one_class_are_refused(points: list):
    with pytest.raises(DataError, match=r"data\.points: expected points of at least two classes, got .*; draw some"):
        Drawn(points=points).describe()


@pytest.mark.parametrize("point", [(7, 0, 0), (0, float("nan"), 0), (0, 0, 8), (0, 0, -1), (0, 0)])
def test_a_point_off_the_plane_is_refused(point: tuple):
    with pytest.raises(ValidationError):
        Drawn(points=[point])
