"""Lenses: what can be seen inside a network. The table of kinds needs torch, so it is loaded when it is asked for."""

import sys
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from explorer.lenses.table import KINDS, AttributionLens, Evaluation, Generation, Lens, Stage, TrustLens
    from explorer.runs import Run

__all__ = ["KINDS", "AttributionLens", "Evaluation", "Generation", "Lens", "Stage", "TrustLens"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from explorer.lenses import table

    return getattr(table, name)


class _Room(ModuleType):
    """`ex.lenses(run)` has the name of this room, so the room itself answers."""

    def __call__(self, run: "Run | str | Path") -> list[dict[str, Any]]:
        """The lenses that have something to see in a run: kind, title, what each shows and hides, and its settings."""
        from explorer.lenses.offer import offered_for

        return offered_for(run)


sys.modules[__name__].__class__ = _Room
