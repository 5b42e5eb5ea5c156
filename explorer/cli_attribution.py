"""The verbs of the command line that tell which parts of an input speak for an answer."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich.table import Table

from explorer.cli_looking import add_example, example_of
from explorer.experiment import parse_value
from explorer.terminal import answer, show, tell

DONE, INCOMPLETE = 0, 1
Adder = Callable[..., argparse.ArgumentParser]
SHOWN = 20  # scores that a terminal lists


def add_attribution_verbs(verbs: Any, add_verb: Adder) -> None:
    """Register the verbs."""
    verb = add_verb(verbs, "methods", list_methods, "list the methods of attribution, and which are right for a run")
    verb.add_argument("run", type=Path, metavar="FILE.run")

    verb = add_verb(verbs, "attribute", attribute, "tell which parts of an example speak for an answer")
    verb.add_argument("run", type=Path, metavar="FILE.run")
    verb.add_argument("--method", default="IntegratedGradients", metavar="M", help="see the verb methods")
    add_example(verb)
    verb.add_argument(
        "--target", metavar="T", help="3, 3-5, 3@10, frame:7, box:0, sequence or hidden:4 (default: the answer)"
    )
    verb.add_argument("--baseline", metavar="B", help="zeros, mean, blurred, random, example:7 or token:7")
    verb.add_argument("--layer", metavar="NAME", help="score this layer's values, or look into it")
    verb.add_argument("--step", type=int, metavar="N", help="a step with a snapshot (default: the last)")
    verb.add_argument("--seed", type=int, default=0, metavar="N", help="where chance starts (default: 0)")
    verb.add_argument(
        "--set", action="append", default=[], type=_setting, metavar="KEY=VALUE", help="a setting of the method"
    )

    verb = add_verb(verbs, "truth", check_truth, "try every method of attribution on tasks with a known answer")
    verb.add_argument("--seeds", type=int, default=3, metavar="N", help="repetitions (default: 3)")
    verb.add_argument("--task", action="append", metavar="T", help="this task alone; may be given several times")


def list_methods(arguments: argparse.Namespace) -> int:
    """Every method with its verdict on the run's network."""
    from explorer.lenses.attribution import methods
    from explorer.runs import open_run

    answer(methods(open_run(arguments.run)), arguments.json, _print_methods)
    return DONE


def attribute(arguments: argparse.Namespace) -> int:
    """The scores of one example."""
    from explorer.lenses.attribution import attribute as ask
    from explorer.lenses.attribution.asking import read_method
    from explorer.runs import open_run

    settings = dict(arguments.set)
    read_method(arguments.method, settings)  # before anything is loaded
    found = ask(
        open_run(arguments.run),
        example_of(arguments),
        arguments.method,
        arguments.target,
        arguments.baseline,
        step=arguments.step,
        seed=arguments.seed,
        **{"layer": arguments.layer, **settings},
    )
    answer({**vars(found), "scores": found.scores.tolist()}, arguments.json, _print_attribution)
    return DONE


def check_truth(arguments: argparse.Namespace) -> int:
    """Every method on every task of which the right scores are known; 1 where a method known to be bad passes."""
    from explorer.errors import ExperimentError, unknown
    from explorer.truth.bench import TASKS, disagreements, run_bench

    names = arguments.task or list(TASKS)
    if faults := [unknown("--task", name, TASKS) for name in names if name not in TASKS]:
        raise ExperimentError(faults)
    rows = run_bench(names, max(arguments.seeds, 1), tell)
    answer(rows, arguments.json, _print_truth)
    found = disagreements(rows)
    for sentence in found:
        tell(sentence)
    return INCOMPLETE if found else DONE


def _setting(text: str) -> tuple[str, Any]:
    key, equals, value = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"expected KEY=VALUE, such as path_steps=256, got {text!r}")
    return key, parse_value(value)


def _print_methods(rows: list[dict[str, str]]) -> None:
    table = Table("method", "verdict", "reason", box=None, padding=(0, 2, 0, 0))
    for row in rows:
        table.add_row(*row.values())
    show(table)


def _print_truth(rows: list[dict[str, Any]]) -> None:
    """Methods by tasks: the mean share of right cases, with a tick where every seed passes."""
    tasks = list(dict.fromkeys(row["task"] for row in rows))
    table = Table("method", *tasks, box=None, padding=(0, 1, 0, 0))
    for method in dict.fromkeys(row["method"] for row in rows):
        cells = {row["task"]: row for row in rows if row["method"] == method}
        table.add_row(method, *(_cell(cells.get(task)) for task in tasks))
    show(table)


def _cell(row: dict[str, Any] | None) -> str:
    if row is None:
        return ""
    return f"{sum(row['scores']) / len(row['scores']):.2f}{'✓' if row['passes'] else ''}"


def _print_attribution(found: dict[str, Any]) -> None:
    show(f"{found['method']} ({found['verdict']}), target {found['target']}, compared with {found['baseline']}")
    show(f"completeness error {found['completeness_error']:.2g} of a change of {found['change']:.4g}")
    for note in found["notes"]:
        show(note)
    table = Table("place", "score", box=None, padding=(0, 2, 0, 0))
    rows = sorted(_flat(found["scores"], ()), key=lambda row: -abs(row[1]))
    for place, score in rows[:SHOWN]:
        table.add_row(", ".join(map(str, place)), f"{score:.4g}")
    show(table)


def _flat(scores: Any, place: tuple[int, ...]) -> list[tuple[tuple[int, ...], float]]:
    if not isinstance(scores, list):
        return [(place, scores)]
    return [row for index, each in enumerate(scores) for row in _flat(each, (*place, index))]
