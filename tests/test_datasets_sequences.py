"""Token sequences, arithmetic and memory tasks, each against a slow rule written out by hand."""

import numpy as np
import pytest
import torch
from pydantic import ValidationError

from explorer.datasets.arithmetic import Modular
from explorer.datasets.memory import Adding, Brackets, FirstBit, FlipFlop, bracket_depths
from explorer.datasets.tokens import Copy, Repeated, Reverse, induction_offset, repeated_positions
from explorer.signals import IGNORED


def test_a_repeated_block_equals_itself_a_period_later_and_holds_no_token_twice():
    dataset = Repeated()
    for period in (8, 12, 16):
        split = dataset.make_with_period(20, period)
        (inputs,), targets = split.inputs, split.targets
        assert torch.equal(targets[:, period:], targets[:, :-period])
        assert all(len(set(row)) == period for row in targets[:, :period].tolist())
        assert torch.equal(inputs[:, 1:], targets[:, :-1])
        assert (inputs[:, 0] == dataset.vocabulary).all()


def test_periods_vary_in_training_and_are_fixed_in_the_held_out_sequences():
    def periods(split):
        return {row.index(row[0], 1) for row in split.targets.tolist()}

    data = Repeated().load(0)
    assert periods(data.train) == set(range(8, 17))
    assert periods(data.test) == {12}
    fixed = Repeated(fixed_period=16).load(0)
    assert periods(fixed.draw(50)) == {16}
    assert periods(fixed.test) == {12}


def test_at_the_repeated_positions_the_token_an_induction_head_attends_to_is_the_answer():
    data = Repeated().load(0)
    (inputs,) = data.test.inputs
    positions = torch.arange(inputs.shape[1])[repeated_positions(12, 32)]
    assert positions.tolist() == list(range(13, 24))
    assert torch.equal(inputs[:, positions - induction_offset(12)], data.test.targets[:, positions])


@pytest.mark.parametrize(
    ("settings", "place", "expected"),
    [
        ({"min_period": 17}, "max_period", r"at least min_period \(17\)"),
        ({"vocabulary": 15}, "vocabulary", "at least 16, the longest block"),
        ({"length": 15}, "length", "at least 16, the longest block"),
        ({"test_period": 40, "vocabulary": 50}, "length", "at least 40, the longest block"),
        ({"fixed_period": 40, "length": 50}, "vocabulary", "at least 40, the longest block"),
    ],
)
def test_periods_that_do_not_fit_are_refused_with_the_setting_to_change(settings, place, expected):
    with pytest.raises(ValidationError, match=expected) as caught:
        Repeated(**settings)
    assert [error["loc"] for error in caught.value.errors()] == [(place,)]


@pytest.mark.parametrize(("kind", "answer"), [(Copy, lambda row: row), (Reverse, lambda row: row[::-1])])
def test_only_the_answer_after_the_separator_counts(kind, answer):
    dataset = kind(length=5, vocabulary=7)
    (inputs,), targets = (split := dataset.load(0).test).inputs, split.targets
    for row, target in zip(inputs.tolist(), targets.tolist(), strict=True):
        assert row[5] == 7
        assert target == [IGNORED] * 5 + answer(row[:5])
        assert row[6:] == target[5:-1]


@pytest.mark.parametrize(
    ("operation", "rule"),
    [("add", lambda a, b: a + b), ("subtract", lambda a, b: a - b), ("multiply", lambda a, b: a * b)],
)
@pytest.mark.parametrize("with_equals", [False, True])
def test_modular_arithmetic_is_right_and_every_pair_stands_in_one_split(operation, rule, with_equals):
    p = 11
    data = Modular(modulus=p, operation=operation, with_equals=with_equals, train_fraction=0.3).load(0)
    seen = []
    for split in (data.train, data.test):
        for (a, b, *equals), result in zip(split.inputs[0].tolist(), split.targets.tolist(), strict=True):
            assert result == rule(a, b) % p
            assert equals == ([p] if with_equals else [])
            seen.append((a, b))
    assert len(data.train) == 36
    assert sorted(seen) == [(a, b) for a in range(p) for b in range(p)]


def test_brackets_are_balanced_where_a_stack_is_empty():
    dataset = Brackets(length=40, max_depth=4)
    (inputs,), targets = (split := dataset.load(0).test).inputs, split.targets
    deepest = 0
    for series, labels, depths in zip(inputs, targets, bracket_depths(inputs), strict=True):
        stack = []
        for step in range(40):
            if series[step].tolist() == [1.0, 0.0]:
                stack.append("(")
            else:
                assert series[step].tolist() == [0.0, 1.0]
                stack.pop()
            assert labels[step] == (not stack)
            assert depths[step] == len(stack)
            deepest = max(deepest, len(stack))
    assert deepest == 4


def test_brackets_toss_a_fair_coin_between_the_bounds():
    inputs = Brackets(length=60, max_depth=10).make(2000, torch.Generator().manual_seed(0)).inputs[0]
    depths = bracket_depths(inputs)
    is_free = (depths[:, :-1] > 0) & (depths[:, :-1] < 10)
    assert inputs[:, 1:, 0][is_free].mean().item() == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize("length", [2, 3, 30])
def test_the_sum_of_the_two_marked_numbers_is_asked_for_one_of_each_half(length):
    split = Adding(length=length).load(0).test
    numbers, markers = split.inputs[0].unbind(-1)
    half = length // 2
    assert torch.equal(markers[:, :half].sum(1), torch.ones(len(split)))
    assert torch.equal(markers[:, half:].sum(1), torch.ones(len(split)))
    expected = (numbers.numpy() * markers.numpy()).sum(1, keepdims=True)
    np.testing.assert_allclose(split.targets.numpy(), expected, rtol=1e-6)


def test_always_answering_one_costs_a_sixth_in_the_adding_problem():
    targets = Adding().make(20_000, torch.Generator().manual_seed(0)).targets
    assert (targets - 1).square().mean().item() == pytest.approx(1 / 6, rel=0.03)


def test_a_flip_flop_remembers_the_last_pulse_of_every_channel():
    data = FlipFlop(bits=3, length=25).load(0)
    (inputs,) = data.test.inputs
    for series, states in zip(inputs.tolist(), data.test.targets.tolist(), strict=True):
        last = [0.0, 0.0, 0.0]
        assert 0.0 not in series[0]
        for pulses, state in zip(series, states, strict=True):
            last = [pulse or old for pulse, old in zip(pulses, last, strict=True)]
            assert data.task.labels[state] == "".join("+" if sign > 0 else "−" for sign in last)
    assert (inputs[:, 1:] != 0).float().mean().item() == pytest.approx(0.15, abs=0.01)


def test_the_first_bit_stands_before_noise_of_the_chosen_size():
    split = FirstBit(length=50, noise=0.3).load(0).test
    (inputs,) = split.inputs
    assert torch.equal(inputs[:, 0, 0], 2.0 * split.targets - 1)
    assert inputs[:, 1:].std().item() == pytest.approx(0.3, rel=0.02)
