"""A small grammar of English whose verbs agree with their subjects."""

import random
from dataclasses import dataclass

DETERMINER = "the"
ADJECTIVES = ("big", "brave", "clever", "happy", "old", "quick", "red", "small", "young")
NOUNS = (
    ("bird", "birds"),
    ("boy", "boys"),
    ("cat", "cats"),
    ("dog", "dogs"),
    ("farmer", "farmers"),
    ("fox", "foxes"),
    ("girl", "girls"),
    ("horse", "horses"),
    ("king", "kings"),
    ("queen", "queens"),
    ("teacher", "teachers"),
    ("wolf", "wolves"),
)
VERBS = (
    ("chases", "chase"),
    ("finds", "find"),
    ("follows", "follow"),
    ("helps", "help"),
    ("likes", "like"),
    ("loves", "love"),
    ("sees", "see"),
    ("watches", "watch"),
)
PREPOSITION = "near"
STOP = "."


@dataclass(frozen=True)
class Sentence:
    """the [adjective] noun [near the noun] verb the [adjective] noun, and what its verb agrees with."""

    words: tuple[str, ...]
    verb_at: int
    is_plural: bool  # the subject, and so the verb
    has_attractor: bool  # a noun of the other number stands between subject and verb

    def __str__(self) -> str:
        return " ".join(self.words) + STOP


def make_sentence(rng: random.Random) -> Sentence:
    """One sentence; each optional part is there half of the time."""
    is_plural = rng.random() < 0.5
    words = [*_noun_phrase(rng, is_plural)]
    has_attractor = False
    if rng.random() < 0.5:
        neighbour_is_plural = rng.random() < 0.5
        has_attractor = neighbour_is_plural != is_plural
        words += [PREPOSITION, DETERMINER, rng.choice(NOUNS)[neighbour_is_plural]]
    verb_at = len(words)
    words += [rng.choice(VERBS)[is_plural], *_noun_phrase(rng, rng.random() < 0.5)]
    return Sentence(tuple(words), verb_at, is_plural, has_attractor)


def _noun_phrase(rng: random.Random, is_plural: bool) -> list[str]:
    adjective = [rng.choice(ADJECTIVES)] if rng.random() < 0.5 else []
    return [DETERMINER, *adjective, rng.choice(NOUNS)[is_plural]]


def lexicon() -> tuple[str, ...]:
    """Every word of the grammar, in alphabetical order."""
    pairs = [word for pair in (*NOUNS, *VERBS) for word in pair]
    return tuple(sorted({DETERMINER, PREPOSITION, *ADJECTIVES, *pairs}))
