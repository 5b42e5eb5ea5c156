"""Our attention and transformer block, held against torch's own with the same weights."""

import copy

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from explorer.layers import KINDS
from explorer.layers.points import Point
from explorer.layers.position import Rotation
from explorer.signals import Signal

B, T, S, C, H = 3, 7, 4, 12, 3
POINTS = ("queries", "keys", "values", "scores", "pattern", "z", "head_output")

both_ways = pytest.mark.parametrize("causal", [False, True])


def build(kind: str, *signals: Signal, **settings) -> nn.Module:
    torch.manual_seed(0)
    module = KINDS[kind].model_validate(settings).build(*signals)
    for name, weight in module.named_parameters():
        if "bias" in name:
            nn.init.normal_(weight)  # torch starts some biases at zero, where a wrong one would not show
    return module


def build_attention(**settings) -> nn.Module:
    return build("self_attention", Signal((T, C)), heads=H, **settings)


def watch(module: nn.Module, *inputs: Tensor, names: tuple[str, ...] = POINTS) -> tuple[Tensor, dict[str, Tensor]]:
    """The output and the values at the named points."""
    seen: dict[str, Tensor] = {}
    handles = [
        module.get_submodule(name).register_forward_hook(lambda _, __, value, name=name: seen.update({name: value}))
        for name in names
    ]
    try:
        return module(*inputs), seen
    finally:
        for handle in handles:
            handle.remove()


def into_torch(attention: nn.Module) -> nn.MultiheadAttention:
    theirs = nn.MultiheadAttention(C, H, batch_first=True)
    state = attention.state_dict()
    theirs.load_state_dict(
        {
            "in_proj_weight": state["query_key_value.weight"],
            "in_proj_bias": state["query_key_value.bias"],
            "out_proj.weight": state["mix.weight"],
            "out_proj.bias": state["mix.bias"],
        }
    )
    return theirs


def future(size: int) -> Tensor:
    return torch.ones(size, size, dtype=torch.bool).triu(1)


@both_ways
def test_self_attention_equals_torch(causal):
    ours = build_attention(causal=causal)
    x = torch.randn(B, T, C)
    expected, pattern = into_torch(ours)(x, x, x, attn_mask=future(T) if causal else None, average_attn_weights=False)
    torch.testing.assert_close(ours(x), expected, atol=1e-6, rtol=1e-5)
    torch.testing.assert_close(watch(ours, x)[1]["pattern"], pattern, atol=1e-6, rtol=1e-5)


def test_cross_attention_equals_torch():
    ours = build("cross_attention", Signal((T, C)), Signal((S, 5)), heads=H)
    theirs = nn.MultiheadAttention(C, H, kdim=5, vdim=5, batch_first=True)
    state = ours.state_dict()
    key, value = state["key_value.weight"].chunk(2)
    theirs.load_state_dict(
        {
            "q_proj_weight": state["query.weight"],
            "k_proj_weight": key,
            "v_proj_weight": value,
            "in_proj_bias": torch.cat([state["query.bias"], state["key_value.bias"]]),
            "out_proj.weight": state["mix.weight"],
            "out_proj.bias": state["mix.bias"],
        }
    )
    x, other = torch.randn(B, T, C), torch.randn(B, S, 5)
    torch.testing.assert_close(ours(x, other), theirs(x, other, other)[0], atol=1e-6, rtol=1e-5)
    assert watch(ours, x, other)[1]["pattern"].shape == (B, H, T, S)


@both_ways
def test_the_points_tell_what_scaled_dot_product_attention_computes(causal):
    _, seen = watch(build_attention(causal=causal), torch.randn(B, T, C))
    expected = F.scaled_dot_product_attention(seen["queries"], seen["keys"], seen["values"], is_causal=causal)
    torch.testing.assert_close(seen["z"], expected, atol=1e-6, rtol=1e-5)


