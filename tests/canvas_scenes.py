"""Networks that were never trained, for the pictures in the browser: diagrams, and frames that move with the step."""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np

from explorer.lenses.picture import Array, Picture
from tests.diagrams import layer, shown

EXTENT, GRID, SURFACE = 6.0, 32, 64
Frames = Callable[[int], Picture]


@dataclass
class Scene:
    """A diagram and the picture of every step; weights that a person typed stay."""

    diagram: dict[str, Any]
    look: Frames
    typed: dict[tuple[str, tuple[int, ...]], float] = field(default_factory=dict)
    others: dict[str, Frames] = field(default_factory=dict)  # what further lenses see

    def picture(self, lens: str, step: int) -> Picture:
        """What a lens sees at a step."""
        return self.look(step) if lens == "stage" else self.others[lens](step)


def points_scene(*hidden: int, classes: int = 2) -> Scene:
    """A network of tanh layers on the plane, as in TensorFlow Playground."""
    sizes = (2, *hidden, classes)
    names = ["features", *(f"hidden{place}" for place in range(1, len(sizes) - 1)), "answer"]
    chance = np.random.default_rng(1)
    ends = [chance.normal(size=(2, rows, columns + 1)) for columns, rows in pairwise(sizes)]
    typed: dict[tuple[str, tuple[int, ...]], float] = {}

    def look(step: int) -> Picture:
        share = 1 - np.exp(-step / 150)
        found: Picture = {"features": Array(_plane(GRID).reshape(2, GRID, GRID), ("unit", "y", "x"), True)}
        small, large = _plane(GRID), _plane(SURFACE)
        for number, (name, (start, end)) in enumerate(zip(names[1:], ends, strict=True)):
            mixed = (0.3 * start * (1 - share) + end * share + 0.08 * np.sin(step / 9 + start)).astype(np.float32)
            weight, bias = mixed[:, :-1].copy(), mixed[:, -1].copy()
            _put(typed, name, weight, bias)
            small, large = (weight @ values + bias[:, None] for values in (small, large))
            if number < len(ends) - 1:
                small, large = np.tanh(small), np.tanh(large)
            found[name] = Array(small.reshape(-1, GRID, GRID), ("unit", "y", "x"), True)
            found |= _parameters(name, weight, bias)
        shares = np.exp(3 * large) / np.exp(3 * large).sum(0)
        found["surface"] = Array(shares.reshape(-1, SURFACE, SURFACE), ("output", "y", "x"), True)
        return found

    layers = [layer("features", "features", "Feature expansion", [2], 0, "input")]
    for place, (name, size) in enumerate(zip(names[1:], sizes[1:], strict=True), 1):
        title = "Linear" if place == len(names) - 1 else "Linear · Tanh"
        layers.append(layer(name, "linear", title, [size], size * (sizes[place - 1] + 1), names[place - 1]))
    diagram = shown(layers, "points", [2], [f"class {place}" for place in range(classes)])
    diagram |= {
        "points": {"train": _ring(200, classes, 2), "test": _ring(80, classes, 3)},
        "feature_names": ["x₁", "x₂"],
    }
    return Scene(diagram, look, typed, {"evaluation": _scores(classes)})


def picture_scene() -> Scene:
    """A small convolutional network looking at a handwritten figure of nobody's."""
    chance = np.random.default_rng(2)
    digit = _digit()
    kernels = [chance.normal(size=(count, 5, 5)) for count in (8, 12)]
    ends = chance.normal(size=(10, 12))

    def look(step: int) -> Picture:
        share = 1 - np.exp(-step / 150)
        maps = np.stack([np.maximum(_blur(digit, kernel * share + 0.3), 0) for kernel in kernels[0]])
        deep = np.stack(
            [np.maximum(_blur(maps[place % 8][::2, ::2], kernel * share), 0) for place, kernel in enumerate(kernels[1])]
        )
        pooled = deep.mean((1, 2)).astype(np.float32)
        logits = (ends @ pooled) * 0.2 * share
        logits[7] += 4 * share
        axes = ("channel", "height", "width")
        return {
            "input": Array(digit[None].astype(np.float32), axes, True),
            "conv1": Array(maps, axes, True),
            "pool1": Array(maps[:, ::2, ::2], axes, True),
            "conv2": Array(deep, axes, True),
            "mean": Array(pooled, ("unit",)),
            "answer": Array(logits.astype(np.float32), ("unit",)),
            **_parameters("answer", ends.astype(np.float32) * share, np.zeros(10, np.float32)),
            "prediction": Array(_softmax(logits), ("class",)),
            "prediction.target": Array(np.array(2, np.int32), ()),
        }

    axes = ["channel", "height", "width"]
    layers = [
        layer("conv1", "conv2d", "Convolution · ReLU", [8, 28, 28], 208, "input", axes),
        layer("pool1", "max_pool2d", "Max pooling", [8, 14, 14], 0, "conv1", axes),
        layer("conv2", "conv2d", "Convolution · ReLU", [12, 14, 14], 2412, "pool1", axes),
        layer("mean", "global_pool", "Global pooling", [12], 0, "conv2"),
        layer("answer", "linear", "Linear", [10], 130, "mean"),
    ]
    diagram = shown(layers, "picture", [1, 28, 28], list("0123456789"), axes)
    return Scene(diagram, look, others={"evaluation": _scores(10)})


