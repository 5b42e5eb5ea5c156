"""Sequences with hidden tokens: palindromes, and sentences whose verb agrees with its subject."""

import random
from functools import partial
from typing import ClassVar

import torch
from pydantic import Field
from torch import Generator, Tensor

from explorer.datasets.base import Data, Dataset, Description, Split
from explorer.datasets.endless import Endless
from explorer.datasets.forms import InputForm
from explorer.datasets.grammar import NOUNS, STOP, VERBS, Sentence, lexicon, make_sentence
from explorer.datasets.sequence_forms import TokenForm
from explorer.signals import IGNORED, Signal, Task

MASK = "<mask>"


def hide(tokens: Tensor, is_hidden: Tensor, mask: int) -> Split:
    """Inputs with some tokens replaced by the mask's id, and these tokens as targets: (B, T) each."""
    return Split((tokens.masked_fill(is_hidden, mask),), tokens.masked_fill(~is_hidden, IGNORED))


def choose_hidden(may_hide: Tensor, rate: float, generator: Generator | None) -> Tensor:
    """Random places, each with this chance and at least one a row, only where allowed: (B, T) -> (B, T)."""
    scores = torch.rand(may_hide.shape, generator=generator).masked_fill(~may_hide, 2.0)
    return (scores < rate) | (scores == scores.amin(1, keepdim=True))


class Palindromes(Endless):
    """Sequences that read the same from both ends; a hidden token stands visible in its mirror's place."""

    kind: ClassVar[str] = "palindromes"
    title: ClassVar[str] = "Palindromes with masks"

    vocabulary: int = Field(12, ge=2, le=512, description="Different tokens, besides the mask.")
    length: int = Field(12, ge=2, le=128, multiple_of=2, description="Tokens in a sequence.")
    hidden: float = Field(0.2, gt=0, le=0.5, description="Share of tokens that are hidden, never both of a pair.")

    def describe(self) -> Description:
        size = self.vocabulary + 1
        task = Task("masked_token", size, self.names(), self.length)
        return Description((Signal((self.length,), size),), task, "tokens", None, self.n_test)

    def names(self) -> tuple[str, ...]:
        return (*map(str, range(self.vocabulary)), MASK)

    def form(self) -> InputForm:
        return TokenForm(self.names(), self.length, filler=MASK, is_exact=True, mask=MASK)

    def make(self, n: int, generator: Generator | None = None) -> Split:
        half = torch.randint(self.vocabulary, (n, self.length // 2), generator=generator)
        pairs = choose_hidden(torch.ones_like(half, dtype=torch.bool), 2 * self.hidden, generator)
        is_left = torch.randint(2, half.shape, generator=generator).bool()
        is_hidden = torch.cat([pairs & is_left, (pairs & ~is_left).flip(1)], 1)  # (n, length)
        return hide(torch.cat([half, half.flip(1)], 1), is_hidden, self.vocabulary)


PAD = "<pad>"
LONGEST = 11  # the [adj] noun near the noun verb the [adj] noun .
AGREEMENT_NAMES = (*lexicon(), STOP, PAD, MASK)
_ID = {name: i for i, name in enumerate(AGREEMENT_NAMES)}
PLURAL_VERBS = tuple(_ID[plural] for _, plural in VERBS)
SINGULAR_VERBS = tuple(_ID[singular] for singular, _ in VERBS)


class Agreement(Dataset):
    """Sentences with hidden words; in the held-out ones the verb is hidden, and must agree with its subject."""

    kind: ClassVar[str] = "agreement"
    title: ClassVar[str] = "Agreement with masks"
    n_sample: ClassVar[int] = 512
    n_test: ClassVar[int] = 512

    sentences: int = Field(4000, ge=100, le=20_000, description="Sentences to train on.")
    hidden: float = Field(0.2, gt=0, le=0.9, description="Share of words that are hidden in training.")

    def describe(self) -> Description:
        size = len(AGREEMENT_NAMES)
        task = Task("masked_token", size, AGREEMENT_NAMES, LONGEST)
        return Description((Signal((LONGEST,), size),), task, "tokens", None, self.n_test)

    def load(self, seed: int) -> Data:
        rng, generator = random.Random(seed), Generator().manual_seed(seed)
        known = [make_sentence(rng) for _ in range(self.sentences)]
        draw = partial(draw_hidden, _encode(known), self.hidden)
        description = self.describe()
        return Data(
            train=draw(self.n_sample, generator),
            test=hide_verbs(_make_others(known, self.n_test, rng)),
            task=description.task,
            signals=description.signals,
            view=description.view,
            names=AGREEMENT_NAMES,
            draw=draw,
            form=TokenForm(AGREEMENT_NAMES, LONGEST, filler=PAD, is_exact=True, mask=MASK),
        )


def draw_hidden(sentences: Tensor, rate: float, n: int, generator: Generator | None = None) -> Split:
    """Some of the sentences, with words hidden afresh: (n, LONGEST)."""
    tokens = sentences[torch.randint(len(sentences), (n,), generator=generator)]
    return hide(tokens, choose_hidden(tokens != _ID[PAD], rate, generator), _ID[MASK])


def hide_verbs(sentences: list[Sentence]) -> Split:
    """The sentences with their verbs hidden, and nothing else."""
    verbs = torch.tensor([[sentence.verb_at] for sentence in sentences])
    return hide(_encode(sentences), torch.arange(LONGEST) == verbs, _ID[MASK])


def is_plural_verb(answers: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
    """For sentences with a hidden verb: is it taken to be plural, and is it? (B, T, V) and (B, T) -> (B,) each."""
    at_verb = targets != IGNORED  # one place a row
    odds = answers[at_verb].softmax(-1)  # (B, V)
    plural = odds[:, PLURAL_VERBS].sum(-1) > odds[:, SINGULAR_VERBS].sum(-1)
    return plural, torch.isin(targets[at_verb], targets.new_tensor(PLURAL_VERBS))


def has_attractor(inputs: Tensor) -> Tensor:
    """Whether a noun of the other number stands between the subject and the hidden verb: (B, T) -> (B,)."""
    number = inputs.new_zeros(len(AGREEMENT_NAMES))
    for singular, plural in NOUNS:
        number[_ID[singular]], number[_ID[plural]] = -1, 1
    is_before = (inputs == _ID[MASK]).cumsum(1) == 0
    numbers = number[inputs] * is_before  # (B, T)
    return (numbers == 1).any(1) & (numbers == -1).any(1)


def _make_others(known: list[Sentence], n: int, rng: random.Random) -> list[Sentence]:
    seen = {sentence.words for sentence in known}
    others: list[Sentence] = []
    while len(others) < n:
        sentence = make_sentence(rng)
        if sentence.words not in seen:
            others.append(sentence)
    return others


def _encode(sentences: list[Sentence]) -> Tensor:
    """Ids of the words, padded: (sentences, LONGEST)."""
    rows = [[*sentence.words, STOP] for sentence in sentences]
    return torch.tensor([[_ID[word] for word in row + [PAD] * (LONGEST - len(row))] for row in rows])
