"""The dotted keys that lead from one experiment to another: what a link, a sweep or a lesson writes down."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from explorer.experiment import Experiment, parse_value

LAYERS = "network.layers"
LIVE = "recipe."  # everything below it may change while a run trains
LIVE_LAYER_SETTINGS = {"dropout": ("rate",)}
KEPT_BY_KIND = ("name", "inputs")  # what a layer keeps when its kind changes


def assignments(base: Experiment, experiment: Experiment) -> list[str]:
    """The fewest `key=value` by which `base.with_(...)` becomes `experiment`."""
    found = []
    if _kinds(base) != _kinds(experiment):
        found.append(f"{LAYERS}={','.join(_kinds(experiment))}")
        base = base.with_(*found)
    return [*found, *_differences(base.model_dump(mode="json"), experiment.model_dump(mode="json"), "")]


def is_live(experiment: Experiment, key: str) -> bool:
    """Whether a setting may change while a run trains: the recipe, and the rates of dropout layers."""
    if key.startswith(LIVE):
        return True
    steps = key.split(".")
    if steps[:2] != LAYERS.split(".") or len(steps) != 4:
        return False
    named = (part for index, part in enumerate(experiment.network.layers) if steps[2] in (part.name, str(index)))
    layer = next(named, None)
    return layer is not None and steps[3] in LIVE_LAYER_SETTINGS.get(layer.kind, ())


def are_live(experiment: Experiment, changes: Iterable[str]) -> bool:
    """Whether all of these `key=value` may be set while a run trains."""
    return all(is_live(experiment, change.partition("=")[0]) for change in changes)


def _kinds(experiment: Experiment) -> list[str]:
    return [layer.kind for layer in experiment.network.layers]


def _differences(before: Any, after: Any, key: str) -> Iterator[str]:
    if before == after:
        return
    if isinstance(before, list) and isinstance(after, list) and key == LAYERS:
        for index, (old, new) in enumerate(zip(before, after, strict=True)):
            yield from _differences(old, new, f"{key}.{index}")
    elif isinstance(before, dict) and isinstance(after, dict):
        yield from _part_differences(before, after, key)
    else:
        yield f"{key}={_written(after)}"


def _part_differences(before: dict[str, Any], after: dict[str, Any], key: str) -> Iterator[str]:
    if "kind" in after and before.get("kind") != after["kind"]:
        yield f"{key}.kind={_written(after['kind'])}"
        before = {name: before[name] for name in KEPT_BY_KIND if name in before} | {"kind": after["kind"]}
    if not set(before) <= set(after):  # a setting that is left to its default cannot be written as an assignment
        yield f"{key}={_written(after)}"
        return
    for name, value in after.items():
        if name not in before or before[name] != value:
            yield from _differences(before.get(name), value, f"{key}.{name}" if key else name)


def _written(value: Any) -> str:
    """A value as a person would type it; JSON where the plain text would be read as something else."""
    if isinstance(value, str) and value and value.strip() == value and parse_value(value) == value:
        return value
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