def memory_scene() -> Scene:
    """An LSTM over a series of numbers."""
    chance = np.random.default_rng(3)
    times = np.arange(48)
    series = np.stack([np.sin(times / 4), np.cos(times / 7) * 0.6], 1)
    rates, shifts = chance.normal(size=(2, 24))

    def look(step: int) -> Picture:
        share = 1 - np.exp(-step / 150)
        state = np.tanh(share * 2 * np.sin(times[:, None] * rates / 3 + shifts + step / 60))
        last = state[-1].astype(np.float32)
        weight = (np.outer([1, -1, 0.5], rates) * 0.3).astype(np.float32)
        logits = weight @ last
        return {
            "input": Array(series.astype(np.float32), ("time", "unit"), True),
            "lstm": Array(state, ("time", "unit"), True),
            "last": Array(last, ("unit",)),
            "answer": Array(logits, ("unit",)),
            **_parameters("answer", weight, np.zeros(3, np.float32)),
            "prediction": Array(_softmax(logits), ("class",)),
        }

    layers = [
        layer("lstm", "lstm", "LSTM", [48, 24], 2688, "input", ["time", "feature"]),
        layer("last", "last", "Last step", [24], 0, "lstm"),
        layer("answer", "linear", "Linear", [3], 75, "last"),
    ]
    layers[0]["equation"] = (
        r"(i,f,o)_t = \sigma(W x_t + b + U h_{t-1} + c), \quad g_t = \tanh(W_g x_t + b_g + U_g h_{t-1} + c_g), \quad "
        r"c_t = f_t \odot c_{t-1} + i_t \odot g_t, \quad h_t = o_t \odot \tanh c_t"
    )
    diagram = shown(layers, "series", [48, 2], ["rises", "falls", "stays"], ["time", "feature"])
    return Scene(diagram, look, others={"evaluation": _scores(3)})


def attention_scene() -> Scene:
    """A transformer of two blocks over a sentence, with residual connections."""
    chance = np.random.default_rng(4)
    names = ["<b>", "the", "cat", "sat", "on", "mat", "and", "dog", "ran", "."]
    tokens = np.array([0, 1, 2, 3, 4, 1, 5, 6, 1, 7, 8, 9], np.int32)
    scores = chance.normal(size=(2, 4, 12, 12))
    stream = chance.normal(size=(4, 12, 32))

    def look(step: int) -> Picture:
        share = 1 - np.exp(-step / 150)
        found: Picture = {"input": Array(tokens, ("time",))}
        for place, name in enumerate(["embedding", "sum1", "sum2", "norm"]):
            found[name] = Array(stream[place] * (0.3 + share) + 0.2 * np.sin(step / 30), ("time", "unit"), True)
        for place, name in enumerate(["attention1", "attention2"]):
            found[name] = Array(_causal(scores[place] * (1 + 4 * share)), ("head", "query", "key"), True)
        logits = stream[3, -1, :10] * 2 * share
        found["answer"] = Array(np.tile(logits, (12, 1)), ("time", "unit"), True)
        shares = _softmax(logits)
        found["prediction"] = Array(shares, ("class",))
        found["prediction.steps"] = Array(np.tile(shares, (12, 1)), ("time", "class"), True)
        found["prediction.step"] = Array(np.array(11, np.int32), ())
        found["prediction.target"] = Array(np.append(tokens[1:], shares.argmax()).astype(np.int32), ("time",))
        return found

    sheet = ["time", "feature"]
    layers = [
        layer("embedding", "embedding", "Embedding", [12, 32], 320, "input", sheet),
        layer("attention1", "attention", "Self-attention", [12, 32], 4224, "embedding", sheet),
        layer("sum1", "sum", "Sum", [12, 32], 0, "embedding", sheet),
        layer("attention2", "attention", "Self-attention", [12, 32], 4224, "sum1", sheet),
        layer("sum2", "sum", "Sum", [12, 32], 0, "sum1", sheet),
        layer("norm", "layer_norm", "Layer normalisation", [12, 32], 64, "sum2", sheet),
        layer("answer", "linear", "Linear", [12, 10], 330, "norm", sheet),
    ]
    layers[2]["inputs"], layers[4]["inputs"] = ["embedding", "attention1"], ["sum1", "attention2"]
    layers[1]["equation"] = layers[3]["equation"] = (
        r"y = b + \sum_h \operatorname{softmax}\!\left(\frac{Q_h K_h^\top}{\sqrt{d_h}}\right) V_h W_h, "
        r"\quad (Q, K, V)_h = x\, (W^Q, W^K, W^V)_h"
    )
    diagram = shown(layers, "tokens", [12], names, ["time"]) | {"token_names": names}
    diagram["task"] = {"kind": "next_token", "labels": []}
    return Scene(diagram, look, others={"evaluation": _scores(10), "generation": _text(tokens, len(names))})


