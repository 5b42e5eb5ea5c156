"""What each kind of layer computes, held against its formula and its source."""

import math

import pytest
import torch

from explorer.signals import Signal
from tests.test_layers import PICTURE, PLANE, SEQUENCE, VECTOR, build, make_batch


def test_a_causal_convolution_never_sees_the_future():
    _, module = build("conv1d", {"kernel": 3, "dilation": 2, "causal": True}, (Signal((12, 4)),))
    sequence = torch.randn(2, 12, 4, requires_grad=True)
    output = module(sequence)
    for step in range(12):
        (gradient,) = torch.autograd.grad(output[:, step].sum(), sequence, retain_graph=True)
        assert gradient[:, step + 1 :].abs().sum() == 0
        assert gradient[:, step].abs().sum() > 0


def test_sinusoidal_positions_follow_vaswani():
    _, module = build("position", {"method": "sinusoidal"}, (Signal((20, 6)),))
    rows = module(torch.zeros(1, 20, 6))[0]
    for place in (0, 1, 7, 19):
        for i in range(3):
            angle = place / 10_000 ** (2 * i / 6)
            assert rows[place, 2 * i].item() == pytest.approx(math.sin(angle), abs=1e-5)
            assert rows[place, 2 * i + 1].item() == pytest.approx(math.cos(angle), abs=1e-5)


@pytest.mark.parametrize(("kind", "settings"), [("embedding", {"features": 200}), ("position", {})])
@pytest.mark.parametrize("scale", [0.02, 0.5, 1.0])
def test_learned_rows_start_at_their_scale(kind, settings, scale):
    signal = Signal((60,), vocabulary=60) if kind == "embedding" else Signal((60, 200))
    _, module = build(kind, {**settings, "init_scale": scale}, (signal,))
    assert module.weight.std().item() == pytest.approx(scale, rel=0.05)


def test_positions_take_sequences_shorter_than_the_data():
    _, module = build("position", {}, (SEQUENCE,))
    assert module(torch.zeros(2, 3, 8)).shape == (2, 3, 8)


def test_layer_norm_of_a_picture_spans_all_its_values():
    _, module = build("layer_norm", {}, (PICTURE,))
    output = module(5 + 3 * torch.randn(2, *PICTURE.shape))
    torch.testing.assert_close(output.mean((1, 2, 3)), torch.zeros(2), atol=1e-5, rtol=0)
    torch.testing.assert_close(output.var((1, 2, 3), correction=0), torch.ones(2), atol=1e-3, rtol=0)


def test_batch_norm_of_a_sequence_counts_steps_as_examples():
    _, module = build("batch_norm", {}, (SEQUENCE,))
    output = module(5 + 3 * torch.randn(4, *SEQUENCE.shape))
    torch.testing.assert_close(output.mean((0, 1)), torch.zeros(8), atol=1e-5, rtol=0)


def test_features_are_the_functions_that_their_names_tell():
    names = ("x1", "x2", "x1_squared", "x2_squared", "x1_x2", "sin_x1", "sin_x2")
    _, module = build("features", {"chosen": names}, (PLANE,))
    a, b = 0.5, -2.0
    expected = torch.tensor([[a, b, a * a, b * b, a * b, math.sin(a), math.sin(b)]])
    torch.testing.assert_close(module(torch.tensor([[a, b]])), expected)


