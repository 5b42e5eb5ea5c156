"""Changing a list of layers: readers follow, names stay unique, and nothing given is changed."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer import layer_list
from explorer.experiment import NetworkSpec
from explorer.layers import KINDS
from explorer.layers.activation import FUNCTIONS

INPUTS = ("input", "context")


def layers(*written: str) -> list[dict[str, Any]]:
    """Layers written short: `name:kind` or `name:kind<source,source`."""
    found = []
    for text in written:
        head, _, read = text.partition("<")
        name, _, kind = head.partition(":")
        found.append({"name": name, "kind": kind or "linear", "inputs": read.split(",") if read else None})
    return found


def short(found: list[dict[str, Any]]) -> list[str]:
    """Layers written short again."""
    return [
        f"{layer['name']}:{layer['kind']}" + ("" if layer["inputs"] is None else "<" + ",".join(layer["inputs"]))
        for layer in found
    ]


CHAIN = layers("a", "b:relu", "c")
RESIDUAL = layers("h", "block", "sum:add<block,h", "out")
BRANCHES = layers("left<input", "right<input", "both:concatenate<left,right", "out")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda: layer_list.insert_before(CHAIN, 0, {"kind": "linear"}), "linear1:linear a:linear b:relu c:linear"),
        (lambda: layer_list.insert_after(CHAIN, 2, {"kind": "relu"}), "a:linear b:relu c:linear relu1:relu"),
        (
            lambda: layer_list.insert_after(RESIDUAL, 1, {"kind": "dropout"}),
            "h:linear block:linear dropout1:dropout sum:add<dropout1,h out:linear",
        ),
        (
            lambda: layer_list.insert_before(RESIDUAL, 2, {"kind": "dropout"}),
            "h:linear block:linear dropout1:dropout sum:add<dropout1,h out:linear",
        ),
        (
            lambda: layer_list.insert_after(RESIDUAL, 0, {"kind": "relu"}),
            "h:linear relu1:relu block:linear sum:add<block,h out:linear",
        ),
        (
            lambda: layer_list.insert_after(BRANCHES, 0, {"kind": "relu"}),
            "left:linear relu1:relu right:linear<input both:concatenate<relu1,right out:linear",
        ),
        (
            lambda: layer_list.insert_after(CHAIN, 1, {"kind": "add"}, (2, None)),
            "a:linear b:relu add1:add<b,a c:linear",
        ),
        (lambda: layer_list.duplicate(CHAIN, 0), "a:linear a1:linear b:relu c:linear"),
        (lambda: layer_list.add_skip(CHAIN, 1), "a:linear b:relu add1:add<b,a c:linear"),
        (lambda: layer_list.add_skip(CHAIN, 0), "a:linear add1:add<a,input b:relu c:linear"),
        (lambda: layer_list.remove(CHAIN, 1), "a:linear c:linear"),
        (lambda: layer_list.remove(RESIDUAL, 0), "block:linear sum:add<block,input out:linear"),
        (lambda: layer_list.remove(RESIDUAL, 1), "h:linear out:linear"),
        (lambda: layer_list.remove(BRANCHES, 0), "right:linear both:concatenate<input,right out:linear"),
        (lambda: layer_list.move(CHAIN, 2, -2), "c:linear a:linear b:relu"),
        (lambda: layer_list.move(CHAIN, 0, -1), "a:linear b:relu c:linear"),
        (lambda: layer_list.move(RESIDUAL, 0, 1), "block:linear h:linear sum:add<h,block out:linear"),
        (lambda: layer_list.move(RESIDUAL, 2, -1), "h:linear sum:add<h,h block:linear out:linear"),
        (
            lambda: layer_list.move(BRANCHES, 0, 1),
            "right:linear left:linear<input both:concatenate<left,right out:linear",
        ),
        (lambda: layer_list.rename(RESIDUAL, 0, "start"), "start:linear block:linear sum:add<block,start out:linear"),
        (lambda: layer_list.rename(CHAIN, 0, "c"), "c1:linear b:relu c:linear"),
        (lambda: layer_list.change_kind(CHAIN, 1, "tanh"), "a:linear b:tanh c:linear"),
        (lambda: layer_list.change_kind(CHAIN, 1, "add", (2, None)), "a:linear b:add<a,input c:linear"),
        (lambda: layer_list.change_kind(RESIDUAL, 2, "relu"), "h:linear block:linear sum:relu out:linear"),
        (
            lambda: layer_list.add_hidden(CHAIN),
            "a:linear b:relu hidden1:linear relu1:relu c:linear",
        ),
        (lambda: layer_list.remove_hidden(CHAIN), "c:linear"),
        (lambda: layer_list.remove_hidden(layers("only")), "only:linear"),
    ],
)
def test_what_a_change_does(change: Callable[[], list[dict[str, Any]]], expected: str):
    assert short(change()) == expected.split()


def test_setting_all_activations_renames_those_that_are_called_after_their_kind():
    before = layers("a", "tanh1:tanh", "bend:relu<tanh1", "skip:add<bend,tanh1", "out")
    after = layer_list.set_activation(before, "gelu")
    assert short(after) == ["a:linear", "gelu1:gelu", "bend:gelu", "skip:add<bend,gelu1", "out:linear"]
    assert (layer_list.activation_of(before), layer_list.activation_of(after)) == (None, "gelu")


def test_a_hidden_layer_more_is_as_wide_as_the_one_before_it():
    before = [{"name": "wide", "kind": "linear", "units": 7, "inputs": None}, *layers("bend:silu", "out")]
    added = layer_list.add_hidden(before)[2:4]
    assert [(layer["kind"], layer.get("units")) for layer in added] == [("linear", 7), ("silu", None)]


def test_the_activations_are_those_of_the_layers():
    assert set(layer_list.ACTIVATIONS) == set(FUNCTIONS)
    assert set(layer_list.MERGES) == {kind for kind, layer in KINDS.items() if layer.n_inputs == (2, None)}


kinds = st.sampled_from(["linear", "relu", "tanh", "add", "concatenate", "cross_attention", "dropout"])
places = st.integers(0, 30)
changes = st.one_of(
    st.tuples(st.sampled_from(["insert_before", "insert_after", "change_kind"]), places, kinds),
    st.tuples(st.sampled_from(["duplicate", "add_skip", "remove"]), places),
    st.tuples(st.just("move"), places, st.integers(-4, 4)),
    st.tuples(st.just("rename"), places, st.sampled_from(["a", "b", "input", "context", "relu1", "x9" * 20])),
    st.tuples(st.sampled_from(["add_hidden", "remove_hidden"])),
    st.tuples(st.just("set_activation"), st.sampled_from(layer_list.ACTIVATIONS)),
)


def apply(before: list[dict[str, Any]], name: str, *arguments: Any) -> list[dict[str, Any]]:
    """One change by its name; places wrap around, and a kind brings the number of its inputs."""
    if name in ("add_hidden", "remove_hidden"):
        return getattr(layer_list, name)(before, INPUTS)
    if name == "set_activation":
        return layer_list.set_activation(before, *arguments, INPUTS)
    place, *rest = arguments
    place %= len(before)
    if name in ("insert_before", "insert_after", "change_kind"):
        (kind,) = rest
        what = kind if name == "change_kind" else {"kind": kind}
        return getattr(layer_list, name)(before, place, what, KINDS[kind].n_inputs, INPUTS)
    return getattr(layer_list, name)(before, place, *rest, INPUTS)


def demand_sound(found: list[dict[str, Any]]) -> None:
    """Names are unique, and every input is the data's or stands earlier; a kind has as many inputs as it takes."""
    NetworkSpec.model_validate({"layers": found})
    names = [layer["name"] for layer in found]
    assert len({*names, *INPUTS}) == len(names) + len(INPUTS)
    for index, (layer, read) in enumerate(zip(found, layer_list.sources(found, INPUTS), strict=True)):
        assert set(read) <= {*names[:index], *INPUTS}
        fewest, most = KINDS[layer["kind"]].n_inputs
        assert fewest <= len(read) <= (most or len(read))


