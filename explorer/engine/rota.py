"""Turns: every run that a worker hosts gets a fair slice of time, and pictures are made in between."""

import ctypes
import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace

import torch

from explorer.engine.base import Status
from explorer.engine.host import HostedRun
from explorer.engine.outbox import Outbox
from explorer.engine.seat import Seat
from explorer.engine.study import Study
from explorer.engine.watching import Watching
from explorer.errors import EngineError, ExplorerError

ROUND = 0.1  # seconds in which every run should get a slice
LONGEST, SHORTEST = 0.02, 0.002  # seconds of a slice; a longer step is a slice of its own
TELL_EVERY = 0.1  # seconds between two statuses of a run

log = logging.getLogger(__name__)


class Rota:
    """The hosted runs and studies, and whose turn it is: whoever had least time goes next."""

    def __init__(self, outbox: Outbox, marker: "ctypes.Array[ctypes.c_char]"):
        self._outbox, self._marker = outbox, marker
        self._seats: dict[str, Seat] = {}
        self._studies: dict[str, Study] = {}
        self._watching = Watching(outbox)

    def work(self) -> float | None:
        """One slice of training and the pictures due; returns the seconds until there is more to do, None for never."""
        now = time.perf_counter()
        training = self._training()
        due = [seat for seat in training if seat.pace is None or seat.pace.due <= now]
        if due:
            length = min(LONGEST, max(SHORTEST, ROUND / len(due)))
            turn = min(reversed(due), key=lambda each: each.used)  # who came last goes first
            self._slice(turn, length) if isinstance(turn, Seat) else self._slice_of_study(turn, length)
        wait = self._watching.draw(bool(due))
        if due:
            return 0.0
        waits = [max(0.0, seat.pace.due - now) for seat in training if seat.pace is not None]
        return min([*waits, *([] if wait is None else [wait])], default=None)

    def _slice(self, seat: Seat, seconds: float) -> None:
        started = time.perf_counter()
        hosted = seat.hosted
        try:
            with self._marked(seat.run_id):
                done = hosted.advance(seat.steps_due(started), 0.0 if seat.is_fresh else seconds)
                if seat.until is not None and hosted.trainer.step >= seat.until:
                    hosted.pause()
                    seat.until = None
        except Exception as error:
            self._fail(seat, error)
            return
        now = time.perf_counter()
        seat.used += now - started
        if seat.pace is not None:  # it uses little: what it leaves to others it does not get back later
            seat.pace.took(done, now)
            seat.used = max(seat.used, self._least_used(seat))
        if now - seat.told_at > TELL_EVERY or seat.told != hosted.trainer.state or seat.is_fresh:
            seat.is_fresh = False
            self._tell(seat)

    def _slice_of_study(self, study: Study, seconds: float) -> None:
        started = time.perf_counter()
        try:
            with self._marked(study.study_id):
                study.advance(seconds)
        except Exception as error:
            log.error("%s: a cell stopped", study.study_id, exc_info=error)
            study.fail(f"{type(error).__name__}: {error}")
        study.used += time.perf_counter() - started
        if not study.is_training:
            del self._studies[study.study_id]

    def _fail(self, seat: Seat, error: Exception) -> None:
        """Stop one run and say why; the others go on."""
        log.error("%s: training stopped", seat.run_id, exc_info=error)
        said = str(error) if isinstance(error, ExplorerError) else f"{type(error).__name__}: {error}"
        status = seat.status
        sentence = f"Training stopped at step {status.step}: {said}"
        self._leave(seat)
        self._outbox.put_status(seat.run_id, replace(status, state="failed", sentence=sentence, until=None))
        with suppress(Exception):
            seat.hosted.writer.add_event(status.step, "failed", sentence=sentence)
            seat.hosted.writer.commit()
        seat.hosted.writer.close()

    def _take_seat(self, run_id: str, hosted: HostedRun) -> Seat:
        seat = self._seats[run_id] = Seat(run_id, hosted, self._least_used())
        return seat

    def _leave(self, seat: Seat) -> None:
        del self._seats[seat.run_id]
        self._watching.forget(seat)

    def _seat(self, run_id: str) -> Seat:
        if run_id not in self._seats:
            raise EngineError(f"run {run_id}: expected one that this worker hosts; begin it again.")
        return self._seats[run_id]

    def _begin(self, seat: Seat, until: int | None = None) -> None:
        seat.used = self._least_used() if not seat.is_training else seat.used
        seat.hosted.begin()
        seat.until = until if seat.is_training else None
        seat.is_fresh = True

    def _training(self) -> list[Seat | Study]:
        everybody: list[Seat | Study] = [*self._seats.values(), *self._studies.values()]
        return [each for each in everybody if each.is_training]

    def _least_used(self, asking: Seat | None = None) -> float:
        """The time of whoever had least of the others that train: who comes now shares from now on."""
        return min((seat.used for seat in self._training() if seat is not asking), default=0.0)

    @contextmanager
    def _steered(self, run_id: str) -> Iterator[Seat]:
        seat = self._seat(run_id)
        with self._marked(run_id):
            yield seat
        seat.version += 1
        self._tell(seat)

    @contextmanager
    def _marked(self, run_id: str) -> Iterator[None]:
        """Whoever finds this worker dead reads whom it died over. One whose device is lost to it leaves at once."""
        self._marker.value = run_id.encode()
        try:
            yield
        except torch.AcceleratorError:  # every later call would fail, those of other runs too
            log.critical("%s: the device failed; another worker takes over", run_id, exc_info=True)
            os._exit(1)
        finally:
            self._marker.value = b""

    def _tell(self, seat: Seat) -> None:
        status: Status = seat.status
        seat.told_at, seat.told = time.perf_counter(), status.state
        self._outbox.put_status(seat.run_id, status)
