"""An experiment is a value: data, network, recipe and seed, frozen, plain JSON.

The structure stands here. What a *kind* of dataset, layer, optimizer or schedule may be set to is declared by that
kind, and `explorer.validation.check` holds an experiment against those declarations.
"""

import hashlib
import json
from collections.abc import Sequence
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

NAME = r"^[A-Za-z][A-Za-z0-9_]{0,39}$"
INPUT = "input"  # the name by which layers refer to the network's first input


class Settings(BaseModel):
    """Base of every declaration: frozen, nothing unknown accepted, every number finite."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Part(BaseModel):
    """A kind and its settings, still unchecked: the kind's own declaration knows the settings."""

    model_config = ConfigDict(frozen=True, extra="allow")
    kind: str = Field(description="Which entry of the table of kinds.")

    @property
    def settings(self) -> dict[str, Any]:
        """The settings without the kind."""
        return dict(self.__pydantic_extra__ or {})


class LayerPart(Part):
    """A layer of a network: its name, its kind and settings, and where its input comes from."""

    name: str = Field(pattern=NAME, description="How other layers and pictures refer to this layer.")
    inputs: tuple[str, ...] | None = Field(
        None, description="Names of the layers it reads; empty means the layer before it."
    )


def _named(layers: Sequence[Any]) -> list[Any]:
    """Layers in which those without a name are called after their kind and place."""
    taken = {layer.get("name") for layer in layers if isinstance(layer, dict)}
    named = []
    for layer in layers:
        if isinstance(layer, dict) and "name" not in layer and isinstance(layer.get("kind"), str):
            number = 1
            while (name := f"{layer['kind']}{number}") in taken:
                number += 1
            taken.add(name)
            layer = {"name": name, **layer}
        named.append(layer)
    return named


class NetworkSpec(Settings):
    """An ordered list of layers; the last one gives the answer."""

    layers: tuple[LayerPart, ...] = Field(min_length=1, max_length=200, description="The layers, first to last.")

    @model_validator(mode="before")
    @classmethod
    def _name_the_unnamed(cls, data: Any) -> Any:
        """Layers written without a name are called after their kind and place: linear1, linear2."""
        if not isinstance(data, dict) or not isinstance(data.get("layers"), list | tuple):
            return data
        return {**data, "layers": _named(data["layers"])}


class Stop(Settings):
    """When training ends before its last step."""

    seconds: float | None = Field(None, gt=0, le=86_400, description="Stop after this many seconds of training.")
    metric: str | None = Field(
        None, pattern=r"^(train|test)\.[a-z0-9_]+$", description="The metric to watch, such as test.accuracy."
    )
    reaches: float | None = Field(None, description="Stop when the watched metric is at least as good as this.")
    patience: int | None = Field(
        None, ge=1, le=10_000, description="Stop when this many evaluations in a row brought nothing better."
    )


class Augmentation(Settings):
    """Random changes to each training example, drawn anew at every step."""

    noise: float = Field(0.0, ge=0, le=10, description="Standard deviation of Gaussian noise added to the input.")
    shift: int = Field(0, ge=0, le=16, description="Largest shift of a picture, in pixels, each way.")
    flip: bool = Field(False, description="Mirror half of the pictures left to right.")


class Recipe(Settings):
    """How the network is trained."""

    optimizer: Part = Field(Part(kind="adam"), description="The rule that turns gradients into steps.")
    learning_rate: float = Field(0.003, gt=0, le=100, description="Size of a step along the gradient.")
    batch_size: int | None = Field(32, ge=1, le=65_536, description="Examples in one step; empty means all of them.")
    steps: int = Field(1_000, ge=1, le=10_000_000, description="Training ends after this many steps.")
    schedule: Part = Field(Part(kind="constant"), description="How the learning rate changes with the step.")
    weight_decay: float = Field(0.0, ge=0, le=10, description="Pull of the weights towards zero, by the optimizer.")
    l1: float = Field(0.0, ge=0, le=10, description="Penalty on the sum of absolute weights.")
    l2: float = Field(0.0, ge=0, le=10, description="Penalty on half the sum of squared weights.")
    clip_norm: float | None = Field(None, gt=0, le=1e6, description="Longest gradient allowed; empty means no limit.")
    loss: str | None = Field(None, description="The loss to minimise; empty means the task's own.")
    evaluate_every: int = Field(25, ge=1, le=100_000, description="Steps between two looks at the held-out data.")
    augmentation: Augmentation = Field(Augmentation(), description="Random changes to the training examples.")
    stop: Stop = Field(Stop(), description="Conditions that end training early.")


class Experiment(Settings):
    """Data, network, recipe and seed: everything that decides how a run goes."""

    data: Part = Field(description="Which data, and its settings.")
    network: NetworkSpec = Field(description="The layers.")
    recipe: Recipe = Field(Recipe(), description="How the network is trained.")
    seed: int = Field(0, ge=0, le=2**32 - 1, description="Decides every random choice of the run.")

    def with_(self, *assignments: str) -> Self:
        """A copy with dotted keys set, such as `recipe.learning_rate=0.01` or `network.layers.2.heads=4`.

        Layers are addressed by position or by name. Raises ValueError for a key that leads nowhere, and
        pydantic's ValidationError for a value out of bounds.
        """
        tree = self.model_dump(mode="json")
        for assignment in assignments:
            key, equals, text = assignment.partition("=")
            if not equals:
                raise ValueError(f"{assignment!r}: expected key=value, such as recipe.learning_rate=0.01.")
            set_at(tree, key.strip(), parse_value(text.strip()))
        return type(self).model_validate(tree)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the canonical JSON, in hexadecimal."""
        text = json.dumps(self.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


def parse_value(text: str) -> Any:
    """A value as typed by a person: JSON where it is JSON, else the text itself."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def set_at(tree: Any, key: str, value: Any) -> None:
    """Set one dotted key in a tree of plain JSON, in place; ValueError names the step that leads nowhere.

    `network.layers` may be given as a row of kinds, such as linear,tanh,linear.
    """
    *steps, last = key.split(".")
    if key == "network.layers" and isinstance(value, str):
        value = _named([{"kind": kind.strip()} for kind in value.split(",")])
    node: Any = tree
    walked: list[str] = []
    for step in steps:
        node = _child(node, step, walked)
        walked.append(step)
    if isinstance(node, list):
        node[_position(node, last, walked)] = value
    elif isinstance(node, dict):
        is_new_kind = last == "kind" and node.get("kind") != value
        if is_new_kind:  # another kind has other settings; only a layer's name and inputs stay
            for setting in set(node) - {"name", "inputs"}:
                del node[setting]
        node[last] = value
    else:
        raise ValueError(f"{key}: {'.'.join(walked)} holds no settings; check the key.")


def _child(node: Any, step: str, walked: list[str]) -> Any:
    if isinstance(node, list):
        return node[_position(node, step, walked)]
    if isinstance(node, dict) and step in node:
        return node[step]
    known = ", ".join(sorted(node)) if isinstance(node, dict) else "nothing below it"
    raise ValueError(f"{'.'.join([*walked, step])}: not found; {'.'.join(walked) or 'the experiment'} has {known}.")


def _position(items: list, step: str, walked: list[str]) -> int:
    names = [item.get("name") for item in items if isinstance(item, dict)]
    if step in names:
        return names.index(step)
    if step.isdecimal() and int(step) < len(items):
        return int(step)
    known = ", ".join(name for name in names if name)
    raise ValueError(f"{'.'.join([*walked, step])}: not found; there are {len(items)}: {known}.")
