"""A table of the user's own: which columns of a CSV file to tell, and which to tell them from."""

from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from explorer.datasets.csv_files import CsvFile, is_missing, open_csv
from explorer.datasets.files import find_file, refused, stamp
from explorer.datasets.tables import Table, Tabular
from explorer.errors import DataError, unknown
from explorer.limits import limits

ROWS_AT_ONCE = 4096
FEW_CLASSES = 20  # so many different whole numbers at most are taken for classes
MOST_CLASSES = 256

Told = Literal["classification", "regression"]


@dataclass(frozen=True)
class Columns:
    """What the user chose: the target, the features and the task, each None where it is left open."""

    target: str | None
    features: tuple[str, ...] | None
    task: Told | None


class Csv(Tabular):
    """A table of your own, from a CSV file whose first line names the columns."""

    kind: ClassVar[str] = "csv"
    title: ClassVar[str] = "CSV file"

    path: str = Field("", max_length=4096, description="The CSV file; its first line names the columns.")
    target: str | None = Field(None, description="The column to tell; empty means the last one.")
    features: tuple[str, ...] | None = Field(
        None, min_length=1, description="The columns to tell it from; empty means all others."
    )
    task: Told | None = Field(None, description="Tell a class or a number; empty means by the target's values.")

    def table(self) -> Table:
        path = find_file(self.path, "data.path")
        return _read_table(stamp(path), Columns(self.target, self.features, self.task))

    def files(self) -> tuple[str, ...]:
        return (self.path,)


@lru_cache(maxsize=4)
def _read_table(stamped: tuple[str, int, int], columns: Columns) -> Table:
    file = open_csv(stamped[0])
    names = file.names()
    target, features = _choose(names, columns)
    n_lines = file.count_lines()
    limits().demand("table_rows", n_lines - 1, file.place, "use a part of the file")
    limits().demand("dataset_bytes", 8 * n_lines * len(features), file.place, "choose fewer features")
    numbers, answers = _read_columns(file, names, target, features)
    targets, labels = answers.read(columns.task)
    return Table(numbers, targets, tuple(names[index] for index in features), labels)


def _choose(names: tuple[str, ...], columns: Columns) -> tuple[int, list[int]]:
    """Places of the target and of the features."""
    target = names[-1] if columns.target is None else columns.target
    if target not in names:
        raise DataError(str(unknown("data.target", target, names, "choose a column of the file")))
    if columns.features is None:
        return names.index(target), [index for index, name in enumerate(names) if name != target]
    for name in columns.features:
        if name not in names:
            raise DataError(str(unknown("data.features", name, names, "choose columns of the file")))
        if name == target:
            raise refused("data.features", "columns other than the target", repr(name), "leave it out")
    return names.index(target), [names.index(name) for name in dict.fromkeys(columns.features)]


@dataclass(frozen=True)
class Answers:
    """The target's column as text, with the line of each cell."""

    file: CsvFile
    name: str
    lines: list[int]
    texts: list[str]

    def read(self, task: Told | None) -> tuple[np.ndarray, tuple[str, ...]]:
        """Class ids and the classes' names, or numbers and the target's name."""
        for line, text in zip(self.lines, self.texts, strict=True):
            if is_missing(text):
                place = self.file.cell_place(line, self.name)
                raise refused(place, "a value to learn", "a missing value", "fill it in or remove the line")
        different = sorted(set(self.texts))
        is_numeric = all(map(self.file.is_number, different))
        is_regression = is_numeric and not self._look_like_classes(different) if task is None else task == "regression"
        return self._numbers() if is_regression else self._classes(is_numeric)

    def _look_like_classes(self, different: list[str]) -> bool:
        """Whether the numbers are whole, few, and each there twice on average."""
        numbers = set(self.file.numbers(different).tolist())
        is_few = len(numbers) <= min(FEW_CLASSES, len(self.texts) // 2)
        return is_few and all(map(float.is_integer, numbers))

    def _numbers(self) -> tuple[np.ndarray, tuple[str, ...]]:
        values = _numbers(self.file, self.name, self.texts, self.lines)
        if np.ptp(values) == 0:
            place = f"{self.file.place}, column {self.name!r}"
            raise refused(place, "numbers that differ", f"only {self.texts[0]}", "choose another column as data.target")
        return values, (self.name,)

    def _classes(self, is_numeric: bool) -> tuple[np.ndarray, tuple[str, ...]]:
        classes = self.texts
        if is_numeric:  # 1 and 1.0 are the same class
            classes = [f"{number:.15g}" for number in self.file.numbers(self.texts).tolist()]
        labels = sorted(set(classes), key=float if is_numeric else None)
        if not 2 <= len(labels) <= MOST_CLASSES:
            got = f"only {labels[0]!r}" if len(labels) == 1 else f"{len(labels):,}"
            place = f"{self.file.place}, column {self.name!r}"
            raise refused(place, f"2 to {MOST_CLASSES} classes", got, "choose another column as data.target")
        ids = {label: number for number, label in enumerate(labels)}
        return np.array([ids[each] for each in classes], dtype=np.int64), tuple(labels)


def _read_columns(
    file: CsvFile, names: tuple[str, ...], target: int, features: list[int]
) -> tuple[np.ndarray, Answers]:
    """The features as numbers (n, feature), block by block, and the target as text."""
    answers = Answers(file, names[target], [], [])
    blocks = []
    rows = islice(file.rows(), 1, None)
    while block := list(islice(rows, ROWS_AT_ONCE)):
        lines = [line for line, _ in block]
        columns = [_numbers(file, names[index], [cells[index] for _, cells in block], lines) for index in features]
        blocks.append(np.stack(columns, 1))
        answers.lines.extend(lines)
        answers.texts.extend(cells[target].strip() for _, cells in block)
    if not blocks:
        raise refused(file.place, "rows below the header", "none", "add some, or choose another file")
    return np.concatenate(blocks), answers


def _numbers(file: CsvFile, name: str, texts: list[str], lines: list[int]) -> np.ndarray:
    """A column's cells as numbers; refuses the first that is none."""
    try:
        return file.numbers(texts)
    except ValueError:
        bad = next(place for place, text in enumerate(texts) if not file.is_number(text))
    got = "a missing value" if is_missing(texts[bad]) else repr(texts[bad].strip()[:60])
    remedy = "mend it, or leave the column out with data.features"
    raise refused(file.cell_place(lines[bad], name), "a number", got, remedy)
