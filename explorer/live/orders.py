"""What a page may send over its line: lenses to watch, or one command."""

from collections.abc import Callable

from pydantic import Field

from explorer.engine.helm import Helm
from explorer.errors import EngineError
from explorer.experiment import Settings
from explorer.lenses.request import LookRequest

LOOKS = 16  # lenses watched over one line
RATE = 32.0  # frames in a second; what a page asks for, so that 30 are drawn


class Watched(LookRequest):
    """A lens to watch, and the id by which the page knows its frames; empty: the lens."""

    id: str = Field("", max_length=64)

    @property
    def request(self) -> LookRequest:
        """The look without its id: whoever else looks at the same shares it."""
        return LookRequest(lens=self.lens, settings=self.settings, step=self.step, example=self.example)


class Order(Settings):
    """Lenses to watch instead of those before, or a command with what belongs to it."""

    watch: tuple[Watched, ...] | None = Field(None, max_length=LOOKS)
    rate: float = Field(RATE, gt=0, le=RATE)
    do: str | None = Field(None, max_length=64)
    n: int = Field(1, ge=1, le=10_000_000)
    steps_per_second: float | None = None
    assignments: tuple[str, ...] = Field((), max_length=100)
    tensor: str = Field("", max_length=200)
    index: tuple[int, ...] = Field((), max_length=8)
    value: float = 0.0
    request: int | None = None


COMMANDS: dict[str, Callable[[Helm, Order], None]] = {
    "begin": lambda helm, order: helm.begin(),
    "pause": lambda helm, order: helm.pause(),
    "steps": lambda helm, order: helm.take_steps(order.n),
    "epoch": lambda helm, order: helm.take_epoch(),
    "pace": lambda helm, order: helm.pace(order.steps_per_second),
    "rewind": lambda helm, order: helm.rewind(),
    "roll_back": lambda helm, order: helm.roll_back(),
    "set": lambda helm, order: helm.set(*order.assignments),
    "set_weight": lambda helm, order: helm.set_weight(order.tensor, order.index, order.value),
}


def obey(helm: Helm, order: Order) -> None:
    """Do what the page commands; raises an ExplorerError where it cannot be."""
    if order.do not in COMMANDS:
        raise EngineError(f"command: expected one of {', '.join(sorted(COMMANDS))}, got {order.do!r}.")
    COMMANDS[order.do](helm, order)
