"""The verdicts of the attribution methods, measured again on networks of every family in double precision."""

import re
from collections.abc import Callable

import pytest
import torch
from captum.attr import DeepLift
from scipy.integrate import simpson
from torch import Tensor
from torch.nn import functional as F

from explorer.layers import KINDS
from explorer.lenses.attribution import METHODS
from explorer.lenses.attribution.asking import Setting, ask, verdict_on
from explorer.lenses.attribution.base import JUDGEMENTS, Method
from explorer.lenses.attribution.guard import undisturbed
from explorer.lenses.attribution.removal import Occlusion
from explorer.lenses.attribution.structure import picture_layers
from explorer.network import Network
from tests.attribution_nets import NAMES, ablation, bent_gradient, gradient, setting

EXACT, FEW_POINTS = 1e-6, 0.02  # errors of what is right: rounding, or a sum over points of a smooth way
WRONG = 0.01
EXAMPLES = 3


def distance(found: Tensor, expected: Tensor) -> float:
    """The largest difference, measured by the largest expected number."""
    return float((found - expected).abs().max() / expected.abs().max().clamp(min=1e-12))


def scores(about: Setting, method: Method) -> Tensor:
    with undisturbed(0, "a method"):
        return method.attribute(about.question()).detach()


def by_sum(about: Setting, method: Method) -> float:
    return ask(about, method).completeness_error


def by_gradient(about: Setting, method: Method) -> float:
    expected = gradient(about)
    if type(method).__name__ == "InputXGradient":
        expected = expected * about.question().inputs
    return distance(scores(about, method), expected)


def by_bent_gradient(about: Setting, method: Method) -> float:
    return distance(scores(about, method), bent_gradient(about, type(method).__name__ == "GuidedBackprop"))


def by_removal(about: Setting, method: Method) -> float:
    if isinstance(method, Occlusion):
        method = Occlusion(window=1)
    return distance(scores(about, method), ablation(about))


def grad_cam(about: Setting) -> Tensor:
    """ReLU of the channels weighed by their mean gradients (Selvaraju et al. 2016, equations 1 and 2)."""
    network = about.network
    assert isinstance(network, Network)
    question, caught = about.question(), {}
    layer = network.get_submodule(picture_layers(network.plan)[-1])
    handle = layer.register_forward_hook(lambda module, inputs, output: caught.update(maps=output))
    answer = question.subject.target.of(network(question.inputs))
    handle.remove()
    maps = caught["maps"]  # (1, K, h, w)
    weights = torch.autograd.grad(answer.sum(), maps)[0].mean((2, 3), keepdim=True)
    coarse = F.relu((weights * maps).sum(1, keepdim=True))
    return F.interpolate(coarse, question.inputs.shape[2:], mode="bilinear").expand_as(question.inputs).detach()


def by_map(about: Setting, method: Method) -> float:
    expected = grad_cam(about)
    if type(method).__name__ == "GuidedGradCam":
        expected = expected * bent_gradient(about, is_guided=True)
    found = scores(about, method)
    return distance(found, expected) if expected.abs().max() > 0 else float(found.abs().max())


def by_units(about: Setting, method: Method) -> float:
    """Over all units of a layer, what goes through one adds up to Integrated Gradients with as many points."""
    path, total = {"path_steps": 8}, torch.zeros(())
    question = about.question()
    layer = about.network.plan[method.name_in(question)].output
    for unit in range(layer.shape[0] if len(layer.shape) == 3 else layer.shape[-1]):
        total = total + scores(about, type(method)(unit=unit, **path))
    return distance(total, scores(about, METHODS["IntegratedGradients"](**path)))


def by_influence(about: Setting, method: Method) -> float:
    """The integral of the gradient at the layer, by Simpson's rule."""
    question, name = about.question(), method.name_in(about.question())
    shares = torch.linspace(0, 1, 129, dtype=torch.float64).reshape(-1, *[1] * (question.inputs.dim() - 1))
    points = question.baseline + shares * (question.inputs - question.baseline)
    caught = {}
    handle = question.subject.network.get_submodule(name).register_forward_hook(lambda *each: caught.update(at=each[2]))
    answers = question.subject(points.requires_grad_())
    handle.remove()
    expected = simpson(torch.autograd.grad(answers.sum(), caught["at"])[0].numpy(), dx=1 / 128, axis=0)
    return distance(scores(about, method)[0], torch.from_numpy(expected))


