"""A run trained again from its experiment and its events: on the same machine's CPU, the same numbers."""

from pathlib import Path

from explorer.engine.host import HostedRun
from explorer.errors import EngineError
from explorer.runs import Run


def replay(run: Run, path: Path, device: str = "cpu") -> Run:
    """Train a run again into another file, with every change at the step at which it was made."""
    hosted = HostedRun.start(run.experiment, path, device, run.data())
    try:
        hosted.begin()
        for event in run.events():
            if event.kind == "setting_changed":
                _advance_to(hosted, event.step)
                hosted.set(*event.details["settings"])
                hosted.begin()
            elif event.kind == "weight_set":
                _advance_to(hosted, event.step)
                hosted.set_weight(event.details["tensor"], tuple(event.details["index"]), event.details["value"])
            elif event.kind == "rolled_back":
                hosted.advance(steps=event.details["diverged_at"] - hosted.trainer.step + 1)
                hosted.roll_back()
        kept = run.resume()
        _advance_to(hosted, kept.step if kept else 0)
    finally:
        hosted.close()
    return hosted.run()


def _advance_to(hosted: HostedRun, step: int) -> None:
    hosted.advance(steps=max(0, step - hosted.trainer.step))
    if hosted.trainer.step != step:
        raise EngineError(f"replay: expected to reach step {step}, got to {hosted.trainer.step}; the run has changed.")
