"""Draws the gallery's cards: each preset is trained, and its card shows what its network came to look like.

python -m tools.cards [PRESET ...]     writes assets/cards/PRESET.png
"""

import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageDraw

from explorer import gallery
from explorer.engine.inline import train
from explorer.engine.looking import look
from explorer.engine.sweep import sweep
from explorer.experiment import Experiment
from explorer.lenses.activations.width_sweep import WidthSweep
from explorer.lenses.arrows import FeatureArrows
from explorer.lenses.base import Scene
from explorer.lenses.detections import Detections
from explorer.lenses.picture import Picture
from explorer.lenses.request import Example
from explorer.lenses.stage import Stage
from explorer.lenses.transcript import Transcript
from explorer.runs import Run
from explorer.validation import check

FOLDER = Path(__file__).resolve().parents[1] / "assets" / "cards"
WIDTH, HEIGHT, SCALE = 320, 180, 2  # pixels, and how much larger it is drawn before it is made small
ORANGE, BLUE, GREY = (245, 147, 34), (8, 119, 189), (236, 239, 242)
CLASSES = [ORANGE, BLUE, (0, 158, 115), (204, 121, 167), (214, 194, 31), (86, 190, 240)]
EXTENT = 6.0
CURVES = {"grokking", "grokking-no-decay", "in-context-classes", "in-context-line", "in-context-regression"}
DESCENTS = {"double-descent", "double-descent-l2"}
GROWN = {"scale-and-mirage", "scale-without-mirage"}
FRAMED = 264  # pixels of a picture with frames in it


def draw(name: str) -> Image.Image:
    """The card of a preset, from a run of it."""
    if name in GROWN:
        return grown(gallery.preset(name).experiment)
    with tempfile.TemporaryDirectory() as folder:
        run = train(gallery.preset(name).experiment, Path(folder) / "card.run", "cpu")
        checked = check(run.experiment)
        data = run.data()
        scene = Scene(run.model(), checked, data, run.steps()[-1], Example())
        picture = look(Stage(grid=64), scene)
        if data.view == "points":
            return plane(picture, data.train.inputs[0].numpy(), data.train.targets.numpy())
        if name in CURVES:
            return curves(run)
        if name in DESCENTS:
            return descent(look(WidthSweep(), scene))
        if FeatureArrows.is_applicable(checked):
            return arrows(look(FeatureArrows(), scene)["arrows"].values[:, 1])
        if Transcript.is_applicable(checked):
            return heard(look(Transcript(), scene)["shares"].values)
        if Detections.is_applicable(checked):
            return mosaic([framed(look(Detections(), replace(scene, example=Example(index=i)))) for i in range(3)])
        if data.view == "table":
            return scatter(data.train.inputs[0].numpy(), data.train.targets)
        return walls(picture)


def plane(picture: Picture, points: np.ndarray, targets: np.ndarray) -> Image.Image:
    """The answer over the plane, with the points that it was learnt from."""
    values = picture["surface"].values
    if len(values) == 2:
        colours = signed(values[1] - values[0])
    elif len(values) == 1:
        colours = signed(values[0] / np.abs(values[0]).max())
    else:
        best = values.argmax(0)
        sure = (values.max(0) - 1 / len(values)) / (1 - 1 / len(values))
        colours = GREY + (np.array(CLASSES)[best] - GREY) * 0.8 * sure[..., None]
    card = pixels(colours[::-1])
    side = card.width * HEIGHT // WIDTH
    top = (card.height - side) // 2
    card = card.crop((0, top, card.width, top + side)).resize((WIDTH * SCALE, HEIGHT * SCALE), Image.Resampling.BICUBIC)
    pen, reach = ImageDraw.Draw(card), WIDTH * SCALE / (2 * EXTENT)
    for (x, y), target in zip(points[:160], targets[:160].reshape(-1), strict=False):
        dot(pen, WIDTH * SCALE / 2 + x * reach, HEIGHT * SCALE / 2 - y * reach, class_colour(target, targets))
    return small(card)


