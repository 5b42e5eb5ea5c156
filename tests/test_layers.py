"""What holds for every kind of layer, in one table, and the shape rules."""

import json

import pytest
import torch
from pydantic import ValidationError
from torch import nn

from explorer.layers import KINDS, Layer, ShapeError
from explorer.signals import Signal

VECTOR, PLANE, SEQUENCE, PICTURE = Signal((6,)), Signal((2,)), Signal((5, 8)), Signal((4, 9, 7))
TOKENS = Signal((5,), vocabulary=11)

CASES: list[tuple[str, dict, tuple[Signal, ...]]] = [
    ("linear", {"units": 3}, (VECTOR,)),
    ("linear", {"units": 3, "bias": False, "in_features": 8}, (SEQUENCE,)),
    ("tied", {"units": 2}, (VECTOR,)),
    ("random_features", {"units": 6}, (VECTOR,)),
    ("features", {"chosen": ["x1", "x2_squared", "x1_x2", "sin_x2"]}, (PLANE,)),
    *[(kind, {}, (VECTOR,)) for kind in ("relu", "gelu", "silu", "tanh", "sigmoid", "square", "softmax", "identity")],
    ("leaky_relu", {"slope": 0.2}, (PICTURE,)),
    ("softmax", {}, (SEQUENCE,)),
    ("conv2d", {}, (PICTURE,)),
    ("conv2d", {"channels": 6, "kernel": 3, "stride": 2, "padding": 1, "dilation": 2, "groups": 2}, (PICTURE,)),
    ("conv1d", {}, (SEQUENCE,)),
    ("conv1d", {"channels": 6, "kernel": 2, "stride": 2, "padding": 1, "groups": 2, "bias": False}, (SEQUENCE,)),
    ("conv1d", {"channels": 6, "kernel": 3, "dilation": 4, "causal": True}, (SEQUENCE,)),
    ("max_pool", {}, (PICTURE,)),
    ("max_pool", {"kernel": 3, "stride": 1, "padding": 1}, (SEQUENCE,)),
    ("average_pool", {"kernel": 3, "stride": 2, "padding": 1}, (PICTURE,)),
    ("average_pool", {}, (SEQUENCE,)),
    ("global_pool", {}, (PICTURE,)),
    ("global_pool", {"method": "max"}, (SEQUENCE,)),
    ("flatten", {}, (PICTURE,)),
    ("flatten", {}, (SEQUENCE,)),
    ("reshape", {"shape": [1, 2, 3]}, (VECTOR,)),
    ("reshape", {"shape": [2, -1]}, (PICTURE,)),
    ("embedding", {"features": 4}, (TOKENS,)),
    ("position", {"init_scale": 0.5}, (SEQUENCE,)),
    ("position", {"method": "sinusoidal"}, (Signal((5, 7)),)),
    ("rnn", {"units": 20, "layers": 2, "nonlinearity": "relu"}, (SEQUENCE,)),
    ("lstm", {"units": 3, "bidirectional": True, "forget_gate_bias": 1.0}, (SEQUENCE,)),
    ("gru", {"units": 3, "layers": 2, "bidirectional": True}, (SEQUENCE,)),
    ("last_over_time", {}, (SEQUENCE,)),
    ("mean_over_time", {}, (SEQUENCE,)),
    ("self_attention", {}, (SEQUENCE,)),
    ("self_attention", {"heads": 2, "causal": True, "bias": False, "rotary": True}, (SEQUENCE,)),
    ("cross_attention", {"heads": 4}, (SEQUENCE, Signal((3, 6)))),
    ("feed_forward", {"mlp_ratio": 2, "activation": "square"}, (SEQUENCE,)),
    ("transformer_block", {"heads": 2}, (SEQUENCE,)),
    ("transformer_block", {"norm_place": "post", "causal": True, "dropout": 0.1, "norm": "rms"}, (SEQUENCE,)),
    ("transformer_block", {"attention_only": True, "norm": "none", "bias": False, "rotary": True}, (SEQUENCE,)),
    *[("layer_norm", {}, (signal,)) for signal in (VECTOR, SEQUENCE, PICTURE)],
    *[("batch_norm", {"momentum": 0.5}, (signal,)) for signal in (VECTOR, SEQUENCE, PICTURE)],
    ("rms_norm", {"affine": False}, (VECTOR,)),
    ("rms_norm", {}, (SEQUENCE,)),
    ("dropout", {"rate": 0.9}, (PICTURE,)),
    ("add", {}, (PICTURE, PICTURE)),
    ("multiply", {}, (VECTOR, VECTOR, VECTOR)),
    ("concatenate", {}, (SEQUENCE, Signal((5, 3)))),
    ("concatenate", {"along": "time"}, (SEQUENCE, Signal((2, 8)))),
    ("concatenate", {}, (PICTURE, Signal((1, 9, 7)), PICTURE)),
]
every_case = pytest.mark.parametrize(("kind", "settings", "signals"), CASES)
every_kind = pytest.mark.parametrize("kind", KINDS)


