"""The noise tunnel: over every method it fits, with noise on the scale of the data."""

import captum.attr
import numpy as np
import pytest
import torch

from explorer.lenses.attribution import METHODS
from explorer.lenses.attribution.asking import ask, verdict_on
from explorer.lenses.attribution.noise import OVER
from explorer.lenses.attribution.structure import structure_of
from explorer.lenses.attribution.targets import Target
from tests.attribution_nets import family, setting

ANY = [
    "iris",
    "average pooling",
    "adding-gru",
    "induction-heads",
]  # one of every kind of input; without ties of a maximum
FEW = {"samples": 4}


@pytest.mark.parametrize("name", ANY)
@pytest.mark.parametrize("over", OVER)
def test_every_method_that_is_right_for_a_network_can_be_averaged_there(name: str, over: str) -> None:
    about = setting(name)
    tunnel = METHODS["NoiseTunnel"](over=over, noise=1e-9, **FEW)
    if verdict_on(METHODS[over](), about).verdict not in ("right", "approximate"):
        assert over not in tunnel.choices(structure_of(about.network, about.signal, True))["over"]
        return
    found = ask(about, tunnel)
    if METHODS[over].is_sampled:
        assert found.scores.shape == about.inputs.shape[1:]
        return
    expected = ask(about, METHODS[over]()).scores
    assert np.abs(found.scores - expected).max() < 1e-4 * max(np.abs(expected).max(), 1e-6), "hardly any noise"


@pytest.mark.parametrize("statistic", ["smoothgrad", "smoothgrad_sq", "vargrad"])
@pytest.mark.parametrize(("over", "bare"), [("Saliency", {"abs": False}), ("InputXGradient", {})])
def test_the_statistics_are_those_of_captum(over: str, bare: dict, statistic: str) -> None:
    network, data = family("digits-cnn")
    x, about = data.test.inputs[0][:1].double(), setting("digits-cnn", target=Target(entry=3))
    scale = float(about.question().scale)
    found = ask(about, METHODS["NoiseTunnel"](over=over, statistic=statistic, samples=400, noise=0.02)).scores
    method = captum.attr.NoiseTunnel(getattr(captum.attr, over)(network))
    torch.manual_seed(1)
    expected = method.attribute(x, nt_type=statistic, nt_samples=400, stdevs=0.02 * scale, target=3, **bare)
    expected = expected[0].detach().numpy()
    assert np.corrcoef(found.ravel(), expected.ravel())[0, 1] > 0.98
    assert np.abs(found).sum() == pytest.approx(np.abs(expected).sum(), rel=0.1)


def test_the_noise_is_a_share_of_what_every_feature_ranges_over_in_training() -> None:
    about = setting("diabetes")
    _, data = family("diabetes")
    rows = data.train.inputs[0][:256].double()
    assert about.question().scale.allclose(rows.amax(0, keepdim=True) - rows.amin(0, keepdim=True))
    tunnel = METHODS["NoiseTunnel"](samples=512, noise=0.5)
    spread = tunnel._copies(about.question()).std(0)
    assert spread.allclose(0.5 * about.question().scale[0], rtol=0.15)


def test_the_noise_of_a_picture_and_of_tokens_is_one_number_for_all() -> None:
    _, data = family("digits-cnn")
    values = data.train.inputs[0][:256]
    assert float(setting("digits-cnn").question().scale) == pytest.approx(float(values.max() - values.min()))
    network, _ = family("induction-heads")
    table = network.get_submodule("embed").weight.detach()
    assert float(setting("induction-heads").question().scale) == pytest.approx(float(table.max() - table.min()))