def class_colour(target: float, targets: np.ndarray) -> tuple[int, ...]:
    """A class's own colour, or the colour of a signed number."""
    if targets.dtype.kind == "i":
        return CLASSES[int(target) % len(CLASSES)]
    return tuple(int(part) for part in signed(np.array(target / np.abs(targets).max())))


def scatter(inputs: np.ndarray, targets: torch.Tensor) -> Image.Image:
    """The rows of a table along the two directions in which they differ most."""
    centred = inputs - inputs.mean(0)
    axes = np.linalg.svd(centred, full_matrices=False)[2][:2]
    places = centred @ axes.T
    places /= np.abs(places).max(0) * 1.1
    card = Image.new("RGBA", (WIDTH * SCALE, HEIGHT * SCALE), (0, 0, 0, 0))
    pen, values = ImageDraw.Draw(card), targets.numpy().reshape(-1)
    for (x, y), target in zip(places, values, strict=True):
        spot = WIDTH * SCALE * (0.5 + 0.48 * x), HEIGHT * SCALE * (0.5 - 0.46 * y)
        dot(pen, *spot, class_colour(target, values))
    return small(card)


def arrows(tips: np.ndarray) -> Image.Image:  # (feature, 2)
    """The directions in which features are stored, from the middle."""
    card = Image.new("RGBA", (WIDTH * SCALE, HEIGHT * SCALE), (0, 0, 0, 0))
    pen, middle = ImageDraw.Draw(card), np.array((WIDTH, HEIGHT)) * SCALE / 2
    reach = 0.4 * HEIGHT * SCALE / np.linalg.norm(tips, axis=1).max()
    for number, tip in enumerate(tips):
        end, colour = middle + tip * (reach, -reach), CLASSES[number % len(CLASSES)]
        pen.line((*middle, *end), fill=(*colour, 255), width=3 * SCALE)
        dot(pen, *end, colour)
    return small(card)


def curves(run: Run) -> Image.Image:
    """The first metric of the task on both splits, by the logarithm of the step."""
    name = "accuracy" if len(run.series("test", "accuracy")) else "loss"
    return lines([[(s, v) for s, v in run.series(split, name) if s > 0] for split in ("train", "test")])


def descent(picture: Picture) -> Image.Image:
    """The errors on both splits over the width, all by their logarithm."""
    widths = picture["width"].values.tolist()
    errors = [np.log10(picture[name].values.clip(min=0.1)) + 1 for name in ("train_error", "test_error")]
    return lines([list(zip(widths, each.tolist(), strict=True)) for each in errors], high=2.8)


def grown(experiment: Experiment) -> Image.Image:
    """Accuracy for one symbol and for whole sequences over the size of the embedding."""
    sizes, metrics = list(range(2, 11)), ("test.accuracy", "test.exact_match")
    table = sweep(experiment, {"network.layers.embed.features": sizes}, device="cpu")
    return lines([list(zip(sizes, table[metric], strict=True)) for metric in metrics])


def lines(series: list[list[tuple[float, float]]], high: float | None = None) -> Image.Image:
    """Lines from zero, the first blue and the second orange, by the logarithm of x."""
    card = Image.new("RGBA", (WIDTH * SCALE, HEIGHT * SCALE), (0, 0, 0, 0))
    pen = ImageDraw.Draw(card)
    xs, ys = zip(*(point for each in series for point in each), strict=True)
    first, last, high = min(xs), max(xs), high or max(ys)
    for points, colour in zip(series, (BLUE, ORANGE), strict=True):
        line = [
            (
                WIDTH * SCALE * (0.06 + 0.88 * np.log(x / first) / np.log(last / first)),
                HEIGHT * SCALE * (0.9 - 0.78 * y / high),
            )
            for x, y in points
        ]
        pen.line(line, fill=(*colour, 255), width=4 * SCALE, joint="curve")
    return small(card)


def heard(shares: np.ndarray) -> Image.Image:  # (time, phone)
    """How likely each phone is over the frames of an utterance, the blank at the bottom."""
    return pixels(share(shares.T[::-1])).resize((WIDTH, HEIGHT), Image.Resampling.NEAREST)


