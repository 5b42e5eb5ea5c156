"""Lenses on attention: the identities that hold whatever the weights are, and what each lens says of known heads."""

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from explorer.errors import ExperimentError
from explorer.lenses.attention.direct_logit import DirectLogit
from explorer.lenses.attention.head_scores import HeadScores, prefix_matching
from explorer.lenses.attention.heads import addresses, attentions
from explorer.lenses.attention.logit_lens import LogitLens, answers_by_part
from explorer.lenses.attention.pattern import AttentionPattern
from explorer.lenses.attention.query import AttentionQuery
from explorer.lenses.attention.rollout import Rollout
from explorer.lenses.attention.stream import by_head, has_stream, take_apart
from explorer.lenses.sampling import shares
from tests.scenes import ENCODER_DECODER, REPEATED, STREAMS, scene, stream_scene, transformer

every_stream = pytest.mark.parametrize("name", STREAMS)


def close(found: Tensor, expected: Tensor) -> None:
    torch.testing.assert_close(found, expected, atol=2e-5, rtol=1e-4)


@every_stream
def test_everything_that_is_added_sums_to_the_final_stream(name: str) -> None:
    found = stream_scene(name)
    taken = take_apart(found.network, found.held_out(5))
    close(sum(taken.parts.values(), torch.zeros(())), taken.stream)
    assert len(taken.parts) > 2


@every_stream
def test_heads_and_bias_sum_to_what_an_attention_adds(name: str) -> None:
    found = stream_scene(name)
    layers = attentions(found.network)
    assert tuple(layers) == addresses(found.checked)
    taken = take_apart(found.network, found.held_out(5), tuple(f"{path}.head_output" for path in layers))
    for path in set(layers) & set(taken.parts):
        close(by_head(taken.caught, layers[path].mix.bias, path).sum(1), taken.parts[path])


@every_stream
@pytest.mark.parametrize("position", [None, 2])
def test_direct_shares_and_the_constant_sum_to_the_answer(name: str, position: int | None) -> None:
    found = stream_scene(name)
    picture = DirectLogit(position=position).look(found)
    kinds = (".heads", ".bias", ".share")
    total = sum(array.values.sum() for key, array in picture.items() if key.endswith(kinds))
    assert total + picture["constant"].values == pytest.approx(picture["answer"].values, abs=1e-4)
    answers = found.network(*found.inputs())[0].detach()
    answer = answers if answers.dim() == 1 else answers[-1 if position is None else position]
    assert picture["answer"].values == pytest.approx(answer.max().item(), abs=1e-5)


@every_stream
def test_the_last_logit_lens_is_the_answer_of_the_network(name: str) -> None:
    found = stream_scene(name)
    split = found.held_out(4)
    *_, last = answers_by_part(found.network, split).values()
    close(last, found.network(*split.inputs))


def test_the_logit_lens_lists_the_likeliest_tokens_after_each_part() -> None:
    found = scene(*STREAMS["layer norm"])
    picture = LogitLens(top=2).look(found)
    odds = found.network(*found.inputs())[0].softmax(-1)
    assert np.array_equal(picture["block2.feed_forward.top"].values[:, 0], odds.argmax(-1))
    right = odds.gather(1, found.target()[0, :, None])[:, 0]
    assert np.allclose(picture["block2.feed_forward.target_probability"].values, right.detach(), atol=1e-5)
    assert picture["embed.entropy"].axes == ("time",)


def test_a_stream_that_is_normalised_after_each_sum_is_not_taken_apart() -> None:
    assert not has_stream(scene(REPEATED, transformer(norm_place="post")).checked)


def test_the_wall_holds_every_head_of_encoder_decoder_and_between() -> None:
    found = scene(REPEATED, ENCODER_DECODER)
    picture = AttentionPattern().look(found)
    walls = {key: array for key, array in picture.items() if key.endswith(".pattern")}
    assert list(walls) == ["encoder.attention.pattern", "within.pattern", "across.pattern"]
    assert walls["across.pattern"].values.shape == (4, 20, 20)
    assert all(np.allclose(array.values.sum(-1), 1, atol=1e-5) for array in walls.values())
    assert (
        np.triu(walls["within.pattern"].values[0], 1).max() == 0 < np.triu(walls["across.pattern"].values[0], 1).max()
    )


def test_the_wall_equals_the_weights_of_torch() -> None:
    found = scene(REPEATED, ENCODER_DECODER)
    ours = found.network.get_submodule("within")
    theirs = nn.MultiheadAttention(16, 2, batch_first=True)
    names = {"in_proj_": "query_key_value.", "out_proj.": "mix."}
    state = ours.state_dict()
    theirs.load_state_dict({a + part: state[b + part] for a, b in names.items() for part in ("weight", "bias")})
    x = found.network.get_submodule("place")(found.network.get_submodule("embed")(*found.inputs()))
    future = torch.ones(20, 20, dtype=torch.bool).triu(1)
    _, weights = theirs(x, x, x, attn_mask=future, average_attn_weights=False)
    assert np.allclose(AttentionPattern().look(found)["within.pattern"].values, weights[0].detach(), atol=1e-6)


