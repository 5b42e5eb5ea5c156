"""Inputs of a person's own that have steps: typed text, tokens and series of numbers."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor
from torch.nn.functional import one_hot

from explorer.datasets.forms import Encoded, Fits, InputForm, listed
from explorer.own_input import OwnInput, refusal

TOKEN = re.compile(r"<\w+>|\w+|[^\w\s]")  # blanks stand between tokens that would run together

Cut = Callable[[str], Sequence[str]]


@dataclass(frozen=True)
class TokenForm(InputForm):
    """Tokens by their names, typed with blanks between them."""

    kind: ClassVar[str] = "tokens"
    accepts: ClassVar[tuple[str, ...]] = ("text", "tokens")
    unit: ClassVar[str] = "tokens"

    names: tuple[str, ...]  # of the vocabulary
    length: int
    filler: str | None = None  # what stands in places that are not given, where the network reads one length only
    fills_front: bool = False
    is_exact: bool = False  # the task is about inputs of this length, whatever the network reads
    mask: str | None = None  # the token whose place is asked about

    def write(self, inputs: tuple[Tensor, ...]) -> OwnInput:
        return OwnInput(text=self.join([self.names[each] for each in inputs[0][0].tolist()]))

    def about(self) -> dict[str, Any]:
        return {"kind": self.kind, "names": list(self.names[:1_000]), "length": self.length}

    def cut(self, text: str) -> Sequence[str]:
        """A typed text in tokens."""
        return TOKEN.findall(text)

    def join(self, tokens: Sequence[str]) -> str:
        """Tokens as a person would type them."""
        return " ".join(tokens)

    def name_of(self, token: str) -> str:
        """The entry of the vocabulary that stands for a token, which may be another; else the token itself."""
        return token

    def _encode(self, own: OwnInput, fits: Fits) -> Encoded:
        form = own.form or "text"
        given = self.cut(own.text) if own.text is not None else own.tokens or ()
        known = {name: index for index, name in enumerate(self.names)}
        named = [self.name_of(token) for token in given]
        if strange := [token for token, name in zip(given, named, strict=True) if name not in known]:
            got = listed([repr(token) for token in dict.fromkeys(strange)])
            remedy = "write others" if len(self.names) > 1 else ""
            raise refusal(form, f"{self.unit} of this data ({self.shown_names()})", got, remedy)
        ids = torch.tensor([[known[name] for name in named]], dtype=torch.long)  # (1, n)
        ids, notes = fitted(ids, self, fits, form)
        if replaced := [token for token, name in zip(given, named, strict=True) if token != name]:
            notes.append(f"Not in the vocabulary: {listed([repr(each) for each in dict.fromkeys(replaced)])}.")
        return Encoded((ids,), tuple(notes), self._asked(ids[0]))

    def shown_names(self) -> str:
        """The vocabulary in a sentence."""
        return listed([name if name.isprintable() and name.strip() else repr(name) for name in self.names])

    def filling(self, shape: tuple[int, ...]) -> Tensor | None:
        """What stands in places that are not given: (1, n); None where there is nothing for it."""
        return None if self.filler is None else torch.full(shape, self.names.index(self.filler))

    def _asked(self, ids: Tensor) -> int | None:
        """The last masked place."""
        if self.mask is None:
            return None
        places = (ids == self.names.index(self.mask)).nonzero()
        return int(places[-1]) if len(places) else None


@dataclass(frozen=True)
class TextForm(TokenForm):
    """Text as it is typed, cut as the dataset cuts its own; the end is what is asked about."""

    kind: ClassVar[str] = "text"

    tokenise: Cut = tuple
    unknown: str | None = None  # the entry of the vocabulary for all that it does not have

    @property
    def unit(self) -> str:  # type: ignore[override]
        return "characters" if self.is_by_character else "words"

    @property
    def is_by_character(self) -> bool:
        """Whether nothing stands between two tokens."""
        return len(self.tokenise("ab")) == 2

    def cut(self, text: str) -> Sequence[str]:
        if self.unknown is None:
            return self.tokenise(text)
        parts = text.split(self.unknown)
        return [token for part in parts for token in (*self.tokenise(part), self.unknown)][:-1]

    def join(self, tokens: Sequence[str]) -> str:
        return ("" if self.is_by_character else " ").join(tokens)

    def name_of(self, token: str) -> str:
        return token if self.unknown is None or token in self.names else self.unknown


@dataclass(frozen=True)
class SeriesForm(InputForm):
    """A series of numbers: for each step its features."""

    kind: ClassVar[str] = "series"
    accepts: ClassVar[tuple[str, ...]] = ("numbers",)
    unit: ClassVar[str] = "steps"

    names: tuple[str, ...]  # of the features
    length: int
    fills_front: bool = False
    is_exact: bool = False

    def write(self, inputs: tuple[Tensor, ...]) -> OwnInput:
        return OwnInput(numbers=tuple(map(tuple, inputs[0][0].tolist())))

    def about(self) -> dict[str, Any]:
        return {"kind": self.kind, "names": list(self.names), "length": self.length}

    def filling(self, shape: tuple[int, ...]) -> Tensor | None:
        """There is no number that means nothing."""
        return None

    def _encode(self, own: OwnInput, fits: Fits) -> Encoded:
        given = own.numbers or ()
        if strange := next((step for step in given if len(step) != len(self.names)), None):
            expected = f"{len(self.names)} numbers at every step ({listed(self.names)})"
            raise refusal("numbers", expected, f"{len(strange)}", "give one for each feature")
        values = torch.tensor(given, dtype=torch.float32).view(1, len(given), len(self.names))
        values, notes = fitted(values, self, fits, "numbers")
        return Encoded((values,), tuple(notes))


@dataclass(frozen=True)
class MarksForm(SeriesForm):
    """A series in which each step is one of a few marks, typed without anything between them."""

    kind: ClassVar[str] = "text"
    accepts: ClassVar[tuple[str, ...]] = ("text", "numbers")

    def write(self, inputs: tuple[Tensor, ...]) -> OwnInput:
        return OwnInput(text="".join(self.names[each] for each in inputs[0][0].argmax(-1).tolist()))

    def _encode(self, own: OwnInput, fits: Fits) -> Encoded:
        if own.text is None:
            return super()._encode(own, fits)
        given = [mark for mark in own.text if not mark.isspace()]
        if strange := list(dict.fromkeys(mark for mark in given if mark not in self.names)):
            got = listed([repr(mark) for mark in strange])
            raise refusal("text", f"{' or '.join(self.names)} at every step", got, "write others")
        marks = torch.tensor([[self.names.index(mark) for mark in given]], dtype=torch.long)
        values, notes = fitted(one_hot(marks, len(self.names)).float(), self, fits, "text")
        return Encoded((values,), tuple(notes))


def fitted(values: Tensor, form: TokenForm | SeriesForm, fits: Fits, place: str) -> tuple[Tensor, list[str]]:
    """Steps (1, n, ...) in a number that the network reads, and a sentence where they are others than those given."""
    count, length = values.shape[1], form.length
    if count == 0:
        raise refusal(place, f"some {form.unit}", "nothing", "write at least one")
    if count > length:
        return values[:, -length:], [f"Only the last {length} of {count} {form.unit} are read."]
    if count == length or (not form.is_exact and fits(count)):
        return values, []
    filling = form.filling((1, length - count, *values.shape[2:]))
    if filling is None:
        raise refusal(place, f"{length} {form.unit} for this network", f"{count}", "write the others too")
    parts = [filling, values] if form.fills_front else [values, filling]
    side = "before" if form.fills_front else "behind"
    name = repr(form.filler) if isinstance(form, TokenForm) else ""
    return torch.cat(parts, 1), [f"Filled up with {length - count} × {name} {side} it, for {length} are read."]