def framed(picture: Picture) -> np.ndarray:
    """A picture with the boxes that are told: (side, side, 3)."""
    grey = picture["input"].values[0].clip(0, 1)
    card = pixels(share(grey)).resize((FRAMED, FRAMED), Image.Resampling.NEAREST)
    pen = ImageDraw.Draw(card)
    for (x, y, width, height), kind in zip(picture["boxes"].values, picture["classes"].values, strict=True):
        box = [FRAMED * each for each in (x - width / 2, y - height / 2, x + width / 2, y + height / 2)]
        pen.rectangle(box, outline=(*CLASSES[int(kind) % len(CLASSES)], 255), width=9)
    return np.array(card)[..., :3]


def walls(picture: Picture) -> Image.Image:
    """Attention patterns, feature maps or hidden states, whatever says most."""
    patterns = [array for array in picture.values() if array.axes[:1] == ("head",)]
    if patterns:
        maps = [share(each / each.max()) for array in patterns for each in array.values]
        return mosaic(maps[:8])
    maps = [
        array for array in picture.values() if array.axes == ("channel", "height", "width") and len(array.values) > 1
    ]
    if maps:
        return mosaic([signed(each / (np.abs(each).max() or 1)) for each in maps[0].values[:10]])
    sheets = [array for name, array in picture.items() if array.axes == ("time", "unit") and name != "input"]
    if sheets:
        values = sheets[0].values.T
        return pixels(signed(values / np.abs(values).max())).resize((WIDTH, HEIGHT), Image.Resampling.NEAREST)
    single = next(each.values[0] for each in picture.values() if each.axes == ("channel", "height", "width"))
    return mosaic([share(single / single.max())])


def mosaic(maps: list[np.ndarray]) -> Image.Image:
    """Maps side by side, as large as they fit."""
    card = Image.new("RGBA", (WIDTH, HEIGHT), (0, 0, 0, 0))
    count, gap = len(maps), 6
    columns = max(range(1, count + 1), key=lambda k: min((WIDTH - gap) / k, (HEIGHT - gap) / -(-count // k)))
    rows = -(-count // columns)
    side = int(min((WIDTH - gap) / columns, (HEIGHT - gap) / rows)) - gap
    left, top = (WIDTH - columns * (side + gap) + gap) // 2, (HEIGHT - rows * (side + gap) + gap) // 2
    for place, each in enumerate(maps):
        tile = pixels(each).resize((side, side), Image.Resampling.NEAREST)
        card.paste(tile, (left + place % columns * (side + gap), top + place // columns * (side + gap)))
    return card


def dot(pen: ImageDraw.ImageDraw, x: float, y: float, colour: tuple[int, ...]) -> None:
    """A point with a white rim."""
    radius = 4.2 * SCALE
    pen.ellipse(
        (x - radius, y - radius, x + radius, y + radius), fill=(*colour, 255), outline=(255, 255, 255, 255), width=SCALE
    )


def signed(values: np.ndarray) -> np.ndarray:
    """Numbers from -1 to 1 as colours from orange over grey to blue; (...) -> (..., 3)."""
    size = np.abs(values).clip(0, 1)[..., None] * 0.85
    ends = np.where(values[..., None] < 0, ORANGE, BLUE)
    return GREY + (ends - GREY) * size


def share(values: np.ndarray) -> np.ndarray:
    """Numbers from 0 to 1 as colours from grey to dark blue; (...) -> (..., 3)."""
    return GREY + (np.array((10, 60, 120)) - GREY) * values.clip(0, 1)[..., None]


def pixels(colours: np.ndarray) -> Image.Image:
    return Image.fromarray(colours.clip(0, 255).astype(np.uint8)).convert("RGBA")


def small(card: Image.Image) -> Image.Image:
    return card.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)


def main(names: list[str]) -> None:
    torch.set_num_threads(1)
    FOLDER.mkdir(exist_ok=True)
    for name in names or list(gallery.PRESETS):
        draw(name).quantize(64, dither=Image.Dither.NONE).save(FOLDER / f"{name}.png", optimize=True)
        print(name)


if __name__ == "__main__":
    main(sys.argv[1:])
