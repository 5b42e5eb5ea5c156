"""Runs train in worker processes; they belong to this process, not to anybody's tab."""

import atexit
import threading
import time
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from explorer.engine.base import Listed
from explorer.engine.crew import Crew
from explorer.engine.feeds import Feed, Feeds
from explorer.engine.framing import error_frame
from explorer.engine.helm import Helm
from explorer.engine.hosting import Hosting
from explorer.engine.link import Link
from explorer.engine.messages import Frame, Kept, Message, Pulse
from explorer.engine.owners import Owners
from explorer.engine.registry import Entry, Registry
from explorer.engine.studies import Studies
from explorer.engine.subscription import Subscription
from explorer.engine.viewing import Viewing, wait
from explorer.errors import EngineError
from explorer.experiment import Experiment
from explorer.limits import home, limits
from explorer.runs import delete, discard, import_run, new_id, open_run, undelete
from explorer.runs.folder import TRASH, sweep
from explorer.runs.reader import MOST_TITLE

if TYPE_CHECKING:
    from explorer.lenses.request import LookRequest


SWEEP_EVERY = 3_600.0  # seconds between two looks for runs that were left untrained


class LocalEngine(Viewing):
    """The engine in worker processes of this machine. Every method may be called from any thread."""

    def __init__(self, workers: int | None = None):
        super().__init__()
        self._registry = Registry(home() / "runs")
        self._owners = Owners(self._registry.folder)
        self._feeds = Feeds(self._attach, self._detach)
        self._hosting = Hosting(self._registry, self._feeds, self._attach_all)
        self.studies = Studies(self._registry, self._owners, self._hosting, self)
        self._hosting.count_studies = self.studies.count
        self._crew = self._hosting.crew = Crew(workers, self._hear, self._recover)
        self._swept = -SWEEP_EVERY
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
        self._courses.close()
        self._feeds.close()
        self._crew.close()

    # Beginning and steering

    def start(
        self,
        experiment: Experiment,
        title: str = "",
        device: str = "auto",
        begin: bool = True,
        owner: str = "",
        keep: tuple[str, int | None] | None = None,
    ) -> Helm:
        """A new run, training unless told otherwise; raises an ExplorerError where it cannot be.

        With `keep`, a run and a kept step of it (None: as it is now), it begins with that run's weights in the layers
        whose names and shapes agree.
        """
        return self._open(device, owner, "start", experiment, title, begin, self._kept(*keep) if keep else None)

    def branch(self, run_id: str, step: int, title: str = "", owner: str = "") -> Helm:
        """A new run, paused, that goes on from a kept step of another with what that one noted up to there."""
        source = self._registry.get(run_id)
        self._write(source)
        title = title or open_run(source.path).title()
        return self._open(source.device, owner, "branch", source.path, step, title)

    def adopt(self, path: str | Path, device: str = "auto", owner: str = "") -> Helm:
        """Take in a copy of a run file from elsewhere; `begin` trains it on."""
        run = import_run(path, self._registry.folder)
        self._registry.add(run.id, device)
        return self._helm(run.id, self._owners.grant(run.id, owner))

    def helm(self, run_id: str, token: str) -> Helm:
        """The right to steer a run; raises EngineError unless the token is its owner's."""
        self._owners.demand(run_id, token)
        return self._helm(run_id, token)

    def token(self, run_id: str, owner: str) -> str:
        """The token with which a visitor opens the helm of a run, if it is theirs."""
        return self._owners.token(run_id, owner)

    def owns(self, run_id: str, owner: str) -> bool:
        """Whether a run is a visitor's own."""
        return self._owners.owns(run_id, owner)

    def _open(self, device: str, owner: str, command: str, *arguments: Any) -> Helm:
        """Have a worker make a new run."""
        self._sweep()
        self._demand_space()
        run_id = new_id()
        entry = self._registry.add(run_id, device)
        try:
            wait(self._hosting.open(entry, command, *arguments))
        except BaseException:
            self._registry.drop(run_id)
            if (resting := self._hosting.rest(entry)) is not None:  # it may yet appear, after too long a time
                resting.add_done_callback(lambda _: entry.path.unlink(missing_ok=True))
            raise
        return self._helm(run_id, self._owners.grant(run_id, owner))

    def _sweep(self) -> None:
        """Now and then discard what was left untrained, in a thread of its own."""
        if time.monotonic() - self._swept > SWEEP_EVERY:
            self._swept = time.monotonic()
            threading.Thread(target=self._discard_left, name="sweep", daemon=True).start()

    def _discard_left(self) -> None:
        for run_id in sweep(self._registry.folder):
            self._registry.drop(run_id)
            self._owners.forget(run_id)

    def _kept(self, run_id: str, step: int | None) -> Kept:
        entry = self._registry.get(run_id)
        self._write(entry)
        return Kept(run_id, entry.path, step, self._weights(entry, step))

    def _helm(self, run_id: str, token: str) -> Helm:
        return Helm(run_id, token, partial(self._command, run_id))

    def _command(self, run_id: str, command: str, *arguments: Any) -> None:
        """Whatever a helm was told."""
        if command == "restore":
            undelete(self._registry.folder / TRASH / f"{run_id}.run")
            return
        entry = self._registry.get(run_id)
        if entry.is_guest and command != "stop":
            raise EngineError(f"{command}: expected a run of its own, got one that trains with others; stop these.")
        if command in AT_REST:
            AT_REST[command](self, entry)
        elif command == "rename":
            if (renaming := self._hosting.rename(entry, _name(*arguments))) is not None:
                wait(renaming)
        else:
            if command == "begin":
                entry.n_deaths = 0
            wait(self._hosting.wake(entry).ask(command, run_id, *arguments))

    def _stop(self, entry: Entry) -> None:
        if (resting := self._hosting.rest(entry)) is not None:
            wait(resting)

    def _forget(self, entry: Entry) -> None:
        self._stop(entry)
        self._feeds.close(entry.run_id)
        delete(entry.path)
        self._registry.drop(entry.run_id)

    def _discard(self, entry: Entry) -> None:
        self._demand_untrained(entry)
        self._stop(entry)
        self._demand_untrained(entry)  # it may have taken a step meanwhile
        self._feeds.close(entry.run_id)
        discard(entry.path)
        self._registry.drop(entry.run_id)
        self._owners.forget(entry.run_id)

    def _demand_untrained(self, entry: Entry) -> None:
        if (step := self.status(entry.run_id).step) > 0:
            raise EngineError(f"discard: expected a run at step 0, got one at step {step}; move it to the trash.")

    def _demand_space(self) -> None:
        n_stored = sum(1 for _ in self._registry.folder.glob("*.run"))
        limits().demand("stored_runs", n_stored + 1, f"{self._registry.folder}", "delete runs first")

    def runs(self, owner: str | None = None) -> list[Listed]:
        """Every run with a file here, or a visitor's own, the latest first. Whoever is shown an id may look."""
        if owner is None:
            return self._registry.list()
        return self._registry.list(lambda run_id: self._owners.owns(run_id, owner))

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
        elif feed.last is None and feed.look is None:
            try:
                feed.look = self.frame(feed.run_id, feed.request)
            except EngineError as error:
                self._feeds.put(feed.number, error_frame(feed.run_id, feed.request, str(error)))
            else:
                feed.look.answer.add_done_callback(partial(self._told, feed))

    def _attach_all(self, run_id: str) -> None:
        for feed in self._feeds.of(run_id):
            self._attach(feed)

    def _detach(self, feed: Feed) -> None:
        if feed.look is not None:
            feed.look.cancel()
        if (link := self._registry.get(feed.run_id).link) is not None:
            link.ask("unwatch", feed.number)

    def _told(self, feed: Feed, answer: "Future[bytes | None]") -> None:
        feed.look = None
        if answer.cancelled():
            return
        if (error := answer.exception()) is not None:
            self._feeds.put(feed.number, error_frame(feed.run_id, feed.request, str(error)))
        elif (frame := answer.result()) is not None:
            self._feeds.put(feed.number, frame)

    def _recover(self, link: Link, busy_with: str) -> None:
        self._hosting.recover(link, busy_with)
        self.studies.recover(link, busy_with)

    def _hear(self, message: Message) -> None:
        if isinstance(message, Pulse):
            self._registry.note(message.statuses)
        elif isinstance(message, Frame):
            self._feeds.put(message.watch, message.data)


def _name(title: str) -> str:
    """A title as it is kept: one line, not too long."""
    name = " ".join(title.split())[:MOST_TITLE]
    if not name:
        raise EngineError("title: expected a name, got an empty one; type one.")
    return name


AT_REST = {"stop": LocalEngine._stop, "forget": LocalEngine._forget, "discard": LocalEngine._discard}
