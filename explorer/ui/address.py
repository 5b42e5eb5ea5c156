"""The page's address: a whole experiment as readable dotted keys, the run and the step looked at, what is hidden.

    ?preset=circle&recipe.learning_rate=0.1&data.noise=0.2&run=…&step=225&example=train:7&span=3-7&hide=seed,builder

Whatever cannot be followed is left out, and told in words: a link never breaks the page.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from explorer import gallery
from explorer.addressing import LAYERS, assignments
from explorer.declarations import assign
from explorer.errors import ExperimentError
from explorer.experiment import Experiment
from explorer.lenses.request import read_example
from explorer.own_input import FORMS, read_own, write_own
from explorer.ui import words
from explorer.ui.drafts import canonical_preset
from explorer.ui.session import FIRST, Session

OWN = ("preset", "run", "step", "example", "span", "hide")  # what is not a dotted key
HIDEABLE = (*words.PANELS, *words.HIDDEN_PARTS)  # the parts that a lesson can leave out
SPLITS = ("train", "test")
LONGEST_OWN = 2_000  # characters of an input of one's own
LONGEST = 6_000  # characters of an address that browsers and chat programs pass on whole
SHOWN = 60  # characters of a wrong part that a sentence repeats


@dataclass(frozen=True)
class Asked:
    """What an address asks for, and a sentence for each part of it that was left out."""

    preset: str
    experiment: Experiment
    has_keys: bool
    run_id: str
    step: int | None
    example: dict[str, Any]
    span: tuple[int, int] | None
    hidden: frozenset[str]
    ignored: tuple[str, ...]


def read(address: Mapping[str, str]) -> Asked:
    """Follow an address as far as it leads."""
    ignored: list[str] = []
    name = address.get("preset", FIRST)
    if name not in gallery.PRESETS:
        ignored.append(words.unknown_preset(_short(name)))
        name = FIRST
    experiment = gallery.preset(name).experiment
    keys = sorted((key for key in address if key not in OWN), key=_rank)
    for key in keys:
        try:
            experiment = assign(experiment, f"{key}={address[key]}")
        except ExperimentError as error:
            ignored.append(words.ignored(_short(key), _short(str(error), 200)))
    hidden = frozenset(filter(None, address.get("hide", "").split(",")))
    ignored += [words.not_hideable(_short(part), HIDEABLE) for part in sorted(hidden - set(HIDEABLE))]
    return Asked(
        preset=name,
        experiment=experiment,
        has_keys="preset" in address or bool(keys),
        run_id=address.get("run", ""),
        step=_step(address.get("step"), ignored),
        example=_example(address.get("example"), ignored),
        span=_span(address.get("span"), ignored),
        hidden=hidden & set(HIDEABLE),
        ignored=tuple(ignored),
    )


def step_in(address: Mapping[str, str]) -> int | None:
    """The past step that an address shows."""
    return _step(address.get("step"), [])


def write(mine: Session, with_run: bool = True) -> dict[str, str]:
    """The address of what is in hand; a setting too long to travel is left out."""
    found = dict(_parts(mine))
    if with_run and mine.run_id:
        found["run"] = mine.run_id
        if mine.step is not None:
            found["step"] = str(mine.step)
    if mine.example != Session().example:
        found["example"] = _written_example(mine.example)
    if mine.span is not None:
        found["span"] = "-".join(map(str, mine.span))
    if mine.hidden:
        found["hide"] = ",".join(sorted(mine.hidden))
    return found


def carries(mine: Session) -> bool:
    """Whether the address holds the input that is looked at."""
    own = read_example(mine.example)
    return own.form is None or len(write_own(own)) <= LONGEST_OWN


def _written_example(example: dict[str, Any]) -> str:
    """The input of one's own where it is short enough to travel, else the example that it began with."""
    own = read_example(example)
    if own.form is not None and len(text := write_own(own)) <= LONGEST_OWN:
        return f"{own.form}:{text}"
    return f"{own.split}:{own.index}"


def is_whole(mine: Session) -> bool:
    """Whether the address holds the whole experiment."""
    return sum(len(key) + len(value) for key, value in _written(mine)) <= LONGEST


def _parts(mine: Session) -> Iterator[tuple[str, str]]:
    yield "preset", mine.preset or FIRST
    if is_whole(mine):
        yield from _written(mine)


def _written(mine: Session) -> list[tuple[str, str]]:
    """What differs from the preset; an experiment with every default written out is held against such a preset."""
    name = mine.preset or FIRST
    bases = gallery.preset(name).experiment, canonical_preset(name)
    found = min((assignments(base, mine.experiment) for base in bases), key=len)
    return [(key, value) for key, _, value in (text.partition("=") for text in found)]


def _rank(key: str) -> tuple[int, int]:
    """The row of layers comes first, then kinds, which clear what they had; then their settings."""
    return (0 if key == LAYERS else 1 if key.endswith("kind") else 2), key.count(".")


def _step(text: str | None, ignored: list[str]) -> int | None:
    if text is None:
        return None
    if text.isdecimal() and len(text) < 10:
        return int(text)
    ignored.append(words.ignored("step", words.NOT_A_STEP))
    return None


def _span(text: str | None, ignored: list[str]) -> tuple[int, int] | None:
    """The first and the last step of a span, as 3-7."""
    if text is None:
        return None
    first, _, last = text.partition("-")
    if all(part.isdecimal() and len(part) < 5 for part in (first, last)) and int(first) <= int(last):
        return int(first), int(last)
    ignored.append(words.ignored("span", words.NOT_A_SPAN))
    return None


def _example(text: str | None, ignored: list[str]) -> dict[str, Any]:
    """The split and the number of an example, as train:7, or one's own, as text:the cat; else the first held-out."""
    split, _, number = (text or "").partition(":")
    if split in SPLITS and number.isdecimal() and len(number) < 10:
        return {"split": split, "index": int(number)}
    with suppress(ExperimentError):
        if split in FORMS:
            own = read_own(split, number)
            read_example(own)
            return Session().example | own
    if text is not None:
        ignored.append(words.ignored("example", words.NOT_AN_EXAMPLE))
    return Session().example


def _short(text: str, most: int = SHOWN) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
