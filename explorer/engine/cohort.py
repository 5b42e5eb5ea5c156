"""Runs of one experiment that differ by the seed alone, trained by turns: as one batched model where it pays."""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import torch

from explorer.engine.host import COMMIT_SECONDS, HostedRun
from explorer.errors import LimitError
from explorer.experiment import Experiment
from explorer.network import demand_within_limits
from explorer.training.devices import device_for
from explorer.training.ensemble import Ensemble, is_small, reason_against
from explorer.validation import Checked, assign, check

LEFT = "The worker that trained it ended; each run goes on by itself."


class Place(Protocol):
    """Where a run of a cohort goes, and what it is called."""

    @property
    def path(self) -> Path: ...
    @property
    def title(self) -> str: ...


class Cohort:
    """Each seed is a run with a file of its own; the runs equal those trained one by one, to rounding.

    A file that is there already goes on where it stands. The event `trained_together` or `trained_alone` in each file
    says how it was trained, and why.
    """

    def __init__(
        self, experiment: Experiment, places: Mapping[int, Place], device: str = "auto", together: bool | None = None
    ):
        self.experiment, self._places = experiment, places
        self._reason, self._device = self._planned(device, together)
        self._waiting = list(places)
        self._ensemble: Ensemble | None = None
        self._committed = time.monotonic()
        self.hosted: dict[int, HostedRun] = {}  # by seed: those that are open and not yet over

    @property
    def is_over(self) -> bool:
        """Whether every run has come to its end."""
        return not self._waiting and not self.hosted

    def advance(self, seconds: float) -> list[tuple[int, HostedRun]]:
        """Open or train for about so many seconds; the runs that came to their end, closed."""
        end = time.perf_counter() + seconds
        while self._waiting and (self._reason is None or not self.hosted):
            self._open(self._waiting.pop(0))
            if time.perf_counter() > end:
                return []
        if self._reason is None and self._ensemble is None:
            self._join()
        if self._ensemble is not None:
            self._train_together(self._ensemble, end - time.perf_counter())
        else:
            for hosted in self.hosted.values():
                hosted.begin()
                hosted.advance(seconds=seconds)
        return self._let_go()

    def pause(self, sentence: str) -> None:
        """Stop all that train; their files can be resumed."""
        self._part()
        for hosted in self.hosted.values():
            hosted.pause(sentence)

    def close(self) -> None:
        """Write and let go of every file."""
        self._part()
        for hosted in self.hosted.values():
            hosted.close()

    def _planned(self, name: str, together: bool | None) -> tuple[str | None, str]:
        """(why the seeds are trained one after another, in words, or None where they are one model; the device)."""
        checked = check(self.experiment)
        device = device_for(checked, name, len(self._places))
        if any(place.path.exists() for place in self._places.values()):
            reason: str | None = LEFT
        else:
            reason = reason_against_so_many(checked, len(self._places), device, together)
        return reason, str(device if reason is None else device_for(checked, name))

    def _open(self, seed: int) -> None:
        place = self._places[seed]
        if place.path.exists():
            self.hosted[seed] = HostedRun.resume(place.path, self._device)
        else:
            experiment = assign(self.experiment, f"seed={seed}")
            self.hosted[seed] = HostedRun.start(experiment, place.path, self._device, title=place.title)
        if self._reason is not None:
            self._note_alone(seed)

    def _note_alone(self, seed: int) -> None:
        self.hosted[seed].writer.add_event(0, "trained_alone", seed=seed, reason=self._reason)

    def _join(self) -> None:
        """Make one model of all, or find that a part of the network takes one at a time."""
        ensemble = Ensemble([hosted.trainer for hosted in self.hosted.values()])
        self._reason = ensemble.reason_against()
        if self._reason is None:
            self._ensemble = ensemble
            for hosted in self.hosted.values():
                hosted.writer.add_event(0, "trained_together", seeds=list(self._places))
                hosted.begin()
        else:
            ensemble.release()
            for seed in self.hosted:
                self._note_alone(seed)

    def _train_together(self, ensemble: Ensemble, seconds: float) -> None:
        ensemble.advance(max(0.0, seconds))
        if time.monotonic() - self._committed > COMMIT_SECONDS:
            ensemble.share_memories()
            for hosted in self.hosted.values():
                hosted.commit()
            self._committed = time.monotonic()

    def _let_go(self) -> list[tuple[int, HostedRun]]:
        """Close one run that is over, if there is one: others wait while its file is written."""
        over = [(seed, hosted) for seed, hosted in self.hosted.items() if hosted.trainer.is_over][:1]
        for seed, hosted in over:
            hosted.advance(steps=0)  # writes how it ended
            hosted.close()
            del self.hosted[seed]
        return over

    def _part(self) -> None:
        """Give every run weights and an optimizer of its own again."""
        if self._ensemble is not None:
            self._ensemble.release()
            self._ensemble = None
            self._reason = LEFT


def reason_against_so_many(checked: Checked, count: int, device: torch.device, together: bool | None) -> str | None:
    """Why so many seeds of an experiment are trained one after another, in words; None where they are one model."""
    if count == 1 or together is False:
        return "There is only one seed." if count == 1 else "That was asked for."
    if reason := reason_against(checked):
        return reason
    try:
        demand_within_limits(checked.plan, count * checked.step_examples)
    except LimitError as error:
        return f"All together they are too large: {error}"
    if together is None and device.type == "cpu" and not is_small(checked, checked.step_examples):
        return "One network of this size keeps the processor busy; many at once would be no faster."
    return None
