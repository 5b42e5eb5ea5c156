"""Tasks whose answer is told frame by frame or box by box: what it is about stands in known frames or in a box."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor, nn

from explorer.datasets.base import Description
from explorer.datasets.scenes import SHAPES, Scenes
from explorer.datasets.utterances import Utterances
from explorer.lenses.attribution.targets import Target
from explorer.signals import BLANK, BOX, IGNORED
from explorer.training.boxes import decoded, loss_of_cells
from explorer.training.objectives import Loss, ctc
from explorer.training.transcripts import transcript_scores
from explorer.truth.base import MODEL_FREE, RANDOM_WEIGHTS, Case, KnownTask, Layers, Prepared, asked, network_of

N_CASES, N_TEST, BATCH = 20, 200, 32
Draw = Callable[[], tuple[Tensor, Tensor]]


def learned(
    layers: Layers, about: Description, draw: Draw, loss: Loss, steps: int, rate: float, seed: int
) -> nn.Module:
    """A network trained by Adam on batches that are drawn as they are needed."""
    network = network_of(layers, about.signals[0], about.task, seed).train()
    optimizer = torch.optim.Adam(network.parameters(), lr=rate)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    for _ in range(steps):
        inputs, targets = draw()
        optimizer.zero_grad()
        loss(network(inputs), targets).backward()
        nn.utils.clip_grad_norm_(network.parameters(), 5.0)
        optimizer.step()
        schedule.step()
    return network.eval()


class Phones(KnownTask):
    """A recogniser hears a phone, which sounds in frames that only the data knows."""

    name: ClassVar[str] = "ctc"
    title: ClassVar[str] = "Phones by CTC"
    criterion: ClassVar[str] = "At least .7 of the scores, sign dropped, lie in the frames of the phone and one beside."
    must_fail: ClassVar[tuple[str, ...]] = (MODEL_FREE, RANDOM_WEIGHTS)
    NARROW, MASS = 5, 0.7

    def prepare(self, seed: int) -> Prepared:
        chance = torch.Generator().manual_seed(seed)
        dataset = Utterances(phones=4, most=3, noise=0.1)
        layers: Layers = [
            {"kind": "conv1d", "channels": 32, "kernel": self.NARROW, "padding": self.NARROW // 2},
            {"kind": "relu"},
            {"kind": "gru", "units": 32, "bidirectional": True},
            {"kind": "linear"},
        ]

        def draw() -> tuple[Tensor, Tensor]:
            spoken = dataset.speak(BATCH, chance)
            return spoken.frames, spoken.phones

        network = learned(layers, dataset.describe(), draw, ctc, steps=200, rate=0.01, seed=seed)
        test = dataset.speak(N_TEST, chance)
        with torch.no_grad():
            answers = network(test.frames)
        accuracy = 1 - float(transcript_scores(answers, test.phones)["phone_error_rate"])
        few = (each[:N_CASES] for each in (test.frames, test.phones, test.places, answers))
        cases = [self._case(network, *each) for each in zip(*few, strict=True)]
        return Prepared(tuple(cases), accuracy)

    def _case(self, network: nn.Module, frames: Tensor, phones: Tensor, places: Tensor, answer: Tensor) -> Case:
        """The last phone of an utterance, in the frame of its own in which it stands out most from the blank."""
        last = int((phones != IGNORED).sum()) - 1
        phone, span = int(phones[last]), places == last
        lead = (answer[:, phone] - answer[:, BLANK]).masked_fill(~span, -torch.inf)
        target = Target(entry=phone, versus=BLANK, place=int(lead.argmax()))
        near = span | span.roll(1) | span.roll(-1)
        return Case(asked(network, frames[None], target), where=near.numpy()[:, None])

    def is_right(self, scores: np.ndarray, case: Case, method: str) -> bool:
        assert case.where is not None
        size = np.abs(scores)
        return bool((size * case.where).sum() >= self.MASS * size.sum() > 0)


class Detector(KnownTask):
    """A detector sees one shape; a line as long as the picture, and brighter, is no object.

    The line stays clear of the object: where it crosses it or runs along its edge, it hides or ends the outline, and
    the answer rightly depends on both.
    """

    name: ClassVar[str] = "detector"
    title: ClassVar[str] = "Detector and distractor"
    criterion: ClassVar[str] = "The pixel with the largest score, sign dropped, lies in the box of the object."
    must_fail: ClassVar[tuple[str, ...]] = (MODEL_FREE, RANDOM_WEIGHTS)
    settings: ClassVar[Mapping[str, Mapping[str, Any]]] = {"ShapleyValueSampling": {"orders": 25}}
    LINE, CLEAR = 1.5, 2  # brightness, and rows between the line and the object

    def prepare(self, seed: int) -> Prepared:
        chance = torch.Generator().manual_seed(seed)
        dataset = Scenes(most=1, noise=0.05, has_bar=False)

        def draw(n: int = BATCH) -> tuple[Tensor, Tensor]:
            pictures, boxes = dataset.paint(n, chance)
            middles = (torch.arange(dataset.size) + 0.5) / dataset.size
            _, _, y, _, height = boxes[:, 0].T[..., None]
            is_near = (middles - y).abs() <= height / 2 + self.CLEAR / dataset.size  # (n, rows)
            lines = torch.rand(is_near.shape, generator=chance).masked_fill(is_near, -1).argmax(1)
            pictures[torch.arange(n), 0, lines] = self.LINE
            return pictures, boxes

        layers: Layers = []
        for channels in (16, 32, 48):
            layers += [{"kind": "conv2d", "channels": channels, "padding": 1}, {"kind": "relu"}]
            layers += [{"kind": "max_pool"}] if channels < 48 else []
        layers.append({"kind": "conv2d", "channels": len(BOX) + len(SHAPES), "kernel": 1})
        network = learned(layers, dataset.describe(), draw, loss_of_cells, steps=400, rate=0.005, seed=seed)
        pictures, boxes = draw(N_TEST)
        with torch.no_grad():
            found = decoded(network(pictures))
        middles, (_, x, y, width, height) = found.places[:, 0, :2], boxes[:, 0].T
        is_inside = ((middles[:, 0] - x).abs() <= width / 2) & ((middles[:, 1] - y).abs() <= height / 2)
        cases = []
        for i in range(N_CASES):
            setting = asked(network, pictures[i : i + 1], Target(entry=0, place=int(found.cells[i, 0])))
            line = (pictures[i] == self.LINE).all(-1, keepdim=True).expand_as(pictures[i])
            cases.append(Case(setting, where=inside(boxes[i, 0], dataset.size), elsewhere=line.numpy()))
        return Prepared(tuple(cases), float(is_inside.float().mean()))

    def is_right(self, scores: np.ndarray, case: Case, method: str) -> bool:
        assert case.where is not None
        return bool(case.where.flat[np.abs(scores).argmax()])


def inside(box: Tensor, side: int) -> np.ndarray:
    """Which pixels lie in a box (class, x, y, width, height): (1, side, side)."""
    middles = (torch.arange(side) + 0.5) / side
    _, x, y, width, height = box
    across, down = (middles - x).abs() <= width / 2, (middles - y).abs() <= height / 2
    return (down[:, None] & across).numpy()[None]
