"""Build a small neural network, train it and look inside while it learns.

    import explorer as ex
    run = ex.train(ex.preset("circle").with_("recipe.learning_rate=0.01"))
    run.evaluate()
    ex.look(run, "stage", step=0)

Names are fetched when they are first used, so that importing the package costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from pandas import DataFrame

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
    from explorer.lenses.attribution import Attribution, attribute, methods
    from explorer.lenses.measures import Measure, measures
    from explorer.lenses.picture import Picture
    from explorer.lenses.recorder import Recording, record
    from explorer.lenses.request import Example
    from explorer.runs import Run, open_run
    from explorer.transitions import Transition, find_transition

_ROOMS = {
    "Experiment": "experiment",
    "Run": "runs",
    "open_run": "runs",
    "Transition": "transitions",
    "find_transition": "transitions",
    "Preset": "gallery",
    "presets": "gallery",
    "Attribution": "lenses.attribution",
    "attribute": "lenses.attribution",
    "methods": "lenses.attribution",
    "Example": "lenses.request",
    "Recording": "lenses.recorder",
    "record": "lenses.recorder",
    "Measure": "lenses.measures",
    "measures": "lenses.measures",
    "ExplorerError": "errors",
    "ExperimentError": "errors",
    "DataError": "errors",
    "RunFileError": "errors",
    "LimitError": "errors",
    "DeviceError": "errors",
    "EngineError": "errors",
}

__all__ = [
    "Attribution",
    "DataError",
    "DeviceError",
    "EngineError",
    "Example",
    "Experiment",
    "ExperimentError",
    "ExplorerError",
    "LimitError",
    "Measure",
    "Preset",
    "Recording",
    "Run",
    "RunFileError",
    "Transition",
    "attribute",
    "find_transition",
    "lenses",
    "look",
    "measures",
    "methods",
    "open_run",
    "preset",
    "presets",
    "record",
    "sweep",
    "train",
    "train_seeds",
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


def look(
    run: "Run | str | Path",
    lens: str,
    step: int | None = None,
    example: "int | Example | Mapping[str, Any]" = 0,
    **settings: Any,
) -> "Picture":
    """What a lens sees in a run at a kept step, the last one by default, as arrays with named axes.

    A number as example is one of the held-out ones; `{"split": "train", "index": 3}` is another, and `{"text": "the
    cat"}`, `{"row": {"petal width (cm)": 1.3}}`, `{"point": [1, 2]}` or `Example(...)` is one of your own. A setting
    that names another run, such as `other` of the lens cka, takes a run or the path of its file.
    """
    from explorer.engine import inline

    return inline.look(run, lens, step, example, settings)


def train_seeds(
    experiment: "Experiment",
    seeds: "Iterable[int]" = range(8),
    out: "str | Path | None" = None,
    device: str = "auto",
    progress: bool = False,
    together: bool | None = None,
) -> "list[Run]":
    """Train an experiment once for each seed, as one batched model where that is faster, and open the runs.

    Each run equals the one trained alone, to rounding; its events tell how it was trained. `out` is a folder.
    `together` decides between one batched model and one after another.
    """
    from explorer.engine import seeds as engine
    from explorer.progress import attended

    with attended(progress) as report:
        return engine.train_seeds(experiment, seeds, out, device, report, together)


def sweep(
    experiment: "Experiment",
    grid: "Mapping[str, Sequence[Any]]",
    seeds: "int | Iterable[int]" = 1,
    out: "str | Path | None" = None,
    device: str = "auto",
    progress: bool = False,
) -> "DataFrame":
    """Train every combination of the values of dotted keys, such as {"recipe.weight_decay": [0, 1]}, with every seed.

    One row a run: the values, the seed, the last value of every metric, and `run`, the path of its file.
    """
    from explorer.engine.sweep import sweep as train_grid
    from explorer.progress import attended

    with attended(progress) as report:
        return train_grid(experiment, grid, seeds, out, device, report)


def __getattr__(name: str) -> Any:
    if name == "lenses":
        return import_module(f"{__name__}.lenses")  # the room answers `ex.lenses(run)` itself
    if name not in _ROOMS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_ROOMS[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
