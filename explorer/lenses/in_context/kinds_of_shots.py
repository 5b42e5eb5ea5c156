"""What a shot is in each kind of data that takes examples: a point of a line, an item with its label, two tokens."""

from dataclasses import dataclass, replace
from typing import Self, cast

import torch
from torch import Generator, Tensor

from explorer.datasets.base import Dataset, Split
from explorer.datasets.in_context import InContextRegression, ridge_predictions
from explorer.datasets.in_context_classes import LABEL_SCALE, InContextClassification, shows_answer
from explorer.datasets.tokens import Repeated
from explorer.errors import EngineError
from explorer.lenses.in_context.prompts import asking
from explorer.lenses.in_context.shots import Network, Shots
from explorer.network import reads_steps
from explorer.validation import Checked


@dataclass(frozen=True)
class LineShots(Shots):
    """Pairs of x and y (B, n, d + 1), then the x (B, d) whose value is asked for; training has all shorter prompts."""

    length: int  # steps of a whole prompt
    noise: float

    @classmethod
    def of(cls, split: Split, dataset: InContextRegression) -> Self:
        """The last x is asked about, after the first of the pairs before it."""
        (inputs,) = split.inputs
        d = dataset.dimensions
        return cls(inputs[:, 1:, d:], inputs[:, -1, :d], split.targets[:, -1], inputs.shape[1], dataset.noise)

    @property
    def labels(self) -> Tensor:
        return self.shots[..., -1:]

    def with_labels(self, labels: Tensor) -> Self:
        return replace(self, shots=torch.cat([self.shots[..., :-1], labels], -1))

    def any_labels(self, generator: Generator) -> Tensor:
        """Values of other prompts, each drawn by itself."""
        values = self.labels.flatten(0, 1)
        drawn = torch.randint(len(values), self.shots.shape[:2], generator=generator)
        return values[drawn.to(values.device)]

    def no_labels(self) -> Tensor:
        return torch.zeros_like(self.labels)

    def answers(self, network: Network, is_in: Tensor) -> Tensor:
        counts = is_in.sum(1)
        answers = network(asking(self.packed(is_in), counts, self.rest, self.length))
        return answers[torch.arange(len(counts), device=counts.device), counts]

    def score(self, answers: Tensor) -> Tensor:
        return (answers - self.targets).square().mean() / self.rest.shape[1]

    def reference(self, is_in: Tensor) -> Tensor:
        return self.score(self.answers(lambda inputs: ridge_predictions(inputs, self.noise), is_in))

    def value(self, answers: Tensor, meant: Tensor) -> Tensor:
        return answers[:, 0]

    def names(self, labels: tuple[str, ...]) -> list[str]:
        return [f"({', '.join(f'{number:.2g}' for number in shot)})" for shot in self.shots[0].tolist()]


class AnsweredByClass(Shots):
    """Shots whose labels are some of the classes that a network answers with."""

    def score(self, answers: Tensor) -> Tensor:
        return (answers.argmax(-1) == self.targets).float().mean()

    def value(self, answers: Tensor, meant: Tensor) -> Tensor:
        return answers.softmax(-1)[:, meant.argmax()]


