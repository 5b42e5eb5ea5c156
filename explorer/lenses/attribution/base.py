"""What a method of attribution declares, what it is asked, and the verdict on whether it is right for a network."""

from dataclasses import dataclass
from typing import ClassVar, Literal, get_args

import torch
from pydantic import Field
from torch import Tensor

from explorer.experiment import Settings
from explorer.lenses.attribution.baselines import Surroundings
from explorer.lenses.attribution.several import Several
from explorer.lenses.attribution.structure import Structure
from explorer.lenses.attribution.subject import Subject
from explorer.lenses.choices import Choices

Judgement = Literal["right", "approximate", "wrong", "refused"]
JUDGEMENTS: tuple[Judgement, ...] = get_args(Judgement)
CHUNK = 64  # examples that one pass through the network holds
SIDE = Field(1, ge=1, le=16, description="Pixels along each side of a square, or steps, that are scored as one.")


@dataclass(frozen=True)
class Verdict:
    """Whether a method computes on a network what it claims to, and why."""

    verdict: Judgement
    reason: str  # one sentence


@dataclass(frozen=True)
class Question:
    """What a method is asked: one example, where its answer comes from, and what it is compared with."""

    subject: Subject
    inputs: Tensor  # (1, ...), where the attribution starts: rows of the embedding where the network reads tokens
    baseline: Tensor  # the same shape
    answered: Tensor  # (2, ...): what the network answers to the example as it was asked, and to the baseline
    surroundings: Surroundings
    seed: int = 0

    @property
    def background(self) -> Tensor | None:
        """(N, ...) training examples at the same place."""
        return self.surroundings.background

    @property
    def scale(self) -> Tensor:
        """How far values of the data reach there: one number, or (1, ...) where every feature has its own."""
        return self.surroundings.scale

    @property
    def is_tokens(self) -> bool:
        """Whether every step stands for one token."""
        return self.subject.signal.is_tokens and self.subject.layer is None

    def answers(self, values: Tensor) -> Tensor:
        """The number to be explained for many examples, a chunk at a time: (N, ...) -> (N,)."""
        with torch.no_grad():
            return torch.cat([self.subject(chunk) for chunk in values.split(CHUNK)])

    def parts(self, side: int) -> Tensor:
        """Which entries are scored as one: numbers from 0 in the shape of `inputs`.

        A picture falls into squares through all channels, a sequence into stretches of steps, a row into its entries,
        several inputs into their numbers and tokens.
        """
        shape, network = self.inputs.shape[1:], self.subject.network
        if isinstance(network, Several):
            numbers = network.parts()
        elif len(shape) == 3:
            _, height, width = shape
            rows, columns = torch.arange(height) // side, torch.arange(width) // side
            numbers = (rows[:, None] * (int(columns.max()) + 1) + columns).expand(shape)
        elif len(shape) == 2:
            numbers = (torch.arange(shape[0]) // side)[:, None].expand(shape)
        else:
            numbers = torch.arange(self.inputs[0].numel()).reshape(shape)
        return numbers.unsqueeze(0).to(self.inputs.device).contiguous()


class Method(Settings):
    """A kind of attribution. An instance holds its settings."""

    title: ClassVar[str]
    shows: ClassVar[str]  # one sentence
    hides: ClassVar[str]  # one sentence: what it does not show
    paper: ClassVar[str]
    adds_up: ClassVar[bool] = False  # promises that the scores sum to the change of the answer
    is_sampled: ClassVar[bool] = False  # another seed gives other scores
    of_layer: ClassVar[bool] = False  # the scores belong to units of a layer that the settings name, not to the input

    @classmethod
    def choices(cls, structure: Structure) -> Choices:
        """What the settings that name something of the network may name in this one."""
        return {}

    def verdict(self, structure: Structure) -> Verdict:
        """Whether the method is right for such a network."""
        raise NotImplementedError

    def scored_layer(self, question: Question) -> str | None:
        """The layer to whose units the scores belong; None where they belong to what the question starts from."""
        return None

    def attribute(self, question: Question) -> Tensor:
        """A score for every entry of the inputs, (1, ...)."""
        raise NotImplementedError

    def change(self, question: Question) -> float:
        """What the scores should add up to: the answer less the answer to the baseline."""
        both = question.subject.target.of(question.answered)
        return float(both[0] - both[1])


def spread(scores: Tensor, parts: Tensor) -> Tensor:
    """A part's score, told for each of its entries, shared out evenly among them so that sums stay."""
    sizes = torch.bincount(parts.flatten())
    return scores / sizes[parts]


def right(reason: str) -> Verdict:
    """The method computes what it claims."""
    return Verdict("right", reason)


def approximate(reason: str) -> Verdict:
    """The method comes near; how near is measured for each example."""
    return Verdict("approximate", reason)


def wrong(reason: str) -> Verdict:
    """The method gives numbers that are not what it claims."""
    return Verdict("wrong", reason)


def refused(reason: str) -> Verdict:
    """The method cannot be used here, or would only repeat another one."""
    return Verdict("refused", reason)
