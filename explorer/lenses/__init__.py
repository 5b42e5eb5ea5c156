"""Lenses: what can be seen inside a network. The table of kinds needs torch, so it is loaded when it is asked for."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from explorer.lenses.table import KINDS, Attribution, Evaluation, Generation, Lens, Stage

__all__ = ["KINDS", "Attribution", "Evaluation", "Generation", "Lens", "Stage"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from explorer.lenses import table

    return getattr(table, name)
