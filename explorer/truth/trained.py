"""Tasks that a network learns, made so that it can only be right by looking at the right place."""

from typing import ClassVar

import numpy as np
import torch
from torch import Tensor

from explorer.lenses.attribution.targets import Target
from explorer.signals import Signal, Task
from explorer.truth.base import MODEL_FREE, RANDOM_WEIGHTS, Case, KnownTask, Layers, Prepared, asked, network_of, train

N_CASES = 20


class Glyph(KnownTask):
    """A small cross of one of two kinds, or none, decides; a bright square elsewhere does not.

    Pictures without a cross make a network tell it from the square and from nothing: one that only had to tell two
    kinds apart could take everything else, the square too, for one of them, and rightly get scores there.
    """

    name: ClassVar[str] = "glyph"
    title: ClassVar[str] = "Glyph and distractor"
    criterion: ClassVar[str] = "The glyph's scores add up to more than the distractor's do in size."
    must_fail: ClassVar[tuple[str, ...]] = (MODEL_FREE, RANDOM_WEIGHTS)
    SIDE, NONE = 12, 2

    def prepare(self, seed: int) -> Prepared:
        chance = torch.Generator().manual_seed(seed)
        pictures, classes, boxes = self._draw(4000, chance)
        layers: Layers = [
            {"kind": "conv2d", "channels": 8},
            {"kind": "relu"},
            {"kind": "conv2d", "channels": 16},
            {"kind": "relu"},
            {"kind": "global_pool", "method": "max"},
            {"kind": "linear"},
        ]
        network = network_of(layers, Signal((1, self.SIDE, self.SIDE)), Task("classification", 1 + self.NONE), seed)
        accuracy = train(network, pictures, classes, steps=400, rate=0.01, seed=seed)
        cases = []
        for i in range(len(pictures) - N_CASES, len(pictures)):
            target = Target(entry=int(classes[i]), versus=self.NONE)
            box, distractor = boxes[i]
            cases.append(Case(asked(network, pictures[i : i + 1], target), where=box, elsewhere=distractor))
        return Prepared(tuple(cases), accuracy)

    def _draw(self, n: int, chance: torch.Generator) -> tuple[Tensor, Tensor, list[tuple[np.ndarray, np.ndarray]]]:
        kinds = torch.tensor([[[0, 1, 0], [1, 1, 1], [0, 1, 0]], [[1, 0, 1], [0, 1, 0], [1, 0, 1]]]).float()
        pictures = 0.1 * torch.rand(n, 1, self.SIDE, self.SIDE, generator=chance)
        classes = torch.randint(1 + self.NONE, (n,), generator=chance)
        classes[-N_CASES:] %= self.NONE
        boxes = []
        for i in range(n):
            on_left = bool(torch.randint(2, (1,), generator=chance))
            rows = torch.randint(1, self.SIDE - 4, (2,), generator=chance).tolist()
            columns = torch.randint(0, 3, (2,), generator=chance).tolist()
            left, right = columns[0], self.SIDE // 2 + columns[1]
            glyph, square = (left, right) if on_left else (right, left)
            if classes[i] != self.NONE:
                pictures[i, 0, rows[0] : rows[0] + 3, glyph : glyph + 3] = kinds[classes[i]]
            if i % 2 or i >= n - N_CASES:  # not always there, so that nothing can be built on its presence
                pictures[i, 0, rows[1] : rows[1] + 3, square : square + 3] = 1.5
            boxes.append((self._box(rows[0], glyph), self._box(rows[1], square)))
        return pictures, classes, boxes

    def _box(self, row: int, column: int) -> np.ndarray:
        box = np.zeros((1, self.SIDE, self.SIDE), bool)
        box[0, row : row + 3, column : column + 3] = True
        return box

    def is_right(self, scores: np.ndarray, case: Case, method: str) -> bool:
        return bool(scores[case.where].sum() > abs(scores[case.elsewhere].sum()))


