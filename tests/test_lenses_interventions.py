"""Lenses that change something inside: parts switched off, heads from another example, and the choice of a token."""

import numpy as np
import pytest
import torch

from explorer.errors import ExperimentError
from explorer.lenses.attention.ablation import Ablation
from explorer.lenses.attention.next_token import NextToken
from explorer.lenses.attention.parts import piece, unit_counts
from explorer.lenses.attention.patching import Patching
from explorer.lenses.sampling import shares
from explorer.training.objectives import cross_entropy
from tests.scenes import REPEATED, STREAMS, scene, stream_scene, transformer


def test_a_silent_head_changes_the_loss_as_when_its_weights_are_zero() -> None:
    found = scene(*STREAMS["layer norm"])
    picture = Ablation(off=("block2.attention:1",), examples=8).look(found)
    split = found.held_out(8)
    with torch.no_grad():
        found.network.get_submodule("block2.attention.mix").weight[:, 8:] = 0
        expected = cross_entropy(found.network(*split.inputs), split.targets)
        answer = found.network(*found.inputs())[0].softmax(-1)
    assert picture["loss_without"].values == pytest.approx(expected.item(), abs=1e-6)
    effect = picture["loss_without"].values - picture["loss"].values
    assert picture["block2.attention.effect"].values[1] == pytest.approx(effect, abs=1e-6)
    assert np.allclose(picture["prediction_without"].values, answer, atol=1e-6)
    assert picture["block2.feed_forward.effect"].axes == ()


def test_silent_units_and_layers_are_addressed_in_every_network() -> None:
    layers = [{"kind": "conv2d", "channels": 3, "name": "edges"}, {"kind": "relu"}, {"kind": "flatten"}]
    found = scene({"kind": "digits"}, [*layers, {"kind": "linear", "name": "answer"}])
    picture = Ablation(off=("edges:2",), layer="edges", examples=16).look(found)
    split = found.held_out(16)
    with torch.no_grad():
        for weight in found.network.get_submodule("edges").parameters():
            weight[2] = 0
        expected = cross_entropy(found.network(*split.inputs), split.targets)
    assert picture["loss_without"].values == pytest.approx(expected.item(), abs=1e-6)
    assert picture["edges.effect"].axes == ("unit",)
    assert picture["edges.effect"].values[2] == pytest.approx(expected.item() - picture["loss"].values, abs=1e-6)


def test_a_silent_neuron_of_a_block_is_as_one_whose_outgoing_weights_are_zero() -> None:
    found = scene(*STREAMS["layer norm"])
    place = "block2.feed_forward"
    picture = Ablation(off=(f"{place}:3", f"{place}:9"), layer=place, examples=8).look(found)
    split, outgoing = found.held_out(8), found.network.get_submodule(f"{place}.narrow").weight
    with torch.no_grad():
        outgoing[:, 3] = 0
        alone = cross_entropy(found.network(*split.inputs), split.targets)
        outgoing[:, 9] = 0
        both = cross_entropy(found.network(*split.inputs), split.targets)
        answer = found.network(*found.inputs())[0].softmax(-1)
    assert picture["loss_without"].values == pytest.approx(both.item(), abs=1e-6)
    assert np.allclose(picture["prediction_without"].values, answer, atol=1e-6)
    assert picture[f"{place}.effect"].values.shape == (64,)
    assert picture[f"{place}.effect"].values[3] == pytest.approx(alone.item() - picture["loss"].values, abs=1e-6)


@pytest.mark.parametrize("name", STREAMS)
def test_every_unit_that_is_offered_is_there_and_none_beyond(name: str) -> None:
    found = scene(*STREAMS[name])
    for address, count in unit_counts(found.checked).items():
        assert piece(found.network, f"{address}:{count - 1}").index == count - 1
        with pytest.raises(ExperimentError, match="expected a number below"):
            piece(found.network, f"{address}:{count}")


def test_a_part_at_its_mean_keeps_what_does_not_vary() -> None:
    found = scene(*STREAMS["layer norm"])
    with torch.no_grad():
        found.network.get_submodule("block1.attention.query_key_value").weight[32:] = 0  # values are constants
    picture = Ablation(off=("block1.attention:0",), instead="mean", examples=8).look(found)
    assert picture["loss_without"].values == pytest.approx(picture["loss"].values, abs=1e-6)


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("nothing", "lens.off: expected one of"),
        ("block1.attention:7", "expected a number below the 2 heads, got 'block1.attention:7'"),
        ("block1.feed_forward:64", "expected a number below the 64 hidden units"),
        ("embed:16", "expected a number below the 16 units"),
        ("embed:x", "expected a number after the colon"),
    ],
)
def test_a_part_that_is_not_there_is_refused(address: str, sentence: str) -> None:
    with pytest.raises(ExperimentError, match=sentence):
        Ablation(off=(address,)).look(scene(*STREAMS["layer norm"]))


@pytest.mark.parametrize("name", ["layer norm", "attention only"])
def test_all_heads_of_another_example_restore_its_answer_whole(name: str) -> None:
    found = stream_scene(name)
    picture = Patching().look(found)
    place = picture["place"].values
    assert picture["input"].values[place] == picture["other_input"].values[place]
    assert picture["all_restored"].values == pytest.approx(1, abs=1e-3)
    assert abs(picture["difference_there"].values - picture["difference"].values) > 1e-3


def test_one_head_alone_restores_everything_where_it_is_the_only_one() -> None:
    found = scene(REPEATED, transformer(blocks=1, heads=1))
    assert Patching().look(found)["block1.attention.restored"].values == pytest.approx([1], abs=1e-3)


def test_the_choice_of_the_next_token_is_narrowed_as_told() -> None:
    odds = np.array([0.5, 0.3, 0.15, 0.05])
    logits = np.log(odds) + 7
    assert np.allclose(shares(logits), odds)
    assert np.allclose(shares(logits, temperature=0.5), odds**2 / (odds**2).sum())
    assert shares(logits, temperature=0).tolist() == [1, 0, 0, 0]
    assert np.allclose(shares(logits, top_k=2), [0.625, 0.375, 0, 0])
    assert np.allclose(shares(logits, top_p=0.9), [0.5 / 0.95, 0.3 / 0.95, 0.15 / 0.95, 0])
    assert np.allclose(shares(logits, top_p=0.01), [1, 0, 0, 0])


def test_the_next_token_is_told_at_any_place() -> None:
    found = scene(*STREAMS["layer norm"])
    picture = NextToken(position=4, top_k=3).look(found)
    scores = found.network(*found.inputs())[0, 4].detach()
    assert np.allclose(picture["logits"].values, scores, atol=1e-6)
    assert np.count_nonzero(picture["narrowed"].values) == 3
    assert picture["order"].values[0] == scores.argmax()
