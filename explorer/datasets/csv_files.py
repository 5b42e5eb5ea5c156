"""CSV files as they come: their encoding, separator and columns, and the place where one is broken."""

import csv
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from explorer.datasets.files import CHUNK, encoding_of, find_file, refused

SEPARATORS = (";", "\t", ",")
LOOKED_AT = 5  # lines by which the separator is found
LARGEST = 1e30  # the squares of larger numbers soon leave the range of doubles
MISSING = ("", "?", "na", "n/a", "nan", "null")


@dataclass(frozen=True)
class CsvFile:
    """How one CSV file is written."""

    path: Path
    encoding: str
    separator: str

    @property
    def place(self) -> str:
        """How sentences name the file."""
        return f"data.path ({self.path.name})"

    def cell_place(self, line: int, column: str) -> str:
        """How sentences name one cell."""
        return f"{self.place}, line {line}, column {column!r}"

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Line number and cells of every line that is not blank, the header first; refuses a ragged one."""
        width = None
        with self.path.open(encoding=self.encoding, newline="") as file:
            reader = csv.reader(file, delimiter=self.separator, skipinitialspace=True, strict=True)
            try:
                for row in reader:
                    if len(row) <= 1 and not "".join(row).strip():
                        continue
                    width = len(row) if width is None else width
                    if len(row) != width:
                        place = f"{self.place}, line {reader.line_num}"
                        raise refused(place, f"{width} values", f"{len(row)}", "mend the line or remove it")
                    yield reader.line_num, row
            except csv.Error as error:
                place = f"{self.place}, line {reader.line_num}"
                raise refused(place, "values between separators", str(error), "check the quotation marks") from None

    def names(self) -> tuple[str, ...]:
        """What the columns are called; one without a name is called by its place."""
        line, header = next(self.rows(), (0, []))
        if not header:
            raise refused(self.place, "a first line that names the columns", "blank lines", "choose another file")
        names = tuple(name.strip() or f"column {place + 1}" for place, name in enumerate(header))
        if len(names) == 1:
            expected = "at least two columns, separated by comma, semicolon or tab"
            raise refused(self.place, expected, f"only {names[0]!r}", "add features, or separate the columns")
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            place = f"{self.place}, line {line}"
            raise refused(place, "a different name for every column", f"{twice!r} twice", "rename one of them")
        return names

    def count_lines(self) -> int:
        """How many line breaks the file has; none of it is kept."""
        with self.path.open(encoding=self.encoding) as file:
            return sum(chunk.count("\n") for chunk in iter(lambda: file.read(CHUNK), ""))

    def numbers(self, texts: Sequence[str]) -> np.ndarray:
        """The numbers in cells, with a decimal comma where commas do not separate; ValueError where one holds none."""
        if self.separator != ",":
            texts = [text.replace(",", ".") for text in texts]
        values = np.fromiter(map(float, texts), np.float64, len(texts))
        if not (np.abs(values) <= LARGEST).all():
            raise ValueError("not a number, or too large")
        return values

    def is_number(self, text: str) -> bool:
        """Whether there is a number in a cell."""
        try:
            self.numbers([text])
        except ValueError:
            return False
        return True


def open_csv(path: str) -> CsvFile:
    """Find out how the file at this path is written."""
    found = find_file(path, "data.path")
    encoding = encoding_of(found, "data.path")
    with found.open(encoding=encoding, newline="") as file:
        head = [file.readline(CHUNK) for _ in range(LOOKED_AT)]
    return CsvFile(found, encoding, _separator(head))


def is_missing(text: str) -> bool:
    """Whether a cell says that its value is not known."""
    return text.strip().lower() in MISSING


def _separator(head: list[str]) -> str:
    """The separator that gives the first lines the same number of columns, and as many as possible."""

    def fitness(separator: str) -> tuple[bool, int]:
        widths: list[int] = []
        with suppress(csv.Error):  # `rows` tells what is wrong, and where
            widths.extend(len(row) for row in csv.reader(head, delimiter=separator, skipinitialspace=True) if row)
        width = widths[0] if widths else 0
        return width > 1 and set(widths) == {width}, width

    return max(SEPARATORS, key=fitness)
