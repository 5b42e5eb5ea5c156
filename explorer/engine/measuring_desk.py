"""What a looking worker measures: the progress measures that fit a run, and their values over its kept steps."""

import time
from collections import deque
from collections.abc import Iterator

from explorer.datasets.base import Data, Dataset
from explorer.engine.courses import Asked, Taken
from explorer.lenses.measures import fitting, measures
from explorer.network import Network
from explorer.runs import Run
from explorer.runs.measuring import rows_of
from explorer.runs.rebuild import load_weights

TOLD = ("name", "title", "shows", "hides", "formula", "paper")
LED_BACK = ("rewound", "rolled_back", "weight_set")  # after which a kept step may hold other weights
GROWTH = 1.5  # times as many steps after which what is known in hindsight is known anew


def offered(network: Network, dataset: Dataset) -> list[dict[str, str]]:
    """What is said of every measure that can be taken of such a network and data."""
    return [{name: getattr(each, name) for name in TOLD} for each in measures(network, dataset)]


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


def measured_on(run: Run, network: Network, dataset: Dataset, data: Data, asked: Asked) -> Taken:
    """A measure at kept steps that are not known yet, for as many seconds as are given, and at one at least.

    Where a measure needs to know the end, the newest step stands in for it until the run has gone on by half as much.
    """
    ends = time.perf_counter() + asked.seconds
    measure = fitting(asked.name, network, dataset)
    kept, past = run.steps(), sum(event.kind in LED_BACK for event in run.events())
    final, is_fresh = asked.final, past != asked.past
    if measure.in_hindsight is not None and kept:
        is_late = final is None or final not in kept or kept[-1] >= GROWTH * final
        if is_late or is_fresh or (asked.is_over and kept[-1] != final):
            final, is_fresh = kept[-1], True
        load_weights(network, run.snapshot(final), f"{run.path}")
        measure = measure.knowing(network, dataset)
    known = set() if is_fresh else set(asked.known)
    wanted = [step for step in coarse_first(kept) if step not in known]
    rows: dict[int, list[float]] = {}
    names: tuple[str, ...] = (asked.name,)
    for step in wanted:
        load_weights(network, run.snapshot(step), f"{run.path}")
        taken = rows_of(measure, network.eval(), data, dataset)
        names, rows[step] = tuple(name for name, _ in taken), [value for _, value in taken]
        if time.perf_counter() > ends:
            break
    return Taken(rows, names, len(wanted) - len(rows), final, past, is_fresh)
