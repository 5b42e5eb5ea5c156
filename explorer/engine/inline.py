"""Training and looking in this process: for notebooks, the command line and tests."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from explorer.declarations import faults_of
from explorer.engine.host import HostedRun, Status
from explorer.errors import ExperimentError
from explorer.experiment import Experiment
from explorer.lenses.request import Example, LookRequest, read_example
from explorer.limits import home
from explorer.runs import Run, new_id, open_run
from explorer.runs.folder import beside

if TYPE_CHECKING:
    from explorer.lenses.picture import Picture

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


def look(
    run: Run | str | Path,
    lens: str,
    step: int | None = None,
    example: int | Example | Mapping[str, Any] = 0,
    settings: Mapping[str, Any] | None = None,
) -> "Picture":
    """What a lens sees in a run, as a worker would see it, through a network of the call's own."""
    from explorer.engine.looking_desk import LookingDesk  # loads every lens, which training needs none of

    told = {name: str(value.path) if isinstance(value, Run) else value for name, value in (settings or {}).items()}
    plain = {"lens": lens, "settings": told, "step": step, "example": read_example(example)}
    try:
        request = LookRequest.model_validate(plain)
    except ValidationError as error:
        raise ExperimentError(faults_of(error, LookRequest, "look")) from None
    return LookingDesk(another=_another).look(run.path if isinstance(run, Run) else Path(run), request)


def _another(run: Run, place: str) -> Run:
    """A run by the path of its file, which only who works on this machine may name, or by its id."""
    return open_run(place) if Path(place).is_file() else beside(run, place)
