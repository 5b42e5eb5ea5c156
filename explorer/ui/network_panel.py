"""The network as a list of layers that can be changed, with shapes, costs and faults at their layer."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from explorer import layer_list
from explorer.ui import layer_panel, workbench
from explorer.ui import network_words as words
from explorer.ui.controls import draw_faults, faults_at
from explorer.ui.guard import plain
from explorer.ui.layer_panel import Draft
from explorer.ui.session import session


def draw_network() -> None:
    """The builder: quick changes, the layers from input to answer, and what the network costs."""
    draft = layer_panel.draft()
    _draw_tools(draft)
    _draw_layers(draft)
    _draw_totals()
    draw_faults([fault for fault in session().faults if fault.place in ("network", "network.layers")])
    st.toggle(
        words.KEEP,
        value=session().keeps_weights,
        key=f"keeps_weights@{session().generation}",
        help=words.KEEP_HELP,
        on_change=_turn_keeping,
    )


def _draw_tools(draft: Draft) -> None:
    """Hidden layers and their activation for the whole network."""
    hidden = len(layer_list.hidden(draft.layers))
    with st.container(key="network_tools", horizontal=True, gap="xsmall", vertical_alignment="center", wrap=False):
        _button("fewer", ":material/remove:", words.FEWER, layer_list.remove_hidden, disabled=not hidden)
        st.markdown(f":small[{words.hidden_layers(hidden)}]", width="content")
        _button("more", ":material/add:", words.MORE, layer_list.add_hidden)
        st.space("stretch")
        _draw_activation(draft)


def _draw_activation(draft: Draft) -> None:
    if not any(layer["kind"] in layer_list.ACTIVATIONS for layer in draft.layers):
        return
    shared = layer_list.activation_of(draft.layers)
    key = f"activation@{session().generation}"
    st.selectbox(
        words.ACTIVATION,
        layer_list.ACTIVATIONS,
        index=None if shared is None else layer_list.ACTIVATIONS.index(shared),
        format_func=words.option_title,
        placeholder=words.MIXED,
        key=key,
        label_visibility="collapsed",
        width=105,
        on_change=lambda: _change(layer_list.set_activation, st.session_state[key]),
    )


def _draw_layers(draft: Draft) -> None:
    """One line a layer; the chosen one opens below its line."""
    chosen = layer_panel.chosen()
    with st.container(key="layer_list", gap=None):
        for name, shape in draft.inputs.items():
            label = _line(f"**{plain(name)}**", "", words.shape(shape))
            st.button(
                label, key=f"input_{name}", icon=":material/input:", type="tertiary", width="stretch", disabled=True
            )
        for index, layer in enumerate(draft.layers):
            is_chosen = layer["name"] == chosen
            st.button(
                _label(draft, layer),
                key=f"layer_{index}_{layer['name']}",
                icon=words.family_of(layer["kind"])[1],
                type="secondary" if is_chosen else "tertiary",
                width="stretch",
                wrap=False,
                help=draft.costs_of(layer["name"]),
                on_click=layer_panel.choose,
                args=(None if is_chosen else layer["name"],),
            )
            if is_chosen:
                layer_panel.draw_layer(draft, index)
            else:
                draw_faults(faults_at(f"network.layers.{index}"))
    if st.button(words.ADD, key="layer_add", icon=":material/add:", type="tertiary", width="stretch"):
        layer_panel.pick_layer(len(draft.layers) - 1, is_before=True)


def _label(draft: Draft, layer: Mapping[str, Any]) -> str:
    """Name, kind and where it reads, then at the right end its shape and parameters."""
    about = plain(draft.title(layer["kind"]))
    if layer["inputs"] is not None:
        about = f"{about} ← {plain(', '.join(layer['inputs']))}"
    cost = draft.costs.get(layer["name"])
    if cost is None:
        return _line(f"**{plain(layer['name'])}**", about, "")
    parameters = f" · {words.count(cost['parameters'])}" if cost["parameters"] else ""
    return _line(f"**{plain(layer['name'])}**", about, f"{words.shape(cost['output']['shape'])}{parameters}")


def _line(name: str, about: str, figures: str) -> str:
    parts = [name, f":gray[:small[{about}]]" if about else "", f":gray[:small[{plain(figures)}]]"]
    return " ".join(part for part in parts if part)


def _draw_totals() -> None:
    described = workbench.picture()
    if described is not None:
        totals = described["diagram"]
        st.caption(words.costs(totals["parameters"], totals["multiply_adds"], totals["bytes"]))


def _button(name: str, icon: str, title: str, act: Any, disabled: bool = False) -> None:
    st.button(
        title,
        key=f"network_{name}",
        icon=icon,
        help=title,
        type="tertiary",
        disabled=disabled,
        on_click=_change,
        args=(act,),
    )


def _change(act: Any, *arguments: Any) -> None:
    draft = layer_panel.draft()
    workbench.set_layers(act(draft.layers, *arguments, tuple(draft.inputs)))


def _turn_keeping() -> None:
    mine = session()
    mine.keeps_weights = st.session_state[f"keeps_weights@{mine.generation}"]