@both_ways
@pytest.mark.parametrize("names", [(name,) for name in POINTS] + [POINTS])
@pytest.mark.parametrize("rotary", [False, True])
def test_watching_changes_nothing(causal, names, rotary):
    attention = build_attention(causal=causal, rotary=rotary)
    x = torch.randn(B, T, C)
    watched, seen = watch(attention, x, names=names)
    torch.testing.assert_close(watched, attention(x), atol=1e-6, rtol=1e-5)
    assert set(seen) == set(names)


def test_watching_changes_no_gradient():
    attention = build_attention(causal=True)
    x = torch.randn(B, T, C, requires_grad=True)
    (plain,) = torch.autograd.grad(attention(x).square().sum(), x)
    (watched,) = torch.autograd.grad(watch(attention, x)[0].square().sum(), x)
    torch.testing.assert_close(watched, plain, atol=1e-5, rtol=1e-5)


def test_the_pattern_is_worked_out_only_while_somebody_looks(monkeypatch):
    attention = build_attention()
    x = torch.randn(B, T, C)
    fused_calls = []
    fused = F.scaled_dot_product_attention
    monkeypatch.setattr(F, "scaled_dot_product_attention", lambda *a, **k: fused_calls.append(1) or fused(*a, **k))
    attention(x)
    assert len(fused_calls) == 1
    watch(attention, x, names=("pattern",))
    assert len(fused_calls) == 1
    attention(x)
    assert len(fused_calls) == 2


@pytest.mark.parametrize(
    "attach",
    [
        "register_forward_hook",
        "register_forward_pre_hook",
        "register_full_backward_hook",
        "register_full_backward_pre_hook",
    ],
)
def test_a_point_notices_every_kind_of_hook(attach):
    attention = build_attention()
    calls = []
    handle = getattr(attention.pattern, attach)(lambda *_: calls.append(1))
    assert attention.pattern.is_watched
    attention(torch.randn(B, T, C)).sum().backward()
    assert calls
    handle.remove()
    assert not attention.pattern.is_watched


@both_ways
def test_rows_of_the_pattern_sum_to_one_and_a_causal_one_sees_no_future(causal):
    _, seen = watch(build_attention(causal=causal), torch.randn(B, T, C))
    torch.testing.assert_close(seen["pattern"].sum(-1), torch.ones(B, H, T))
    ahead = seen["pattern"].triu(1)
    assert ahead.count_nonzero() == 0 if causal else ahead.count_nonzero() > 0
    assert seen["scores"].isfinite().all()


@pytest.mark.parametrize("bias", [True, False])
def test_the_heads_and_the_bias_sum_to_the_output(bias):
    attention = build_attention(bias=bias)
    output, seen = watch(attention, torch.randn(B, T, C))
    assert seen["head_output"].shape == (B, H, T, C)
    total = seen["head_output"].sum(1) + (attention.mix.bias if bias else 0)
    torch.testing.assert_close(output, total)
    assert (attention.mix.bias is None) == (attention.query_key_value.bias is None) == (not bias)


def test_silencing_a_head_at_its_output_removes_what_it_adds():
    attention = build_attention()
    x = torch.randn(B, T, C)
    output, seen = watch(attention, x)
    keep = torch.tensor([1.0, 0.0, 1.0])[:, None, None]  # the second head falls silent
    handle = attention.head_output.register_forward_hook(lambda _, __, value: value * keep)
    silenced = attention(x)
    handle.remove()
    torch.testing.assert_close(output - silenced, seen["head_output"][:, 1], atol=1e-6, rtol=1e-5)