def make_batch(signals: tuple[Signal, ...], size: int = 3) -> list[torch.Tensor]:
    torch.manual_seed(0)
    return [
        torch.randn(size, *signal.shape)
        if signal.vocabulary is None
        else torch.randint(signal.vocabulary, (size, *signal.shape))
        for signal in signals
    ]


def build(kind: str, settings: dict, signals: tuple[Signal, ...]) -> tuple[Layer, nn.Module]:
    layer = KINDS[kind].model_validate(settings)
    layer.output(*signals)
    torch.manual_seed(0)
    return layer, layer.build(*signals)


def test_every_kind_stands_in_the_table_of_cases():
    assert {kind for kind, _, _ in CASES} == set(KINDS)


@every_kind
def test_a_kind_explains_itself(kind):
    layer = KINDS[kind]
    assert all((layer.title, layer.equation, layer.__doc__))
    assert all(field.description and field.description.endswith(".") for field in layer.model_fields.values())


@every_kind
def test_a_kind_has_a_default_for_every_setting(kind):
    KINDS[kind]()


@every_kind
def test_an_unknown_setting_is_refused(kind):
    with pytest.raises(ValidationError, match="extra_forbidden"):
        KINDS[kind].model_validate({"colour": "blue"})


@every_case
def test_settings_survive_json(kind, settings, signals):
    layer = KINDS[kind].model_validate(settings)
    assert KINDS[kind].model_validate(json.loads(layer.model_dump_json())) == layer


@every_case
def test_the_shape_rule_tells_what_the_module_gives(kind, settings, signals):
    layer, module = build(kind, settings, signals)
    assert module(*make_batch(signals)).shape == (3, *layer.output(*signals).shape)


@every_case
def test_a_batch_gives_what_its_examples_give_one_by_one(kind, settings, signals):
    _, module = build(kind, settings, signals)
    module.eval()
    batch = make_batch(signals)
    singles = [module(*(part[i : i + 1] for part in batch)) for i in range(3)]
    torch.testing.assert_close(module(*batch), torch.cat(singles), atol=1e-6, rtol=1e-5)


@every_case
def test_a_module_runs_on_the_meta_device(kind, settings, signals):
    layer = KINDS[kind].model_validate(settings)
    expected = layer.output(*signals)
    with torch.device("meta"):
        output = layer.build(*signals)(*(part.to("meta") for part in make_batch(signals)))
    assert output.shape == (3, *expected.shape)


@every_case
def test_gradients_reach_every_parameter(kind, settings, signals):
    _, module = build(kind, settings, signals)
    output = module(*make_batch(signals, size=7))
    if output.requires_grad:
        (output * torch.randn_like(output)).sum().backward()
    assert all(weight.grad is not None and weight.grad.abs().sum() > 0 for weight in module.parameters())


@every_case
def test_the_same_seed_builds_the_same_weights(kind, settings, signals):
    first, second = (build(kind, settings, signals)[1].state_dict() for _ in range(2))
    assert first.keys() == second.keys()
    assert all(torch.equal(first[name], second[name]) for name in first)


