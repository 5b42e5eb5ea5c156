"""Few shots: scores, labels and shares against networks of which it is known what they do with a prompt's shots."""

import json

import numpy as np
import pytest
import torch
from torch import nn

from explorer import gallery
from explorer.datasets.in_context import error_by_position, ridge_predictions
from explorer.datasets.in_context_classes import LABEL_SCALE
from explorer.lenses.base import Scene
from explorer.lenses.in_context.few_shots import FewShots
from explorer.lenses.in_context.kinds_of_shots import shots_of
from explorer.lenses.in_context.shot_labels import ShotLabels
from explorer.lenses.in_context.shot_shares import ShotShares
from explorer.lenses.request import Example
from explorer.network import build
from explorer.validation import check

NOISE, DIMENSIONS, TOKENS = 0.5, 32, 32
PRESETS = ("in-context-line", "in-context-regression", "in-context-classes", "in-weights-classes")
ALL = (*PRESETS, "induction-heads")


class Answers(nn.Module):
    """A network that answers as a function does."""

    def __init__(self, answer):
        super().__init__()
        self.answer, self.place = answer, nn.Parameter(torch.zeros(1))

    def forward(self, inputs):
        return self.answer(inputs)


def scene(name, answer=None, index=0):
    checked = check(gallery.preset(name).experiment)
    network = build(checked.plan, 0).eval() if answer is None else Answers(answer)
    return Scene(network, checked, checked.dataset.load(0), 0, Example(index=index))


def shares(picture, ending=".network"):
    return np.array([float(array.values) for name, array in picture.items() if name.endswith(ending)])


def looks_up(inputs):
    """The label beside the item that is nearest to the one asked about."""
    items, labels = inputs[:, 0:-1:2, :DIMENSIONS], inputs[:, 1::2, DIMENSIONS:]
    near = (items @ inputs[:, -1, :DIMENSIONS, None]).squeeze(-1)  # (B, pairs)
    return 20 * labels[torch.arange(len(near)), near.argmax(1)]


def weighs_third_alone(inputs):
    """An answer that knows one shot only, by its item, wherever it stands: its label, if it is there."""
    asked = scene("in-context-classes").inputs()[0]
    is_there = (inputs[:, 0:-1:2, :DIMENSIONS] == asked[:, 4:5, :DIMENSIONS]).all(-1).any(1)
    return 20 * is_there[:, None] * asked[:, 5, DIMENSIONS:]


def looks_up_token(inputs):
    """What followed the last token before; where it is not there, the token that begins a sequence."""
    is_same = inputs[:, :-1] == inputs[:, -1:]
    follows = inputs[:, 1:].gather(1, is_same.int().argmax(1, keepdim=True))[:, 0]
    told = torch.where(is_same.any(1), follows, TOKENS)
    return 20.0 * torch.nn.functional.one_hot(told, TOKENS + 1)[:, None].expand(-1, inputs.shape[1], -1)