@pytest.mark.parametrize("kind", ["self_attention", "transformer_block"])
def test_every_point_names_its_axes(kind):
    module = build(kind, Signal((T, C)), heads=H, causal=True)
    points = {name: point for name, point in module.named_modules() if isinstance(point, Point)}
    _, seen = watch(module, torch.randn(B, T, C), names=tuple(points))
    sizes = {"batch": {B}, "time": {T}, "head": {H}, "query": {T}, "key": {T}, "feature": {C, C // H}}
    for name, value in seen.items():
        assert len(points[name].axes) == value.dim()
        assert all(size in sizes[axis] for axis, size in zip(points[name].axes, value.shape, strict=True))


def test_rotary_scores_depend_on_the_distance_alone():
    attention = build_attention(rotary=True)
    same_everywhere = torch.randn(1, 1, C).expand(1, T, C)
    _, seen = watch(attention, same_everywhere)
    for distance in range(-T + 1, T):
        diagonal = seen["scores"].diagonal(distance, dim1=-2, dim2=-1)  # (1, H, steps)
        torch.testing.assert_close(diagonal, diagonal[..., :1].expand_as(diagonal), atol=1e-5, rtol=1e-5)
    assert seen["scores"][0, 0, 0].std() > 1e-3


def test_a_rotation_keeps_lengths_and_leaves_the_first_place():
    vectors = torch.randn(B, H, T, 4)
    turned = Rotation(T, 4)(vectors)
    torch.testing.assert_close(turned.norm(dim=-1), vectors.norm(dim=-1))
    torch.testing.assert_close(turned[:, :, 0], vectors[:, :, 0])


def into_torch_block(block: nn.Module, norm_place: str, activation: str) -> nn.TransformerEncoderLayer:
    theirs = nn.TransformerEncoderLayer(
        C, H, 2 * C, dropout=0.0, activation=activation, batch_first=True, norm_first=norm_place == "pre"
    )
    names = {
        "self_attn.in_proj_": "attention.query_key_value.",
        "self_attn.out_proj.": "attention.mix.",
        "linear1.": "feed_forward.widen.",
        "linear2.": "feed_forward.narrow.",
        "norm1.": "attention_norm.",
        "norm2.": "feed_forward_norm.",
    }
    state = block.state_dict()
    theirs.load_state_dict({a + part: state[b + part] for a, b in names.items() for part in ("weight", "bias")})
    return theirs


@both_ways
@pytest.mark.parametrize("norm_place", ["pre", "post"])
@pytest.mark.parametrize("activation", ["relu", "gelu"])
def test_a_transformer_block_equals_torch(causal, norm_place, activation):
    settings = {"heads": H, "causal": causal, "norm_place": norm_place, "activation": activation, "mlp_ratio": 2}
    ours = build("transformer_block", Signal((T, C)), **settings)
    x = torch.randn(B, T, C)
    expected = into_torch_block(ours, norm_place, activation)(x, src_mask=future(T) if causal else None)
    torch.testing.assert_close(ours(x), expected, atol=1e-5, rtol=1e-5)


def test_the_stream_of_a_pre_norm_block_is_the_sum_of_its_branches():
    block = build("transformer_block", Signal((T, C)), heads=H)
    names = ("resid_pre", "resid_mid", "resid_post", "attention", "feed_forward")
    x = torch.randn(B, T, C)
    output, seen = watch(block, x, names=names)
    torch.testing.assert_close(seen["resid_pre"], x)
    torch.testing.assert_close(seen["resid_mid"], x + seen["attention"])
    torch.testing.assert_close(seen["resid_post"], seen["resid_mid"] + seen["feed_forward"])
    torch.testing.assert_close(output, seen["resid_post"])


def test_an_attention_only_block_without_norm_or_bias_has_attention_weights_alone():
    block = build("transformer_block", Signal((T, C)), heads=H, attention_only=True, norm="none", bias=False)
    assert {name for name, _ in block.named_parameters()} == {
        "attention.query_key_value.weight",
        "attention.mix.weight",
    }
    x = torch.randn(B, T, C)
    torch.testing.assert_close(block(x), x + block.attention(x))


def test_dropout_in_a_block_works_in_training_only():
    block = build("transformer_block", Signal((T, C)), heads=H, dropout=0.5)
    x = torch.randn(B, T, C)
    assert not torch.equal(block(x), block(x))
    block.eval()
    assert torch.equal(block(x), block(x))


def test_a_copy_is_watched_alone():
    attention = build_attention()
    twin = copy.deepcopy(attention)
    handle = twin.pattern.register_forward_hook(lambda *_: None)
    assert not attention.pattern.is_watched
    handle.remove()
