"""The verbs that measure: a progress measure over a run's snapshots, and a sweep over settings."""

import argparse
import os
from pathlib import Path
from typing import Any

from explorer.grid import read_values
from explorer.terminal import answer, print_measured, print_sweep


def add_arguments(measure: argparse.ArgumentParser, sweep: argparse.ArgumentParser) -> None:
    """What the two verbs take."""
    measure.add_argument("run", type=Path, metavar="FILE.run")
    measure.add_argument("name", metavar="NAME", help="a measure such as prefix_matching, or a metric as test.accuracy")
    measure.add_argument(
        "--steps", type=_steps, metavar="N,N,...", help="kept steps to measure at (default: all that are kept)"
    )
    sweep.add_argument("source", metavar="PRESET|FILE.json", help="what to train")
    sweep.add_argument(
        "grid",
        nargs="+",
        type=_axis,
        metavar="KEY=V1,V2,...",
        help="a setting and its values, as recipe.steps=50,100, "
        "data.lag=1..4, recipe.l2='0..1 in 5' or recipe.l2='0.001..1 in 4 log'",
    )
    sweep.add_argument("--seeds", type=_count, default=1, metavar="N", help="seeds for every cell (default: 1)")
    sweep.add_argument("--device", default="auto", metavar="D", help="auto, cpu, cuda or mps (default: auto)")
    sweep.add_argument(
        "--out", type=Path, default=Path(), metavar="FOLDER", help="where the run files go (default: here)"
    )


def measure(arguments: argparse.Namespace) -> int:
    """A measure at the kept steps of a run, and whether it jumps."""
    from explorer.runs import open_run
    from explorer.transitions import find_transition

    table = open_run(arguments.run).measure(arguments.name, arguments.steps)
    whole = table[table["name"] == arguments.name]
    found = find_transition(zip(whole["step"], whole["value"], strict=True))
    rows = table.to_dict("records")
    answer({"measure": arguments.name, "values": rows, "transition": vars(found)}, arguments.json, print_measured)
    return 0


def sweep(arguments: argparse.Namespace, experiment: Any) -> int:
    """Train a grid over settings, and answer with one row a run."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # as workers do, for the same numbers
    from explorer.engine.sweep import sweep as train
    from explorer.progress import attended

    with attended() as report:
        table = train(experiment, dict(arguments.grid), arguments.seeds, arguments.out, arguments.device, report)
    answer(table.to_dict("records"), arguments.json, print_sweep)
    return 0


def _steps(text: str) -> list[int]:
    try:
        return [int(step) for step in text.split(",")]
    except ValueError:
        raise argparse.ArgumentTypeError(f"expected steps such as 0,100,200, got {text!r}") from None


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"expected a number of seeds, got {text!r}")
    return int(text)


def _axis(text: str) -> tuple[str, list[Any]]:
    """A key and its values."""
    key, equals, values = text.partition("=")
    if not equals or not values:
        raise argparse.ArgumentTypeError(f"expected KEY=V1,V2,..., such as recipe.weight_decay=0,1, got {text!r}")
    try:
        return key, read_values(values)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{key}: {error}") from None
