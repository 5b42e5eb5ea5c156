"""Pictures of lenses that no network ever made: one for every view, with the names and axes that real lenses use."""

from collections.abc import Callable

import numpy as np

from explorer.lenses.picture import Array, Picture
from tests.canvas_scenes import Scene, attention_scene, memory_scene, picture_scene, points_scene
from tests.told_scenes import shapes_scene, speech_scene

Frames = Callable[[int], Picture]


def lens_scene() -> Scene:
    """A transformer over twelve tokens, which every lens looks at."""
    scene = attention_scene()
    scene.others |= {name: _moving(make) for name, make in LOOKS.items()}
    return scene


def memory_lenses() -> Scene:
    """A recurrent network over a series of numbers."""
    scene = memory_scene()
    scene.others |= {"states": _moving(_states), "series_scores": _moving(_series_scores)}
    return scene


def picture_lenses() -> Scene:
    """A convolutional network."""
    scene = picture_scene()
    digit = scene.look(200)["input"]
    chance = np.random.default_rng(5)
    scores = (chance.normal(size=(1, 28, 28)) * digit.values).astype(np.float32)
    maps = {
        "input": digit,
        "conv1.maps": scene.look(200)["conv1"],
        "conv1.kernels": _array((8, 1, 5, 5), "output input height width"),
    }
    scene.others |= {
        "picture_scores": lambda step: {"input": digit, "scores": Array(scores, ("channel", "height", "width"))},
        "feature_maps": lambda step: maps,
    }
    return scene


def plane_lenses() -> Scene:
    """Points of the plane."""
    scene = points_scene(4)
    point = {
        "input": Array(np.array([2.0, -3.0], np.float32), ("feature",)),
        "scores": Array(np.array([0.8, -0.3], np.float32), ("feature",)),
    }
    scene.others["point_scores"] = lambda step: point
    return scene


def _array(shape: tuple[int, ...], axes: str, seed: int = 0) -> Array:
    values = np.random.default_rng(seed).normal(size=shape).astype(np.float32)
    return Array(values, tuple(axes.split()))


def _moving(make: Callable[[float], Picture]) -> Frames:
    return lambda step: make(1 - float(np.exp(-step / 150)))


TOKENS = Array(np.array([0, 1, 2, 3, 4, 1, 5, 6, 1, 7, 8, 9], np.int32), ("time",))


def _attention(share: float) -> Picture:
    scores = np.random.default_rng(4).normal(size=(2, 4, 12, 12)) * (1 + 3 * share)
    masked = np.where(np.tril(np.ones((12, 12), bool)), scores, -np.inf)
    shares = np.exp(masked - masked.max(-1, keepdims=True))
    shares /= shares.sum(-1, keepdims=True)
    names = ("block1.attention.pattern", "block2.attention.pattern")
    return {"input": TOKENS} | {
        name: Array(part.astype(np.float32), ("head", "query", "key"), True)
        for name, part in zip(names, shares, strict=True)
    }


def _logit_lens(share: float) -> Picture:
    found: Picture = {"input": TOKENS, "target": TOKENS}
    for place, name in enumerate(["embedding", "block1", "block2", "norm"]):
        chance = np.random.default_rng(place)
        found[f"{name}.top"] = Array(chance.integers(0, 10, (12, 3)).astype(np.int32), ("time", "rank"))
        likely = np.sort(chance.uniform(0, 1, (12, 3)), -1)[:, ::-1] * (0.4 + 0.2 * place)
        found[f"{name}.probabilities"] = Array(likely.astype(np.float32), ("time", "rank"))
        found[f"{name}.entropy"] = Array(likely[:, 0].astype(np.float32) + place, ("time",))
    return found


def _states(share: float) -> Picture:
    times = np.arange(48)
    series = np.stack([np.sin(times / 4), np.cos(times / 7) * 0.6], 1).astype(np.float32)
    rates = np.random.default_rng(3).normal(size=(24, 1))
    state = np.tanh((1 + share) * np.sin(times * rates / 3)).astype(np.float32)
    answer = (series[:, :1] * 0.8).astype(np.float32)
    return {
        "input": Array(series, ("time", "unit")),
        "lstm.hidden": Array(state, ("unit", "time")),
        "target": Array(series[:, :1], ("time", "class")),
        "prediction": Array(answer, ("time", "class")),
    }


def _series_scores(share: float) -> Picture:
    found = _states(share)
    return {"input": found["input"], "scores": _array((48, 2), "time unit", 7)}


def _token_sheet(share: float) -> Picture:
    return {"input": TOKENS, "target": TOKENS, "prediction": TOKENS, "norm": _array((12, 32), "time unit", 6)}


def _curves(share: float) -> Picture:
    places = np.arange(40, dtype=np.float32)
    return {
        "steps": Array(places.astype(np.int32) * 20, ("snapshot",)),
        "hidden1.gradient_norm": Array(np.exp(-places / 9), ("snapshot",)),
        "hidden2.gradient_norm": Array(0.4 * np.exp(-places / 25), ("snapshot",)),
        "answer.gradient_norm": Array(0.02 + 0.1 * np.abs(np.sin(places / 4)), ("snapshot",)),
    }


