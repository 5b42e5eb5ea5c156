"""A run attended by a person at a terminal: the bar they see, and the interrupt by which they stop it."""

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Column

from explorer.signals import FIRST_METRICS

if TYPE_CHECKING:
    from explorer.engine.base import Status

Report = Callable[["Status"], None]


@contextmanager
def attended(progress: bool = True) -> Iterator[Report]:
    """What a run reports to between two slices: draws the bar, and passes an interrupt on only there.

    An interrupt in the midst of a step would leave weights and step count apart. A second one is not held back.
    """
    with _bar(progress and sys.stderr.isatty()) as draw, _held_interrupt() as is_interrupted:

        def report(status: "Status") -> None:
            draw(status)
            if is_interrupted():
                raise KeyboardInterrupt

        yield report


@contextmanager
def _bar(is_drawn: bool) -> Iterator[Report]:
    if not is_drawn:
        yield lambda status: None
        return
    columns = (
        BarColumn(),  # the only one that gives way on a narrow terminal
        MofNCompleteColumn(table_column=Column(no_wrap=True)),
        TextColumn("{task.fields[figures]}"),
        TimeRemainingColumn(compact=True, table_column=Column(no_wrap=True)),
    )
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("", total=None, figures="")
        yield lambda status: progress.update(
            task, completed=status.step, total=status.steps, figures=figures(status), refresh=status.state != "training"
        )


def figures(status: "Status") -> str:
    """The loss, how good the held-out answers are, and the speed, in a few characters."""
    found = [f"loss {status.metrics['train']['loss']:.3g}"] if "loss" in status.metrics["train"] else []
    held_out = status.metrics["test"]
    found += [f"test {name} {held_out[name]:.3g}" for name in FIRST_METRICS if name in held_out]
    if status.seconds:
        found.append(f"{status.step / status.seconds:,.0f} steps/s")
    return " · ".join(found)


@contextmanager
def _held_interrupt() -> Iterator[Callable[[], bool]]:
    """Remember Ctrl-C instead of raising it; outside the main thread, where none arrives, do nothing."""
    if threading.current_thread() is not threading.main_thread():
        yield lambda: False
        return
    arrived: list[int] = []
    before = signal.getsignal(signal.SIGINT) or signal.default_int_handler

    def hold(number: int, frame: Any) -> None:
        arrived.append(number)
        signal.signal(signal.SIGINT, before)

    signal.signal(signal.SIGINT, hold)
    try:
        yield lambda: bool(arrived)
    finally:
        signal.signal(signal.SIGINT, before)
