"""The table of lenses, in the order in which menus list them."""

from explorer.lenses.attribution import Attribution
from explorer.lenses.base import Lens
from explorer.lenses.stage import Stage

KINDS: dict[str, type[Lens]] = {lens.kind: lens for lens in (Stage, Attribution)}

__all__ = ["KINDS", "Attribution", "Lens", "Stage"]
