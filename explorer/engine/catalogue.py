"""Every kind that an experiment or a picture can be made of, as plain JSON: what menus and controls are drawn from."""

import inspect
from collections.abc import Mapping
from functools import cache
from typing import Any, get_args

from explorer import datasets, layers, lenses
from explorer.experiment import Recipe, Settings
from explorer.lenses.attribution.offer import declared
from explorer.signals import Task, TaskKind
from explorer.training import optimizers, schedules
from explorer.training.objectives import LOSSES, losses_for

Told = dict[str, dict[str, Any]]


@cache
def catalogue() -> dict[str, Any]:
    """The tables of kinds in their own order; a schema is the JSON schema of the kind's declaration."""
    return {
        "datasets": _told(datasets.KINDS),
        "layers": {
            kind: told | {"equation": layer.equation, "n_inputs": list(layer.n_inputs), "sized_by": layer.sized_by_task}
            for (kind, told), layer in zip(_told(layers.KINDS).items(), layers.KINDS.values(), strict=True)
        },
        "optimizers": _told(optimizers.KINDS),
        "schedules": _told(schedules.KINDS),
        "losses": {name: {"title": each.title, "for": _tasks(name)} for name, each in LOSSES.items()},
        "lenses": {
            kind: told | {"shows": lens.shows, "hides": lens.hides, "is_live": lens.is_live}
            for (kind, told), lens in zip(_told(lenses.KINDS).items(), lenses.KINDS.values(), strict=True)
        },
        "methods": declared(),
        "recipe": Recipe.model_json_schema(),
    }


def _told(kinds: Mapping[str, type[Settings]]) -> Told:
    """The title, the purpose and the settings of every kind."""
    return {
        kind: {
            "title": getattr(each, "title", kind),
            "about": inspect.cleandoc(each.__doc__ or ""),
            "schema": each.model_json_schema(),
        }
        for kind, each in kinds.items()
    }


def _tasks(loss: str) -> list[str]:
    """The kinds of tasks that a loss fits."""
    return [kind for kind in get_args(TaskKind) if loss in losses_for(Task(kind, outputs=2))]
