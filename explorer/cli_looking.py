"""The verbs that look inside a run: which lenses fit it, and what one of them sees."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from explorer.errors import EngineError
from explorer.experiment import parse_value
from explorer.lenses.request import Example, read_example
from explorer.own_input import FORMS, picture_of, read_own
from explorer.terminal import answer, print_lenses, print_picture

Add = Callable[[str, Callable[[argparse.Namespace], int], str], argparse.ArgumentParser]
DONE = 0
OWN = (  # forms of an input of the user's own
    ("text", "TEXT", "an input of your own: text, or tokens with blanks between them"),
    ("row", "A=1,B=2", "an input of your own: features of a table by name, or 1,2,... in order"),
    ("point", "X,Y", "an input of your own: a point of the plane (as --point=-1,2)"),
    ("picture", "FILE", "an input of your own: a picture, such as PNG or JPEG"),
    ("numbers", "1,2;3,4", "an input of your own: a series, its steps parted by semicolons"),
)


def add_looking(add: Add) -> None:
    """Add the verbs to the grammar."""
    verb = add("lenses", lenses, "list the lenses that have something to see in a run")
    verb.add_argument("run", type=Path, metavar="FILE.run")

    verb = add("look", look, "look inside a run through a lens")
    verb.add_argument("run", type=Path, metavar="FILE.run")
    verb.add_argument("lens", metavar="LENS", help="one of those that `lenses` lists")
    verb.add_argument("--step", type=int, metavar="N", help="a step with a snapshot (default: the last)")
    add_example(verb)
    verb.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", help="a setting of the lens, as in layer=hidden"
    )


def add_example(verb: argparse.ArgumentParser) -> None:
    """What says which input is looked at: an example of the data, or one of the user's own."""
    verb.add_argument("--example", type=int, default=0, metavar="N", help="which example (default: 0)")
    verb.add_argument("--split", choices=("test", "train"), default="test", help="of which split (default: test)")
    own = verb.add_mutually_exclusive_group()
    for form, metavar, purpose in OWN:
        own.add_argument(f"--{form}", metavar=metavar, help=purpose)


def example_of(arguments: argparse.Namespace) -> Example:
    """The input that was asked for; raises an ExplorerError where it is none."""
    given = next(((form, text) for form, _, _ in OWN if (text := getattr(arguments, form)) is not None), None)
    if given is None:
        return read_example({"split": arguments.split, "index": arguments.example})
    form, text = given
    return read_example(picture_of(text) if form == "picture" else read_own(form, text))


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
    example = example_of(arguments)
    picture = inline.look(run, arguments.lens, step, example, _settings(arguments.set))
    arrays = {
        name: {"axes": list(array.axes), "shape": list(array.values.shape), "values": array.values.tolist()}
        for name, array in picture.items()
    }
    found = {"run": str(run.path), "lens": arguments.lens, "step": step, "example": _told(example)}
    answer({**found, "arrays": arrays}, arguments.json, print_picture)
    return DONE


def _told(example: Example) -> dict[str, Any]:
    """The split and the number of an example, or the input of the user's own."""
    own = example.model_dump(mode="json", include=set(FORMS), exclude_none=True)
    return own or {"split": example.split, "index": example.index}


def _settings(assignments: list[str]) -> dict[str, Any]:
    """Settings of the lens as typed: KEY=VALUE, where the value is JSON or a word."""
    found = {}
    for assignment in assignments:
        key, equals, text = assignment.partition("=")
        if not equals:
            raise EngineError(f"--set: expected KEY=VALUE, such as layer=hidden, got {assignment!r}; add a value.")
        found[key.strip()] = parse_value(text.strip())
    return found
