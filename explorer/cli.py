"""The explorer without a screen: one function a verb. `python -m explorer --help` lists them."""

import argparse
import json
import os
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from explorer import cli_measuring
from explorer.cli_attribution import add_attribution_verbs
from explorer.cli_looking import add_looking
from explorer.errors import DataError, EngineError, ExplorerError
from explorer.terminal import (
    answer,
    command,
    print_doctor,
    print_evaluation,
    print_presets,
    print_run,
    print_training,
    tell,
)

if TYPE_CHECKING:
    from explorer.engine.host import HostedRun
    from explorer.experiment import Experiment

DONE, INCOMPLETE, BAD_INPUT, INTERRUPTED = 0, 1, 2, 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb; returns the exit status."""
    arguments = build_parser().parse_args(argv)
    try:
        return arguments.verb(arguments)
    except ExplorerError as error:
        tell(str(error))
    except OSError as error:
        tell(f"{error.filename or 'a file'}: {error.strerror or error}.")
    except KeyboardInterrupt:
        tell("Interrupted before anything was done.")
        return INTERRUPTED
    return BAD_INPUT


# The grammar


class Parser(argparse.ArgumentParser):
    """A parser that refuses in one sentence."""

    def error(self, message: str) -> NoReturn:
        self.exit(BAD_INPUT, f"{message}; see {self.prog} --help.\n")


def build_parser() -> Parser:
    """The verbs and their arguments."""
    parser = Parser(prog="python -m explorer", description="Train small neural networks and look at their runs.")
    verbs = parser.add_subparsers(required=True, metavar="VERB")

    _add_verb(verbs, "presets", list_presets, "list the experiments that are ready to train")

    verb = _add_verb(verbs, "train", train, "train a preset or an experiment, or go on with a run")
    verb.add_argument("source", metavar="PRESET|FILE.json|FILE.run", help="what to train; a run is continued in place")
    verb.add_argument(
        "--set",
        action="append",
        default=[],
        type=_assignment,
        metavar="KEY=VALUE",
        help="change a setting, as in seed=3",
    )
    verb.add_argument("--steps", type=int, metavar="N", help="train up to N steps in all (sets recipe.steps)")
    verb.add_argument("--device", default="auto", metavar="D", help="auto, cpu, cuda or mps (default: auto)")
    verb.add_argument("--out", type=Path, metavar="FILE.run", help="the new run file (default: PRESET-<id>.run, here)")

    verb = _add_verb(verbs, "show", show, "tell what a run trained and how it went")
    verb.add_argument("run", type=Path, metavar="FILE.run")

    verb = _add_verb(verbs, "evaluate", evaluate, "measure a run on its held-out data")
    verb.add_argument("run", type=Path, metavar="FILE.run")
    verb.add_argument("--step", type=int, metavar="N", help="a step with a snapshot (default: the last)")

    add_looking(lambda name, function, purpose: _add_verb(verbs, name, function, purpose))
    cli_measuring.add_arguments(
        _add_verb(verbs, "measure", cli_measuring.measure, "follow a progress measure through a run"),
        _add_verb(verbs, "sweep", sweep, "train a grid over settings, with one run for every cell"),
    )
    add_attribution_verbs(verbs, _add_verb)
    _add_verb(verbs, "doctor", doctor, "check this installation")
    return parser


def _add_verb(verbs: Any, name: str, function: Any, purpose: str) -> argparse.ArgumentParser:
    verb = verbs.add_parser(name, help=purpose, description=f"{purpose[0].upper()}{purpose[1:]}.")
    verb.add_argument("--json", action="store_true", help="print one JSON value and nothing else")
    verb.set_defaults(verb=function)
    return verb


# The verbs


def list_presets(arguments: argparse.Namespace) -> int:
    """The presets, each with what to expect."""
    from explorer.gallery import presets

    rows = [{"name": each.name, "title": each.title, "expect": each.expect} for each in presets()]
    answer(rows, arguments.json, print_presets)
    return DONE


def train(arguments: argparse.Namespace) -> int:
    """Train something new, or go on with a run; an interrupt leaves a file that can be continued."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # as workers do, for the same numbers
    from explorer.engine.inline import finish
    from explorer.progress import attended

    is_old = arguments.source.endswith(".run")
    hosted = _reopen(arguments) if is_old else _start(arguments)
    try:
        if is_old and hosted.trainer.step == arguments.steps:
            hosted.writer.close()
        else:
            with attended() as report:
                finish(hosted, report)
    except KeyboardInterrupt:
        tell(f"Interrupted at step {hosted.status.step}; go on with: {command('train', hosted.path)}")
        return INTERRUPTED
    status, path = hosted.status, hosted.path
    found = {"run": str(path), "steps": status.step, "seconds": status.seconds, "device": status.device}
    answer({**found, "metrics": status.metrics}, arguments.json, print_training)
    if status.state == "finished":
        return DONE
    tell(f"The run is {status.state}. {status.sentence} Go on with: {command('train', path)}")
    return INCOMPLETE


