"""Changes of a network's list of layers; whatever is done, every layer still reads what stands before it.

A layer is plain JSON: `name`, `kind`, `inputs` (None: the layer before it) and the settings of its kind. Every function
gives a list of its own and leaves the one it was given as it is. `inputs` are the names by which the data enters.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from explorer.experiment import INPUT

Layer = dict[str, Any]
Layers = Sequence[Mapping[str, Any]]
Arity = tuple[int, int | None]  # fewest and most inputs of a kind; None: no upper bound

ACTIVATIONS = ("relu", "gelu", "silu", "tanh", "sigmoid", "leaky_relu", "square", "identity")
MERGES = ("add", "multiply", "concatenate")
DENSE = "linear"
WEIGHTED = ("linear", "conv1d", "conv2d", "rnn", "lstm", "gru", "transformer_block", "feed_forward")
UNITS = 4  # of a hidden layer where there is no other to take after
LONGEST = 40  # characters of a name


def sources(layers: Layers, inputs: Sequence[str] = (INPUT,)) -> list[list[str]]:
    """What every layer reads, written out."""
    before = [inputs[0], *(layer["name"] for layer in layers)]
    return [
        [previous] if layer.get("inputs") is None else list(layer["inputs"])
        for layer, previous in zip(layers, before, strict=False)
    ]


def fresh(base: str, layers: Layers, inputs: Sequence[str] = (INPUT,)) -> str:
    """A name that nobody has: the base without its number, and the first number that is free."""
    taken = {*inputs, *(layer["name"] for layer in layers)}
    stem, number = base.rstrip("0123456789") or "layer", 1
    while (name := f"{stem[: LONGEST - len(str(number))]}{number}") in taken:
        number += 1
    return name


def insert_before(
    layers: Layers, index: int, layer: Mapping[str, Any], arity: Arity = (1, 1), inputs: Sequence[str] = (INPUT,)
) -> list[Layer]:
    """A layer more, between the layer at `index` and the first of what that reads."""
    read = sources(layers, inputs)
    source = read[index][0]
    own = _named(layer, layers, inputs)
    read[index][0] = own["name"]
    read.insert(index, _enough([source], arity, layers, inputs))
    return _wired([*layers[:index], own, *layers[index:]], read, inputs)


def insert_after(
    layers: Layers, index: int, layer: Mapping[str, Any], arity: Arity = (1, 1), inputs: Sequence[str] = (INPUT,)
) -> list[Layer]:
    """A layer more, between the layer at `index` and the next one, or all its readers if the next is none of them."""
    own = _named(layer, layers, inputs)
    own_sources = _enough([layers[index]["name"]], arity, layers, inputs)
    return _after(layers, index, own, own_sources, inputs)


def duplicate(layers: Layers, index: int, inputs: Sequence[str] = (INPUT,)) -> list[Layer]:
    """The layer at `index` once more behind itself, under a name of its own."""
    original = layers[index]
    own = {**original, "name": fresh(original["name"], layers, inputs)}
    return _after(layers, index, own, [original["name"], *sources(layers, inputs)[index][1:]], inputs)


def add_skip(layers: Layers, index: int, inputs: Sequence[str] = (INPUT,)) -> list[Layer]:
    """A residual connection: what the layer at `index` gives, plus what it reads."""
    own = {"name": fresh("add", layers, inputs), "kind": "add"}
    return _after(layers, index, own, [layers[index]["name"], sources(layers, inputs)[index][0]], inputs)


def remove(layers: Layers, index: int, inputs: Sequence[str] = (INPUT,)) -> list[Layer]:
    """The list without one layer: who read it reads its first input, and a merge of one thing with itself goes too.

    The only layer of a network stays.
    """
    if len(layers) == 1:
        return [dict(layer) for layer in layers]
    read, gone = sources(layers, inputs), layers[index]["name"]
    heir = read[index][0]
    rewired = [[heir if name == gone else name for name in names] for names in read]
    rest = _wired(_without(layers, index), _without(rewired, index), inputs)
    emptied = {
        layer["name"]
        for layer, names, former in zip(layers, rewired, read, strict=True)
        if layer["kind"] in MERGES and len(set(names)) == 1 < len(set(former))
    }
    position = next((at for at, layer in enumerate(rest) if layer["name"] in emptied), None)
    return rest if position is None else remove(rest, position, inputs)


def move(layers: Layers, index: int, by: int, inputs: Sequence[str] = (INPUT,)) -> list[Layer]:
    """The layer at `index` so many places further down (or up, below zero), as far as the list goes."""
    moved = [dict(layer) for layer in layers]
    step = 1 if by > 0 else -1
    for _ in range(abs(by)):
        if not 0 <= index + step < len(moved):
            break
        moved = _exchange(moved, min(index, index + step), inputs)
        index += step
    return moved


def rename(layers: Layers, index: int, name: str, inputs: Sequence[str] = (INPUT,)) -> list[Layer]:
    """The layer at `index` under another name, for its readers too; a name that is taken gets a number."""
    former = layers[index]["name"]
    if name == former:
        return [dict(layer) for layer in layers]
    if name in (*inputs, *(layer["name"] for layer in layers)):
        name = fresh(name, layers, inputs)
    read = [[name if source == former else source for source in names] for names in sources(layers, inputs)]
    renamed = [{**layer, "name": name} if at == index else layer for at, layer in enumerate(layers)]
    return _wired(renamed, read, inputs)


def change_kind(
    layers: Layers, index: int, kind: str, arity: Arity = (1, 1), inputs: Sequence[str] = (INPUT,)
) -> list[Layer]:
    """Another kind of layer in the same place, with its own defaults; a name made from the kind follows it."""
    former = layers[index]
    if former["kind"] == kind:
        return [dict(layer) for layer in layers]
    read = sources(layers, inputs)
    read[index] = _enough(read[index][: arity[1]], arity, layers, inputs)
    changed = [{"name": layer["name"], "kind": kind} if at == index else dict(layer) for at, layer in enumerate(layers)]
    changed = _wired(changed, read, inputs)
    if re.fullmatch(rf"{former['kind']}\d*", former["name"]):
        return rename(changed, index, fresh(kind, changed, inputs), inputs)
    return changed


def activation_of(layers: Layers) -> str | None:
    """The kind that all activations share; None where they differ or there is none."""
    kinds = {layer["kind"] for layer in layers if layer["kind"] in ACTIVATIONS}
    return kinds.pop() if len(kinds) == 1 else None


def set_activation(layers: Layers, kind: str, inputs: Sequence[str] = (INPUT,)) -> list[Layer]:
    """Every activation turned into this kind."""
    changed = [dict(layer) for layer in layers]
    for index, layer in enumerate(layers):
        if layer["kind"] in ACTIVATIONS:
            changed = change_kind(changed, index, kind, inputs=inputs)
    return changed


def hidden(layers: Layers) -> list[int]:
    """Where the hidden linear layers stand: all but the one that answers."""
    return [index for index, layer in enumerate(layers[:-1]) if layer["kind"] == DENSE]


def add_hidden(layers: Layers, inputs: Sequence[str] = (INPUT,)) -> list[Layer]:
    """One hidden layer and its activation more, before the last layer, like the hidden layers that are there."""
    places = hidden(layers)
    units = layers[places[-1]].get("units") if places else None
    bends = [layer["kind"] for layer in layers if layer["kind"] in ACTIVATIONS]
    bend = bends[-1] if bends else "relu"
    pair = (
        {"name": fresh("hidden", layers, inputs), "kind": DENSE, "units": units or UNITS},
        {"name": fresh(bend, layers, inputs), "kind": bend},
    )
    grown = [dict(layer) for layer in layers]
    for layer in pair:
        grown = insert_before(grown, len(grown) - 1, layer, inputs=inputs)
    return grown


def remove_hidden(layers: Layers, inputs: Sequence[str] = (INPUT,)) -> list[Layer]:
    """The list without its last hidden layer and the activation behind it."""
    places = hidden(layers)
    if not places:
        return [dict(layer) for layer in layers]
    place = places[-1]
    name, follower = layers[place]["name"], layers[place + 1]
    shrunk = [dict(layer) for layer in layers]
    if follower["kind"] in ACTIVATIONS and sources(layers, inputs)[place + 1] == [name]:
        shrunk = remove(shrunk, place + 1, inputs)
    return remove(shrunk, place, inputs)


def add_column(layers: Layers, index: int, inputs: Sequence[str] = (INPUT,)) -> list[Layer]:
    """One layer more behind the one at `index` and its activation, like it where that makes sense; -1: at the start."""
    bend = _bend_behind(layers, index, inputs)
    kind = layers[index]["kind"] if index >= 0 else ""
    if kind in WEIGHTED and index < len(layers) - 1:
        grown = duplicate(layers, index, inputs)
        if bend is None:
            return grown
        copied = {"name": fresh(layers[bend]["name"], layers, inputs), "kind": layers[bend]["kind"]}
        return insert_after(grown, index, copied, inputs=inputs)
    pair: list[Layer] = [
        {"name": fresh("hidden", layers, inputs), "kind": DENSE, "units": UNITS},
        {"name": fresh("tanh", layers, inputs), "kind": activation_of(layers) or "tanh"},
    ]
    grown = [dict(layer) for layer in layers]
    if index < 0 or index == len(layers) - 1:  # nothing may follow the answer
        place = 0 if index < 0 else index
        return insert_before(insert_before(grown, place, pair[1], inputs=inputs), place, pair[0], inputs=inputs)
    place = index if bend is None else bend
    return insert_after(insert_after(grown, place, pair[1], inputs=inputs), place, pair[0], inputs=inputs)


def remove_column(layers: Layers, index: int, inputs: Sequence[str] = (INPUT,)) -> list[Layer]:
    """The list without the layer at `index` and the activation that only it feeds."""
    bend = _bend_behind(layers, index, inputs)
    shrunk = [dict(layer) for layer in layers] if bend is None else remove(layers, bend, inputs)
    return remove(shrunk, index, inputs)


def _bend_behind(layers: Layers, index: int, inputs: Sequence[str]) -> int | None:
    """Where the activation stands that alone reads the layer at `index`."""
    if index < 0:
        return None
    name, read = layers[index]["name"], sources(layers, inputs)
    readers = [at for at, names in enumerate(read) if name in names]
    return readers[0] if len(readers) == 1 and layers[readers[0]]["kind"] in ACTIVATIONS else None


def _after(
    layers: Layers, index: int, own: Mapping[str, Any], own_sources: list[str], inputs: Sequence[str]
) -> list[Layer]:
    """A layer behind the one at `index`; it takes over the next layer, or all readers if the next is none of them."""
    read, name = sources(layers, inputs), layers[index]["name"]
    follows = index + 1 < len(layers) and name in read[index + 1]
    for at in [index + 1] if follows else range(index + 1, len(layers)):
        if name in read[at]:
            read[at][read[at].index(name)] = own["name"]
    read.insert(index + 1, own_sources)
    return _wired([*layers[: index + 1], own, *layers[index + 1 :]], read, inputs)


def _exchange(layers: list[Layer], index: int, inputs: Sequence[str]) -> list[Layer]:
    """Two neighbours change places. Where the lower reads the upper, they change their places in the graph as well."""
    read = sources(layers, inputs)
    upper, lower = layers[index], layers[index + 1]
    above, below = read[index], read[index + 1]
    if upper["name"] in below:
        turned = {upper["name"]: lower["name"], lower["name"]: upper["name"]}
        read = [[turned.get(name, name) for name in names] for names in read]
        if len(above) == len(below):
            above, below = [turned.get(name, name) for name in below], above
        else:
            below = [above[0] if name == upper["name"] else name for name in below]
            above = [lower["name"], *above[1:]]
    read[index], read[index + 1] = below, above
    return _wired([*layers[:index], lower, upper, *layers[index + 2 :]], read, inputs)


def _enough(names: list[str], arity: Arity, layers: Layers, inputs: Sequence[str]) -> list[str]:
    """As many inputs as a kind needs: each further one stands one layer before the last."""
    before = dict(zip((layer["name"] for layer in layers), sources(layers, inputs), strict=True))
    while len(names) < arity[0]:
        names = [*names, before.get(names[-1], names)[0]]
    return names


def _named(layer: Mapping[str, Any], layers: Layers, inputs: Sequence[str]) -> Layer:
    name = layer.get("name", layer["kind"])
    taken = {*inputs, *(other["name"] for other in layers)}
    return {**layer, "name": name if "name" in layer and name not in taken else fresh(name, layers, inputs)}


def _wired(layers: Layers, read: list[list[str]], inputs: Sequence[str]) -> list[Layer]:
    """The layers with their inputs; who reads just the layer before it says nothing, as the format has it."""
    earlier, previous, wired = set(inputs), inputs[0], []
    for layer, names in zip(layers, read, strict=True):
        names = [name for name in names if name in earlier] or [previous]
        wired.append({**layer, "inputs": None if names == [previous] else names})
        previous = layer["name"]
        earlier.add(previous)
    return wired


def _without(items: Sequence[Any], index: int) -> list[Any]:
    return [item for at, item in enumerate(items) if at != index]
