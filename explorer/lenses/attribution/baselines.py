"""What an example is compared with: nothing at all, the usual, a blurred copy, or another example."""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import torch
from pydantic import Field
from torch import Tensor
from torch.nn import functional as F

from explorer.datasets.base import Data
from explorer.errors import EngineError
from explorer.experiment import Settings
from explorer.lenses.attribution.subject import Subject

BaselineKind = Literal["zeros", "mean", "blurred", "random", "example", "token"]
MANY = 256  # training examples whose mean stands for the usual
BACKGROUND = 16  # training examples that some methods compare with
BLUR = 6  # widths of the blur that fit into the picture


class Baseline(Settings):
    """What the example is compared with."""

    kind: BaselineKind = Field("zeros", description="Zeros, the mean, a blurred copy, another example, or one token.")
    index: int = Field(0, ge=0, description="Which training example, or which token.")

    def __str__(self) -> str:
        return f"{self.kind} {self.index}" if self.kind in ("example", "token") else self.kind


def read_baseline(given: "int | str | Baseline | None", is_tokens: bool) -> Baseline:
    """A baseline as a person writes it: mean, or example:7, or the id of a token."""
    if given is None:
        return Baseline(kind="mean" if is_tokens else "zeros")
    if isinstance(given, Baseline):
        return given
    kind, _, index = str(given).partition(":")
    if is_tokens and kind.isdecimal() and not index:
        kind, index = "token", kind
    known = Baseline.model_fields["kind"].annotation.__args__  # type: ignore[union-attr]
    if kind not in known or (index and not index.isdecimal()):
        raise EngineError(f"baseline: expected one of {', '.join(known)}, as in example:7, got {given!r}.")
    return Baseline(kind=kind, index=int(index or 0))


def make_baseline(chosen: Baseline, subject: Subject, inputs: Tensor, data: Data | None, seed: int) -> Tensor:
    """The baseline for one example (1, ...), brought to where the attribution starts."""
    signal = subject.signal
    if chosen.kind == "token" or signal.is_tokens:
        return _of_tokens(chosen, subject, inputs, data, seed)
    if chosen.kind == "zeros":
        return subject.enter(torch.zeros_like(inputs))
    if chosen.kind == "blurred":
        if len(signal.shape) != 3:
            raise EngineError(f"baseline: expected a picture to blur, got {signal}; choose zeros or mean.")
        return subject.enter(blurred(inputs))
    examples = _training(data, inputs)
    if chosen.kind == "mean":
        return subject.enter(examples[:MANY].mean(0, keepdim=True))
    return subject.enter(_one_of(examples, chosen, seed))


@dataclass(frozen=True)
class Surroundings:
    """What the data holds where an attribution starts, each worked out when a method first asks for it."""

    subject: Subject
    data: Data | None
    inputs: Tensor  # (1, ...), as the network takes them
    seed: int

    @cached_property
    def background(self) -> Tensor | None:
        """Some training examples; None where there are none at hand."""
        if self.data is None:
            return None
        examples = _training(self.data, self.inputs)
        generator = torch.Generator().manual_seed(self.seed)
        places = torch.randperm(len(examples), generator=generator)[:BACKGROUND]
        return self.subject.enter(examples[places])

    @cached_property
    def scale(self) -> Tensor:
        """How far the values of the data reach: of a row each feature's own, (1, features).

        Without training examples it is the reach of the example itself.
        """
        subject, signal = self.subject, self.subject.signal
        if signal.is_tokens and subject.layer is None and signal.vocabulary is not None:
            values = subject.enter(torch.arange(signal.vocabulary, device=self.inputs.device)[None])
        else:
            values = subject.enter(self.inputs if self.data is None else _training(self.data, self.inputs)[:MANY])
        if self.data is not None and values.dim() == 2 and not signal.is_tokens:
            return values.amax(0, keepdim=True) - values.amin(0, keepdim=True)
        return values.max() - values.min()


def blurred(pictures: Tensor) -> Tensor:
    """Pictures out of focus, by a Gaussian of a sixth of their size: (B, C, H, W) -> the same."""
    channels, size = pictures.shape[1], max(pictures.shape[2:])
    reach = max(1, min(size // 2, min(pictures.shape[2:]) - 1))
    ticks = torch.arange(-reach, reach + 1, dtype=pictures.dtype, device=pictures.device)
    weights = torch.exp(-0.5 * (ticks / (size / BLUR)) ** 2)
    weights = weights / weights.sum()
    kernel = (weights[:, None] * weights).expand(channels, 1, -1, -1)
    return F.conv2d(F.pad(pictures, (reach,) * 4, mode="replicate"), kernel, groups=channels)


def _of_tokens(chosen: Baseline, subject: Subject, inputs: Tensor, data: Data | None, seed: int) -> Tensor:
    vocabulary = subject.signal.vocabulary
    if vocabulary is None:
        raise EngineError(
            f"baseline: expected a network that reads tokens, got {subject.signal}; choose zeros or mean."
        )
    if chosen.kind == "zeros":
        return torch.zeros_like(subject.enter(inputs))
    if chosen.kind == "mean":
        rows = subject.enter(torch.arange(vocabulary, device=inputs.device)[None])  # (1, V, C)
        return rows.mean(1, keepdim=True).expand_as(subject.enter(inputs)).contiguous()
    if chosen.kind == "token":
        if chosen.index >= vocabulary:
            raise EngineError(f"baseline: expected a token id below {vocabulary}, got {chosen.index}.")
        return subject.enter(torch.full_like(inputs, chosen.index))
    if chosen.kind == "blurred":
        raise EngineError("baseline: expected a picture to blur, got tokens; choose mean or a token.")
    return subject.enter(_one_of(_training(data, inputs), chosen, seed))


def _training(data: Data | None, like: Tensor) -> Tensor:
    if data is None:
        raise EngineError("baseline: expected training examples, got a network alone; choose zeros or give an array.")
    return data.train.inputs[0].to(like)


def _one_of(examples: Tensor, chosen: Baseline, seed: int) -> Tensor:
    if chosen.kind == "random":
        index = int(torch.randint(len(examples), (1,), generator=torch.Generator().manual_seed(seed)))
    else:
        index = min(chosen.index, len(examples) - 1)
    return examples[index : index + 1]
