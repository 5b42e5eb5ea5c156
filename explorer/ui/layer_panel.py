"""The chosen layer of the network: its settings, what it reads, what it computes, and what can be done with it."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from explorer import layer_list
from explorer.experiment import INPUT, NAME
from explorer.ui import network_words as words
from explorer.ui import service, workbench
from explorer.ui.controls import draw_faults, draw_settings, faults_at, properties
from explorer.ui.guard import plain
from explorer.ui.session import session

CHOSEN = "chosen_layer"
KNOWN_INPUTS = "known_inputs"


@dataclass(frozen=True)
class Draft:
    """The draft's layers with what the engine says of them; without costs while the draft has faults."""

    layers: list[dict[str, Any]]
    inputs: Mapping[str, list[int]]  # name to shape
    costs: Mapping[str, Mapping[str, Any]]
    kinds: Mapping[str, Mapping[str, Any]]

    def title(self, kind: str) -> str:
        """How a kind is called; a kind that does not exist by its own name."""
        return self.kinds[kind]["title"] if kind in self.kinds else kind

    def arity(self, kind: str) -> layer_list.Arity:
        """How many inputs a kind takes."""
        fewest, most = self.kinds[kind]["n_inputs"] if kind in self.kinds else (1, 1)
        return fewest, most

    def costs_of(self, name: str) -> str:
        """What a layer costs, in words; nothing while that is not known."""
        if (cost := self.costs.get(name)) is None:
            return ""
        bytes_ = cost["parameter_bytes"] + cost["activation_bytes"]
        return words.costs(cost["parameters"], cost["multiply_adds"], bytes_)


def draft() -> Draft:
    """What the builder shows. The names by which the data enters are remembered while faults hide them."""
    experiment, described = session().experiment, workbench.picture()
    data = experiment.data.model_dump_json()
    if described is not None:
        inputs = {each["name"]: each["shape"] for each in described["diagram"]["inputs"]}
        st.session_state[KNOWN_INPUTS] = data, inputs
    known = st.session_state.get(KNOWN_INPUTS, ("", {}))
    return Draft(
        layers=experiment.model_dump(mode="json")["network"]["layers"],
        inputs=known[1] if known[0] == data else {INPUT: []},
        costs={} if described is None else {cost["name"]: cost for cost in described["layers"]},
        kinds=service.engine().catalogue()["layers"],
    )


def chosen() -> str | None:
    """The name of the layer that is open."""
    name: str | None = st.session_state.get(CHOSEN)
    return name


def choose(name: str | None) -> None:
    """Open a layer, or close the one that is open."""
    st.session_state[CHOSEN] = name


def draw_layer(shown: Draft, index: int) -> None:
    """Everything about one layer."""
    layer, place = shown.layers[index], f"network.layers.{index}"
    with st.container(key="layer_open", border=True, gap="small"):
        _draw_actions(shown, index)
        about = shown.kinds.get(layer["kind"])
        schema = about["schema"] if about else {}
        _draw_own_faults(place, schema)
        if about:
            st.caption(plain(about["about"]))
            _draw_identity(shown, index)
            draw_settings(place, schema, layer)
            _draw_inputs(shown, index)
            st.latex(_in_lines(about["equation"]))
        if costs := shown.costs_of(layer["name"]):
            st.caption(costs)


def _draw_actions(shown: Draft, index: int) -> None:
    """What can be done with the layer as a whole, as signs."""
    last, name = len(shown.layers) - 1, shown.layers[index]["name"]
    with st.container(key="layer_actions", horizontal=True, gap=None, horizontal_alignment="distribute", wrap=False):
        for key, icon, title, is_before in (
            ("before", ":material/add_row_above:", words.BEFORE, True),
            ("after", ":material/add_row_below:", words.AFTER, False),
        ):
            if st.button(title, key=f"layer_{key}", icon=icon, help=title, type="tertiary"):
                pick_layer(index, is_before)
        for key, icon, title, act, disabled in (
            ("up", ":material/arrow_upward:", words.UP, _moved(-1), index == 0),
            ("down", ":material/arrow_downward:", words.DOWN, _moved(1), index == last),
            ("duplicate", ":material/content_copy:", words.DUPLICATE, layer_list.duplicate, False),
            ("skip", ":material/alt_route:", words.SKIP, layer_list.add_skip, False),
            ("remove", ":material/delete:", words.REMOVE, layer_list.remove, last == 0),
        ):
            st.button(
                title,
                key=f"layer_{key}",
                icon=icon,
                help=title,
                type="tertiary",
                disabled=disabled,
                on_click=_act,
                args=(name, act),
            )


def _draw_own_faults(place: str, schema: Mapping[str, Any]) -> None:
    """Faults that no control below shows."""
    drawn = {f"{place}.{name}" for name in properties(schema)} | {f"{place}.inputs", f"{place}.name"}
    draw_faults([fault for fault in faults_at(place) if fault.place.partition(" ")[0] not in drawn])


