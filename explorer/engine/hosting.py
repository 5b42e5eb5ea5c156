"""Which worker hosts which run: taking up, resting, and what happens when a worker dies."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from functools import partial
from typing import Any

from explorer.engine.crew import Crew
from explorer.engine.feeds import Feeds
from explorer.engine.link import Link
from explorer.engine.registry import Entry, Registry
from explorer.errors import ExplorerError
from explorer.limits import limits
from explorer.runs import RunWriter

MOST_DEATHS = 2  # of workers while they were busy with the same run


class Hosting:
    """Gives runs to workers. `on_hosted` hears of a run that a worker has just been given."""

    def __init__(self, registry: Registry, feeds: Feeds, on_hosted: Callable[[str], None]):
        self._registry, self._feeds, self._on_hosted = registry, feeds, on_hosted
        self.crew: Crew
        self.count_studies: Callable[[Link], int] = lambda link: 0  # that a worker trains beside single runs
        self._lock = threading.RLock()

    def open(self, entry: Entry, command: str, *arguments: Any) -> Future:
        """Give a new run, made by `command`, to the worker that has least to do."""
        with self._lock:
            return self._place(entry).ask(command, entry.place, *arguments)

    def wake(self, entry: Entry) -> Link:
        """The worker that hosts the run; one takes it up where none does."""
        with self._lock:
            if entry.link is not None:
                return entry.link
            link = self._place(entry)
            link.ask("resume", entry.place, "", False, None, _pace(entry)).add_done_callback(
                partial(self._resumed, entry)
            )
        self._on_hosted(entry.run_id)
        return link

    def rest(self, entry: Entry) -> Future | None:
        """Let a worker write the run and leave it."""
        with self._lock:
            link, entry.link = entry.link, None
            return link.ask("rest", entry.run_id) if link else None

    def rename(self, entry: Entry, title: str) -> Future | None:
        """Call a run something else: by whoever hosts it, else in its file at once."""
        with self._lock:
            if entry.link is not None:
                return entry.link.ask("rename", entry.run_id, title)
            with RunWriter.reopen(entry.path) as writer:
                writer.add_event(0, "renamed", title=title)
                writer.commit()
            return None

    def recover(self, link: Link, busy_with: str) -> None:
        """A worker died: its successor takes up what trained, but not a run that workers keep dying over."""
        for entry in self._registry.hosted(link):
            if entry.run_id == busy_with:
                entry.n_deaths += 1
            if entry.n_deaths >= MOST_DEATHS:
                self._give_up(entry, link)
            elif entry.is_training:
                self._take_over(entry, link)
            else:
                entry.link = None

    def _place(self, entry: Entry) -> Link:
        """Choose a worker, once there is room; raises LimitError where all runs train or are watched."""
        self._make_room()
        entry.link = self.least_busy()
        return entry.link

    def least_busy(self) -> Link:
        """The worker that trains fewest runs and studies, and of these the one that hosts fewest."""

        def load(link: Link) -> tuple[int, int]:
            hosted = self._registry.hosted(link)
            return self.count_studies(link) + sum(each.is_training for each in hosted), len(hosted)

        return min(self.crew.trainers, key=load)

    def _make_room(self) -> None:
        hosted = self._registry.hosted()
        if len(hosted) < limits().runs:
            return
        for entry in hosted:
            if entry.status is not None and not entry.is_training and not self._feeds.of(entry.run_id):
                self.rest(entry)
                return
        limits().demand("runs", len(hosted) + 1, "runs at the same time", "pause or stop one first")

    def _take_over(self, entry: Entry, link: Link) -> None:
        assert entry.status is not None
        sentence = "Its worker ended and another took over; nothing is lost."
        answer = link.ask("resume", entry.place, sentence, True, entry.status.until, _pace(entry), first=True)
        answer.add_done_callback(partial(self._resumed, entry))
        self._on_hosted(entry.run_id)

    def _give_up(self, entry: Entry, link: Link) -> None:
        sentence = (
            f"Training was stopped: {MOST_DEATHS} workers ended while they were busy with this run; "
            "make the network or the batch smaller, or start it once more."
        )
        link.ask("give_up", entry.path, sentence, first=True)
        self._fail(entry, sentence)

    def _resumed(self, entry: Entry, answer: Future) -> None:
        if isinstance(error := answer.exception(), ExplorerError):
            self._fail(entry, str(error))

    def _fail(self, entry: Entry, sentence: str) -> None:
        entry.link = None
        if entry.status is not None:
            self._registry.note({entry.run_id: replace(entry.status, state="failed", sentence=sentence, until=None)})


def _pace(entry: Entry) -> float | None:
    """The pace that the run was held to when it was last heard of."""
    return entry.status.pace if entry.status is not None else None
