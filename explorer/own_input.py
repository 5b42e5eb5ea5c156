"""An input of a person's own, as plain JSON: typed text, tokens, a row of a table, a point, a picture or a series.

What a dataset makes of it stands with the dataset. Nothing here needs torch.
"""

import base64
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Self

from pydantic import Field, field_validator, model_validator

from explorer.errors import DataError, Fault
from explorer.experiment import Settings, parse_value

FORMS = ("text", "tokens", "row", "point", "picture", "numbers")
MOST_PICTURE = 60_000  # characters: with all the rest it passes in one message, and in one address
SHOWN = 60  # characters of a wrong value that a sentence repeats


class OwnInput(Settings):
    """One input in one of the forms; all of them empty means an example of the data."""

    text: str | None = Field(None, max_length=4096, description="Typed text, or tokens with blanks between them.")
    tokens: tuple[str, ...] | None = Field(None, max_length=1024, description="Tokens by their names.")
    row: Mapping[str, float] | tuple[float, ...] | None = Field(
        None, description="Features of a table by name, or all in order, in the units of the table."
    )
    point: tuple[float, float] | None = Field(None, description="A point of the plane.")
    picture: str | None = Field(
        None, max_length=MOST_PICTURE, description="A file of a picture, such as PNG or JPEG, in URL-safe base64."
    )
    numbers: tuple[tuple[float, ...], ...] | None = Field(
        None, max_length=1024, description="A series of numbers: for each step its features."
    )

    @field_validator("numbers", mode="before")
    @classmethod
    def _one_feature(cls, given: Any) -> Any:
        """A series of one feature may be written flat."""
        if not isinstance(given, list | tuple):
            return given
        return [[each] if isinstance(each, int | float) else each for each in given]

    @model_validator(mode="after")
    def _is_one_thing(self) -> Self:
        given = [form for form in FORMS if getattr(self, form) is not None]
        if len(given) > 1:
            raise ValueError(f"expected one input, got {' and '.join(given)}.")
        return self

    @property
    def form(self) -> str | None:
        """Which form was given; None for an example of the data."""
        return next((form for form in FORMS if getattr(self, form) is not None), None)


def picture_text(content: bytes) -> str:
    """The bytes of a picture's file as they stand in an input; raises DataError where they are too many."""
    text = base64.urlsafe_b64encode(content).decode()
    if len(text) > MOST_PICTURE:
        most = MOST_PICTURE * 3 // 4
        raise refusal("picture", f"a file of at most {most:,} bytes", f"{len(content):,}", "make the picture smaller")
    return text


def picture_bytes(text: str) -> bytes:
    """The file in an input; raises DataError where the text is no base64."""
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        raise refusal("picture", "a picture's file in base64", repr(text[:SHOWN]), "encode it again") from None


def read_own(form: str, text: str) -> dict[str, Any]:
    """An input as a person writes it on one line: 1.5,-2 is a point; a=1,b=2 or 1,2 a row; 0.1,0;0.5,1 a series."""
    return {form: READERS[form](text)}


def write_own(own: OwnInput) -> str:
    """The same on one line, without the name of the form."""
    value = getattr(own, own.form or "text")
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return ",".join(f"{name}={number:.9g}" for name, number in value.items())
    if own.form == "tokens":
        return " ".join(value)
    if own.form == "numbers":
        return ";".join(",".join(f"{number:.9g}" for number in step) for step in value)
    return ",".join(f"{number:.9g}" for number in value)


def refusal(form: str, expected: str, got: str, remedy: str = "") -> DataError:
    """The error of an input that cannot be used."""
    return DataError(str(Fault(f"example.{form}", expected, got, remedy)))


def _row(text: str) -> Any:
    if isinstance(whole := parse_value(text), dict):
        return whole
    if "=" not in text:
        return _numbers(text)
    pairs = [pair.rpartition("=") for pair in text.split(",")]
    return {name.strip(): parse_value(number.strip()) for name, _, number in pairs}


def _numbers(text: str) -> list[Any]:
    return [parse_value(number.strip()) for number in text.split(",")]


READERS: dict[str, Callable[[str], Any]] = {
    "text": str,
    "tokens": str.split,
    "row": _row,
    "point": _numbers,
    "picture": str,
    "numbers": lambda text: [_numbers(step) for step in text.split(";")],
}


def picture_of(path: str | Path) -> dict[str, str]:
    """The file at a path as an input."""
    return {"picture": picture_text(Path(path).read_bytes())}
