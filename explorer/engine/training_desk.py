"""A worker's training side: what it can be told about the runs that it hosts."""

import ctypes
from contextlib import suppress
from pathlib import Path

from torch import Tensor

from explorer import datasets
from explorer.datasets.base import Data
from explorer.declarations import read_part
from explorer.engine.base import Curves
from explorer.engine.branching import branch
from explorer.engine.host import HostedRun
from explorer.engine.looking import lens_of, look
from explorer.engine.messages import Kept, Place
from explorer.engine.outbox import Outbox
from explorer.engine.pace import Pace
from explorer.engine.shelf import Shelf
from explorer.engine.study_desk import StudyDesk
from explorer.errors import EngineError, ExplorerError
from explorer.experiment import Experiment
from explorer.lenses.picture import Picture
from explorer.lenses.request import LookRequest
from explorer.runs import Run, RunWriter, open_run
from explorer.runs.carried import data_at_hand
from explorer.runs.tensors import pack, unpack
from explorer.training.devices import n_processes
from explorer.training.state import network_weights
from explorer.validation import check


class TrainingDesk(StudyDesk):
    """Every public method is a command; `work` is what it does between two commands."""

    def __init__(self, outbox: Outbox, marker: "ctypes.Array[ctypes.c_char]"):
        super().__init__(outbox, marker)
        self._shelf = Shelf()

    def room(self) -> int | None:
        """How many workers the accelerator has memory for; None without one."""
        return n_processes()

    # Hosting

    def start(self, place: Place, experiment: Experiment, title: str, begin: bool, kept: Kept | None = None) -> None:
        """Host a new run."""
        run_id, path, device = place
        with self._marked(run_id):
            checked = check(experiment)
            data = self._shelf.load(checked.dataset, experiment.seed)
            seat = self._take_seat(run_id, HostedRun.start(checked.experiment, path, device, data, title))
            if kept is not None:
                seat.hosted.keep_weights(kept.run_id, *_weights_of(kept))
            if begin:
                self._begin(seat)
            seat.hosted.commit()
        self._tell(seat)

    def branch(self, place: Place, source: Path, step: int, title: str) -> None:
        """Host a run that goes on from a past step of another."""
        run_id, path, device = place
        with self._marked(run_id):
            run = open_run(source)
            self._take_seat(run_id, branch(run, step, path, device, self._data(run), title))
        self._tell(self._seat(run_id))

    def resume(
        self,
        place: Place,
        sentence: str = "",
        begin: bool = False,
        until: int | None = None,
        steps_per_second: float | None = None,
    ) -> None:
        """Host a run where its file stands, unless it is hosted already."""
        run_id, path, device = place
        if run_id in self._seats:
            return
        with self._marked(run_id):
            seat = self._take_seat(run_id, HostedRun.resume(path, device, self._data(open_run(path))))
            seat.hosted.sentence = sentence
            seat.pace = None if steps_per_second is None else Pace(steps_per_second)
            if begin:
                self._begin(seat, until)
        self._tell(seat)

    def give_up(self, path: Path, sentence: str) -> None:
        """Note in a run's file why it is not trained any more."""
        with RunWriter.reopen(path) as writer:
            writer.add_event(0, "failed", sentence=sentence)
            writer.commit()

    def rest(self, run_id: str) -> None:
        """Write a run and let go of it."""
        if (seat := self._seats.get(run_id)) is not None:
            seat.hosted.pause()
            self._tell(seat)
            self._leave(seat)
            seat.hosted.close()

    def write(self, run_id: str) -> None:
        """Bring a run's file up to this moment."""
        self._seat(run_id).hosted.commit()

    def close(self) -> None:
        """Write every file and let go."""
        super().close()
        for seat in list(self._seats.values()):
            with suppress(ExplorerError):
                self._leave(seat)
                seat.hosted.close()

    # Steering

    def begin(self, run_id: str, steps: int | None = None) -> None:
        """Train, for so many steps or until told otherwise."""
        with self._steered(run_id) as seat:
            self._begin(seat, None if steps is None else seat.hosted.trainer.step + steps)

    def take_epoch(self, run_id: str) -> None:
        """Train to the end of this pass over the training examples."""
        with self._steered(run_id) as seat:
            trainer = seat.hosted.trainer
            if (length := trainer.batches.steps_in_epoch) is None:
                raise EngineError("epoch: expected training data with an end, got examples without one; take steps.")
            self._begin(seat, (trainer.step // length + 1) * length)

    def pace(self, run_id: str, steps_per_second: float | None) -> None:
        """Hold training to so many steps in a second, or let it go as fast as it can."""
        with self._steered(run_id) as seat:
            seat.pace = None if steps_per_second is None else Pace(steps_per_second)

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

    def set_weight(self, run_id: str, tensor: str, index: tuple[int, ...], value: float) -> None:
        """Put one weight to a value before the next step."""
        with self._steered(run_id) as seat:
            seat.hosted.set_weight(tensor, index, value)
            seat.hosted.commit()

    def rewind(self, run_id: str) -> None:
        """Back to step 0 with the weights that the run began with."""
        with self._steered(run_id) as seat:
            seat.hosted.rewind()
            seat.until = None
            seat.hosted.commit()

    def roll_back(self, run_id: str) -> None:
        """Return a diverged run to its last sound snapshot."""
        with self._steered(run_id) as seat:
            seat.hosted.roll_back()
            seat.used = self._least_used()
            seat.hosted.commit()

    def rename(self, run_id: str, title: str) -> None:
        """Call the run something else."""
        hosted = self._seat(run_id).hosted
        hosted.rename(title)
        hosted.commit()

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

    def _data(self, run: Run) -> Data:
        dataset = read_part(datasets.KINDS, data_at_hand(run.path, run.experiment.data), "data")
        return self._shelf.load(dataset, run.experiment.seed)


def _weights_of(kept: Kept) -> tuple[int, dict[str, Tensor]]:
    """(step, weights) to begin with: those given, else those of the file."""
    if kept.weights is not None:
        return kept.weights[0], unpack(kept.weights[1])
    run = open_run(kept.path)
    if kept.step is None and (last := run.resume()) is not None:
        return last.step, network_weights(last.tensors)
    return kept.step or 0, run.snapshot(kept.step)
