"""Which pictures somebody watches. The same picture is made once, however many watch it."""

import itertools
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from explorer.engine.subscription import Subscription

if TYPE_CHECKING:
    from explorer.engine.heavy import Look
    from explorer.lenses.request import LookRequest


@dataclass(eq=False)
class Feed:
    """One run through one lens, and everybody who watches it."""

    number: int
    run_id: str
    request: "LookRequest"
    readers: dict[Subscription, float] = field(default_factory=dict)  # with the rate that each asked for
    last: bytes | None = None
    look: "Look | None" = None  # of a lens that takes long, until it is answered or left

    @property
    def rate(self) -> float:
        """Pictures in a second that its quickest reader wants."""
        return max(self.readers.values())


class Feeds:
    """All feeds by run and request. `on_change` hears of a feed whose rate changed, `on_end` of one without readers."""

    def __init__(self, on_change: Callable[[Feed], None], on_end: Callable[[Feed], None]):
        self._on_change, self._on_end = on_change, on_end
        self._numbers = itertools.count(1)
        self._feeds: dict[tuple[str, str], Feed] = {}
        self._by_number: dict[int, Feed] = {}
        self._lock = threading.RLock()

    def subscribe(self, run_id: str, request: "LookRequest", rate: float) -> Subscription:
        """A new reader; it is given the last frame at once if there is one."""
        key = run_id, request.model_dump_json()
        subscription = Subscription(lambda reader: self._leave(key, reader))
        with self._lock:
            if key not in self._feeds:
                number = next(self._numbers)
                self._feeds[key] = self._by_number[number] = Feed(number, run_id, request)
            feed = self._feeds[key]
            is_faster = not feed.readers or rate > feed.rate
            feed.readers[subscription] = rate
            if feed.last is not None:
                subscription.put(feed.last)
        if is_faster:
            self._on_change(feed)
        return subscription

    def put(self, number: int, frame: bytes) -> None:
        """Hand a frame to everybody who watches this feed."""
        with self._lock:
            if (feed := self._by_number.get(number)) is None:
                return
            feed.last = frame
            for reader in feed.readers:
                reader.put(frame)

    def of(self, run_id: str) -> list[Feed]:
        """The feeds of a run."""
        with self._lock:
            return [feed for feed in self._feeds.values() if feed.run_id == run_id]

    def close(self, run_id: str | None = None) -> None:
        """Close everybody's subscription, or those to one run."""
        with self._lock:
            readers = [
                reader for feed in self._feeds.values() if run_id in (None, feed.run_id) for reader in feed.readers
            ]
        for reader in readers:
            reader.close()

    def _leave(self, key: tuple[str, str], reader: Subscription) -> None:
        with self._lock:
            feed = self._feeds[key]
            del feed.readers[reader]
            if feed.readers:
                return
            del self._feeds[key], self._by_number[feed.number]
        self._on_end(feed)
