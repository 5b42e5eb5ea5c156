"""Answers told frame by frame or box by box, as no network ever gave them: an utterance, and a picture with shapes."""

import numpy as np

from explorer.lenses.picture import Array, Picture
from tests.canvas_scenes import Scene
from tests.diagrams import layer, shown

PHONES = ("–", "a", "e", "i")
TIMES, BANDS = 20, 6
PATH = np.array([0, 0, 1, 1, 1, 0, 0, 0, 2, 2, 0, 0, 0, 2, 2, 2, 0, 0, 0, 0], np.int32)
SHAPES = ("object", "x", "y", "width", "height", "block", "disc")
BOXES = np.array([[0.3, 0.3, 0.4, 0.3], [0.75, 0.7, 0.2, 0.4]], np.float32)


def speech_scene() -> Scene:
    """A recogniser that hears “a e e”, where “a e” was said."""
    chance = np.random.default_rng(3)
    frames = (0.2 * chance.normal(size=(TIMES, BANDS)) + (PATH[:, None] == np.arange(BANDS))).astype(np.float32)
    shares = np.full((TIMES, len(PHONES)), 0.05, np.float32)
    shares[np.arange(TIMES), PATH] = 0.85
    given = {"input": Array(frames, ("time", "feature"))}
    transcript: Picture = {
        **given,
        "shares": Array(shares, ("time", "class")),
        "heard": Array(np.array([1, 2, 2], np.int32), ("place",)),
        "begins": Array(np.array([2, 8, 13], np.int32), ("place",)),
        "said": Array(np.array([1, 2], np.int32), ("entry",)),
        "edits": Array(np.array(1, np.int32), ()),
        "loss": Array(np.array(2.5, np.float32), ()),
    }
    explained: Picture = {
        **given,
        "scores": Array((frames * chance.normal(size=(TIMES, 1))).astype(np.float32), ("time", "feature")),
        "path": Array(PATH, ("frame",)),
        "marked": Array(np.array([8, 9], np.float32) / TIMES, ("number",)),
    }
    layers = [layer("answer", "linear", "Linear", [TIMES, len(PHONES)], 28, "input", ["time", "feature"])]
    diagram = shown(layers, "frames", [TIMES, BANDS], list(PHONES), ["time", "feature"], "ctc")
    look = {**given, "answer": Array(shares, ("time", "unit"), True)}
    return Scene(
        diagram,
        lambda step: look,
        others={"transcript": lambda step: transcript, "attribution": lambda step: explained},
    )


def shapes_scene() -> Scene:
    """A detector that finds a block, and takes a block for a disc."""
    picture = np.zeros((1, 20, 20), np.float32)
    picture[0, 3:9, 2:10] = picture[0, 10:18, 13:17] = 1
    given = {"input": Array(picture, ("channel", "height", "width"))}
    scores = np.array([0.97, 0.71], np.float32)
    classes = np.array([0, 1], np.int32)
    detections: Picture = {
        **given,
        "boxes": Array(BOXES, ("box", "number")),
        "classes": Array(classes, ("box",)),
        "scores": Array(scores, ("box",)),
        "objectness": Array(np.eye(5, dtype=np.float32), ("row", "column")),
        "overlaps": Array(np.array([0.9, 0], np.float32), ("box",)),
        "hits": Array(np.array([1, 0], np.uint8), ("box",)),
        "truth": Array(BOXES, ("object", "number")),
        "truth_classes": Array(np.array([0, 0], np.int32), ("object",)),
    }
    explained: Picture = {
        **given,
        "scores": Array(picture - 0.3, ("channel", "height", "width")),
        "boxes": Array(BOXES, ("box", "number")),
        "classes": Array(classes, ("box",)),
        "sureness": Array(scores, ("box",)),
        "marked": Array(BOXES[1], ("number",)),
    }
    axes = ["channel", "height", "width"]
    layers = [layer("answer", "conv2d", "Convolution", [len(SHAPES), 5, 5], 70, "input", axes)]
    diagram = shown(layers, "picture", [1, 20, 20], list(SHAPES), axes, "detection")
    look = {**given, "answer": Array(np.zeros((len(SHAPES), 5, 5), np.float32), ("channel", "height", "width"), True)}
    return Scene(
        diagram,
        lambda step: look,
        others={"detections": lambda step: detections, "attribution": lambda step: explained},
    )
