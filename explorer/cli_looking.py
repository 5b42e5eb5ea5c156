"""The verbs that look inside a run: which lenses fit it, and what one of them sees."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from explorer.errors import EngineError
from explorer.experiment import parse_value
from explorer.terminal import answer, print_lenses, print_picture

Add = Callable[[str, Callable[[argparse.Namespace], int], str], argparse.ArgumentParser]
DONE = 0


def add_looking(add: Add) -> None:
    """Add the verbs to the grammar."""
    verb = add("lenses", lenses, "list the lenses that have something to see in a run")
    verb.add_argument("run", type=Path, metavar="FILE.run")

    verb = add("look", look, "look inside a run through a lens")
    verb.add_argument("run", type=Path, metavar="FILE.run")
    verb.add_argument("lens", metavar="LENS", help="one of those that `lenses` lists")
    verb.add_argument("--step", type=int, metavar="N", help="a step with a snapshot (default: the last)")
    verb.add_argument("--example", type=int, default=0, metavar="N", help="which example (default: 0)")
    verb.add_argument("--split", choices=("test", "train"), default="test", help="of which split (default: test)")
    verb.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", help="a setting of the lens, as in layer=hidden"
    )


def lenses(arguments: argparse.Namespace) -> int:
    """The lenses that fit a run, each with what it shows and what it does not."""
    from explorer.lenses.offer import offered_for

    answer(offered_for(arguments.run), arguments.json, print_lenses)
    return DONE


def look(arguments: argparse.Namespace) -> int:
    """What one lens sees, as arrays with named axes."""
    from explorer.engine import inline
    from explorer.runs import open_run

    run = open_run(arguments.run)
    steps = run.steps()
    step = steps[-1] if arguments.step is None and steps else arguments.step
    example = {"split": arguments.split, "index": arguments.example}
    picture = inline.look(run, arguments.lens, step, example, _settings(arguments.set))
    arrays = {
        name: {"axes": list(array.axes), "shape": list(array.values.shape), "values": array.values.tolist()}
        for name, array in picture.items()
    }
    found = {"run": str(run.path), "lens": arguments.lens, "step": step, "example": example}
    answer({**found, "arrays": arrays}, arguments.json, print_picture)
    return DONE


def _settings(assignments: list[str]) -> dict[str, Any]:
    """Settings of the lens as typed: KEY=VALUE, where the value is JSON or a word."""
    found = {}
    for assignment in assignments:
        key, equals, text = assignment.partition("=")
        if not equals:
            raise EngineError(f"--set: expected KEY=VALUE, such as layer=hidden, got {assignment!r}; add a value.")
        found[key.strip()] = parse_value(text.strip())
    return found