def _next_token(share: float) -> Picture:
    logits = _array((10,), "token", 8)
    order = np.argsort(-logits.values).astype(np.int32)
    return {
        "input": TOKENS,
        "logits": logits,
        "order": Array(order, ("rank",)),
        "target": Array(np.array(3, np.int32), ()),
    }


def _histogram(share: float) -> Picture:
    counts, edges = np.histogram(np.random.default_rng(2).normal(size=2_000), 32)
    return {"h.counts": Array(counts.astype(np.int32), ("bin",)), "h.edges": Array(edges.astype(np.float32), ("edge",))}


def _probe(share: float) -> Picture:
    found: Picture = {"baseline": Array(np.array(0.1, np.float32), ())}
    for place, name in enumerate(["embedding", "block1", "block2"]):
        for ending, value in {"score": 0.3 + 0.2 * place, "shuffled": 0.12, "untrained": 0.2 + 0.05 * place}.items():
            found[f"{name}.{ending}"] = Array(np.array(value, np.float32), ())
    return found


def _projection(share: float) -> Picture:
    chance = np.random.default_rng(9)
    target = chance.integers(0, 4, 200).astype(np.int32)
    centres = chance.normal(size=(4, 2)) * 4
    points = (centres[target] + chance.normal(size=(200, 2))).astype(np.float32)
    return {
        "points": Array(points, ("point", "component")),
        "target": Array(target, ("point",)),
        "example": Array(np.arange(200, dtype=np.int32) * 2, ("point",)),
    }


def _ways(share: float) -> Picture:
    steps = np.random.default_rng(10).normal(size=(6, 30, 2)).cumsum(1).astype(np.float32)
    return {
        "ways": Array(steps, ("example", "time", "component")),
        "targets": Array(np.arange(6, dtype=np.int32), ("example",)),
    }


def _token_scores(share: float) -> Picture:
    return {"input": TOKENS, "scores": _array((12,), "time", 11)}


def _row_scores(share: float) -> Picture:
    return {"row": _array((9,), "feature", 12), "scores": _array((9,), "feature", 13)}


def _numbers(share: float) -> Picture:
    found = {"completeness_error": 0.0012, "change": 2.31, "agreement": -0.4}
    named = {name: Array(np.array(value, np.float32), ()) for name, value in found.items()}
    return named | {"verdict": Array(np.array(1, np.int32), ())}


LOOKS: dict[str, Callable[[float], Picture]] = {
    "attention": _attention,
    "logit_lens": _logit_lens,
    "token_sheet": _token_sheet,
    "curves": _curves,
    "next_token": _next_token,
    "histogram": _histogram,
    "probe": _probe,
    "projection": _projection,
    "ways": _ways,
    "token_scores": _token_scores,
    "row_scores": _row_scores,
    "numbers": _numbers,
    "nothing": lambda share: {"odd": Array(np.zeros((0,), np.float32), ("odd",))},
}

FIRST_HEAD = {"array": "block1.attention.pattern", "index": 1}
VIEWS: dict[str, tuple[Callable[[], Scene], str, str, dict]] = {  # by name: scene, lens, view and its options
    "wall": (lens_scene, "attention", "wall", {"chosen": FIRST_HEAD}),
    "map": (lens_scene, "attention", "map", FIRST_HEAD),
    "logit lens": (lens_scene, "logit_lens", "map", {"stack": ".probabilities", "texts": ".top"}),
    "lines": (lens_scene, "attention", "lines", FIRST_HEAD),
    "sheet": (memory_lenses, "states", "sheet", {"array": "lstm.hidden", "chosen": {"index": 3}, "span": [10, 16]}),
    "token sheet": (lens_scene, "token_sheet", "sheet", {"array": "norm"}),
    "curves": (lens_scene, "curves", "lines_over", {"stack": ".gradient_norm", "x": "steps", "log": True}),
    "bars": (lens_scene, "next_token", "bars", {"array": "logits", "order": "order", "marked": "target"}),
    "histogram": (lens_scene, "histogram", "bars", {"array": "h.counts", "edges": "h.edges"}),
    "groups": (lens_scene, "probe", "bars", {"groups": [".score", ".shuffled", ".untrained"]}),
    "scatter": (lens_scene, "projection", "scatter", {"array": "points"}),
    "ways": (lens_scene, "ways", "scatter", {"array": "ways", "is_ways": True, "colour": "targets"}),
    "feature maps": (picture_lenses, "feature_maps", "pictures", {"array": "conv1.maps", "chosen": {"index": 2}}),
    "kernels": (picture_lenses, "feature_maps", "pictures", {"array": "conv1.kernels"}),
    "picture": (picture_lenses, "picture_scores", "overlay", {}),
    "tokens": (lens_scene, "token_scores", "overlay", {}),
    "row": (lens_scene, "row_scores", "overlay", {"input": "row", "is_sorted": True}),
    "series": (memory_lenses, "series_scores", "overlay", {}),
    "frames": (speech_scene, "attribution", "overlay", {}),
    "boxes": (shapes_scene, "attribution", "overlay", {}),
    "point": (plane_lenses, "point_scores", "overlay", {}),
    "numbers": (lens_scene, "numbers", "numbers", {"names": {"verdict": ["fits", "with care", "refused"]}}),
}