def _draw_identity(shown: Draft, index: int) -> None:
    """Kind and name, side by side."""
    layer = shown.layers[index]
    place = f"network.layers.{index}"
    kind_key, name_key = f"{place}.kind@{session().generation}", f"{place}.name@{session().generation}"
    kinds = list(shown.kinds)
    left, right = st.columns(2, gap="xsmall")
    left.selectbox(
        words.KIND,
        kinds,
        index=kinds.index(layer["kind"]),
        format_func=shown.title,
        help=words.KIND_HELP,
        key=kind_key,
        on_change=lambda: _change_kind(layer["name"], st.session_state[kind_key]),
    )
    right.text_input(
        words.NAME,
        value=layer["name"],
        help=words.NAME_HELP,
        key=name_key,
        on_change=lambda: _rename(layer["name"], st.session_state[name_key].strip()),
    )
    if re.match(NAME, st.session_state[name_key].strip()) is None:
        st.markdown(f":red[:small[:material/error: {plain(words.NOT_A_NAME)}]]")
    draw_faults(faults_at(f"{place}.name"))


def _draw_inputs(shown: Draft, index: int) -> None:
    """Which earlier layers it reads, in their order; empty means the layer before."""
    layer, place = shown.layers[index], f"network.layers.{index}.inputs"
    options = [*shown.inputs, *(earlier["name"] for earlier in shown.layers[:index])]
    given = layer["inputs"] or []
    key = f"{place}@{session().generation}"
    most = shown.arity(layer["kind"])[1]
    st.multiselect(
        words.READS,
        [*options, *(name for name in given if name not in options)],
        default=list(dict.fromkeys(given)),
        max_selections=None if most is None else max(most, len(set(given))),
        placeholder=words.LAYER_BEFORE,
        help=words.READS_HELP,
        key=key,
        on_change=lambda: _read_from(place, st.session_state[key]),
    )
    draw_faults(faults_at(place))


@st.dialog(words.PICK, width="medium")
def pick_layer(index: int, is_before: bool) -> None:
    """The kinds by family, each with a line about it; the one pressed goes in and opens."""
    shown = draft()
    for (family, icon), kinds in words.grouped(shown.kinds).items():
        st.markdown(f"{icon} **{family}**")
        with st.grid(2, gap="xsmall", key=f"picker_{family}"):
            for kind in kinds:
                label = f"**{plain(shown.title(kind))}** :gray[:small[{plain(shown.kinds[kind]['about'])}]]"
                if st.button(
                    label,
                    key=f"pick_{kind}",
                    width="stretch",
                    type="tertiary",
                    wrap=True,
                    on_click=_insert,
                    args=(index, is_before, kind),
                ):
                    st.rerun()


def _insert(index: int, is_before: bool, kind: str) -> None:
    shown = draft()
    insert = layer_list.insert_before if is_before else layer_list.insert_after
    _adopt(insert(shown.layers, index, {"kind": kind}, shown.arity(kind), tuple(shown.inputs)))


def _act(name: str, change: Callable[..., list[dict[str, Any]]]) -> None:
    """Change the list at the layer of this name; what the change brought opens."""
    shown = draft()
    _adopt(change(shown.layers, _place_of(shown, name), inputs=tuple(shown.inputs)))


def _adopt(layers: list[dict[str, Any]]) -> None:
    """Hand a list of layers on, and open the layer that came in; if the open one is gone, none."""
    before = {layer["name"] for layer in draft().layers}
    came = [layer["name"] for layer in layers if layer["name"] not in before]
    workbench.set_layers(layers)
    if came:
        choose(came[0])
    elif chosen() not in {layer["name"] for layer in layers}:
        choose(None)


def _moved(by: int) -> Callable[..., list[dict[str, Any]]]:
    return lambda layers, index, inputs: layer_list.move(layers, index, by, inputs)


def _change_kind(name: str, kind: str) -> None:
    shown = draft()
    index = _place_of(shown, name)
    _adopt(layer_list.change_kind(shown.layers, index, kind, shown.arity(kind), tuple(shown.inputs)))


def _rename(name: str, wished: str) -> None:
    if re.match(NAME, wished) is None:
        return
    shown = draft()
    _adopt(layer_list.rename(shown.layers, _place_of(shown, name), wished, tuple(shown.inputs)))


def _read_from(place: str, names: list[str]) -> None:
    workbench.change(f"{place}={json.dumps(names or None)}")


def _place_of(shown: Draft, name: str) -> int:
    return next(index for index, layer in enumerate(shown.layers) if layer["name"] == name)


def _in_lines(equation: str) -> str:
    """An equation of several parts with each part on its own line, as a narrow panel needs it."""
    parts = [part.strip(" ,;") for part in re.split(r"\\q?quad(?![a-z])|,\s*\\;", equation)]
    lines = r" \\ ".join(parts)
    return lines if len(parts) == 1 else rf"\begin{{gathered}}{lines}\end{{gathered}}"
