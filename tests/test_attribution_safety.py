"""What an attribution leaves behind, which is nothing, whether it succeeds or fails."""

import random
from collections import OrderedDict
from copy import deepcopy
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor, nn

import explorer as ex
from explorer.lenses.attribution import METHODS
from explorer.lenses.attribution.asking import Setting, ask, verdict_on
from explorer.lenses.attribution.targets import Target
from explorer.network import Network
from tests.attribution_nets import family, setting

ANY = ["iris", "digits-cnn", "adding-gru", "induction-heads"]  # one of every kind of input
ROW = torch.tensor([[3.0, -2.0, 0.5, 4.0]], dtype=torch.float64)


class Faulty(nn.Module):
    """A layer that fails, in the forward or in the backward pass."""

    def __init__(self, in_backward: bool):
        super().__init__()
        self.in_backward = in_backward

    def forward(self, values: Tensor) -> Tensor:
        if not self.in_backward:
            raise RuntimeError("out of order")
        values = values * 1.0
        if values.requires_grad:
            values.register_hook(self._fail)
        return values

    def _fail(self, arriving: Tensor) -> Tensor:
        raise RuntimeError("out of order")


def state_of(network: nn.Module) -> list:
    """Everything that an attribution could change, of the network and of the process."""
    return [
        {name: value.clone() for name, value in network.state_dict().items()},
        [module.training for module in network.modules()],
        [len(module._forward_hooks) + len(module._forward_pre_hooks) for module in network.modules()],
        [len(module._backward_hooks) + len(module._backward_pre_hooks) for module in network.modules()],
        [sorted(vars(module)) for module in network.modules()],
        [(parameter.grad, parameter.requires_grad) for parameter in network.parameters()],
        torch.get_rng_state(),
        random.getstate(),
        tuple(np.random.get_state()[1]),
        torch.is_grad_enabled(),
        torch.backends.cudnn.enabled,
    ]


def same(before: list, after: list) -> bool:
    weights = all(value.equal(after[0][name]) for name, value in before[0].items())
    chance = before[6].equal(after[6])
    return weights and chance and before[1:6] == after[1:6] and before[7:] == after[7:]


@pytest.mark.parametrize("target", [1, "hidden:2"])
def test_a_layer_that_writes_over_its_input_changes_no_score_and_goes_on_doing_so(target: int | str) -> None:
    layers = {"hidden": nn.Linear(4, 6).double(), "relu": nn.ReLU(inplace=True), "out": nn.Linear(6, 2).double()}
    network = nn.Sequential(OrderedDict(layers))
    apart = nn.Sequential(OrderedDict(layers | {"relu": nn.ReLU()}))
    for method in ("IntegratedGradients", "DeepLift", "GuidedBackprop"):
        found, expected = (ex.attribute(each, ROW, method, target) for each in (network, apart))
        assert np.array_equal(found.scores, expected.scores), method
    assert layers["relu"].inplace


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("end", ["normal", "bad target", "fails forward", "fails backward"])
def test_a_method_leaves_nothing_behind_however_it_ends(method: str, end: str) -> None:
    name, bent = ("digits-cnn", "relu2") if method in ("GradCam", "GuidedGradCam") else ("iris", "relu1")
    about = setting(name)
    network = deepcopy(about.network).train()
    if end.startswith("fails"):
        setattr(network, bent, Faulty(end == "fails backward"))
    target = Target(entry=99 if end == "bad target" else 1)
    about = replace(about, network=network, inputs=about.inputs.clone(), target=target)
    kept, before, said = about.inputs.clone(), state_of(network), ""
    with torch.no_grad():
        try:
            ask(about, METHODS[method](**({"side": 2} if method == "ShapleyValues" else {})))
        except ex.ExplorerError as error:
            said = str(error)
    assert same(before, state_of(network))
    assert about.inputs.equal(kept)
    assert not about.inputs.requires_grad
    asks_only_for_answers = type(METHODS[method]()).__module__.endswith(("removal", "games"))
    fails = end in ("bad target", "fails forward") or (end == "fails backward" and not asks_only_for_answers)
    assert bool(said) == fails
    assert not said or ("expected" in said and said.endswith("."))


def shape_of(about: Setting, layer: str) -> tuple[int, ...]:
    """What a layer gives out for one example."""
    assert isinstance(about.network, Network)
    return about.network.plan[layer].output.shape


@pytest.mark.parametrize("name", ANY)
@pytest.mark.parametrize("method", METHODS)
def test_every_method_gives_finite_scores_in_the_inputs_shape_or_says_why_not(name: str, method: str) -> None:
    about = setting(name)
    if verdict_on(METHODS[method](), about).verdict == "refused":
        with pytest.raises(ex.EngineError, match="method: expected one that fits"):
            ask(about, METHODS[method]())
        return
    found = ask(about, METHODS[method]())
    question = about.question()
    layer = METHODS[method]().scored_layer(question)
    assert found.scores.shape == (about.inputs.shape[1:] if layer is None else shape_of(about, layer))
    assert np.isfinite(found.scores).all()
    again = ask(about, METHODS[method]())
    assert np.array_equal(found.scores, again.scores), "the same seed gives the same scores"


def test_scores_do_not_depend_on_dropout_or_on_the_mode() -> None:
    network, data = family("article-cnn")
    x = data.test.inputs[0][:1].double()
    calm = ex.attribute(network, x, "InputXGradient", target=3)
    network.train()
    shaken = ex.attribute(network, x, "InputXGradient", target=3)
    network.eval()
    assert np.array_equal(calm.scores, shaken.scores)


def test_frozen_weights_and_inference_mode_are_no_obstacle() -> None:
    network = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 3)).double().requires_grad_(False)
    expected = ex.attribute(network, ROW, "DeepLift", target=1).scores
    with torch.inference_mode():
        assert np.array_equal(ex.attribute(network, ROW, "DeepLift", target=1).scores, expected)
