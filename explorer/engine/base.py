"""What an engine offers, and where a run stands; nothing here needs torch."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from explorer.experiment import Experiment

if TYPE_CHECKING:
    from explorer.engine.heavy import Look
    from explorer.engine.helm import Helm
    from explorer.engine.subscription import Subscription
    from explorer.lenses.picture import Picture
    from explorer.lenses.request import Example, LookRequest

Curves = dict[str, dict[str, tuple[list[int], list[float]]]]  # by split and name: steps and values


@dataclass(frozen=True)
class Status:
    """Where a run stands, small enough to be sent thirty times a second."""

    state: str  # training, paused, finished, diverged, or failed
    step: int
    steps: int
    steps_in_epoch: int | None
    seconds: float
    device: str
    metrics: dict[str, dict[str, float]]
    sentence: str = ""  # what happened last that a person should know
    parameters: int = 0
    experiment: dict[str, Any] = field(default_factory=dict)
    until: int | None = None  # the step at which it pauses by itself
    pace: float | None = None  # steps in a second that were asked for; None: as fast as it goes


@dataclass(frozen=True)
class Listed:
    """One line about a run, hosted or only on disk."""

    id: str
    title: str
    state: str
    step: int
    modified: float  # seconds since 1970
    is_hosted: bool
    note: str = ""  # why its file cannot be read


class Engine(Protocol):
    """Where runs train and lenses look. Whoever has a run's id may look; steering takes the helm, by its token."""

    def start(
        self,
        experiment: Experiment,
        title: str = "",
        device: str = "auto",
        begin: bool = True,
        owner: str = "",
        keep: tuple[str, int | None] | None = None,
    ) -> "Helm": ...
    def branch(self, run_id: str, step: int, title: str = "", owner: str = "") -> "Helm": ...
    def adopt(self, path: str | Path, device: str = "auto", owner: str = "") -> "Helm": ...
    def helm(self, run_id: str, token: str) -> "Helm": ...
    def token(self, run_id: str, owner: str) -> str: ...
    def owns(self, run_id: str, owner: str) -> bool: ...
    def runs(self, owner: str | None = None) -> list[Listed]: ...
    def status(self, run_id: str) -> Status: ...
    def curves(self, run_id: str, since: int = -1) -> Curves: ...
    def events(self, run_id: str) -> list[dict[str, Any]]: ...
    def diagram(self, run_id: str) -> dict[str, Any]: ...
    def own_form(self, run_id: str, example: "Example") -> dict[str, Any]: ...
    def look(self, run_id: str, request: "LookRequest") -> "Picture": ...
    def frame(self, run_id: str, request: "LookRequest") -> "Look": ...
    def film(self, run_id: str, request: "LookRequest") -> Iterator[bytes]: ...
    def watch(self, run_id: str, request: "LookRequest", rate: float = 30.0) -> "Subscription": ...
    def evaluate(self, run_id: str, step: int | None = None) -> dict[str, Any]: ...
    def measures(self, run_id: str) -> list[dict[str, str]]: ...
    def course(self, run_id: str, name: str) -> dict[str, Any]: ...
    def export(self, run_id: str, target: Path) -> str: ...
    def catalogue(self) -> dict[str, Any]: ...
    def describe(self, experiment: Experiment) -> dict[str, Any]: ...
    def preview(self, data: dict[str, Any], seed: int = 0) -> dict[str, Any]: ...
    def close(self) -> None: ...