def show(arguments: argparse.Namespace) -> int:
    """A run's experiment, its state, its last metrics, its events and its snapshots."""
    from explorer.runs import open_run

    run = open_run(arguments.run)
    kept = run.resume()
    details = kept.details if kept else {}
    found = {
        "run": str(run.path),
        "state": details.get("state", "created"),
        "steps": kept.step if kept else 0,
        "seconds": details.get("seconds", 0.0),
        "device": run.environment.get("device"),
        "metrics": {"train": {}, "test": {}, **run.latest()},
        "snapshots": run.steps(),
        "events": [vars(event) for event in run.events()],
        "experiment": run.experiment.model_dump(mode="json"),
    }
    answer(found, arguments.json, print_run)
    return DONE


def evaluate(arguments: argparse.Namespace) -> int:
    """Every metric on held-out data, and the confusion matrix where there are classes."""
    from explorer.runs import open_run

    answer(open_run(arguments.run).evaluate(arguments.step), arguments.json, print_evaluation)
    return DONE


def sweep(arguments: argparse.Namespace) -> int:
    """Train every combination of some settings' values."""
    return cli_measuring.sweep(arguments, _experiment(arguments.source))


def doctor(arguments: argparse.Namespace) -> int:
    """Versions, devices, and whether everything needed is there."""
    from explorer.environment import doctor as examine

    found = examine()
    answer(found, arguments.json, print_doctor)
    return DONE if set(found["checks"].values()) == {"ok"} else INCOMPLETE  # type: ignore[attr-defined]


# Parts of training


def _start(arguments: argparse.Namespace) -> "HostedRun":
    from explorer.engine.host import HostedRun
    from explorer.validation import assign

    experiment = assign(_experiment(arguments.source), *_assignments(arguments))
    name = f"{Path(arguments.source).stem}-{secrets.token_hex(3)}.run"
    return HostedRun.start(experiment, arguments.out or Path(name), arguments.device)


def _reopen(arguments: argparse.Namespace) -> "HostedRun":
    """A run to go on with; one that diverged goes back to where it was sound, at half the learning rate."""
    from explorer.engine.host import HostedRun

    if arguments.out:
        raise EngineError(f"--out: expected nothing with {arguments.source}, which goes on in place; leave it out.")
    hosted = HostedRun.resume(Path(arguments.source), arguments.device)
    try:
        step = hosted.trainer.step
        if arguments.steps is not None and arguments.steps < step:
            raise EngineError(f"--steps: expected at least the {step} steps already done, got {arguments.steps}.")
        if hosted.trainer.state == "diverged":
            hosted.roll_back()
            tell(hosted.sentence)
        if assignments := _assignments(arguments, step):
            hosted.set(*assignments)
    except BaseException:
        hosted.writer.close()
        raise
    return hosted


def _experiment(source: str) -> "Experiment":
    """The experiment that a word on the command line stands for: a file, or a preset."""
    from explorer.gallery import preset
    from explorer.limits import limits
    from explorer.validation import read_experiment

    if not source.endswith(".json"):
        return preset(source).experiment
    path = Path(source)
    limits().demand("file_bytes", path.stat().st_size, source, "choose an experiment file")
    try:
        tree = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise DataError(f"{source}: expected an experiment as JSON, got text that is none ({error}).") from None
    if not isinstance(tree, dict):
        raise DataError(f"{source}: expected an experiment as a JSON object, got {json.dumps(tree)[:60]}.")
    return read_experiment(tree)


def _assignment(text: str) -> str:
    if not text.partition("=")[1]:
        raise argparse.ArgumentTypeError(f"expected KEY=VALUE, such as recipe.learning_rate=0.01, got {text!r}")
    return text


def _assignments(arguments: argparse.Namespace, done: int | None = None) -> list[str]:
    """The settings to change; as many steps as are already done need no change."""
    is_more = arguments.steps not in (None, done)
    return [*arguments.set, *([f"recipe.steps={arguments.steps}"] if is_more else [])]
