"""A first look at a dataset: what is asked of a network, how much there is, and a few examples as plain JSON."""

import base64
import io
from collections.abc import Callable
from dataclasses import asdict
from itertools import islice
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from explorer.datasets import KINDS
from explorer.datasets.base import Data, Dataset, Scaling
from explorer.datasets.csv_files import is_missing, open_csv
from explorer.datasets.csv_tables import Csv
from explorer.declarations import read_part
from explorer.engine.shelf import Shelf
from explorer.errors import DataError, LimitError
from explorer.experiment import Part
from explorer.signals import BOX
from explorer.training.transcripts import sequences

Preview = dict[str, Any]

MOST_POINTS = 300
MOST_ROWS = 6
MOST_COLUMNS = 40
MOST_PICTURES = 10
MOST_UTTERANCES = 4
FULL = 1.3  # height of a band that is drawn as white
MOST_LINES = 3  # sequences
MOST_TOKENS = 120  # of one sequence
MOST_STEPS = 128  # of one series
MOST_CHANNELS = 4
JUDGED_ROWS = 500  # rows of a CSV file by which a column is taken for numbers or text
MOST_LABEL = 60  # characters of one cell or label
MOST_LABELS = 24
ROUNDING = 1e-6  # of a column's deviation, from single precision


def preview(part: Part, seed: int, shelf: Shelf) -> Preview:
    """What the data of these settings looks like; raises an ExplorerError where there is none.

    A CSV file that can be read but not with these columns gives its columns and the sentence why, as `fault`.
    """
    dataset = read_part(KINDS, part, "data")
    found: Preview = {"kind": dataset.kind, "fault": ""}
    if isinstance(dataset, Csv):
        found |= read_columns(dataset.path)
    try:
        data = shelf.load(dataset, seed)
    except (DataError, LimitError) as error:
        if "columns" not in found:
            raise
        return found | {"fault": str(error)}
    return found | _told(dataset, data) | EXAMPLES[data.view](data)


def read_columns(path: str) -> Preview:
    """The columns of a CSV file, which of them hold numbers, and its first rows as they are written."""
    file = open_csv(path)
    names = file.names()
    rows = [cells for _, cells in islice(file.rows(), 1, 1 + JUDGED_ROWS)]

    def is_numeric(place: int) -> bool:
        texts = [row[place] for row in rows if not is_missing(row[place])]
        return bool(texts) and all(map(file.is_number, texts))

    columns = [{"name": name, "is_numeric": is_numeric(place)} for place, name in enumerate(names)]
    return {"columns": columns, "head": [[cell[:MOST_LABEL] for cell in row] for row in rows[:MOST_ROWS]]}


def _told(dataset: Dataset, data: Data) -> Preview:
    """The task, the signals and the sizes."""
    n_train = dataset.describe().n_train
    labels = [label[:MOST_LABEL] for label in data.task.labels[:MOST_LABELS]]
    task = asdict(data.task) | {"labels": labels}
    signals = [{"shape": list(signal.shape), "vocabulary": signal.vocabulary} for signal in data.signals]
    return {"view": data.view, "task": task, "signals": signals, "n_train": n_train, "n_test": len(data.test)}


def _points(data: Data) -> Preview:
    few = data.train.take(slice(MOST_POINTS))
    (points,) = few.inputs
    x, y = map(_rounded, points.T)
    return {"points": {"x": x, "y": y, "target": _rounded(few.targets)}}


def _table(data: Data) -> Preview:
    few = data.train.take(slice(MOST_ROWS))
    values = _raw(few.inputs[0], data.input_scaling)
    targets = _raw(few.targets, data.target_scaling)
    names = [name[:MOST_LABEL] for name in data.names[:MOST_COLUMNS]]
    rows = [_rounded(row[:MOST_COLUMNS]) for row in values]
    return {"names": names, "rows": rows, "answers": [_answer(target, data) for target in targets]}