@dataclass(frozen=True)
class ClassShots(AnsweredByClass):
    """Pairs of item and label (B, n, 2, F), then the item asked about; it keeps its place, and the pairs left out are
    zeros, which is no prompt of training."""

    dimensions: int

    @classmethod
    def of(cls, split: Split, dataset: InContextClassification) -> Self:
        """An input of one's own may have one step too many, which stays before the item asked about."""
        (inputs,) = split.inputs
        n = (inputs.shape[1] - 1) // 2
        shots = inputs[:, : 2 * n].unflatten(1, (n, 2))
        return cls(shots, inputs[:, 2 * n :], split.targets, dataset.dimensions)

    @property
    def labels(self) -> Tensor:
        return self.shots[:, :, 1]

    def with_labels(self, labels: Tensor) -> Self:
        return replace(self, shots=torch.stack([self.shots[:, :, 0], labels], 2))

    def any_labels(self, generator: Generator) -> Tensor:
        """Any label of the data, each as likely."""
        labels = self.no_labels()
        drawn = torch.randint(self.dimensions, labels.shape[-1], labels.shape[:2], generator=generator)
        return labels.scatter(2, drawn[..., None].to(labels.device), LABEL_SCALE)

    def no_labels(self) -> Tensor:
        return torch.zeros_like(self.labels)

    def answers(self, network: Network, is_in: Tensor) -> Tensor:
        return network(torch.cat([self.packed(is_in).flatten(1, 2), self.rest], 1))

    def reference(self, is_in: Tensor) -> Tensor:
        is_shown = shows_answer(self.packed(is_in).flatten(1, 2), self.targets, self.dimensions)
        return is_shown.any(1).float().mean()

    def names(self, labels: tuple[str, ...]) -> list[str]:
        return [labels[label] for label in self.shots[0, :, 1, self.dimensions :].argmax(-1).tolist()]


@dataclass(frozen=True)
class TokenShots(AnsweredByClass):
    """Pairs of a token and the one that follows it (B, n, 2), then one of these tokens again (B,)."""

    start: int  # the token that begins a sequence

    @classmethod
    def of(cls, split: Split, dataset: Repeated) -> Self:
        """The first half of a sequence in pairs; the sequence itself decides which of them is asked about."""
        (inputs,) = split.inputs
        n = min(token_shots(dataset), (inputs.shape[1] - 1) // 2)
        if not n:
            raise EngineError(f"example: expected at least 3 tokens, got {inputs.shape[1]}; type more.")
        shots = inputs[:, 1 : 1 + 2 * n].unflatten(1, (-1, 2))
        asked = shots[torch.arange(len(shots), device=shots.device), inputs.sum(1) % n]  # (B, 2)
        return cls(shots, asked[:, 0], asked[:, 1], dataset.vocabulary)

    @property
    def labels(self) -> Tensor:
        return self.shots[..., 1]

    def with_labels(self, labels: Tensor) -> Self:
        return replace(self, shots=torch.stack([self.shots[..., 0], labels], -1))

    def any_labels(self, generator: Generator) -> Tensor:
        """Any token of the vocabulary, each as likely."""
        return torch.randint(self.start, self.shots.shape[:2], generator=generator).to(self.shots.device)

    def no_labels(self) -> Tensor:
        return torch.full_like(self.labels, self.start)

    def answers(self, network: Network, is_in: Tensor) -> Tensor:
        k = int(is_in[0].sum())
        start = self.rest.new_full((len(self.rest), 1), self.start)
        told = self.packed(is_in)[:, :k].flatten(1)  # (B, 2k)
        return network(torch.cat([start, told, self.rest[:, None]], 1))[:, -1]

    def reference(self, is_in: Tensor) -> Tensor:
        is_shown = is_in & (self.shots == torch.stack([self.rest, self.targets], -1)[:, None]).all(-1)
        return is_shown.any(1).float().mean()

    def names(self, labels: tuple[str, ...]) -> list[str]:
        return [" → ".join(labels[token] for token in shot) for shot in self.shots[0].tolist()]


def token_shots(dataset: Repeated) -> int:
    """How many pairs the first half of a sequence holds."""
    return dataset.length // 4


def takes_shots(checked: Checked) -> bool:
    """Whether prompts of such data have shots, and the network reads them with fewer."""
    dataset = checked.dataset
    if isinstance(dataset, Repeated):
        lengths = range(2, 3 + 2 * token_shots(dataset), 2)
        return all(reads_steps(checked.plan, length) for length in lengths)
    return isinstance(dataset, InContextRegression | InContextClassification)


def shots_of(split: Split, dataset: Dataset) -> Shots:
    """Prompts of such data, taken apart."""
    if isinstance(dataset, InContextRegression):
        return LineShots.of(split, dataset)
    if isinstance(dataset, InContextClassification):
        return ClassShots.of(split, dataset)
    return TokenShots.of(split, cast(Repeated, dataset))
