"""Training in this process: for notebooks, the command line and tests."""

from collections.abc import Callable
from pathlib import Path

from explorer.engine.host import HostedRun, Status
from explorer.experiment import Experiment
from explorer.limits import home
from explorer.runs import Run, new_id, open_run

SLICE = 0.1  # seconds of training between two reports


def train(
    experiment: Experiment,
    out: str | Path | None = None,
    device: str = "auto",
    report: Callable[[Status], None] | None = None,
) -> Run:
    """Train to the end and open the run; an interrupt leaves a file that can be resumed, and is raised on."""
    path = Path(out) if out else home() / "runs" / f"{new_id()}.run"
    path.parent.mkdir(parents=True, exist_ok=True)
    return finish(HostedRun.start(experiment, path, device), report)


def resume(path: str | Path, device: str = "auto", report: Callable[[Status], None] | None = None) -> Run:
    """Train a run on to its end from where its file stands."""
    return finish(HostedRun.resume(Path(path), device), report)


def finish(hosted: HostedRun, report: Callable[[Status], None] | None = None) -> Run:
    """Train a hosted run to its end, close its file and open it for reading."""
    try:
        hosted.begin()
        while hosted.trainer.state == "training":
            hosted.advance(seconds=SLICE)
            if report:
                report(hosted.status)
    except KeyboardInterrupt:
        hosted.pause("Interrupted from the keyboard.")
        raise
    finally:
        hosted.close()
    return open_run(hosted.path)
