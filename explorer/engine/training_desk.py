"""A worker's training side: hosts many runs and gives each a fair slice of time in turn."""

import ctypes
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from explorer import datasets
from explorer.declarations import read_part
from explorer.engine.base import Curves, Status
from explorer.engine.host import HostedRun
from explorer.engine.looking import lens_of, look
from explorer.engine.messages import Place
from explorer.engine.outbox import Outbox
from explorer.engine.seat import Seat
from explorer.engine.shelf import Shelf
from explorer.engine.watching import Watching
from explorer.errors import EngineError, ExplorerError
from explorer.experiment import Experiment
from explorer.lenses.picture import Picture
from explorer.lenses.request import LookRequest
from explorer.runs import RunWriter, open_run
from explorer.runs.carried import data_at_hand
from explorer.runs.tensors import pack
from explorer.training.devices import available
from explorer.validation import check

ROUND = 0.1  # seconds in which every run should get a slice
LONGEST, SHORTEST = 0.02, 0.002  # seconds of a slice; a longer step is a slice of its own
TELL_EVERY = 0.1  # seconds between two statuses of a run

log = logging.getLogger(__name__)


class TrainingDesk:
    """Every public method is a command; `work` is what it does between two commands."""

    def __init__(self, outbox: Outbox, marker: "ctypes.Array[ctypes.c_char]"):
        self._outbox, self._marker = outbox, marker
        self._seats: dict[str, Seat] = {}
        self._shelf = Shelf()
        self._watching = Watching(outbox)

    def devices(self) -> tuple[str, ...]:
        """What it can train on."""
        return tuple(available())

    # Hosting

    def start(self, place: Place, experiment: Experiment, title: str, begin: bool) -> None:
        """Host a new run."""
        run_id, path, device = place
        with self._marked(run_id):
            checked = check(experiment)
            data = self._shelf.load(checked.dataset, experiment.seed)
            seat = self._take_seat(run_id, HostedRun.start(checked.experiment, path, device, data, title))
            if begin:
                self._begin(seat)
            seat.hosted.commit()
        self._tell(seat)

    def resume(self, place: Place, sentence: str = "", begin: bool = False, until: int | None = None) -> None:
        """Host a run where its file stands, unless it is hosted already."""
        run_id, path, device = place
        if run_id in self._seats:
            return
        with self._marked(run_id):
            run = open_run(path)
            dataset = read_part(datasets.KINDS, data_at_hand(path, run.experiment.data), "data")
            data = self._shelf.load(dataset, run.experiment.seed)
            seat = self._take_seat(run_id, HostedRun.resume(path, device, data))
            seat.hosted.sentence = sentence
            if begin:
                self._begin(seat)
                seat.until = until
        self._tell(seat)

    def give_up(self, path: Path, sentence: str) -> None:
        """Note in the file of a run that nobody hosts why it was stopped."""
        with RunWriter.reopen(path) as writer:
            events = open_run(path).events()
            writer.add_event(events[-1].step if events else 0, "failed", sentence=sentence)
            writer.commit()

    def rest(self, run_id: str) -> None:
        """Write the run's file and let go of it."""
        if (seat := self._seats.get(run_id)) is None:
            return
        with self._marked(run_id):
            seat.hosted.pause()
            self._tell(seat)
            self._leave(seat)
            seat.hosted.close()

    def close(self) -> None:
        """Write every file and let go."""
        for seat in list(self._seats.values()):
            with suppress(ExplorerError):
                self._leave(seat)
                seat.hosted.close()

    # Steering

    def begin(self, run_id: str, steps: int | None = None) -> None:
        """Train, for so many steps or until told otherwise."""
        with self._steered(run_id) as seat:
            self._begin(seat, steps)

    def pause(self, run_id: str) -> None:
        """Stop until `begin`."""
        with self._steered(run_id) as seat:
            seat.hosted.pause()
            seat.until = None

    def set(self, run_id: str, assignments: tuple[str, ...]) -> None:
        """Change live settings at the next step."""
        with self._steered(run_id) as seat:
            seat.hosted.set(*assignments)
            seat.hosted.commit()  # a worker that dies now must not forget it

    def roll_back(self, run_id: str) -> None:
        """Return a diverged run to its last sound snapshot."""
        with self._steered(run_id) as seat:
            seat.hosted.roll_back()
            seat.used = self._least_used()
            seat.hosted.commit()

    # Looking

    def look(self, run_id: str, request: LookRequest) -> Picture | None:
        """The run's picture as it is now; None where the lens takes too long to be looked through here."""
        seat = self._seat(run_id)
        lens = lens_of(request, seat.hosted.trainer.checked)
        return look(lens, seat.scene(request)) if lens.is_live else None

    def weights(self, run_id: str) -> tuple[int, bytes]:
        """(step, weights) of the run as it is now."""
        trainer = self._seat(run_id).hosted.trainer
        return trainer.step, pack({name: value.cpu() for name, value in trainer.network.state_dict().items()})

    def curves(self, run_id: str, since: int) -> Curves:
        """The run's metrics after a step, thinned."""
        return self._seat(run_id).hosted.curves(since)

    def watch(self, number: int, run_id: str, request: LookRequest, rate: float) -> None:
        """Send pictures of the run until told otherwise."""
        self._watching.add(number, self._seat(run_id), request, rate)

    def unwatch(self, number: int) -> None:
        """Send no more of these pictures."""
        self._watching.remove(number)

    # Between two commands

    def work(self) -> float | None:
        """One slice of training and the pictures due; returns the seconds until there is more to do, None for never."""
        training = [seat for seat in self._seats.values() if seat.is_training]
        if training:
            length = min(LONGEST, max(SHORTEST, ROUND / len(training)))
            self._slice(min(reversed(training), key=lambda seat: seat.used), length)  # who came last goes first
        wait = self._watching.draw(bool(training))
        return 0.0 if training else wait

    def _slice(self, seat: Seat, seconds: float) -> None:
        started = time.perf_counter()
        hosted = seat.hosted
        try:
            with self._marked(seat.run_id):
                left = None if seat.until is None else seat.until - hosted.trainer.step
                hosted.advance(left, 0.0 if seat.is_fresh else seconds)
                if seat.until is not None and hosted.trainer.step >= seat.until:
                    hosted.pause()
                    seat.until = None
        except Exception as error:
            self._fail(seat, error)
            return
        now = time.perf_counter()
        seat.used += now - started
        if now - seat.told_at > TELL_EVERY or seat.told != hosted.trainer.state or seat.is_fresh:
            seat.is_fresh = False
            self._tell(seat)

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

    # Parts of the above

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

    def _begin(self, seat: Seat, steps: int | None = None) -> None:
        seat.used = self._least_used() if not seat.is_training else seat.used
        seat.until = None if steps is None else seat.hosted.trainer.step + steps
        seat.hosted.begin()
        seat.is_fresh = True

    def _least_used(self) -> float:
        """The time of whoever had least of those that train: who comes now shares from now on."""
        return min((seat.used for seat in self._seats.values() if seat.is_training), default=0.0)

    @contextmanager
    def _steered(self, run_id: str) -> Iterator[Seat]:
        seat = self._seat(run_id)
        with self._marked(run_id):
            yield seat
        seat.version += 1
        self._tell(seat)

    @contextmanager
    def _marked(self, run_id: str) -> Iterator[None]:
        """Whoever finds this worker dead reads whom it died over."""
        self._marker.value = run_id.encode()
        try:
            yield
        finally:
            self._marker.value = b""

    def _tell(self, seat: Seat) -> None:
        status: Status = seat.status
        seat.told_at, seat.told = time.perf_counter(), status.state
        self._outbox.put_status(seat.run_id, status)
