"""How the answers of the command line look: tables for people, JSON for programs, sentences on stderr."""

import json
import math
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

MATRIX_SHOWN = 12  # classes of a confusion matrix that fit on a terminal
NUMBERS_SHOWN = 8  # numbers of an array that fit on a line


def answer(value: Any, as_json: bool, printer: Callable[[Any], None]) -> None:
    """Print a plain value: as one line of JSON, or by its printer."""
    if as_json:
        print(json.dumps(plain(value), allow_nan=False))
    else:
        printer(value)


def tell(sentence: str) -> None:
    """Say something beside the answer, on stderr."""
    print(sentence.strip(), file=sys.stderr)


def command(verb: str, path: str | Path) -> str:
    """A command about a run, ready to be typed."""
    name = f'"{path}"' if " " in str(path) else str(path)
    return f"python -m explorer {verb} {name}"


def plain(value: Any) -> Any:
    """The value with numbers that JSON does not know as null."""
    if isinstance(value, Mapping):
        return {str(key): plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [plain(entry) for entry in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def print_presets(rows: list[dict[str, str]]) -> None:
    """One row a preset."""
    table = _table("preset", "title", "what to expect")
    for row in rows:
        table.add_row(row["name"], row["title"], row["expect"])
    show(table)


def print_training(found: dict[str, Any]) -> None:
    """How far training came, its last metrics, and what to do next."""
    show(f"{found['run']}: {found['steps']} steps, {found['seconds']:.1f} s on {found['device']}")
    show(_metric_table(found["metrics"]))
    show(f"look at it with: {command('evaluate', found['run'])}")


def print_run(found: dict[str, Any]) -> None:
    """A run from its experiment to its snapshots."""
    experiment = found["experiment"]
    show(f"{found['run']}: {found['state']} at step {found['steps']}")
    show(f"data: {experiment['data']['kind']}; seed {experiment['seed']}")
    show("layers: " + ", ".join(layer["name"] for layer in experiment["network"]["layers"]))
    show(_metric_table(found["metrics"]))
    for event in found["events"]:
        show(f"step {event['step']}: {event['kind'].replace('_', ' ')}")
    show(f"snapshots: {len(found['snapshots'])}")


def print_evaluation(found: dict[str, Any]) -> None:
    """Metrics on held-out data, and the confusion matrix where it fits."""
    show(f"step {found['step']}, held-out data")
    show(_metric_table({"test": found["metrics"]}))
    matrix = found["confusion_matrix"]
    if matrix and len(matrix) <= MATRIX_SHOWN:
        table = _table("true \\ predicted", *map(str, range(len(matrix))))
        for label, row in enumerate(matrix):
            table.add_row(str(label), *map(str, row))
        show(table)


def print_lenses(rows: list[dict[str, Any]]) -> None:
    """One row a lens."""
    table = _table("lens", "title", "what it shows")
    for row in rows:
        table.add_row(row["lens"], row["title"], row["shows"])
    show(table)


def print_picture(found: dict[str, Any]) -> None:
    """One row an array: its axes with their sizes, and its numbers or their range."""
    show(f"{found['run']}: {found['lens']} at step {found['step']}")
    table = _table("array", "axes", "numbers")
    for name, array in found["arrays"].items():
        sizes = " × ".join(f"{axis} {size}" for axis, size in zip(array["axes"], array["shape"], strict=True))
        table.add_row(name, sizes, _numbers(array["values"]))
    show(table)


def _numbers(values: Any) -> str:
    """A few numbers themselves, of many the least and the greatest."""
    flat = _flat(values)
    if len(flat) <= NUMBERS_SHOWN:
        return ", ".join(f"{value:.4g}" for value in flat)
    return f"{min(flat):.4g} to {max(flat):.4g}"


def _flat(values: Any) -> list[float]:
    return [number for entry in values for number in _flat(entry)] if isinstance(values, list) else [values]


def print_measured(found: dict[str, Any]) -> None:
    """One row a step, and whether the measure jumps; of a row of numbers, the one that sums it up."""
    table = _table("step", found["measure"])
    for row in found["values"]:
        if row["name"] == found["measure"]:
            table.add_row(str(row["step"]), f"{row['value']:.4g}")
    show(table)
    show(found["transition"]["sentence"])


def print_sweep(rows: list[dict[str, Any]]) -> None:
    """One row a run."""
    table = _table(*rows[0])
    for row in rows:
        table.add_row(*(f"{value:.4g}" if isinstance(value, float) else str(value) for value in row.values()))
    show(table)


def print_doctor(found: dict[str, Any]) -> None:
    """One row a finding."""
    table = _table("what", "found")
    for name, value in found.items():
        for label, entry in value.items() if isinstance(value, Mapping) else [(name, value)]:
            table.add_row(str(label), ", ".join(map(str, entry)) if isinstance(entry, list) else str(entry))
    show(table)


def _metric_table(metrics: Mapping[str, Mapping[str, float]]) -> Table:
    table = _table("metric", *metrics)
    for name in sorted({name for values in metrics.values() for name in values}):
        table.add_row(name, *(f"{values[name]:.4g}" if name in values else "" for values in metrics.values()))
    return table


def _table(*columns: str) -> Table:
    return Table(*columns, box=None, padding=(0, 2, 0, 0))


def show(what: str | Table) -> None:
    """To the terminal, to which a bracket in a file name is no command; a long line stays one line."""
    Console(markup=False, highlight=False).print(what, soft_wrap=isinstance(what, str))
