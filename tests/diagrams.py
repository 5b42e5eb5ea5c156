"""Diagrams of networks that nobody built, as the engine would tell them."""

from typing import Any


def layer(
    name: str, kind: str, title: str, shape: list[int], parameters: int, source: str, axes: list[str] | None = None
) -> dict[str, Any]:
    """A column of a diagram."""
    return {
        "name": name,
        "kind": kind,
        "title": title,
        "inputs": [source],
        "shape": shape,
        "axes": axes or ["feature"],
        "parameters": parameters,
        "multiply_adds": parameters,
        "equation": r"y_j = \sum_i W_{ji}\, x_i + b_j \quad y = \tanh x",
    }


def shown(
    layers: list[dict],
    view: str,
    shape: list[int],
    labels: list[str],
    axes: list[str] | None = None,
    task: str = "classification",
) -> dict[str, Any]:
    """A network as it is drawn."""
    return {
        "layers": layers,
        "view": view,
        "inputs": [{"name": "input", "shape": shape, "axes": axes or ["feature"]}],
        "task": {"kind": task, "labels": labels},
        "points": None,
    }
