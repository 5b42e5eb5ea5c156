"""Build a small neural network, train it and look inside while it learns.

    import explorer as ex
    run = ex.train(ex.preset("circle").with_("recipe.learning_rate=0.01"))
    run.evaluate()

Names are fetched when they are first used, so that importing the package costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from explorer.errors import (
        DataError,
        DeviceError,
        EngineError,
        ExperimentError,
        ExplorerError,
        LimitError,
        RunFileError,
    )
    from explorer.experiment import Experiment
    from explorer.gallery import Preset, presets
    from explorer.runs import Run, open_run

_ROOMS = {
    "Experiment": "experiment",
    "Run": "runs",
    "open_run": "runs",
    "Preset": "gallery",
    "presets": "gallery",
    "ExplorerError": "errors",
    "ExperimentError": "errors",
    "DataError": "errors",
    "RunFileError": "errors",
    "LimitError": "errors",
    "DeviceError": "errors",
    "EngineError": "errors",
}

__all__ = [
    "DataError",
    "DeviceError",
    "EngineError",
    "Experiment",
    "ExperimentError",
    "ExplorerError",
    "LimitError",
    "Preset",
    "Run",
    "RunFileError",
    "open_run",
    "preset",
    "presets",
    "train",
]


def preset(name: str) -> "Experiment":
    """The experiment of a preset; `presets()` lists them with what to watch and what to expect."""
    from explorer.gallery import preset as find

    return find(name).experiment


def train(
    experiment: "Experiment", out: "str | Path | None" = None, device: str = "auto", progress: bool = False
) -> "Run":
    """Train an experiment to its end and open its run; without `out` the file goes to the explorer's own folder.

    `progress` draws a bar where there is a terminal. An interrupt leaves a run that can be resumed.
    """
    from explorer.engine import inline
    from explorer.progress import attended

    with attended(progress) as report:
        return inline.train(experiment, out, device, report)


def __getattr__(name: str) -> Any:
    if name not in _ROOMS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_ROOMS[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
