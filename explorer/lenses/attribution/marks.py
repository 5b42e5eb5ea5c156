"""Where in an input lies what is explained: a frame among the phones that are heard, or a box among those drawn."""

from torch import Tensor

from explorer.lenses.attribution.targets import Target
from explorer.lenses.base import named
from explorer.lenses.picture import Picture
from explorer.signals import Task
from explorer.training.boxes import SURE, decoded


def marks(target: Target, answer: Tensor, task: Task) -> Picture:
    """Of a recogniser what it hears, of a detector its boxes, and the one place that is explained, if it is one.

    `path`, the likeliest phone of every frame, and `marked`, beginning and end of a frame as shares of the utterance;
    or `boxes`, `classes` and `sureness` of the boxes that are told, the surest first, and `marked`, x and y of the
    middle, width and height of a box as shares of the picture. Other tasks: nothing.
    """
    if task.kind == "ctc":
        frames = answer.shape[1]
        found = {"path": named(answer[0].argmax(-1), "frame")}
        if target.place is not None:
            found["marked"] = named(answer.new_tensor([target.place, target.place + 1]) / frames, "number")
        return found
    if task.kind == "detection":
        boxes = decoded(answer)
        is_told = (boxes.is_kept & (boxes.scores >= SURE))[0]
        found = {
            "boxes": named(boxes.places[0, is_told], "box", "number"),
            "classes": named(boxes.classes[0, is_told], "box"),
            "sureness": named(boxes.scores[0, is_told], "box"),
        }
        if target.place is not None:
            found["marked"] = named(boxes.places[0, boxes.cells[0] == target.place][0], "number")
        return found
    return {}
