"""Text in windows: what comes next? Python's documentation, a small grammar, and any text file."""

import random
from collections.abc import Sequence
from functools import lru_cache, partial
from typing import ClassVar, Literal

import torch
from pydantic import Field
from torch import Generator

from explorer.datasets.base import Data, Dataset, Description
from explorer.datasets.corpus import (
    MOST_WINDOWS,
    UNKNOWN,
    Corpus,
    Level,
    build_corpus,
    draw_windows,
    encode,
    spread_windows,
    tokenise,
)
from explorer.datasets.files import find_file, read_text, refused, stamp
from explorer.datasets.grammar import STOP, lexicon, make_sentence
from explorer.datasets.sequence_forms import TextForm
from explorer.signals import Signal, Task


class Text(Dataset):
    """A text in windows of equal length; at every place the next token is to be predicted."""

    level: Level = Field("character", description="What a token is.")
    context: int = Field(48, ge=2, le=512, description="Tokens in a window.")

    def corpus(self, seed: int) -> Corpus:
        """The text in two parts; only their content may depend on the seed."""
        raise NotImplementedError

    def describe(self) -> Description:
        corpus = self.corpus(0)
        self._demand_windows(corpus)
        size = len(corpus.names)
        task = Task("next_token", size, corpus.names, self.context)
        n_test = min(MOST_WINDOWS, (len(corpus.test) - 1) // self.context)
        return Description((Signal((self.context,), size),), task, "tokens", None, n_test)

    def load(self, seed: int) -> Data:
        description, corpus = self.describe(), self.corpus(seed)
        draw = partial(draw_windows, torch.from_numpy(corpus.train).long(), self.context)
        return Data(
            train=draw(MOST_WINDOWS, Generator().manual_seed(seed)),
            test=spread_windows(torch.from_numpy(corpus.test).long(), self.context),
            task=description.task,
            signals=description.signals,
            view=description.view,
            names=corpus.names,
            draw=draw,
            form=self._form(corpus.names),
        )

    def _form(self, names: tuple[str, ...]) -> TextForm:
        filler = next((blank for blank in ("\n", " ") if blank in names), names[0])
        unknown = UNKNOWN if UNKNOWN in names else None
        cut = partial(tokenise, level=self.level)
        return TextForm(names, self.context, filler, fills_front=True, tokenise=cut, unknown=unknown)

    def _demand_windows(self, corpus: Corpus) -> None:
        sizes = len(corpus.train), len(corpus.test)
        if min(sizes) <= self.context:
            expected = f"more than {self.context} {self.level}s in each part of the text"
            got = f"{sizes[0]:,} to train on and {sizes[1]:,} held out"
            raise refused("data.context", expected, got, "shorten the context or use a longer text")


SOURCES = {  # keys of the topics of Python's help()
    "statements": "assert assignment augassign break class continue del exprlists for function global if import "
    "nonlocal pass raise return try while with yield",
    "expressions": "atom-identifiers atom-literals attribute-references binary bitwise booleans calls comparisons "
    "conversions lambda operator-summary power shifting slicings subscriptions unary",
    "strings": "strings formatstrings string-methods",
    "types": "integers numbers numeric-types types typesmapping typesseq",
    "classes": "attribute-access class customization specialnames",
}


class FoundText(Text):
    """A text that is there already, its end held out."""

    vocabulary: int = Field(
        1000, ge=2, le=20_000, description="Most entries of the vocabulary; rarer ones become <unknown>."
    )
    test_fraction: float = Field(0.1, ge=0.02, le=0.5, description="Share of the text, at its end, that is held out.")


class Documentation(FoundText):
    """Python's own documentation, as `help()` shows it; the words differ a little between versions of Python."""

    kind: ClassVar[str] = "text"
    title: ClassVar[str] = "Python's documentation"

    source: Literal["all", "statements", "expressions", "strings", "types", "classes"] = Field(
        "strings", description="Which topics of the documentation."
    )

    def corpus(self, seed: int) -> Corpus:
        return _cut_topics(self.source, self.level, self.vocabulary, self.test_fraction)


@lru_cache(maxsize=8)
def _cut_topics(source: str, level: Level, most: int, test_fraction: float) -> Corpus:
    return build_corpus(read_topics(source), level, most, test_fraction)


def read_topics(source: str) -> str:
    """The topics' text; paragraphs that stand in several topics are taken once, so that none is held out and known."""
    try:
        from pydoc_data.topics import topics
    except ImportError:
        expected, got = "Python's documentation topics (pydoc_data)", "a Python without them"
        raise refused("data.source", expected, got, "install Python's full standard library") from None
    keys = SOURCES[source].split() if source in SOURCES else sorted(topics)
    texts = (topics[key] for key in keys if key in topics)
    paragraphs = (paragraph.rstrip() for text in texts for paragraph in text.split("\n\n"))
    return "\n\n".join(dict.fromkeys(paragraphs)) + "\n"


class TextFile(FoundText):
    """Any text file."""

    kind: ClassVar[str] = "text_file"
    title: ClassVar[str] = "Text file"

    path: str = Field("", max_length=4096, description="Where the text file is.")

    def corpus(self, seed: int) -> Corpus:
        version = stamp(find_file(self.path, "data.path"))
        return _cut_file(version, self.level, self.vocabulary, self.test_fraction)

    def files(self) -> tuple[str, ...]:
        return (self.path,)


@lru_cache(maxsize=2)
def _cut_file(version: tuple[str, int, int], level: Level, most: int, test_fraction: float) -> Corpus:
    path, *_ = version
    return build_corpus(read_text(path, "data.path"), level, most, test_fraction)


class Grammar(Text):
    """Sentences of a small grammar whose verbs agree with their subjects, even past a noun of the other number."""

    kind: ClassVar[str] = "grammar"
    title: ClassVar[str] = "Small grammar"
    n_test: ClassVar[int] = 64

    sentences: int = Field(600, ge=100, le=5000, description="Sentences to train on.")

    def corpus(self, seed: int) -> Corpus:
        return make_grammar(self.level, self.sentences, self.n_test * self.context + 1, seed)


@lru_cache(maxsize=8)
def make_grammar(level: Level, n_sentences: int, n_held_out: int, seed: int) -> Corpus:
    """So many sentences to train on, and so many tokens of further ones held out."""
    rng = random.Random(seed)

    def tokens(n: int) -> Sequence[str]:
        return tokenise("".join(f"{make_sentence(rng)}\n" for _ in range(n)), level)

    train = tokens(n_sentences)
    held_out: list[str] = []
    while len(held_out) < n_held_out:
        held_out += tokens(1)
    names = grammar_names(level)
    return Corpus(names, encode(train, names), encode(held_out[:n_held_out], names))


def grammar_names(level: Level) -> tuple[str, ...]:
    """The whole vocabulary of the grammar, whichever sentences were made."""
    if level == "word":
        return ("\n", STOP, *lexicon())
    return tuple(sorted({"\n", " ", STOP, *"".join(lexicon())}))
