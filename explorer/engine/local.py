"""Runs train in worker processes; they belong to this process, not to anybody's tab."""

import atexit
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from explorer.engine.base import Curves, Listed, Status
from explorer.engine.crew import Crew
from explorer.engine.feeds import Feed, Feeds
from explorer.engine.helm import Helm
from explorer.engine.hosting import Hosting
from explorer.engine.messages import Frame, Message, Pulse
from explorer.engine.owners import Owners
from explorer.engine.registry import Entry, Registry, read_status
from explorer.engine.subscription import Subscription
from explorer.errors import EngineError
from explorer.experiment import Experiment, Part
from explorer.limits import home, limits
from explorer.runs import Run, delete, import_run, new_id, open_run, undelete
from explorer.runs.folder import TRASH

if TYPE_CHECKING:
    from explorer.lenses.picture import Picture
    from explorer.lenses.request import LookRequest

PATIENCE = 60.0  # seconds to wait for an answer, loading of data included


class LocalEngine:
    """The engine in worker processes of this machine. Every method may be called from any thread."""

    def __init__(self, workers: int | None = None):
        self._registry = Registry(home() / "runs")
        self._owners = Owners(self._registry.folder)
        self._feeds = Feeds(self._attach, self._detach)
        self._hosting = Hosting(self._registry, self._feeds, self._attach_all)
        self._crew = self._hosting.crew = Crew(workers, self._hear, self._hosting.recover)
        atexit.register(self.close)

    def __enter__(self) -> "LocalEngine":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def worker_pids(self) -> list[int]:
        """The processes that train, at this moment."""
        return [pid for link in self._crew.trainers if (pid := link.pid) is not None]

    def wait_ready(self) -> None:
        """Return when every worker is warm; runs can be started before."""
        self._crew.wait_ready()

    def close(self) -> None:
        """Let the workers write all runs and leave. A second close does nothing."""
        atexit.unregister(self.close)
        self._feeds.close()
        self._crew.close()

    # Beginning and steering

    def start(self, experiment: Experiment, title: str = "", device: str = "auto", begin: bool = True) -> Helm:
        """A new run, training unless told otherwise; raises an ExplorerError where it cannot be."""
        self._demand_space()
        run_id = new_id()
        entry = self._registry.add(run_id, device)
        try:
            wait(self._hosting.start(entry, experiment, title, begin))
        except BaseException:
            self._registry.drop(run_id)
            if (resting := self._hosting.rest(entry)) is not None:  # it may yet appear, after too long a time
                resting.add_done_callback(lambda _: entry.path.unlink(missing_ok=True))
            raise
        return self._helm(run_id, self._owners.grant(run_id))

    def adopt(self, path: str | Path, device: str = "auto") -> Helm:
        """Take in a copy of a run file from elsewhere; `begin` trains it on."""
        run = import_run(path, self._registry.folder)
        self._registry.add(run.id, device)
        return self._helm(run.id, self._owners.grant(run.id))

    def helm(self, run_id: str, token: str) -> Helm:
        """The right to steer a run; raises EngineError unless the token is its owner's."""
        self._owners.demand(run_id, token)
        return self._helm(run_id, token)

    def _helm(self, run_id: str, token: str) -> Helm:
        return Helm(run_id, token, partial(self._command, run_id))

    def _command(self, run_id: str, command: str, *arguments: Any) -> None:
        """Whatever a helm was told."""
        if command == "restore":
            undelete(self._registry.folder / TRASH / f"{run_id}.run")
            return
        entry = self._registry.get(run_id)
        if command in ("stop", "forget"):
            if (resting := self._hosting.rest(entry)) is not None:
                wait(resting)
            if command == "forget":
                self._feeds.close(run_id)
                delete(entry.path)
                self._registry.drop(run_id)
            return
        if command == "begin":
            entry.n_deaths = 0
        wait(self._hosting.wake(entry).ask(command, run_id, *arguments))

    def _demand_space(self) -> None:
        n_stored = sum(1 for _ in self._registry.folder.glob("*.run"))
        limits().demand("stored_runs", n_stored + 1, f"{self._registry.folder}", "delete runs first")

    # Looking

    def runs(self) -> list[Listed]:
        """Every run with a file here, the latest first. Whoever is shown an id may look."""
        return self._registry.list()

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

    def look(self, run_id: str, request: "LookRequest") -> "Picture":
        """What a lens sees: now, or at a kept step."""
        entry = self._registry.get(run_id)
        if request.step is None and (link := entry.link) is not None:
            picture = wait(link.ask("look", run_id, request))
            if picture is not None:
                return picture
        return self._look("look", entry.path, request, self._weights(entry, request.step))

    def evaluate(self, run_id: str, step: int | None = None) -> dict[str, Any]:
        """Every metric on held-out data: now, or at a kept step."""
        entry = self._registry.get(run_id)
        return self._look("evaluate", entry.path, step, self._weights(entry, step))

    def describe(self, experiment: Experiment) -> dict[str, Any]:
        """Layers with shapes and costs, and the lenses that fit; raises ExperimentError with all faults."""
        return self._look("describe", experiment)

    def preview(self, data: dict[str, Any], seed: int = 0) -> dict[str, Any]:
        """The task, the sizes and a few examples of a dataset; raises an ExplorerError where it cannot be used."""
        return self._look("preview", Part.model_validate(data), seed)

    def _weights(self, entry: Entry, step: int | None) -> tuple[int, bytes] | None:
        """The weights of this moment, which no file holds yet."""
        link = entry.link
        return wait(link.ask("weights", entry.run_id)) if step is None and link is not None else None

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

    # Watching

    def watch(self, run_id: str, request: "LookRequest", rate: float = 30.0) -> Subscription:
        """Frames of a run through a lens, made only while somebody holds the subscription; returns at once."""
        self._registry.get(run_id)
        return self._feeds.subscribe(run_id, request, rate)

    def _attach(self, feed: Feed) -> None:
        """Have somebody make the pictures: who hosts the run, or who reads its file once."""
        entry = self._registry.get(feed.run_id)
        if (link := entry.link) is not None and feed.request.step is None:
            asked = link.ask("watch", feed.number, feed.run_id, feed.request, feed.rate)
            asked.add_done_callback(partial(self._told, feed))
        elif feed.last is None:
            asked = self._crew.looker.ask("frame", entry.path, feed.run_id, feed.request)
            asked.add_done_callback(partial(self._told, feed))

    def _attach_all(self, run_id: str) -> None:
        for feed in self._feeds.of(run_id):
            self._attach(feed)

    def _detach(self, feed: Feed) -> None:
        if (link := self._registry.get(feed.run_id).link) is not None:
            link.ask("unwatch", feed.number)

    def _told(self, feed: Feed, answer: "Future[bytes | None]") -> None:
        from explorer.engine.looking import error_frame

        if (error := answer.exception()) is not None:
            self._feeds.put(feed.number, error_frame(feed.run_id, feed.request, str(error)))
        elif (frame := answer.result()) is not None:
            self._feeds.put(feed.number, frame)

    def _hear(self, message: Message) -> None:
        if isinstance(message, Pulse):
            self._registry.note(message.statuses)
        elif isinstance(message, Frame):
            self._feeds.put(message.watch, message.data)


def wait(future: Future) -> Any:
    """The answer of a worker; raises what it raised, or EngineError where it does not answer."""
    try:
        return future.result(PATIENCE)
    except TimeoutError:
        raise EngineError(f"the worker did not answer within {PATIENCE:g} seconds; try again.") from None
