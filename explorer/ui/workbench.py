"""Everything that changes the experiment in hand: one way for controls, links, stage and history.

What may change while a run trains reaches the run in hand at its next step. Anything else begins a run of the changed
experiment, which trains if the one before it did. A draft with faults is kept and told; the run in hand goes on.
"""

from collections.abc import Sequence
from typing import Any

from explorer import gallery, layer_list
from explorer.addressing import LAYERS, are_live, assignments
from explorer.declarations import assign, read_experiment
from explorer.errors import EngineError, ExplorerError
from explorer.experiment import Experiment
from explorer.ui.drafts import describe, faults_in, faults_of_draft, input_names, picture, title
from explorer.ui.held_run import branch, follow_run, helm, open_run, return_to_last, start
from explorer.ui.service import engine
from explorer.ui.session import session

__all__ = [
    "branch",
    "faults_of_draft",
    "follow_run",
    "open_run",
    "picture",
    "return_to_last",
    "title",
]  # beside what changes the draft

MOST_UNDO = 100
SIZES = ("units", "channels", "features")  # the setting that says how many units a layer has, by kind
Layers = Sequence[dict[str, Any]]


def change(*keys: str) -> None:
    """Set dotted keys, as `recipe.learning_rate=0.01`; a control calls it, so it shows the value already."""
    _try(lambda: assign(session().experiment, *keys))


def set_layers(layers: Layers) -> None:
    """Put another list of layers in place of the draft's."""
    _try(lambda: _replaced({"network": {"layers": list(layers)}}))
    session().generation += 1


def set_data(data: dict[str, Any], layers: Layers | None = None, recipe: dict[str, Any] | None = None) -> None:
    """Take another dataset, and with it the layers and the recipe that suit it, where these are given."""
    network = {} if layers is None else {"network": {"layers": list(layers)}}
    suited = network if recipe is None else {**network, "recipe": recipe}
    _try(lambda: _replaced({"data": data, **suited}))
    session().generation += 1


def replace(experiment: Experiment) -> None:
    """Another experiment altogether."""
    _try(lambda: experiment)
    session().generation += 1


def edit(doing: str, name: str, by: int = 0) -> None:
    """What the stage offers at a column: a unit more or fewer, a layer behind it, or the layer gone."""
    layers = [layer.model_dump(mode="json") for layer in session().experiment.network.layers]
    place = next((index for index, layer in enumerate(layers) if layer["name"] == name), None)
    if doing == "units" and place is not None:
        setting = next((each for each in SIZES if each in layers[place]), None)
        if setting is not None and isinstance(layers[place][setting], int):
            change(f"{LAYERS}.{place}.{setting}={max(1, layers[place][setting] + by)}")
            session().generation += 1
    elif doing == "remove" and place is not None:
        set_layers(layer_list.remove_column(layers, place, input_names()))
    elif doing == "add":
        set_layers(layer_list.add_column(layers, -1 if place is None else place, input_names()))


def new_seed() -> None:
    """The same experiment with the next seed."""
    change(f"seed={session().experiment.seed + 1}")
    session().generation += 1


def open_preset(name: str) -> None:
    """Begin from a preset of the gallery."""
    mine = session()
    experiment = gallery.preset(name).experiment
    mine.preset = name
    _try(lambda: experiment)
    mine.generation += 1


def undo() -> None:
    """Back to the experiment before the last change."""
    _step_through(session().done, session().undone)


def redo() -> None:
    """Forward again."""
    _step_through(session().undone, session().done)


def can_undo() -> bool:
    """Whether there is something before the draft."""
    return bool(session().done)


def can_redo() -> bool:
    """Whether something was undone."""
    return bool(session().undone)


def _step_through(taken: list[Experiment], given: list[Experiment]) -> None:
    if not taken:
        return
    mine = session()
    given.append(mine.experiment)
    _turn_to(taken.pop())
    mine.generation += 1


def _replaced(parts: dict[str, Any]) -> Experiment:
    return read_experiment(session().experiment.model_dump(mode="json") | parts)


def _try(make: Any) -> None:
    """Turn to what `make` gives, and remember the way back; what it refuses is told at its place."""
    mine = session()
    try:
        experiment = make()
    except ExplorerError as error:
        mine.faults = faults_in(error)
        return
    if experiment == mine.experiment and not mine.faults:
        return
    mine.done = [*mine.done, mine.experiment][-MOST_UNDO:]
    mine.undone.clear()
    _turn_to(experiment)


def _turn_to(experiment: Experiment) -> None:
    """Make this the draft, and the run in hand a run of it."""
    mine = session()
    mine.experiment = experiment
    try:
        canonical = describe(experiment)["experiment"]
        mine.faults = ()
        _follow(canonical)
    except ExplorerError as error:
        mine.faults = faults_in(error)


def _follow(experiment: Experiment) -> None:
    """Bring the run in hand to a checked experiment: at its next step where that is possible, else by a run of it."""
    mine = session()
    if mine.token and mine.run_id:
        running = Experiment.model_validate(engine().status(mine.run_id).experiment)
        keys = assignments(running, experiment)
        if not keys:
            return
        if are_live(running, keys):
            helm().set(*keys)
            return
    start(experiment)


def ensure_run() -> None:
    """A run of the draft in hand, so that there is something to see before anybody presses a button."""
    mine = session()
    try:
        if mine.run_id:
            engine().status(mine.run_id)
    except EngineError as error:  # deleted meanwhile, by its owner in another tab
        mine.notes.append(str(error))
        mine.run_id = mine.token = ""
    if not mine.run_id:
        _turn_to(mine.experiment)