MEASURES: dict[str, Callable[[Setting, Method], float]] = {
    **dict.fromkeys(["IntegratedGradients", "DeepLift", "DeepLiftShap", "LRP", "ShapleyValues", "Conductance"], by_sum),
    "NeuronConductance": by_units,
    "InternalInfluence": by_influence,
    **dict.fromkeys(["Saliency", "InputXGradient"], by_gradient),
    **dict.fromkeys(["GuidedBackprop", "Deconvolution"], by_bent_gradient),
    **dict.fromkeys(["FeatureAblation", "Occlusion"], by_removal),
    **dict.fromkeys(["GradCam", "GuidedGradCam"], by_map),
}


@pytest.mark.parametrize("name", NAMES)
def test_what_is_called_right_measures_right_and_what_is_called_wrong_measures_wrong(name: str) -> None:
    for kind, measure in MEASURES.items():
        method = METHODS[kind]()
        found = verdict_on(method, setting(name))
        n_examples = 1 if setting(name).inputs.numel() > 500 else EXAMPLES
        if found.verdict == "right":
            bound = FEW_POINTS if kind in ("IntegratedGradients", "InternalInfluence") else EXACT
            n_examples = 1 if measure is by_units else n_examples
            errors = [measure(setting(name, example), method) for example in range(n_examples)]
            assert max(errors) < bound, (kind, errors)
        if found.verdict == "wrong":
            errors = [measure(setting(name, example), method) for example in range(EXAMPLES)]
            assert max(errors) > WRONG, (kind, errors)


@pytest.mark.parametrize("name", NAMES)
def test_reasons_speak_of_layers_in_the_words_of_the_builder(name: str) -> None:
    modules = {type(module).__name__ for module in setting(name).network.modules()}
    words = {word for layer in KINDS.values() for word in layer.title.split()}
    for kind, method in METHODS.items():
        reason = verdict_on(method(), setting(name)).reason
        assert not (modules - words) & set(re.findall(r"\w+", reason)), (kind, reason)


@pytest.mark.parametrize("name", NAMES)
def test_every_method_has_a_verdict_with_a_reason_on_every_family(name: str) -> None:
    for kind, method in METHODS.items():
        found = verdict_on(method(), setting(name))
        assert found.verdict in JUDGEMENTS
        assert found.reason.endswith("."), kind
        if found.verdict == "right":
            assert kind in MEASURES, "what is called right must be measured"


@pytest.mark.parametrize("name", NAMES)
def test_the_path_of_integrated_gradients_converges_where_it_is_called_approximate(name: str) -> None:
    few, many = (ask(setting(name), METHODS["IntegratedGradients"](path_steps=n)) for n in (16, 1024))
    assert many.completeness_error < 0.05
    assert many.completeness_error <= few.completeness_error + 1e-3


@pytest.mark.parametrize("name", ["digits-cnn", "residual before activation", "two activations", "gelu"])
def test_deeplift_is_right_where_captum_called_bare_is_wrong(name: str) -> None:
    """Shared tensors between hooked layers, a second consumer, and functions that Captum has no rule for."""
    about = setting(name, target=setting(name).question().subject.target)
    answers = about.network(torch.cat([about.inputs, torch.zeros_like(about.inputs)])).detach()
    entry = about.target.entry
    change = float((answers[0] - answers[1])[entry])
    with undisturbed(0, "DeepLift"):
        bare = DeepLift(about.network).attribute(about.inputs, torch.zeros_like(about.inputs), target=entry)
    assert abs(float(bare.detach().sum()) - change) / abs(change) > WRONG
    assert ask(about, METHODS["DeepLift"]()).completeness_error < EXACT


def test_the_verdicts_tell_the_families_apart() -> None:
    expected = {
        ("DeepLift", "digits-cnn"): "right",
        ("DeepLift", "brackets-lstm"): "wrong",
        ("DeepLift", "char-gpt"): "wrong",
        ("DeepLift", "softmax"): "wrong",
        ("LRP", "pictures without biases"): "right",
        ("LRP", "residual without biases"): "right",
        ("LRP", "digits-cnn"): "approximate",
        ("LRP", "gelu"): "refused",
        ("GuidedBackprop", "circle"): "refused",
        ("GuidedBackprop", "rectified rnn"): "wrong",
        ("IntegratedGradients", "circle"): "right",
        ("IntegratedGradients", "iris"): "approximate",
        ("ShapleyValues", "digits-mlp"): "refused",
        ("GradCam", "iris"): "refused",
    }
    assert {pair: verdict_on(METHODS[pair[0]](), setting(pair[1])).verdict for pair in expected} == expected
