"""The half of an engine that looks: whoever has a run's id may, and nothing that is asked here changes a run."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from explorer.engine.base import Curves, Status
from explorer.engine.courses import Asked, Courses, Stand, Taken
from explorer.engine.crew import Crew, n_busy_cores, n_cores
from explorer.engine.heavy import Look
from explorer.engine.registry import Entry, Registry, read_status
from explorer.errors import EngineError
from explorer.experiment import Experiment, Part
from explorer.runs import Run, export_copy, open_run

if TYPE_CHECKING:
    from pathlib import Path

    from explorer.lenses.picture import Picture
    from explorer.lenses.request import Example, LookRequest

PATIENCE = 60.0  # seconds to wait for an answer, loading of data included


class Viewing:
    """Asks the worker that hosts a run where its newest numbers are wanted, and else the one that only looks."""

    _registry: Registry
    _crew: Crew
    _catalogue: dict[str, Any] | None = None

    def __init__(self) -> None:
        self._courses = Courses(self._measured, self._stand, self._n_free)

    # Experiments

    def catalogue(self) -> dict[str, Any]:
        """Every kind of dataset, layer, optimizer, schedule, loss and lens, with its settings as a JSON schema."""
        if self._catalogue is None:
            self._catalogue = self._look("catalogue")
        return self._catalogue

    def describe(self, experiment: Experiment) -> dict[str, Any]:
        """The layers, how they are drawn, and what fits them; raises ExperimentError with all faults."""
        return self._look("describe", experiment)

    def plan(
        self, experiment: Experiment, grid: dict[str, list[Any]], n_seeds: int
    ) -> list[tuple[dict[str, Any], Experiment]]:
        """The values and the experiment of every cell of a grid; raises ExperimentError with the faults of all."""
        return self._look("plan", experiment, grid, n_seeds)

    def preview(self, data: dict[str, Any], seed: int = 0) -> dict[str, Any]:
        """The task, the sizes and a few examples of a dataset; raises an ExplorerError where it cannot be used."""
        return self._look("preview", Part.model_validate(data), seed)

    # Runs

    def run(self, run_id: str) -> Run:
        """The run's file, for reading."""
        return open_run(self._registry.get(run_id).path)

    def status(self, run_id: str) -> Status:
        """Where a run stands, as last heard; asks nobody."""
        entry = self._registry.get(run_id)
        if entry.status is None:
            entry.status = read_status(entry.path)
        return entry.status

    def curves(self, run_id: str, since: int = -1) -> Curves:
        """The metrics after a step, thinned to a bounded number of points."""
        entry = self._registry.get(run_id)
        if (link := entry.link) is not None:
            return wait(link.ask("curves", run_id, since))
        return self._look("curves", entry.path, since)

    def events(self, run_id: str) -> list[dict[str, Any]]:
        """What happened to a run, in order: step, time (seconds since 1970), kind and details."""
        self._write(self._registry.get(run_id))
        return [dict(vars(event)) for event in self.run(run_id).events()]

    def diagram(self, run_id: str) -> dict[str, Any]:
        """How the network of a run is drawn, with what a page shows of its data."""
        return self._look("diagram", self._registry.get(run_id).path)

    def own_form(self, run_id: str, example: "Example") -> dict[str, Any]:
        """How an input of one's own is given to a run, the example as such, and how it fits, with a fault if not."""
        return self._look("own_form", self._registry.get(run_id).path, example)

    def look(self, run_id: str, request: "LookRequest") -> "Picture":
        """What a lens sees: now, or at a kept step."""
        entry = self._registry.get(run_id)
        if request.step is None and (link := entry.link) is not None:
            picture = wait(link.ask("look", run_id, request))
            if picture is not None:
                return picture
        return self._through(request.lens, "look", entry.path, request, self._weights(entry, request.step))

    def frame(self, run_id: str, request: "LookRequest") -> Look:
        """The same as one frame, to be waited for or cancelled; a lens that takes long waits for others of its kind."""
        entry = self._registry.get(run_id)
        arguments = entry.path, run_id, request, self._weights(entry, request.step)
        if self._is_heavy(request.lens):
            return self._crew.heavy.ask("frame", *arguments)
        look = Look("frame", arguments)
        look.follow(self._crew.looker.ask(look.command, *look.arguments))
        return look

    def film(self, run_id: str, request: "LookRequest") -> Iterator[bytes]:
        """The frames of all kept steps in order, made as they are taken; raises at once where the lens does not fit."""
        entry = self._registry.get(run_id)
        self._write(entry)
        first = self._through(request.lens, "film", entry.path, run_id, request, -1)
        return self._frames(entry, request, *first)

    def _frames(self, entry: Entry, request: "LookRequest", frames: list[bytes], last: int | None) -> Iterator[bytes]:
        yield from frames
        while last is not None:
            frames, last = self._through(request.lens, "film", entry.path, entry.run_id, request, last)
            yield from frames

    def evaluate(self, run_id: str, step: int | None = None) -> dict[str, Any]:
        """Every metric on held-out data: now, or at a kept step."""
        entry = self._registry.get(run_id)
        return self._look("evaluate", entry.path, step, self._weights(entry, step))

    def measures(self, run_id: str) -> list[dict[str, str]]:
        """The progress measures that can be taken of a run: name, title, shows, hides, formula and paper."""
        return self._look("measures", self._registry.get(run_id).path)

    def course(self, run_id: str, name: str) -> dict[str, Any]:
        """A progress measure, or a metric as split.name, over the kept steps of a run, as far as it is known by now.

        `steps` and `values` by name, the `transition`, and whether it `is_whole`; asking has more of it measured.
        """
        if "." not in name:
            return self._courses.course(run_id, name)
        split, _, metric = name.partition(".")
        steps, values = self.curves(run_id).get(split, {}).get(metric, ([], []))
        return self._courses.noted(run_id, name, steps, values)

    def _measured(self, run_id: str, asked: Sequence[Asked]) -> list[Taken]:
        entry = self._registry.get(run_id)
        self._write(entry)
        return self._crew.heavy.ask("measure", entry.path, asked).result()

    def _stand(self, run_id: str) -> tuple[Stand, bool]:
        status = self.status(run_id)
        return Stand(status.step, status.seconds), status.state == "training"

    def _n_free(self) -> int | None:
        busy = {entry.link for entry in self._registry.hosted() if entry.is_training}
        return n_cores() - max(len(busy), n_busy_cores()) if busy else None

    def export(self, run_id: str, target: "Path") -> str:
        """Copy a run's file, as the run stands, to a new file; the run's title."""
        entry = self._registry.get(run_id)
        self._write(entry)
        export_copy(entry.path, target)
        return open_run(target).title()

    def _is_heavy(self, lens: str) -> bool:
        """Whether a look may take so long that nobody else should wait behind it."""
        known = self.catalogue()["lenses"]
        return lens in known and not known[lens]["is_live"]

    def _weights(self, entry: Entry, step: int | None) -> tuple[int, bytes] | None:
        """The weights of this moment, which no file holds yet."""
        link = entry.link
        return wait(link.ask("weights", entry.run_id)) if step is None and link is not None else None

    def _write(self, entry: Entry) -> None:
        """Have whoever hosts a run bring its file up to this moment."""
        if (link := entry.link) is not None:
            with suppress(EngineError):  # it rests by now, or its worker ended: the file stands at its last commit
                wait(link.ask("write", entry.run_id))

    def _through(self, lens: str, command: str, *arguments: Any) -> Any:
        """Ask whoever looks through such a lens."""
        if self._is_heavy(lens):
            return self._crew.heavy.ask(command, *arguments).result()
        return self._look(command, *arguments)

    def _look(self, command: str, *arguments: Any) -> Any:
        """Ask the worker that only looks; one that takes too long is ended, and the next begins afresh."""
        future = self._crew.looker.ask(command, *arguments)
        try:
            return future.result(PATIENCE)
        except TimeoutError:
            self._crew.looker.kill()
            raise EngineError(
                f"{command}: it took longer than {PATIENCE:g} seconds and was ended; ask for less."
            ) from None


def wait(future: Future) -> Any:
    """The answer of a worker; raises what it raised, or EngineError where it does not answer."""
    try:
        return future.result(PATIENCE)
    except TimeoutError:
        raise EngineError(f"the worker did not answer within {PATIENCE:g} seconds; try again.") from None