def _raw(values: Tensor, scaling: Scaling | None) -> Tensor:  # (n, feature)
    """Numbers as they stand in the table; what scaling there and back leaves of a zero is a zero again."""
    if scaling is None:
        return values
    raw = scaling.undo(values)
    return torch.where(raw.abs() < ROUNDING * scaling.scales, 0.0, raw)


def _pictures(data: Data) -> Preview:
    few = data.train.take(slice(MOST_PICTURES))
    pictures = [_png(picture) for picture in few.inputs[0]]
    if data.task.kind == "detection":
        return {"pictures": pictures, "boxes": [_boxes(target, data) for target in few.targets]}
    return {"pictures": pictures, "answers": [_answer(target, data) for target in few.targets]}


def _boxes(target: Tensor, data: Data) -> list[dict[str, Any]]:
    """The objects of a picture: the name of each, and its box by left upper corner and size, as shares of the side."""
    return [
        {"name": data.task.labels[len(BOX) + int(kind)], "box": _rounded(torch.stack([x - w / 2, y - h / 2, w, h]))}
        for kind, x, y, w, h in target
        if kind >= 0
    ]


def _frames(data: Data) -> Preview:
    """Utterances as pictures, time to the right and the highest band on top, with the phones that were said."""
    few = data.train.take(slice(MOST_UTTERANCES))
    heights = few.inputs[0].transpose(1, 2).flip(1)[:, None]  # (n, 1, bands, time)
    said = [" ".join(data.task.labels[phone] for phone in row) for row in sequences(few.targets)]
    return {"pictures": [_png(each / FULL) for each in heights], "answers": said}


def _png(picture: Tensor) -> str:  # (channel, height, width), from 0 to 1
    """A picture as a PNG in base64, its pixels enlarged so that each can be seen."""
    pixels = (picture.clamp(0, 1) * 255).round().to(torch.uint8).permute(1, 2, 0).numpy()
    pixels = np.kron(pixels, np.ones((max(1, 48 // pixels.shape[0]),) * 2 + (1,), np.uint8))
    content = io.BytesIO()
    Image.fromarray(pixels[..., 0] if pixels.shape[-1] == 1 else pixels).save(content, "PNG")
    return base64.b64encode(content.getvalue()).decode()


def _tokens(data: Data) -> Preview:
    few = data.train.take(slice(MOST_LINES))
    lines = [[data.names[token] for token in row] for row in few.inputs[0][:, :MOST_TOKENS].tolist()]
    answers = [[_token(token, data) for token in row.flatten()[:MOST_TOKENS].tolist()] for row in few.targets]
    return {"lines": lines, "answers": answers}


def _token(token: int, data: Data) -> str | None:
    """The name of a token to tell; None where none is asked for."""
    labels = data.task.labels or data.names
    return labels[token] if token >= 0 else None


def _series(data: Data) -> Preview:
    (values,) = data.train.take(slice(1)).inputs  # (1, time, feature)
    shown = values[0, :MOST_STEPS, :MOST_CHANNELS]
    answer = [_answer(data.train.targets[0], data)] if data.task.steps is None else []
    return {"names": list(data.names[:MOST_CHANNELS]), "series": [_rounded(row) for row in shown.T], "answers": answer}


def _answer(target: Tensor, data: Data) -> str | float:
    """One target as a person reads it: the name of its class, or its number."""
    if data.task.is_discrete:
        labels = data.task.labels
        return labels[int(target)][:MOST_LABEL] if labels else int(target)
    return _rounded(target.flatten())[0]


def _rounded(values: Tensor) -> list[float]:
    """Numbers to four significant digits."""
    return [float(f"{value:.4g}") for value in values.flatten().tolist()]


EXAMPLES: dict[str, Callable[[Data], Preview]] = {
    "points": _points,
    "table": _table,
    "picture": _pictures,
    "tokens": _tokens,
    "series": _series,
    "frames": _frames,
}
