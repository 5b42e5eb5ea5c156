"""How one number of a layer comes about: what is read, what it is multiplied with, and the numbers on the way."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from explorer.layers.convolution import TimeConvolution
from explorer.layers.pooling import GlobalMax, GlobalMean, OverTime

WINDOW = ("input", "height", "width")
FEATURES = ("input",)


class Place(NamedTuple):
    """One number of what a layer gives out: of a picture a pixel, of a sequence a step, which is its column."""

    unit: int
    row: int = 0
    column: int = 0


class Frame(NamedTuple):
    """The part of a picture or a sequence that is read; it may reach over the edge."""

    row: int
    column: int
    rows: int
    columns: int


@dataclass(frozen=True)
class Sum:
    """The arithmetic behind one number, which stands last among the numbers as `value`."""

    numbers: Mapping[str, Tensor]
    parts: Mapping[str, Tensor] = field(default_factory=dict)  # all of one shape
    axes: tuple[str, ...] = FEATURES
    frame: Frame | None = None

    @property
    def value(self) -> Tensor:
        """The number itself."""
        return self.numbers["value"]


Take = Callable[[Any, tuple[Tensor, ...], Place], Sum]  # from a module and what arrives for one example


def linear(module: nn.Linear, values: tuple[Tensor, ...], place: Place) -> Sum:
    """W_j · x + b_j."""
    bias = _entry(module.bias, place.unit)
    return _weighted(_row(values[0], place), module.weight[place.unit], bias, FEATURES)


def tied(module: nn.Module, values: tuple[Tensor, ...], place: Place) -> Sum:
    """(W^T)_j · (W x) + b_j, from the few numbers in the middle."""
    assert isinstance(module.weight, Tensor)
    assert isinstance(module.bias, Tensor)
    middle = module.weight @ _row(values[0], place)
    return _weighted(middle, module.weight[:, place.unit], module.bias[place.unit], FEATURES)


def convolution(module: nn.Conv1d | nn.Conv2d, values: tuple[Tensor, ...], place: Place) -> Sum:
    """The sum of a window times a filter, plus its bias; zeros where the window reaches over the edge."""
    (value,), weight = values, module.weight
    past = module.past if isinstance(module, TimeConvolution) else 0
    stride, dilation, padding = _pair(module.stride), _pair(module.dilation), _pair(module.padding)
    if isinstance(module, nn.Conv1d):  # a picture of one row
        value, weight = value.T[:, None], weight[:, :, None]
        stride, dilation, padding = (1, stride[1]), (1, dilation[1]), (0, padding[1])
    padded = F.pad(value, (padding[1] + past, padding[1], padding[0], padding[0]))
    top, left = place.row * stride[0], place.column * stride[1]
    down = top + dilation[0] * torch.arange(weight.shape[2], device=value.device)
    right = left + dilation[1] * torch.arange(weight.shape[3], device=value.device)
    in_group = weight.shape[1]
    group = place.unit // (weight.shape[0] // module.groups)
    window = padded[group * in_group : (group + 1) * in_group][:, down[:, None], right]
    reach = tuple((size - 1) * wide + 1 for size, wide in zip(weight.shape[2:], dilation, strict=True))
    frame = Frame(top - padding[0], left - padding[1] - past, *reach)
    return _weighted(window, weight[place.unit], _entry(module.bias, place.unit), WINDOW, frame)


def pooling(module: nn.Module, values: tuple[Tensor, ...], place: Place) -> Sum:
    """The greatest number of a window, or the mean of it with zeros over the edge."""
    pool, (value,) = module.pool if isinstance(module, OverTime) else module, values
    assert isinstance(pool, nn.MaxPool1d | nn.MaxPool2d | nn.AvgPool1d | nn.AvgPool2d)
    kernel, stride, padding = _pair(pool.kernel_size), _pair(pool.stride), _pair(pool.padding)
    plane = value[:, place.unit][None] if isinstance(module, OverTime) else value[place.unit]
    if isinstance(module, OverTime):
        kernel, stride, padding = (1, kernel[1]), (1, stride[1]), (0, padding[1])
    frame = Frame(place.row * stride[0] - padding[0], place.column * stride[1] - padding[1], *kernel)
    if isinstance(pool, nn.AvgPool1d | nn.AvgPool2d):
        padded = F.pad(plane, (padding[1], padding[1], padding[0], padding[0]))
        window = padded[frame.row + padding[0] :, frame.column + padding[1] :][: kernel[0], : kernel[1]]
        return _mean(window, kernel[0] * kernel[1], frame)
    window = plane[max(0, frame.row) : frame.row + frame.rows, max(0, frame.column) : frame.column + frame.columns]
    return Sum({"value": window.max()}, {"window": window}, WINDOW[1:], frame)


def global_pooling(module: GlobalMean | GlobalMax, values: tuple[Tensor, ...], place: Place) -> Sum:
    """The mean or the greatest of all places of a channel."""
    (value,) = values
    window = value[place.unit] if value.dim() == 3 else value[:, place.unit][None]  # (height, width)
    frame = Frame(0, 0, *window.shape)
    if isinstance(module, GlobalMean):
        return _mean(window, window.numel(), frame)
    return Sum({"value": window.max()}, {"window": window}, WINDOW[1:], frame)


def softmax(module: nn.Module | None, values: tuple[Tensor, ...], place: Place) -> Sum:
    """e^(x_j - m) over the sum of all e^(x_i - m), with m the greatest of them, which cancels out."""
    scores = _row(values[0], place)
    powers = (scores - scores.max()).exp()
    own, total = powers[place.unit], powers.sum()
    return Sum({"power": own, "total": total, "value": own / total}, {"window": scores, "powers": powers})


def pointwise(module: nn.Module, values: tuple[Tensor, ...], place: Place) -> Sum:
    """A function of one number."""
    before = _at(values[0], place)
    return Sum({"before": before, "value": module(before)})


def together(module: nn.Module, values: tuple[Tensor, ...], place: Place) -> Sum:
    """The same place of several inputs, added up or multiplied."""
    each = [_at(value, place) for value in values]
    return Sum({"value": module(*each)}, {"window": torch.stack(each)})


def lookup(module: nn.Embedding, values: tuple[Tensor, ...], place: Place) -> Sum:
    """An entry of the row that a token has in the table."""
    token = values[0][place.column]
    return Sum({"token": token, "value": module.weight[token, place.unit]})


def normalisation(module: nn.Module, values: tuple[Tensor, ...], place: Place) -> Sum:
    """(x - mean) / sqrt(variance + epsilon), scaled and shifted; of an RMS norm without the mean."""
    (value,) = values
    norm = getattr(module, "norm", module)
    before, epsilon = _at(value, place), getattr(norm, "eps", None) or 0.0
    scale, shift = (_entry(getattr(norm, name, None), place.unit) for name in ("weight", "bias"))
    scale = torch.ones_like(before) if norm.weight is None else scale
    if isinstance(norm, nn.RMSNorm):
        window = _row(value, place)
        size = (window.square().mean() + epsilon).sqrt()
        numbers = {"before": before, "root_mean_square": size, "normalised": before / size, "scale": scale}
        return Sum({**numbers, "value": before / size * scale}, {"window": window})
    parts: dict[str, Tensor] = {}
    if isinstance(norm, nn.BatchNorm1d | nn.BatchNorm2d):
        assert norm.running_mean is not None
        assert norm.running_var is not None
        mean, variance = norm.running_mean[place.unit], norm.running_var[place.unit]
    else:
        parts["window"] = value.flatten() if value.dim() == 3 else _row(value, place)  # a picture over all its values
        mean, variance = parts["window"].mean(), parts["window"].var(correction=0)
    normalised = (before - mean) / (variance + epsilon).sqrt()
    numbers = {"before": before, "mean": mean, "variance": variance, "normalised": normalised, "scale": scale}
    return Sum({**numbers, "shift": shift, "value": normalised * scale + shift}, parts)


SUMS: dict[str, Take] = {  # by kind of layer
    "linear": linear,
    "tied": tied,
    "conv2d": convolution,
    "conv1d": convolution,
    "max_pool": pooling,
    "average_pool": pooling,
    "global_pool": global_pooling,
    "mean_over_time": global_pooling,
    "softmax": softmax,
    **dict.fromkeys(("relu", "gelu", "silu", "tanh", "sigmoid", "leaky_relu", "square"), pointwise),
    **dict.fromkeys(("layer_norm", "batch_norm", "rms_norm"), normalisation),
    **dict.fromkeys(("add", "multiply"), together),
    "embedding": lookup,
}


def _weighted(window: Tensor, weights: Tensor, bias: Tensor, axes: tuple[str, ...], frame: Frame | None = None) -> Sum:
    products = window * weights
    total = products.sum()
    parts = {"window": window, "weights": weights, "products": products}
    return Sum({"total": total, "bias": bias, "value": total + bias}, parts, axes, frame)


def _mean(window: Tensor, count: int, frame: Frame) -> Sum:
    total = window.sum()
    numbers = {"total": total, "count": torch.tensor(count), "value": total / count}
    return Sum(numbers, {"window": window}, WINDOW[1:], frame)


def _row(value: Tensor, place: Place) -> Tensor:
    """The features at a place: all of a row, or one step of a sequence."""
    return value if value.dim() == 1 else value[place.column]


def _at(value: Tensor, place: Place) -> Tensor:
    """One number of (C,), (T, C) or (C, H, W)."""
    return value[place] if value.dim() == 3 else _row(value, place)[place.unit]


def _entry(values: Tensor | None, index: int) -> Tensor:
    return torch.zeros(()) if values is None else values[index]


def _pair(size: Any) -> tuple[int, int]:
    """A size along both axes of a picture; one number stands for both."""
    numbers = (size, size) if isinstance(size, int) else tuple(int(each) for each in size)
    return numbers[0], numbers[-1]