SCENES: dict[str, Callable[[], Scene]] = {
    "small": lambda: points_scene(4, 4),
    "wide": lambda: points_scene(8, 8, 8, 8, 8, 8),
    "classes": lambda: points_scene(6, 5, classes=4),
    "many": lambda: points_scene(64, 40),
    "cnn": picture_scene,
    "lstm": memory_scene,
    "transformer": attention_scene,
}


def _parameters(name: str, weight: np.ndarray, bias: np.ndarray) -> Picture:
    return {f"{name}.weight": Array(weight, ("output", "input")), f"{name}.bias": Array(bias, ("output",))}


def _softmax(logits: np.ndarray) -> np.ndarray:
    return (np.exp(logits) / np.exp(logits).sum()).astype(np.float32)


def _scores(classes: int) -> Frames:
    """Scores that rise, and a confusion matrix whose diagonal fills."""

    def look(step: int) -> Picture:
        share = 1 - np.exp(-step / 150)
        wrong = (1 - share) * 30 * np.abs(np.sin(np.arange(classes * classes).reshape(classes, classes) + 1))
        confusion = (wrong + 40 * share * np.eye(classes)).astype(np.int32)
        found = {"accuracy": confusion.trace() / max(1, confusion.sum()), "f1": share, "loss": 1 - share}
        arrays = {name: Array(np.array(value, np.float32), ()) for name, value in found.items()}
        return arrays | {"confusion": Array(confusion, ("true", "predicted"))}

    return look


def _text(prompt: np.ndarray, vocabulary: int) -> Frames:
    def look(step: int) -> Picture:
        written = np.random.default_rng(step).integers(vocabulary, size=30)
        tokens = np.concatenate([prompt, written]).astype(np.int32)
        return {"tokens": Array(tokens, ("time",)), "prompt_length": Array(np.array(len(prompt), np.int32), ())}

    return look


def _put(typed: dict[tuple[str, tuple[int, ...]], float], name: str, weight: np.ndarray, bias: np.ndarray) -> None:
    for (tensor, index), value in typed.items():
        if tensor == f"{name}.weight":
            weight[index] = value
        elif tensor == f"{name}.bias":
            bias[index] = value


def _plane(side: int) -> np.ndarray:  # (2, side * side), row by row from the lowest x2
    ticks = np.linspace(-EXTENT, EXTENT, side)
    return np.stack([part.ravel() for part in np.meshgrid(ticks, ticks)]).astype(np.float32)


def _ring(count: int, classes: int, seed: int) -> dict[str, list]:
    chance = np.random.default_rng(seed)
    target = np.arange(count) % classes
    radius = chance.uniform(0, 2, count) + 3 * (target % 2)
    angle = (
        chance.uniform(0, 2 * np.pi, count)
        if classes == 2
        else (target + chance.uniform(0, 0.9, count)) * 2 * np.pi / classes
    )
    return {"x": (radius * np.cos(angle)).tolist(), "y": (radius * np.sin(angle)).tolist(), "target": target.tolist()}


def _digit() -> np.ndarray:
    picture = np.zeros((28, 28))
    picture[6:9, 7:21] = 1
    for row in range(9, 23):
        column = 19 - int((row - 9) * 0.6)
        picture[row, column - 2 : column + 1] = 1
    return picture


def _blur(picture: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    padded = np.pad(picture, 2)
    windows = np.lib.stride_tricks.sliding_window_view(padded, (5, 5))
    return np.einsum("yxkl,kl->yx", windows, kernel)


def _causal(scores: np.ndarray) -> np.ndarray:
    hidden = np.where(np.tril(np.ones(scores.shape[-2:], bool)), scores, -np.inf)
    shares = np.exp(hidden - hidden.max(-1, keepdims=True))
    return shares / shares.sum(-1, keepdims=True)