REFUSED = [
    ("linear", {"units": 3}, (PICTURE,), "features", "flatten"),
    ("linear", {"units": 3}, (TOKENS,), "features", "embedding"),
    ("linear", {"units": 3, "in_features": 2304}, (Signal((1600,)),), "2304", "1600"),
    ("features", {}, (VECTOR,), "coordinates", "plane"),
    ("features", {}, (Signal((2,), vocabulary=5),), "coordinates", "plane"),
    ("relu", {}, (TOKENS,), "numbers", "embedding"),
    ("softmax", {}, (PICTURE,), "features", "flatten"),
    ("conv2d", {}, (VECTOR,), "picture", "reshape"),
    ("conv2d", {"kernel": 8}, (PICTURE,), "at least 8 along the width", "smaller window"),
    ("conv2d", {"groups": 3}, (PICTURE,), "divide", "one of 1, 2, 4"),
    ("conv2d", {"groups": 4, "channels": 6}, (PICTURE,), "divide", "one of 1, 2, 3, 6"),
    ("conv1d", {}, (PICTURE,), "sequence", "reshape"),
    ("conv1d", {"dilation": 3}, (SEQUENCE,), "at least 7 along the time", "smaller window"),
    ("conv1d", {"causal": True, "padding": 2}, (SEQUENCE,), "no padding", "set padding to 0"),
    ("max_pool", {}, (VECTOR,), "picture or a sequence", "before the flatten"),
    ("max_pool", {"kernel": 6}, (SEQUENCE,), "at least 6 along the time", "smaller window"),
    ("average_pool", {"padding": 2}, (PICTURE,), "at most half", "smaller"),
    ("global_pool", {}, (VECTOR,), "picture or a sequence", "before the flatten"),
    ("flatten", {}, (TOKENS,), "numbers", "embedding"),
    ("reshape", {"shape": [4, -1]}, (VECTOR,), "hold 6 values", "product is 6"),
    ("reshape", {"shape": [-1, -1]}, (VECTOR,), "hold 6 values", "at most one -1"),
    ("reshape", {"shape": [0, 6]}, (VECTOR,), "hold 6 values", "positive"),
    ("reshape", {"shape": [7]}, (VECTOR,), "hold 6 values", "product is 6"),
    ("embedding", {}, (VECTOR,), "token ids", "tokens"),
    ("position", {}, (TOKENS,), "sequence", "embedding"),
    ("lstm", {}, (VECTOR,), "sequence", "reshape"),
    ("mean_over_time", {}, (PICTURE,), "sequence", "reshape"),
    ("self_attention", {"heads": 3}, (SEQUENCE,), "heads that divide", "one of 1, 2, 4, 8"),
    ("self_attention", {"heads": 8, "rotary": True}, (SEQUENCE,), "even number", "rotary off"),
    ("cross_attention", {"heads": 3}, (SEQUENCE, SEQUENCE), "heads that divide", "one of 1, 2, 4, 8"),
    ("cross_attention", {}, (SEQUENCE, TOKENS), "sequence", "embedding"),
    ("transformer_block", {"heads": 5}, (SEQUENCE,), "heads that divide", "one of 1, 2, 4, 8"),
    ("feed_forward", {}, (PICTURE,), "features", "flatten"),
    ("rms_norm", {}, (PICTURE,), "features", "batch_norm"),
    ("add", {}, (SEQUENCE, VECTOR), "5×8", "linear"),
    ("multiply", {}, (TOKENS, TOKENS), "numbers", "embedding"),
    ("concatenate", {}, (SEQUENCE, Signal((4, 8))), "differ along the feature only", "other sizes"),
    ("concatenate", {}, (SEQUENCE, VECTOR), "differ along the feature only", "other sizes"),
    ("concatenate", {"along": "time"}, (VECTOR, VECTOR), "sequences", "along the feature"),
    ("concatenate", {}, (TOKENS, TOKENS), "numbers", "embedding"),
]


@pytest.mark.parametrize(("kind", "settings", "signals", "expected", "remedy"), REFUSED)
def test_what_does_not_fit_is_refused_with_a_remedy(kind, settings, signals, expected, remedy):
    with pytest.raises(ShapeError) as caught:
        KINDS[kind].model_validate(settings).output(*signals)
    assert expected in caught.value.expected
    assert remedy in caught.value.remedy
    assert caught.value.got
    assert caught.value.setting is None or caught.value.setting in KINDS[kind].model_fields
