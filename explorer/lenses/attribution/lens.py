"""The lens through which pages look at an attribution."""

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
import torch
from pydantic import Field
from torch import Tensor

from explorer.lenses.attribution.aims import aimed, meaning
from explorer.lenses.attribution.asking import Setting, as_long, ask, read_method
from explorer.lenses.attribution.base import JUDGEMENTS, Method
from explorer.lenses.attribution.baselines import read_baseline
from explorer.lenses.attribution.marks import marks
from explorer.lenses.attribution.structure import cut_layers
from explorer.lenses.attribution.table import METHODS
from explorer.lenses.attribution.targets import Target, read_target
from explorer.lenses.base import Lens, Scene
from explorer.lenses.choices import Choices
from explorer.lenses.picture import Array, Picture
from explorer.signals import Signal
from explorer.validation import Checked


class AttributionLens(Lens):
    """How much each part of one example adds to one answer, by any method of the table."""

    kind: ClassVar[str] = "attribution"
    title: ClassVar[str] = "Attribution"
    shows: ClassVar[str] = "How much each part of the input adds to one answer, compared with a baseline."
    hides: ClassVar[str] = "It does not show what another baseline would say, nor how parts act together."
    is_live: ClassVar[bool] = False

    method: str = Field(
        "IntegratedGradients",
        description="The method; each has its own settings.",
        json_schema_extra={"enum": list(METHODS)},
    )
    settings: Mapping[str, Any] = Field(default_factory=dict, description="Settings of the method.")
    target: str | int | None = Field(
        None,
        description="What is explained: 3, 3-5, 3@10, frame:7, box:0, sequence or hidden:4; empty means the answer "
        "predicted.",
    )
    baseline: str | int | None = Field(
        None, description="zeros, mean, blurred, random, example:7 or token:7; empty means what suits the input."
    )
    layer: str | None = Field(None, description="The layer whose values get the scores; empty means the input.")
    seed: int = Field(0, ge=0, le=2**31 - 1, description="Where chance starts, for methods that draw samples.")

    @classmethod
    def is_applicable(cls, checked: Checked) -> bool:
        return has_one_input(checked)

    @classmethod
    def choices(cls, checked: Checked) -> Choices:
        return {"layer": cut_layers(checked.plan)}

    def look(self, scene: Scene) -> Picture:
        setting = setting_of(self, scene)
        method = read_method(self.method, dict(self.settings))
        found = ask(setting, method)
        given, (target, answer) = setting.inputs[0], settled(setting)
        place = setting.last if target.place is None else target.place
        return {
            "input": array(given, setting.signal.axes),
            "scores": array(torch.from_numpy(found.scores), axes_of(found.scores, setting, method)),
            "prediction": array(meaning(answer, scene.data.task, place), ("class",)),
            **marks(target, answer, scene.data.task),
            "target": Array(np.array(-1 if target.entry is None or target.versus is not None else target.entry), ()),
            "completeness_error": Array(np.array(found.completeness_error, np.float32), ()),
            "change": Array(np.array(found.change, np.float32), ()),
            "verdict": Array(np.array(JUDGEMENTS.index(found.verdict)), ()),
        }


def has_one_input(checked: Checked) -> bool:
    """Whether there is one input, and where it is tokens, one embedding that reads them."""
    signals = checked.description.signals
    if len(signals) != 1 or not signals[0].is_tokens:
        return len(signals) == 1
    readers = [node for node in checked.plan.nodes if checked.plan.input_names[0] in node.sources]
    return len(readers) == 1


def setting_of(lens: Any, scene: Scene) -> Setting:
    """What a lens with a target, a baseline and a seed asks about a scene."""
    one = scene.one()
    (inputs,) = one.inputs
    target = read_target(lens.target, scene.data.task.labels)
    signal, data = as_long(scene.checked.description.signals[0], scene.data, inputs)
    return Setting(
        network=scene.network,
        signal=signal,
        inputs=inputs,
        target=aimed(target, scene.data.task, scene.network, inputs, one.targets),
        baseline=read_baseline(lens.baseline, signal.is_tokens),
        data=data,
        last=scene.answer_step(),
        layer=getattr(lens, "layer", None),
        seed=lens.seed,
    )


@torch.no_grad()
def settled(setting: Setting) -> tuple[Target, Tensor]:
    """What is explained with every choice made, a unit of a layer as it is, and the answer (1, ...) of the network."""
    answer = setting.network(setting.inputs)
    target = setting.target
    return target if target.layer is not None else target.settle(answer, setting.last), answer


def array(value: Tensor, axes: tuple[str, ...]) -> Array:
    """Numbers on the CPU, with names for their axes."""
    return Array(value.detach().cpu().numpy(), axes)


def axes_of(scores: np.ndarray, setting: Setting, method: Method) -> tuple[str, ...]:
    """Names of the axes of scores: those of the input, or by their number where a layer is scored."""
    return Signal(scores.shape).axes if method.of_layer or setting.layer else setting.signal.axes