class Flagged(KnownTask):
    """An LSTM must tell the symbol that stood beside the flag."""

    name: ClassVar[str] = "flag"
    title: ClassVar[str] = "Flagged symbol"
    criterion: ClassVar[str] = "The step with the largest sum of scores, sign dropped, is the flagged one."
    must_fail: ClassVar[tuple[str, ...]] = (MODEL_FREE, RANDOM_WEIGHTS)
    STEPS, SYMBOLS = 12, 4

    def prepare(self, seed: int) -> Prepared:
        chance = torch.Generator().manual_seed(seed)
        n = 4000
        symbols = torch.randint(self.SYMBOLS, (n, self.STEPS), generator=chance)
        flags = torch.randint(self.STEPS, (n,), generator=chance)
        flag = torch.full((n, self.STEPS), -1.0).scatter_(1, flags[:, None], 1.0)
        series = torch.cat([torch.nn.functional.one_hot(symbols, self.SYMBOLS).float(), flag[..., None]], 2)
        classes = symbols.gather(1, flags[:, None])[:, 0]
        layers: Layers = [
            {"kind": "lstm", "units": 32, "forget_gate_bias": 1.0},
            {"kind": "last_over_time"},
            {"kind": "linear"},
        ]
        network = network_of(layers, Signal((self.STEPS, 5)), Task("classification", self.SYMBOLS), seed)
        accuracy = train(network, series, classes, steps=700, rate=0.01, seed=seed)
        cases = []
        for i in range(n - N_CASES, n):
            where = np.arange(self.STEPS) == int(flags[i])
            cases.append(Case(asked(network, series[i : i + 1], Target(entry=int(classes[i]))), where=where))
        return Prepared(tuple(cases), accuracy)

    def is_right(self, scores: np.ndarray, case: Case, method: str) -> bool:
        assert case.where is not None
        return bool(case.where[np.abs(scores.sum(-1)).argmax()])


class Pointer(KnownTask):
    """A transformer reads a place from the last token, and must tell which symbol stands there."""

    name: ClassVar[str] = "pointer"
    title: ClassVar[str] = "Pointer"
    criterion: ClassVar[str] = "Of the tokens before the pointer, the one pointed at has the largest score."
    must_fail: ClassVar[tuple[str, ...]] = (MODEL_FREE, RANDOM_WEIGHTS)
    PLACES, SYMBOLS = 8, 6

    def prepare(self, seed: int) -> Prepared:
        chance = torch.Generator().manual_seed(seed)
        n = 6000
        symbols = torch.randint(self.SYMBOLS, (n, self.PLACES), generator=chance)
        points = torch.randint(self.PLACES, (n,), generator=chance)
        tokens = torch.cat([symbols, self.SYMBOLS + points[:, None]], 1)  # (n, places + 1)
        classes = symbols.gather(1, points[:, None])[:, 0]
        steps, vocabulary = 1 + self.PLACES, self.SYMBOLS + self.PLACES
        layers: Layers = [
            {"kind": "embedding", "features": 32},
            {"kind": "position", "init_scale": 1.0},
            {"kind": "transformer_block", "heads": 2},
            {"kind": "transformer_block", "heads": 2},
            {"kind": "last_over_time"},
            {"kind": "linear"},
        ]
        signal = Signal((steps,), vocabulary=vocabulary)
        network = network_of(layers, signal, Task("classification", self.SYMBOLS), seed)
        accuracy = train(network, tokens, classes, steps=700, rate=0.003, seed=seed)
        cases = []
        for i in range(n - N_CASES, n):
            where = np.arange(self.PLACES) == int(points[i])
            setting = asked(network, tokens[i : i + 1], Target(entry=int(classes[i])), "mean", signal)
            cases.append(Case(setting, where=where))
        return Prepared(tuple(cases), accuracy)

    def is_right(self, scores: np.ndarray, case: Case, method: str) -> bool:
        assert case.where is not None
        return bool(case.where[scores[:-1].argmax()])
