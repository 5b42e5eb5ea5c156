"""The right control for every declared setting: type, bounds, default and description decide, nothing else does."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from explorer.errors import Fault
from explorer.ui import network_words as words
from explorer.ui import workbench
from explorer.ui.drawers import DRAWERS, Change, Schema, Setting, form_of
from explorer.ui.guard import plain
from explorer.ui.session import session

LONG_TITLE = 13  # letters that half a row does not hold
WIDE = ("select_slider", "segmented", "pills")  # controls that take a whole row


def draw_setting(
    place: str,
    schema: Schema,
    value: Any,
    on_change: Change | None = None,
    *,
    choices: Mapping[Any, str] | None = None,
    title: str = "",
) -> None:
    """The control of one setting, and below it what is wrong with its value.

    `choices` are the values allowed here with their titles, where the schema alone does not know them; `title` is
    Markdown and stands in for the setting's own name.
    """
    if "properties" in schema:
        st.caption(title or words.setting_title(place.rpartition(".")[2]))
        draw_settings(place, schema, value, on_change)
        return
    setting = Setting(place, flat(schema), value, on_change or workbench.change, choices, title)
    DRAWERS[form_of(setting)](setting)
    draw_faults(faults_at(place))


def draw_settings(
    place: str,
    schema: Schema,
    values: Mapping[str, Any],
    on_change: Change | None = None,
    leave_out: Sequence[str] = (),
) -> None:
    """The controls of all settings of a declaration, two in a row where they are small."""
    chosen = {name: each for name, each in properties(schema).items() if name not in leave_out}
    if not chosen:
        return
    grid = st.grid(2, gap="xsmall", min_column_width=100, vertical_alignment="bottom")
    for name, each in chosen.items():
        value = values.get(name, each.get("default"))
        setting = Setting(f"{place}.{name}", flat(each), value, on_change or workbench.change)
        is_long = len(words.setting_title(name)) > LONG_TITLE or bool(faults_at(setting.place))
        is_wide = "properties" in each or form_of(setting) in WIDE or is_long
        with grid.cell(column_span="all" if is_wide else 1):
            draw_setting(setting.place, each, value, on_change)


def properties(schema: Schema) -> dict[str, dict[str, Any]]:
    """The settings of a declaration by name, with every reference to another declaration filled in."""
    definitions = schema.get("$defs", {})
    found = {}
    for name, each in schema.get("properties", {}).items():
        reference = each.get("$ref", "").rpartition("/")[2]
        found[name] = {**definitions.get(reference, {}), **each, "$defs": definitions} if reference else dict(each)
    return found


def faults_at(place: str) -> list[Fault]:
    """What is wrong at a place of the draft or below it."""
    return [fault for fault in session().faults if _is_within(fault.place.partition(" ")[0], place)]


def draw_faults(faults: Sequence[Fault]) -> None:
    """What is wrong, in words."""
    for fault in faults:
        st.markdown(f":red[:small[:material/error: {plain(words.fault(fault))}]]")


def _is_within(place: str, outer: str) -> bool:
    return place == outer or place.startswith(f"{outer}.")


def flat(schema: Schema) -> Schema:
    """A schema that may be empty, with the type and the bounds it has otherwise beside the rest."""
    filled: Schema = next((each for each in schema.get("anyOf", ()) if each.get("type") != "null"), {})
    return {**filled, **schema}
