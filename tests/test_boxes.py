"""Boxes: how they are read from cells, matched with objects and scored; the data; and networks that do not fit."""

import numpy as np
import pytest
import torch
from sklearn.metrics import average_precision_score
from torch import Tensor
from torch.nn import functional

import explorer as ex
from explorer.datasets.scenes import SHAPES, Scenes
from explorer.engine.looking import look
from explorer.errors import EngineError, ExperimentError
from explorer.lenses.attribution.aims import aimed, meaning
from explorer.lenses.attribution.marks import marks
from explorer.lenses.attribution.targets import Target, read_target
from explorer.lenses.base import Scene
from explorer.lenses.detections import Detections
from explorer.lenses.request import Example
from explorer.signals import BOX, IGNORED
from explorer.training.boxes import Boxes, average_precision, box_scores, loss_of_cells, overlaps, unlike
from explorer.validation import check, read_experiment

GRID, FAR = 6, 20.0  # cells along each side; a score that is as good as certain


def cell(share: float) -> int:
    """The row or column in which a share of the side lies, in single precision as the data is."""
    return int(np.float32(share) * GRID)


def telling(target: Tensor) -> Tensor:
    """The answer of a detector that is right about everything: (B, M, 5) -> (B, 8, R, C)."""
    answer = torch.full((len(target), len(BOX) + len(SHAPES), GRID, GRID), -FAR)
    for picture, boxes in enumerate(target):
        for kind, x, y, width, height in boxes.tolist():
            if kind < 0:
                continue
            row, column = cell(y), cell(x)
            shares = torch.tensor([x * GRID - column, y * GRID - row, width, height])
            answer[picture, 0, row, column] = FAR
            answer[picture, 1:5, row, column] = torch.logit(shares, eps=1e-6)
            answer[picture, 5 + int(kind), row, column] = FAR
    return answer


@pytest.fixture(scope="module")
def target() -> Tensor:
    return Scenes().load(0).test.targets[:64]


def loss_by_hand(output: Tensor, target: Tensor) -> float:
    """The loss, cell by cell and box by box."""
    wanted, places, classes = torch.zeros(len(output), GRID, GRID), [], []
    for picture, boxes in enumerate(target):
        for kind, x, y, width, height in boxes.tolist():
            row, column = cell(y), cell(x)
            if kind < 0 or wanted[picture, row, column]:
                continue
            wanted[picture, row, column] = 1
            told = output[picture, :, row, column]
            box = torch.tensor([x * GRID - column, y * GRID - row, width, height])
            places.append((told[1:5].sigmoid() - box).square().sum())
            classes.append(functional.cross_entropy(told[None, 5:], torch.tensor([int(kind)])))
    objects = functional.binary_cross_entropy(output[:, 0].sigmoid(), wanted, weight=1 + 2 * wanted)
    return float(objects + 5 * torch.stack(places).mean() + torch.stack(classes).mean())


def test_the_loss_is_that_of_a_loop_over_cells_and_boxes(target: Tensor) -> None:
    output = torch.randn(len(target), 8, GRID, GRID, generator=torch.Generator().manual_seed(0))
    assert loss_of_cells(output, target).item() == pytest.approx(loss_by_hand(output, target), rel=1e-4)
    assert loss_of_cells(telling(target), target).item() < 1e-3


def test_a_detector_that_is_right_has_perfect_scores(target: Tensor) -> None:
    for name, value in box_scores(telling(target), target).items():
        assert value.item() == pytest.approx(1, abs=1e-3), name


def test_nothing_told_is_nothing_found(target: Tensor) -> None:
    nothing = torch.full((len(target), 8, GRID, GRID), -FAR)
    assert all(value.item() == 0 for value in box_scores(nothing, target).values())


def test_overlap_is_the_shared_area_over_the_area_of_both() -> None:
    pixels = torch.zeros(2, 40, 40)
    pixels[0, 4:20, 8:30] = pixels[1, 10:36, 2:20] = 1
    boxes = torch.tensor([[19, 12, 22, 16], [11, 23, 18, 26]]) / 40.0
    expected = (pixels.prod(0).sum() / pixels.amax(0).sum()).item()
    assert overlaps(boxes, boxes)[0, 1].item() == pytest.approx(expected, rel=1e-5)
    assert overlaps(boxes, boxes).diagonal().tolist() == pytest.approx([1, 1])


