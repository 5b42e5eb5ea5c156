"""Which parts of an input speak for an answer: attributions by Captum, with the error they make."""

from explorer.lenses.attribution.api import attribute, methods
from explorer.lenses.attribution.asking import Attribution, completeness_error
from explorer.lenses.attribution.influence import Influence
from explorer.lenses.attribution.lens import AttributionLens
from explorer.lenses.attribution.table import METHODS
from explorer.lenses.attribution.tcav import Tcav
from explorer.lenses.attribution.trust_lens import TrustLens

__all__ = [
    "METHODS",
    "Attribution",
    "AttributionLens",
    "Influence",
    "Tcav",
    "TrustLens",
    "attribute",
    "completeness_error",
    "methods",
]
