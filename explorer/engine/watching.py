"""Pictures of runs in training, made between two slices and within a share of the time."""

import logging
import time
from dataclasses import dataclass

from explorer.engine.framing import error_frame, frame
from explorer.engine.looking import lens_of, look
from explorer.engine.outbox import Outbox
from explorer.engine.seat import Seat
from explorer.errors import EngineError, ExplorerError
from explorer.lenses.base import Lens
from explorer.lenses.request import LookRequest

SHARE = 0.09  # of a worker's time may go into pictures while it trains: watched training stays over nine tenths as fast
MOST = 0.3  # where so many watch that their pictures would come more seldom than SLOWEST
SAVED = 0.05  # seconds of pictures that may be made at once after a while without any
FASTEST, SLOWEST = 32.0, 6.0  # pictures in a second; a display that misses one in sixteen still draws 30

log = logging.getLogger(__name__)


@dataclass
class Watch:
    """Somebody wants to see a run through a lens."""

    seat: Seat
    request: LookRequest
    period: float  # seconds between two pictures
    lens: Lens
    due: float = 0.0
    cost: float = 0.0  # seconds that the last picture took
    shown: tuple[int, int] | None = None  # what the last picture showed

    @property
    def has_news(self) -> bool:
        """Whether a picture made now would differ from the last."""
        return self.shown != self.seat.moment


class Watching:
    """All watches of a worker. A dear lens is drawn less often; nobody is drawn for who does not watch."""

    def __init__(self, outbox: Outbox):
        self._outbox = outbox
        self._watches: dict[int, Watch] = {}
        self._budget, self._earned_at = SAVED, time.perf_counter()

    def add(self, number: int, seat: Seat, request: LookRequest, rate: float) -> None:
        """Begin to draw; raises an ExplorerError where the lens does not fit."""
        lens = lens_of(request, seat.hosted.trainer.checked)
        if not lens.is_live:
            raise EngineError(f"lens: expected one that is quick enough to be watched, got {request.lens}; look once.")
        self._watches[number] = Watch(seat, request, 1 / min(max(rate, 0.1), FASTEST), lens)

    def remove(self, number: int) -> None:
        """Stop drawing."""
        self._watches.pop(number, None)

    def forget(self, seat: Seat) -> None:
        """Stop drawing a run that leaves."""
        self._watches = {number: watch for number, watch in self._watches.items() if watch.seat is not seat}

    @property
    def share(self) -> float:
        """The share of time that pictures may take while there is something to train."""
        return min(MOST, max(SHARE, SLOWEST * sum(watch.cost for watch in self._watches.values())))

    def draw(self, is_training: bool) -> float | None:
        """Make the pictures that are due; returns the seconds until the next one, None where none is wanted."""
        now = time.perf_counter()
        self._budget = min(SAVED, self._budget + self.share * (now - self._earned_at))
        self._earned_at = now
        waiting = {number: watch for number, watch in self._watches.items() if watch.has_news}
        for number, watch in sorted(waiting.items(), key=lambda item: item[1].due):
            if watch.due > now or (is_training and self._budget <= 0):
                break
            seconds = self._draw_one(number, watch)
            self._budget -= seconds if is_training else 0
            watch.cost = seconds
            watch.seat.used += seconds
            watch.due = max(watch.due + watch.period, now)
        return min((max(0.0, watch.due - now) for watch in waiting.values()), default=None)

    def _draw_one(self, number: int, watch: Watch) -> float:
        started = time.perf_counter()
        seat, request = watch.seat, watch.request
        try:
            scene = seat.scene(request)
            data = frame(look(watch.lens, scene), seat.run_id, request, scene.step, scene.notes)
        except ExplorerError as error:
            data = error_frame(seat.run_id, request, str(error))
            watch.due = started + 1.0
        except Exception as error:  # the lens is at fault, not the run: say so, and try again when the network changed
            log.exception("%s: the lens %s failed", seat.run_id, request.lens)
            data = error_frame(seat.run_id, request, f"{type(error).__name__}: {error}")
            watch.due = started + 1.0
        watch.shown = seat.moment
        self._outbox.put_frame(number, data)
        return time.perf_counter() - started
