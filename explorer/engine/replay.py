"""A run trained again from its experiment and its events: on the same machine's CPU, the same numbers."""

from collections.abc import Callable, Mapping
from pathlib import Path

from explorer.engine.branching import continue_from
from explorer.engine.host import HostedRun
from explorer.errors import EngineError
from explorer.runs import Event, Run


def replay(run: Run, path: Path, device: str = "cpu") -> Run:
    """Train a run again into another file, with every change at the step at which it was made.

    What a run took from another is taken from its own snapshots: the kept weights from the first, a branch from the
    one where it began. Raises EngineError where that one was thinned out since.
    """
    events = run.events()
    _demand_beginning(run, events)
    hosted = HostedRun.start(run.experiment, path, device, run.data())
    try:
        for event in events:
            if event.kind in CHANGES:
                CHANGES[event.kind](hosted, run, event)
        kept = run.resume()
        _advance_to(hosted, kept.step if kept else 0)
    finally:
        hosted.close()
    return hosted.run()


def _begin(hosted: HostedRun, run: Run, event: Event) -> None:
    _advance_to(hosted, event.step)
    hosted.begin()


def _set(hosted: HostedRun, run: Run, event: Event) -> None:
    _advance_to(hosted, event.step)
    hosted.set(*event.details["settings"])


def _set_weight(hosted: HostedRun, run: Run, event: Event) -> None:
    _advance_to(hosted, event.step)
    hosted.set_weight(event.details["tensor"], tuple(event.details["index"]), event.details["value"])


def _roll_back(hosted: HostedRun, run: Run, event: Event) -> None:
    hosted.advance(steps=event.details["diverged_at"] - hosted.trainer.step + 1)
    hosted.roll_back()


def _rewind(hosted: HostedRun, run: Run, event: Event) -> None:
    _advance_to(hosted, event.details["left_at"])
    hosted.rewind()


def _keep_weights(hosted: HostedRun, run: Run, event: Event) -> None:
    hosted.keep_weights(event.details["run"], event.details["from_step"], run.snapshot(0))


def _branch(hosted: HostedRun, run: Run, event: Event) -> None:
    continue_from(hosted, run, event.step, run.snapshot(event.step))


CHANGES: Mapping[str, Callable[[HostedRun, Run, Event], None]] = {
    "started": _begin,
    "resumed": _begin,
    "setting_changed": _set,
    "weight_set": _set_weight,
    "rolled_back": _roll_back,
    "rewound": _rewind,
    "weights_kept": _keep_weights,
    "branched": _branch,
}


def _demand_beginning(run: Run, events: list[Event]) -> None:
    """Raise EngineError where the weights that the run took from another are gone."""
    needed = {"branched": "the branch", "weights_kept": "the start"}
    steps = run.steps()
    for event in events:
        if event.kind in needed and event.step not in steps:
            raise EngineError(
                f"replay: expected a snapshot of step {event.step}, where {needed[event.kind]} took its weights from "
                f"another run, got none; replay that run instead."
            )


def _advance_to(hosted: HostedRun, step: int) -> None:
    hosted.advance(steps=max(0, step - hosted.trainer.step))
    if hosted.trainer.step != step:
        raise EngineError(f"replay: expected to reach step {step}, got to {hosted.trainer.step}; the run has changed.")