def test_of_boxes_over_one_object_the_surest_stays() -> None:
    places = torch.tensor([[[0.5, 0.5, 0.2, 0.2], [0.52, 0.5, 0.2, 0.2], [0.8, 0.8, 0.2, 0.2], [0.51, 0.5, 0.2, 0.2]]])
    assert unlike(places).tolist() == [[True, False, True, False]]


def test_average_precision_is_that_of_scikit_learn_where_it_never_rises() -> None:
    """Where precision only falls along recall, making it fall changes nothing."""
    hits = torch.tensor([[True, True, True, False, True, False, False]])
    scores = torch.linspace(0.9, 0.3, 7)[None]
    boxes = Boxes(
        torch.zeros(1, 7, 4), scores, torch.zeros(1, 7).long(), torch.arange(7)[None], torch.ones(1, 7).bool()
    )
    truth = torch.zeros(1, 4, 5)
    expected = average_precision_score(hits[0].numpy(), scores[0].numpy())
    assert average_precision(boxes, hits, truth).item() == pytest.approx(expected)
    missed = torch.zeros(1, 8, 5)  # four more objects that no box finds: half the area
    assert average_precision(boxes, hits, missed).item() == pytest.approx(expected / 2)


def test_an_object_is_found_once_and_a_class_that_is_wrong_finds_nothing() -> None:
    one = torch.tensor([[[0.0, 0.45, 0.45, 0.3, 0.3]]])
    output = telling(one)
    output[0, :, 2, 3] = output[0, :, 2, 2]  # the cell beside tells a second box, and is not quite over the first
    found = box_scores(output, one)
    assert found["recall"].item() == 1
    wrong = telling(torch.tensor([[[1.0, 0.45, 0.45, 0.3, 0.3]]]))
    assert box_scores(wrong, one)["precision"].item() == 0


def test_shapes_fill_the_boxes_that_are_told_and_nothing_else_is_bright() -> None:
    pictures, targets = Scenes(noise=0, has_bar=False).paint(60, torch.Generator().manual_seed(0))
    for picture, boxes in zip(pictures[:, 0].numpy(), targets.numpy(), strict=True):
        inside = np.zeros_like(picture, bool)
        for _, x, y, width, height in boxes[boxes[:, 0] >= 0]:
            left, right = round(24 * (x - width / 2)), round(24 * (x + width / 2))
            top, bottom = round(24 * (y - height / 2)), round(24 * (y + height / 2))
            part = picture[top:bottom, left:right] > 0
            assert part.any(0).all()  # it touches all four sides
            assert part.any(1).all()
            inside[top:bottom, left:right] = True
        assert (picture[~inside] == 0).all()


def test_the_bar_of_the_background_has_no_box() -> None:
    pictures, targets = Scenes(noise=0).paint(200, torch.Generator().manual_seed(0))
    plain, same = Scenes(noise=0, has_bar=False).paint(200, torch.Generator().manual_seed(0))
    assert torch.equal(targets, same)
    assert (pictures != plain).flatten(1).any(1).float().mean() > 0.9


@pytest.mark.parametrize(
    ("layers", "expected"),
    [
        ([{"kind": "flatten"}, {"kind": "linear"}], r"expected an answer of 8×any×any \(channel × height × width\)"),
        ([{"kind": "conv2d", "channels": 5}], "end the network with a conv2d layer of 8 channels, with no flatten"),
    ],
)
def test_a_network_without_a_grid_of_cells_is_refused_in_words(layers: list, expected: str) -> None:
    with pytest.raises(ExperimentError, match=expected):
        check(read_experiment({"data": {"kind": "scenes"}, "network": {"layers": layers}}))


class Telling(torch.nn.Module):
    """A detector that is right about one picture, whatever it is shown."""

    def __init__(self, target: Tensor):
        super().__init__()
        self.answer = torch.nn.Parameter(telling(target), requires_grad=False)

    def forward(self, pictures: Tensor) -> Tensor:
        return self.answer.expand(len(pictures), -1, -1, -1)