VALUES = [
    ("relu", {}, (VECTOR,), lambda x: x.clamp(min=0)),
    ("gelu", {}, (VECTOR,), lambda x: x * (1 + torch.erf(x / math.sqrt(2))) / 2),
    ("silu", {}, (VECTOR,), lambda x: x / (1 + torch.exp(-x))),
    ("tanh", {}, (VECTOR,), torch.tanh),
    ("sigmoid", {}, (VECTOR,), lambda x: 1 / (1 + torch.exp(-x))),
    ("leaky_relu", {"slope": 0.2}, (VECTOR,), lambda x: torch.where(x > 0, x, 0.2 * x)),
    ("square", {}, (VECTOR,), lambda x: x**2),
    ("softmax", {}, (SEQUENCE,), lambda x: x.exp() / x.exp().sum(-1, keepdim=True)),
    ("identity", {}, (PICTURE,), lambda x: x),
    ("max_pool", {}, (SEQUENCE,), lambda x: torch.maximum(x[:, 0:4:2], x[:, 1:4:2])),
    ("average_pool", {}, (SEQUENCE,), lambda x: (x[:, 0:4:2] + x[:, 1:4:2]) / 2),
    ("average_pool", {"kernel": 7}, (PICTURE,), lambda x: x[:, :, :7].mean((2, 3), keepdim=True)),
    ("max_pool", {"kernel": 7}, (PICTURE,), lambda x: x[:, :, :7].amax((2, 3), keepdim=True)),
    ("global_pool", {}, (PICTURE,), lambda x: x.sum((2, 3)) / 63),
    ("global_pool", {"method": "max"}, (SEQUENCE,), lambda x: x.max(1).values),
    ("flatten", {}, (PICTURE,), lambda x: x.reshape(len(x), -1)),
    ("reshape", {"shape": [2, -1]}, (VECTOR,), lambda x: torch.stack((x[:, :3], x[:, 3:]), 1)),
    ("mean_over_time", {}, (SEQUENCE,), lambda x: x.sum(1) / 5),
    ("last_over_time", {}, (SEQUENCE,), lambda x: x[:, 4]),
    ("layer_norm", {}, (VECTOR,), lambda x: (x - x.mean(-1, True)) / (x.var(-1, False, keepdim=True) + 1e-5).sqrt()),
    ("rms_norm", {"epsilon": 0.1}, (SEQUENCE,), lambda x: x / (x.square().mean(-1, keepdim=True) + 0.1).sqrt()),
    ("batch_norm", {"epsilon": 0.1}, (VECTOR,), lambda x: (x - x.mean(0)) / (x.var(0, correction=0) + 0.1).sqrt()),
    ("dropout", {"rate": 0.0}, (VECTOR,), lambda x: x),
    ("add", {}, (VECTOR, VECTOR, VECTOR), lambda x, y, z: x + y + z),
    ("multiply", {}, (VECTOR, VECTOR, VECTOR), lambda x, y, z: x * y * z),
    ("concatenate", {}, (PICTURE, PICTURE), lambda x, y: torch.cat((x, y), 1)),
    ("concatenate", {}, (SEQUENCE, SEQUENCE), lambda x, y: torch.cat((x, y), 2)),
    ("concatenate", {"along": "time"}, (SEQUENCE, SEQUENCE), lambda x, y: torch.cat((x, y), 1)),
]


@pytest.mark.parametrize(("kind", "settings", "signals", "formula"), VALUES)
def test_a_layer_without_weights_computes_its_formula(kind, settings, signals, formula):
    _, module = build(kind, settings, signals)
    batch = make_batch(signals)
    torch.testing.assert_close(module(*batch), formula(*batch), atol=1e-6, rtol=1e-5)


def test_dropout_silences_its_share_in_training_and_nothing_later():
    _, module = build("dropout", {"rate": 0.25}, (VECTOR,))
    ones = torch.ones(10_000)
    dropped = module(ones)
    assert (dropped == 0).float().mean().item() == pytest.approx(0.25, abs=0.02)
    torch.testing.assert_close(dropped.max(), torch.tensor(1 / 0.75))
    assert torch.equal(module.eval()(ones), ones)


@pytest.mark.parametrize("causal", [False, True])
def test_a_convolution_over_time_follows_its_equation(causal):
    _, module = build("conv1d", {"channels": 2, "kernel": 3, "dilation": 2, "causal": causal}, (Signal((9, 4)),))
    (sequence,) = make_batch((Signal((9, 4)),))
    before = 4 if causal else 0
    padded = torch.cat((torch.zeros(3, before, 4), sequence), 1)  # (B, T + before, C)
    reach = padded.shape[1] - 4
    taps = [padded[:, 2 * k : 2 * k + reach] @ module.weight[:, :, k].T for k in range(3)]
    torch.testing.assert_close(module(sequence), sum(taps) + module.bias, atol=1e-5, rtol=1e-5)
