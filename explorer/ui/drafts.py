"""What the engine says of the draft in hand: its network, its costs, or what is wrong with it."""

from functools import cache
from typing import Any

from explorer import gallery
from explorer.errors import ExperimentError, ExplorerError, Fault
from explorer.experiment import INPUT, Experiment
from explorer.gallery import Preset
from explorer.ui import uploads, words
from explorer.ui.service import engine
from explorer.ui.session import session


def describe(experiment: Experiment) -> dict[str, Any]:
    """What the engine says of an experiment, asked once; raises ExperimentError, DataError or LimitError."""
    mine = session()
    uploads.demand_kept(experiment.data.settings)  # a link must not read other files of this machine
    if mine.described is None or mine.described[0] != experiment.fingerprint:
        mine.described = experiment.fingerprint, engine().describe(experiment)
    return mine.described[1]


@cache
def canonical_preset(name: str) -> Experiment:
    """A preset with every default written out."""
    found: Experiment = engine().describe(gallery.preset(name).experiment)["experiment"]
    return found


def picture() -> dict[str, Any] | None:
    """What the engine says of the draft; None while it has faults."""
    try:
        return describe(session().experiment)
    except ExplorerError:
        return None


def faults_of_draft() -> tuple[Fault, ...]:
    """What the engine has against the draft."""
    try:
        describe(session().experiment)
    except ExplorerError as error:
        return faults_in(error)
    return ()


def faults_in(error: ExplorerError) -> tuple[Fault, ...]:
    """An error as faults with places; one that names none stands at the top."""
    if isinstance(error, ExperimentError):
        return error.faults
    return (Fault("", "", str(error)),)


def input_names() -> tuple[str, ...]:
    """The names by which the data enters the network."""
    found = picture()
    return tuple(each["name"] for each in found["diagram"]["inputs"]) if found else (INPUT,)


def preset_in_hand() -> Preset | None:
    """The preset that the draft still is about; another dataset makes it another thing."""
    mine = session()
    found = gallery.PRESETS.get(mine.preset)
    return found if found is not None and found.experiment.data.kind == mine.experiment.data.kind else None


def title() -> str:
    """What a run of the draft is called."""
    preset = preset_in_hand()
    return preset.title if preset else words.OWN_EXPERIMENT
