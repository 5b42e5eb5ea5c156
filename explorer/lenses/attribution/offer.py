"""Which methods of attribution are right for a network, and what each declares, told as plain JSON."""

from dataclasses import replace
from functools import cache
from typing import Any

from explorer.lenses.attribution.lens import AttributionLens
from explorer.lenses.attribution.structure import structure_of
from explorer.lenses.attribution.table import METHODS
from explorer.network import build
from explorer.validation import Checked


@cache
def declared() -> dict[str, dict[str, Any]]:
    """Every method with its sentences, its paper and the schema of its settings, in the order of menus."""
    return {
        name: {
            "title": method.title,
            "shows": method.shows,
            "hides": method.hides,
            "paper": method.paper,
            "adds_up": method.adds_up,
            "is_sampled": method.is_sampled,
            "of_layer": method.of_layer,
            "schema": method.model_json_schema(),
        }
        for name, method in METHODS.items()
    }


def verdicts(checked: Checked, has_curved_end: bool = False) -> dict[str, dict[str, Any]]:
    """The verdict on every method for a network, its reason, and what its settings may name; empty where none fits.

    `has_curved_end` is for what no layer of the network computes: the likelihood of a sequence.
    """
    if not AttributionLens.is_applicable(checked):
        return {}
    structure = structure_of(build(checked.plan, seed=0), checked.description.signals[0], True)
    structure = replace(structure, has_curved_end=has_curved_end)
    return {
        name: vars(method().verdict(structure)) | {"choices": method.choices(structure)}
        for name, method in METHODS.items()
    }
