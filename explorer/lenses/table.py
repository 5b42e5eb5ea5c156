"""The table of lenses, in the order in which menus list them."""

from explorer.lenses.attribution import Attribution
from explorer.lenses.base import Lens
from explorer.lenses.evaluation import Evaluation
from explorer.lenses.generation import Generation
from explorer.lenses.stage import Stage

KINDS: dict[str, type[Lens]] = {lens.kind: lens for lens in (Stage, Evaluation, Generation, Attribution)}

__all__ = ["KINDS", "Attribution", "Evaluation", "Generation", "Lens", "Stage"]