@pytest.mark.parametrize(("layer", "query"), [("encoder.attention", 3), ("within", 3), ("across", None)])
def test_the_stages_of_a_query_follow_from_one_another(layer: str, query: int | None) -> None:
    found = scene(REPEATED, ENCODER_DECODER)
    picture = {key: array.values for key, array in AttentionQuery(layer=layer, head=1, query=query).look(found).items()}
    assert np.allclose(picture["products"], picture["keys"] @ picture["query"], atol=1e-5)
    assert np.allclose(picture["scores"], picture["products"] / np.sqrt(len(picture["query"])), atol=1e-5)
    assert np.allclose(picture["pattern"], shares(np.where(picture["is_seen"], picture["scores"], -1e9)), atol=1e-5)
    assert np.allclose(picture["weighted_values"].sum(0), picture["z"], atol=1e-5)
    module = attentions(found.network)[layer]
    width = len(picture["z"])
    by_head = module.mix.weight[:, width : 2 * width].detach().numpy()
    assert np.allclose(by_head @ picture["z"], picture["head_output"], atol=1e-5)
    assert picture["is_seen"].sum() == (4 if layer == "within" else 20)


def test_a_layer_that_does_not_attend_is_refused_with_those_that_do() -> None:
    with pytest.raises(ExperimentError, match=r"lens.layer: expected one of across, encoder.attention, within"):
        AttentionQuery(layer="norm").look(scene(REPEATED, ENCODER_DECODER))


@pytest.mark.parametrize("name", ["layer norm", "encoder and decoder"])
def test_rows_of_the_rollout_sum_to_one(name: str) -> None:
    picture = Rollout().look(scene(*STREAMS[name]))
    rolled = [array.values for key, array in picture.items() if key.endswith(".rollout")]
    assert len(rolled) == (2 if name == "layer norm" else 3)
    assert all(np.allclose(values.sum(-1), 1, atol=1e-5) for values in rolled)


def test_the_rollout_is_the_product_of_mean_patterns_and_residuals() -> None:
    found = scene(*STREAMS["layer norm"])
    walls = AttentionPattern().look(found)
    first, second = (walls[f"block{i}.attention.pattern"].values.mean(0) for i in (1, 2))
    unit = np.eye(20)
    expected = (0.7 * second + 0.3 * unit) @ (0.7 * first + 0.3 * unit)
    assert np.allclose(Rollout(residual=0.3).look(found)["block2.rollout"].values, expected, atol=1e-5)


def test_written_attention_with_a_sum_rolls_like_a_block() -> None:
    layers = [
        {"kind": "embedding", "name": "embed", "features": 16},
        {"kind": "self_attention", "name": "within"},
        {"kind": "add", "name": "sum", "inputs": ["embed", "within"]},
        {"kind": "self_attention", "name": "again"},
        {"kind": "linear"},
    ]
    found = scene(REPEATED, layers)
    walls = AttentionPattern().look(found)
    first, second = (walls[f"{name}.pattern"].values.mean(0) for name in ("within", "again"))
    expected = second @ (0.8 * first + 0.2 * np.eye(20))
    assert np.allclose(Rollout(residual=0.2).look(found)["again.rollout"].values, expected, atol=1e-5)


def test_prefix_matching_is_one_for_a_head_that_looks_behind_the_same_token() -> None:
    pattern = torch.zeros(1, 2, 12, 12)
    pattern[0, 0, range(6, 11), range(1, 6)] = 1  # what followed the same token, six places ago
    pattern[0, 1, range(1, 12), range(11)] = 1  # the token before
    assert prefix_matching(pattern, 6).tolist() == [1, 0]


def test_scores_know_heads_that_were_written_by_hand() -> None:
    layers = [{"kind": "embedding", "name": "embed", "features": 13}, {"kind": "self_attention", "name": "head"}]
    found = scene(REPEATED, [*layers, {"kind": "linear", "name": "unembed", "bias": False}])
    network = found.network
    with torch.no_grad():
        unit = torch.eye(13)
        network.get_submodule("embed").weight.copy_(unit)
        network.get_submodule("unembed").weight.copy_(unit)
        head = network.get_submodule("head")
        head.query_key_value.weight.zero_()  # looks everywhere alike
        head.query_key_value.bias.zero_()
        head.query_key_value.weight[26:] = unit
        head.mix.weight.copy_(unit)  # and writes what it reads
    picture = HeadScores().look(found)
    assert picture["head.entropy"].values == pytest.approx(np.log(20), abs=1e-5)
    assert picture["head.previous_token"].values == pytest.approx(1 / 20, abs=1e-6)
    assert picture["head.copying"].values == pytest.approx(1)
    with torch.no_grad():
        head.mix.weight.neg_()
    assert HeadScores().look(found)["head.copying"].values == pytest.approx(-1)


def test_copying_counts_the_norms_on_the_way() -> None:
    found = scene(*STREAMS["layer norm"])
    block, norm = found.network.get_submodule("block1"), found.network.get_submodule("norm")
    embed, unembed = found.network.get_submodule("embed"), found.network.get_submodule("unembed")
    value = block.attention.query_key_value.weight[32:][8:]
    output = block.attention.mix.weight[:, 8:]
    centre = torch.eye(16) - 1 / 16
    circuit = unembed.weight * norm.weight @ centre @ output @ value * block.attention_norm.weight @ centre
    eigenvalues = torch.linalg.eigvals((circuit @ embed.weight.T).double())  # of the whole (V, V) matrix
    expected = (eigenvalues.real.sum() / eigenvalues.abs().sum()).item()
    assert HeadScores().look(found)["block1.attention.copying"].values[1] == pytest.approx(expected, abs=1e-4)
