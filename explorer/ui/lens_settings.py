"""The settings of a lens on a page, drawn from its declaration and kept while the visit lasts."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from explorer.lenses.choices import Choices, narrowed
from explorer.ui.controls import draw_settings
from explorer.ui.service import engine

KEY = "lens_settings"


def settings_of(place: str) -> dict[str, Any]:
    """What was chosen at a place so far, such as `projection`; what is left out has its default."""
    kept: dict[str, dict[str, Any]] = st.session_state.setdefault(KEY, {})
    return kept.setdefault(place, {})


def draw_lens_settings(lens: str, leave_out: Sequence[str] = (), choices: Choices | None = None) -> dict[str, Any]:
    """The controls of a lens; the values of all that differ from their default."""
    return draw_declared(lens, engine().catalogue()["lenses"][lens]["schema"], leave_out, choices)


def draw_declared(
    place: str, schema: Mapping[str, Any], leave_out: Sequence[str] = (), choices: Choices | None = None
) -> dict[str, Any]:
    """The controls of any declaration that is no part of the experiment.

    `choices` are what some settings may name of the network in hand; what another one had is forgotten.
    """
    kept, known = settings_of(place), choices or {}
    for name in [name for name, values in known.items() if kept.get(name) not in (None, *values)]:
        kept.pop(name, None)
    draw_settings(f"lens.{place}", narrowed(schema, known), kept, _keep, leave_out)
    return dict(kept)


def _keep(assignment: str) -> None:
    """Take over what a control reports, as `lens.projection.seed=3`."""
    path, _, value = assignment.partition("=")
    _, place, name = path.split(".")
    settings_of(place)[name] = json.loads(value)
