"""The network as it is drawn: one column for each layer together with the bend that follows it."""

from dataclasses import dataclass
from typing import Any

from explorer.cost import costs
from explorer.datasets.base import Data, Description, Split
from explorer.datasets.sequence_forms import MarksForm
from explorer.network import Node, Plan

MOST_POINTS, MOST_NAMES, MOST_NAME = 2_000, 10_000, 60  # points of a split, names, characters of a name
BENDS = ("relu", "gelu", "silu", "tanh", "sigmoid", "leaky_relu", "square", "identity", "dropout")


@dataclass(frozen=True)
class Column:
    """A layer and the elementwise layers that only it feeds; the column shows what the last of them gives out."""

    nodes: tuple[Node, ...]

    @property
    def name(self) -> str:
        """The name of the layer that stands first."""
        return self.nodes[0].name

    @property
    def last(self) -> Node:
        """The node whose output the column shows."""
        return self.nodes[-1]


def columns(plan: Plan) -> list[Column]:
    """The columns in the order of computation."""
    readers: dict[str, int] = {}
    for node in plan.nodes:
        for source in node.sources:
            readers[source] = readers.get(source, 0) + 1
    found: list[Column] = []
    for node in plan.nodes:
        feeding = next((index for index, column in enumerate(found) if column.last.name == node.sources[0]), None)
        if node.layer.kind in BENDS and feeding is not None and readers[node.sources[0]] == 1:
            found[feeding] = Column((*found[feeding].nodes, node))
        else:
            found.append(Column((node,)))
    return found


def diagram(plan: Plan, description: Description) -> dict[str, Any]:
    """The columns as plain JSON: shapes, costs, equations and what each reads; training changes nothing in it."""
    priced = {cost.name: cost for cost in costs(plan)}
    drawn = columns(plan)
    column_of = {node.name: column.name for column in drawn for node in column.nodes}
    return {
        "layers": [_column(column, column_of, priced) for column in drawn],
        "inputs": [
            {"name": name, "shape": list(signal.shape), "axes": list(signal.axes)}
            for name, signal in zip(description.input_names, description.signals, strict=True)
        ],
        "view": description.view,
        "task": {"kind": description.task.kind, "labels": list(description.task.labels)[:1_000]},
        "parameters": sum(cost.parameters for cost in priced.values()),
        "multiply_adds": sum(cost.multiply_adds for cost in priced.values()),
        "bytes": sum(cost.parameter_bytes + cost.activation_bytes for cost in priced.values()),
    }


def data_shown(data: Data) -> dict[str, Any]:
    """What pictures of a network show of its data: points of the plane, names and sizes, as plain JSON."""
    is_tokens = data.signals[0].is_tokens
    names = [name[:MOST_NAME] for name in data.names[:MOST_NAMES]] or None
    return {
        "points": {"train": _points(data.train), "test": _points(data.test)} if data.view == "points" else None,
        "token_names": names if is_tokens else None,
        "feature_names": None if is_tokens else names,
        "mark_names": names if isinstance(data.own_form, MarksForm) else None,  # exactly one of them at every step
        "sizes": {"train": None if data.draw else len(data.train), "test": len(data.test)},
    }


def _points(split: Split) -> dict[str, list]:
    few = split.take(slice(MOST_POINTS))
    x, y = few.inputs[0].T.round(decimals=3).tolist()
    return {"x": x, "y": y, "target": few.targets.flatten().tolist()}


def _column(column: Column, column_of: dict[str, str], priced: dict[str, Any]) -> dict[str, Any]:
    first, output = column.nodes[0], column.last.output
    members = [priced[node.name] for node in column.nodes]
    return {
        "name": column.name,
        "kind": first.layer.kind,
        "title": " · ".join(node.layer.title for node in column.nodes),
        "members": [node.name for node in column.nodes],
        "inputs": [column_of.get(source, source) for source in first.sources],
        "shape": list(output.shape),
        "axes": list(output.axes),
        "unit_names": list(getattr(first.layer, "chosen", ())) or None,  # what a feature expansion makes
        "equation": r" \quad ".join(node.layer.equation for node in column.nodes),
        "parameters": sum(cost.parameters for cost in members),
        "multiply_adds": sum(cost.multiply_adds for cost in members),
        "bytes": sum(cost.parameter_bytes + cost.activation_bytes for cost in members),
    }