@settings(deadline=None)
@given(start=st.sampled_from([CHAIN, RESIDUAL, BRANCHES]), steps=st.lists(changes, max_size=12))
def test_after_any_changes_every_layer_reads_what_stands_before_it(start: list, steps: list):
    found, history = start, []
    for step in steps:
        history.append((found, deepcopy(found)))
        found = apply(found, *step)
        demand_sound(found)
    assert all(given == kept for given, kept in history), "a change altered the list it was given"


@settings(deadline=None)
@given(place=places, steps=st.lists(st.tuples(st.just("add_skip"), places), max_size=5), by=st.integers(-3, 3))
def test_no_layer_of_a_connected_network_is_cut_off_by_moving_or_removing(place: int, steps: list, by: int):
    found = CHAIN
    for step in steps:
        found = apply(found, *step)
    for after in (apply(found, "move", place, by), apply(found, "remove", place)):
        graph = nx.DiGraph()
        for layer, read in zip(after, layer_list.sources(after, INPUTS), strict=True):
            graph.add_edges_from((source, layer["name"]) for source in read)
        last = after[-1]["name"]
        assert nx.ancestors(graph, last) | {last} >= {layer["name"] for layer in after}


NETWORK = layers("features:features", "h1", "tanh1:tanh", "h2", "tanh2:tanh", "answer")


@pytest.mark.parametrize(
    ("index", "expected"),
    [
        (1, "features:features h1:linear tanh3:tanh h3:linear tanh1:tanh h2:linear tanh2:tanh answer:linear"),
        (0, "features:features hidden1:linear tanh3:tanh h1:linear tanh1:tanh h2:linear tanh2:tanh answer:linear"),
        (5, "features:features h1:linear tanh1:tanh h2:linear tanh2:tanh hidden1:linear tanh3:tanh answer:linear"),
        (-1, "hidden1:linear tanh3:tanh features:features h1:linear tanh1:tanh h2:linear tanh2:tanh answer:linear"),
    ],
)
def test_a_column_more_is_a_layer_with_its_activation(index: int, expected: str) -> None:
    assert " ".join(short(layer_list.add_column(NETWORK, index))) == expected


def test_a_column_goes_with_the_activation_that_only_it_feeds() -> None:
    found = short(layer_list.remove_column(NETWORK, 1))
    assert found == ["features:features", "h2:linear", "tanh2:tanh", "answer:linear"]


def test_an_activation_that_others_read_stays_when_its_column_goes() -> None:
    shared = layers("h1", "tanh1:tanh", "h2", "sum:add<h2,h1", "answer")
    assert short(layer_list.remove_column(shared, 0))[0] == "tanh1:tanh"