def reads_no_label(inputs):
    """An answer by the item asked about alone."""
    return inputs[:, -1, : TOKENS // 4]


@pytest.mark.parametrize("name", PRESETS)
def test_with_all_shots_the_answer_and_the_score_are_the_ordinary_ones(name):
    looked = scene(name)
    picture = FewShots(examples=32).look(looked) | ShotShares(orders=2).look(looked)
    split = looked.held_out(32)
    with torch.no_grad():
        output = looked.network(*split.inputs)
    if "answer" in picture:
        assert picture["value"].values == pytest.approx(float(output[0].softmax(-1).max()), abs=1e-5)
        expected = float((output.argmax(-1) == split.targets).float().mean())
    else:
        assert picture["value"].values == pytest.approx(float(output[0, -1, 0]), abs=1e-5)
        expected = float(error_by_position(output, split.targets, looked.checked.dataset.dimensions)[-1])
    assert picture["network"].values[-1] == pytest.approx(expected, abs=1e-5)
    np.testing.assert_allclose(picture["network"].values, picture["untrained"].values, atol=1e-6)  # nothing is trained


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("shots", [0, 1, 5])
def test_the_shares_add_up_to_what_the_shots_shown_change(name, shots):
    picture = ShotShares(shots=shots, orders=3).look(scene(name, index=3))
    assert len(shares(picture)) == len(shares(picture, ".untrained")) == shots
    change = picture["value"].values - picture["value_without"].values
    assert shares(picture).sum() == pytest.approx(change, abs=1e-5)


def test_a_shot_that_decides_alone_has_the_whole_share():
    picture = ShotShares(orders=4).look(scene("in-context-classes", weighs_third_alone))
    found = shares(picture)
    assert found[2] == pytest.approx(1 - 1 / 8, abs=1e-4)
    assert np.abs(np.delete(found, 2)).max() < 1e-6
    assert ShotShares(shots=2, orders=4).look(scene("in-context-classes", weighs_third_alone))["value"].values == 1 / 8


def test_two_shots_that_tell_the_same_share_the_answer_and_the_others_have_next_to_none():
    looked = scene("in-context-classes", looks_up)
    picture = ShotShares(orders=512).look(looked)
    labels = looked.inputs()[0][0, 1::2, DIMENSIONS:] == LABEL_SCALE
    tells = labels[:, looked.target()[0]].numpy()
    assert tells.sum() == 2
    assert picture["answer"].values == picture["target"].values
    most = 1 / 3 * 1 / 8  # one of them takes the guess away if it joins before both that tell
    assert np.abs(shares(picture)[~tells]).max() < most + 0.01
    np.testing.assert_allclose(shares(picture)[tells], picture["value"].values / 2, atol=0.1)


def test_who_looks_up_labels_is_right_as_often_as_the_label_stands_in_the_prompt():
    picture = FewShots(examples=256).look(scene("in-context-classes", looks_up))
    right, shown = picture["network"].values, picture["reference"].values
    assert (right >= shown).all()
    assert (right <= shown + (1 - shown) / 8 + 0.03).all()  # beyond that it guesses one of eight labels
    chance = [1 - np.prod([(6 - i) / (8 - i) for i in range(k)]) for k in range(9)]  # one of two in eight places
    np.testing.assert_allclose(shown, chance, atol=0.08)


def test_a_network_that_computes_ridge_regression_has_its_errors_at_every_number_of_shots():
    picture = FewShots(examples=64).look(scene("in-context-line", lambda inputs: ridge_predictions(inputs, NOISE)))
    np.testing.assert_allclose(picture["network"].values, picture["reference"].values, rtol=1e-6)
    assert len(picture["network"].values) == 17


def test_the_mean_of_the_values_shares_them_out_alike_wherever_the_shots_stand():
    def adds(inputs):
        return inputs[..., -1:].cumsum(1)  # the y shown so far

    looked = scene("in-context-line", adds)
    picture = ShotShares(shots=6, orders=5).look(looked)
    np.testing.assert_allclose(shares(picture), looked.inputs()[0][0, 1:7, -1], atol=1e-5)


def test_who_looks_up_tokens_is_right_wherever_the_pair_stands_in_the_prompt():
    picture = FewShots(examples=256).look(scene("induction-heads", looks_up_token))
    np.testing.assert_array_equal(picture["network"].values, picture["reference"].values)
    assert len(picture["network"].values) == 9
    assert picture["network"].values[-1] == 1
    looked = scene("induction-heads", looks_up_token, index=3)
    found = shares(ShotShares(orders=64).look(looked))
    asked = [name for name in ShotShares(orders=1).look(looked) if name.endswith(".network")]
    (tells,) = {asked[place].partition(": ")[2] for place in np.flatnonzero(found > 0.1)}
    sequence = looked.inputs()[0][0].tolist()
    first, second = (int(token) for token in tells.removesuffix(".network").split(" → "))
    assert sequence[sequence.index(first) + 1] == second


@pytest.mark.parametrize(
    ("name", "answer", "expected"),
    [
        ("in-context-classes", looks_up, {"right": 1, "shuffled": 2 / 8, "random": 1 / 8, "none": 1 / 8}),
        ("induction-heads", looks_up_token, {"right": 1, "random": 1 / 32, "none": 0}),
    ],
)
def test_who_looks_labels_up_is_misled_by_wrong_ones(name, answer, expected):
    picture = ShotLabels(examples=512).look(scene(name, answer))
    for labels, score in expected.items():
        assert picture[labels].values[-1] == pytest.approx(score, abs=0.06), labels
    assert picture["shuffled"].values[1] == picture["right"].values[1]  # one shot cannot be shuffled


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("in-context-classes", reads_no_label),
        ("in-context-line", lambda inputs: 0.3 * inputs[..., :1]),
    ],
)
def test_who_reads_no_label_answers_alike_with_all(name, answer):
    picture = ShotLabels(examples=32).look(scene(name, answer))
    for labels in ("shuffled", "random", "none"):
        np.testing.assert_array_equal(picture[labels].values, picture["right"].values)


def test_ridge_regression_on_values_of_others_is_no_better_than_to_know_nothing():
    picture = ShotLabels(examples=512).look(scene("in-context-line", lambda inputs: ridge_predictions(inputs, NOISE)))
    assert picture["right"].values[-1] < 0.1
    nothing = picture["none"].values
    np.testing.assert_allclose(nothing, nothing[0], rtol=1e-6)
    assert picture["random"].values[-1] > nothing[0]
    assert picture["shuffled"].values[-1] == pytest.approx(nothing[0], rel=0.25)


@pytest.mark.parametrize("name", ALL)
def test_labels_are_dealt_out_among_the_shots_shown_and_no_others(name):
    looked = scene(name)
    many = shots_of(looked.held_out(16), looked.checked.dataset)
    dealt = many.dealt_out(3, torch.Generator().manual_seed(0))
    assert not dealt.labels[:, :3].equal(many.labels[:, :3])
    assert dealt.labels[:, 3:].equal(many.labels[:, 3:])
    assert dealt.labels[:, :3].sort(1).values.equal(many.labels[:, :3].sort(1).values)
    assert dealt.with_labels(many.labels).shots.equal(many.shots)


def test_the_lenses_are_for_prompts_with_shots_alone_and_their_pictures_are_plain():
    assert not FewShots.is_applicable(check(gallery.preset("circle").experiment))
    picture = ShotShares(shots=3).look(scene("in-context-regression"))
    assert len(shares(picture)) == 3
    json.dumps({name: array.values.tolist() for name, array in picture.items()}, allow_nan=False)
