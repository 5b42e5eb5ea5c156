"""What a looking worker measures: the progress measures that fit a run, and their values over its kept steps."""

import time
from collections import deque
from collections.abc import Iterator, Sequence

from explorer.datasets.base import Data, Dataset
from explorer.engine.courses import Asked, Taken
from explorer.errors import ExplorerError
from explorer.lenses.measures import fitting, measures
from explorer.lenses.measures.seen import sharing
from explorer.network import Network
from explorer.runs import Run
from explorer.runs.measuring import rows_of
from explorer.runs.rebuild import load_weights

TOLD = ("name", "title", "shows", "hides", "formula", "paper")
LED_BACK = ("rewound", "rolled_back", "weight_set")  # after which a kept step may hold other weights
MOST_STEPS = 128  # of a run that are measured for a picture; `Run.measure` takes all that are kept
GROWTH = 1.5  # times as many steps after which what is known in hindsight is known anew


def offered(network: Network, dataset: Dataset) -> list[dict[str, str]]:
    """What is said of every measure that can be taken of such a network and data."""
    return [{name: getattr(each, name) for name in TOLD} for each in measures(network, dataset)]


def spread(kept: list[int]) -> list[int]:
    """The kept steps, or so many of them, evenly, that the last ones of a run are not waited for long."""
    stride = -(-len(kept) // MOST_STEPS)
    return kept if stride <= 1 else [*kept[:-1:stride], kept[-1]]


def coarse_first(steps: list[int]) -> Iterator[int]:
    """The last and the first step, then ever finer those in the middle of what lies between two."""
    if not steps:
        return
    yield steps[-1]
    if len(steps) > 1:
        yield steps[0]
    between = deque([(0, len(steps) - 1)])
    while between:
        low, high = between.popleft()
        if high - low > 1:
            middle = (low + high) // 2
            yield steps[middle]
            between += [(low, middle), (middle, high)]


def measured_on(run: Run, network: Network, dataset: Dataset, data: Data, asked: Sequence[Asked]) -> list[Taken]:
    """Measures at steps that are not known yet, for as many seconds as are given, and at one step at least.

    At each step all that is asked for is taken, so that the network answers its examples once for all measures.
    """
    ends = time.perf_counter() + max(each.seconds for each in asked)
    kept, past = spread(run.steps()), sum(event.kind in LED_BACK for event in run.events())
    parts = [_Part(run, network, dataset, each, kept, past) for each in asked]
    for step in coarse_first(kept):
        lacking = [part for part in parts if part.lacks(step)]
        if not lacking:
            continue
        load_weights(network, run.snapshot(step), f"{run.path}")
        with sharing():
            for part in lacking:
                part.take(network.eval(), data, dataset, step)
        if time.perf_counter() > ends:
            break
    return [part.taken(kept) for part in parts]


class _Part:
    """One measure of those that are asked for, as far as it is taken; one that cannot be taken says why.

    Where a measure needs to know the end, the newest step stands in for it until the run has gone on by half as much.
    """

    def __init__(self, run: Run, network: Network, dataset: Dataset, asked: Asked, kept: list[int], past: int):
        self._final, self._past, self._is_fresh = asked.final, past, past != asked.past
        self._rows: dict[int, list[float]] = {}
        self._names: tuple[str, ...] = (asked.name,)
        self._fault = ""
        try:
            self._measure = fitting(asked.name, network, dataset)
        except ExplorerError as error:
            self._fault = str(error)
            return
        if self._measure.in_hindsight is not None and kept:
            is_late = self._final is None or self._final not in kept or kept[-1] >= GROWTH * self._final
            if is_late or self._is_fresh or (asked.is_over and kept[-1] != self._final):
                self._final, self._is_fresh = kept[-1], True
            assert self._final is not None
            load_weights(network, run.snapshot(self._final), f"{run.path}")
            self._measure = self._measure.knowing(network, dataset)
        self._known = set() if self._is_fresh else set(asked.known)

    def lacks(self, step: int) -> bool:
        """Whether it is still to be taken at a step."""
        return not self._fault and step not in self._known and step not in self._rows

    def take(self, network: Network, data: Data, dataset: Dataset, step: int) -> None:
        """Take it of the weights of a step."""
        taken = rows_of(self._measure, network, data, dataset)
        self._names, self._rows[step] = tuple(name for name, _ in taken), [value for _, value in taken]

    def taken(self, kept: list[int]) -> Taken:
        """What came of it."""
        n_left = sum(self.lacks(step) for step in kept)
        return Taken(self._rows, self._names, n_left, self._final, self._past, self._is_fresh, self._fault)
