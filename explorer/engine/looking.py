"""One look through one lens, at a network that belongs to nobody else meanwhile."""

from explorer.declarations import read_part
from explorer.errors import EngineError
from explorer.experiment import Part
from explorer.lenses import KINDS
from explorer.lenses.base import Lens, Scene
from explorer.lenses.choices import demand_among
from explorer.lenses.picture import Picture
from explorer.lenses.recording import evaluating
from explorer.lenses.request import LookRequest
from explorer.validation import Checked


def lens_of(request: LookRequest, checked: Checked) -> Lens:
    """The lens that was asked for; raises an ExplorerError where it is unknown or has nothing to see."""
    lens = read_part(KINDS, Part.model_validate({"kind": request.lens, **request.settings}), "lens")
    if not lens.is_applicable(checked):
        fitting = ", ".join(kind for kind, lens in KINDS.items() if lens.is_applicable(checked)) or "none"
        raise EngineError(f"lens: expected one that fits this network ({fitting}), got {request.lens}; choose another.")
    demand_among(lens, lens.choices(checked), "lens")
    return lens


def look(lens: Lens, scene: Scene) -> Picture:
    """What the lens sees of the network in eval mode; the mode is put back."""
    with evaluating(scene.network):
        return lens.look(scene)