def test_the_lens_shows_the_boxes_told_beside_those_of_the_objects() -> None:
    data = Scenes().load(0)
    one = data.test.targets[5:6]
    scene = Scene(Telling(one), check(ex.preset("shape-detector")), data, 0, Example(index=5))  # type: ignore[arg-type]
    picture = look(Detections(), scene)
    real = one[0][one[0, :, 0] != IGNORED]
    order = np.lexsort(real[:, 1:3].numpy().T)
    told = np.lexsort(picture["boxes"].values[:, :2].T)
    assert picture["boxes"].values[told] == pytest.approx(real[order, 1:].numpy(), abs=1e-3)
    assert picture["classes"].values[told].tolist() == real[order, 0].int().tolist()
    assert picture["truth"].values == pytest.approx(real[:, 1:].numpy())
    assert picture["hits"].values.all()
    assert picture["objectness"].values.round().sum() == len(real)


@pytest.fixture
def crowded() -> Tensor:
    """The answer of a detector that draws three boxes, in this order of sureness, the third over the second."""
    answer = torch.full((1, len(BOX) + len(SHAPES), GRID, GRID), -FAR)
    for logit, (row, column) in zip((5.0, 4.0, 3.0), ((1, 1), (3, 3), (3, 4)), strict=True):
        answer[0, 0, row, column] = logit
        answer[0, 1:5, row, column] = torch.logit(torch.tensor([0.5, 0.5, 0.4, 0.4]))
        answer[0, 6, row, column] = FAR
    return answer


def test_a_box_is_explained_by_the_cell_that_draws_it_and_without_a_target_the_surest_one_is(crowded: Tensor) -> None:
    data = Scenes().load(0)
    network, one = Telling(data.test.targets[5:6]), data.test.inputs[0][5:6]
    network.answer.copy_(crowded)
    labels, cells = data.task.labels, (GRID + 1, 3 * GRID + 3)
    for written, entry, cell in (
        (None, 0, cells[0]),
        ("box", 0, cells[0]),
        ("box:1", 0, cells[1]),
        ("disc@box:1", 6, cells[1]),
        ("width@box:0", 3, cells[0]),
        ("6-5@box:1", 6, cells[1]),
        (f"disc@{cells[1]}", 6, cells[1]),
    ):
        found = aimed(read_target(written, labels), data.task, network, one, None)
        assert (found.entry, found.place, found.box) == (entry, cell, None), written
    assert found.of(network(one)).item() == FAR
    assert meaning(network(one), data.task, found.place)[5:].sum().item() == pytest.approx(1)
    assert str(read_target("box:2")) == "None@box:2"


def test_a_box_that_is_covered_by_a_surer_one_is_none_and_neither_is_a_box_without_a_grid(crowded: Tensor) -> None:
    n_boxes = GRID**2 - 1  # but for the one that is covered, every cell draws one
    last = Target(entry=0, box=n_boxes - 1).settle(crowded)
    assert last.place != 3 * GRID + 4
    with pytest.raises(EngineError, match=f"box: expected one of the {n_boxes} boxes, counted from 0, got {n_boxes}"):
        Target(entry=0, box=n_boxes).settle(crowded)
    with pytest.raises(EngineError, match="expected a detector's grid of cells for a box, got 3"):
        Target(box=0).settle(torch.zeros(1, 3))


def test_the_box_that_is_explained_is_marked_among_those_that_are_drawn(crowded: Tensor) -> None:
    task = Scenes().load(0).task
    found = marks(Target(box=1, entry=0).settle(crowded), crowded, task)
    assert found["boxes"].values == pytest.approx(np.array([[0.25, 0.25, 0.4, 0.4], [7 / 12, 7 / 12, 0.4, 0.4]]))
    assert found["classes"].values.tolist() == [1, 1]
    assert found["marked"].values == pytest.approx(found["boxes"].values[1])
    assert "marked" not in marks(Target(layer="edges", unit=(0,)), crowded, task)
