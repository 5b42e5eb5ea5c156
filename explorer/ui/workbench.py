"""Everything that changes the experiment in hand: one way for controls, links, stage and history.

What may change while a run trains reaches the run in hand at its next step. Anything else begins a run of the changed
experiment, which trains if the one before it did. A draft with faults is kept and told; the run in hand goes on.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from explorer import gallery, layer_list
from explorer.addressing import LAYERS, assignments, is_live
from explorer.declarations import assign
from explorer.errors import EngineError, ExperimentError, ExplorerError, Fault
from explorer.experiment import INPUT, Experiment
from explorer.ui import uploads, words
from explorer.ui.service import engine
from explorer.ui.session import session
from explorer.ui.visitor import visitor

if TYPE_CHECKING:
    from explorer.engine.helm import Helm

MOST_UNDO = 100
SIZES = ("units", "channels", "features")  # the setting that says how many units a layer has, by kind
Layers = Sequence[dict[str, Any]]


# Changing


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


def input_names() -> tuple[str, ...]:
    """The names by which the data enters the network."""
    found = picture()
    return tuple(each["name"] for each in found["diagram"]["inputs"]) if found else (INPUT,)


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
    tree = session().experiment.model_dump(mode="json") | parts
    return _validated(tree)


def _validated(tree: dict[str, Any]) -> Experiment:
    from pydantic import ValidationError

    from explorer.declarations import faults_of

    try:
        return Experiment.model_validate(tree)
    except ValidationError as error:
        raise ExperimentError(faults_of(error, Experiment)) from None


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
        if all(is_live(running, key.partition("=")[0]) for key in keys):
            helm().set(*keys)
            return
    start(experiment)


# The run in hand


def helm() -> "Helm":
    """The right to steer the run in hand; raises EngineError for somebody else's."""
    return engine().helm(session().run_id, session().token)


def start(experiment: Experiment) -> None:
    """Begin a run; it takes the place of the run in hand, which stays on disk if it ever trained."""
    mine = session()
    before = engine().status(mine.run_id) if mine.token and mine.run_id else None
    keep = (mine.run_id, None) if before and mine.keeps_weights else None
    begin = before is not None and before.state == "training"
    found = engine().start(experiment, title=title(), begin=begin, owner=visitor(), keep=keep)
    if before is not None:
        _leave(before.step)
    take(found)


def take(found: "Helm") -> None:
    """Have this run in hand from now on."""
    mine = session()
    mine.run_id, mine.token, mine.step = found.run_id, found.token, None


def _leave(step: int) -> None:
    former = helm()
    if step == 0:
        former.discard()
    else:
        former.stop()


def branch(step: int) -> None:
    """Go on from a past step of the run in hand, in a run of one's own."""
    mine = session()
    found = engine().branch(mine.run_id, step, title=words.branched(title(), step), owner=visitor())
    if mine.token:
        helm().stop()
    take(found)
    _show_run()


def open_run(run_id: str) -> None:
    """Have a run in hand that is there already: to steer it where it is one's own, else to look."""
    mine = session()
    status = engine().status(run_id)
    if mine.token and mine.run_id and mine.run_id != run_id and engine().status(mine.run_id).step == 0:
        helm().discard()
    mine.run_id, mine.step = run_id, None
    mine.token = engine().token(run_id, visitor()) if engine().owns(run_id, visitor()) else ""
    mine.preset = next((name for name, preset in gallery.PRESETS.items() if preset.title == status_title(run_id)), "")
    _show_run()


def status_title(run_id: str) -> str:
    """What a run is called."""
    return next((run.title for run in engine().runs() if run.id == run_id), "")


def _show_run() -> None:
    """Let the draft be the experiment of the run in hand."""
    mine = session()
    mine.experiment = Experiment.model_validate(engine().status(mine.run_id).experiment)
    mine.faults = ()
    mine.generation += 1


def title() -> str:
    """What a run of the draft is called."""
    preset = session().preset
    return gallery.PRESETS[preset].title if preset else words.OWN_EXPERIMENT


# Looking


def describe(experiment: Experiment) -> dict[str, Any]:
    """What the engine says of an experiment, asked once; raises ExperimentError, DataError or LimitError."""
    mine = session()
    uploads.demand_kept(experiment.data.settings)  # a link must not read other files of this machine
    if mine.described is None or mine.described[0] != experiment.fingerprint:
        mine.described = experiment.fingerprint, engine().describe(experiment)
    return mine.described[1]


def picture() -> dict[str, Any] | None:
    """What the engine says of the draft; None while it has faults."""
    try:
        return describe(session().experiment)
    except ExplorerError:
        return None


def faults_of_draft() -> "tuple[Fault, ...]":
    """What the engine has against the draft."""
    try:
        describe(session().experiment)
    except ExplorerError as error:
        return faults_in(error)
    return ()


def faults_in(error: ExplorerError) -> "tuple[Fault, ...]":
    """An error as faults with places; one that names none stands at the top."""
    if isinstance(error, ExperimentError):
        return error.faults
    return (Fault("", "", str(error)),)


def follow_run() -> None:
    """Take over what changed in the run itself: more steps, or the learning rate after a roll-back."""
    mine = session()
    if not mine.token or mine.faults or (found := picture()) is None:
        return
    running = Experiment.model_validate(engine().status(mine.run_id).experiment)
    keys = assignments(found["experiment"], running)
    if keys and all(is_live(running, key.partition("=")[0]) for key in keys):
        mine.experiment = assign(mine.experiment, *keys)
        mine.generation += 1


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
