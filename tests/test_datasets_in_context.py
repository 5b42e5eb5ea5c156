"""Tasks told by examples in the prompt, against closed forms and against the classes they were made from."""

import numpy as np
import pytest
import torch
from pydantic import ValidationError

from explorer.datasets.in_context import (
    InContextRegression,
    error_by_position,
    ridge_error_by_position,
    ridge_predictions,
)
from explorer.datasets.in_context_classes import InContextClassification, draw_distinct, shows_answer


def test_every_step_shows_the_pair_before_it_and_the_first_shows_none():
    split = InContextRegression(dimensions=3, examples=5).load(0).train
    (inputs,) = split.inputs
    assert (inputs[:, 0, 3:] == 0).all()
    assert torch.equal(inputs[:, 1:, 3:6], inputs[:, :-1, :3])
    assert torch.equal(inputs[:, 1:, 6:], split.targets[:, :-1])


def test_held_out_targets_are_a_linear_function_and_what_is_shown_of_them_is_noisy():
    split = InContextRegression(dimensions=2, examples=8, noise=0.5).load(0).test
    inputs, targets = split.inputs[0].double(), split.targets.double()
    fit = torch.linalg.lstsq(inputs[..., :2], targets).solution
    torch.testing.assert_close(inputs[..., :2] @ fit, targets, rtol=0, atol=1e-5)
    assert (inputs[:, 1:, 4:] - targets[:, :-1]).std().item() == pytest.approx(0.5, rel=0.05)
    assert len(split) == 1000


@pytest.mark.parametrize("noise", [0.1, 0.5, 2.0])
def test_the_ridge_baseline_is_the_closed_form(noise):
    (inputs,) = InContextRegression(dimensions=3, examples=6, noise=noise).load(0).test.inputs
    predicted = ridge_predictions(inputs, noise)
    for prompt, answers in zip(inputs[:50].double().numpy(), predicted, strict=False):
        for step in range(6):
            x, y = prompt[:step, :3], prompt[1 : step + 1, 6]
            weights = np.linalg.solve(x.T @ x + noise**2 * np.eye(3), x.T @ y)
            assert answers[step].item() == pytest.approx(weights @ prompt[step, :3], abs=1e-5)


def test_without_noise_the_baseline_knows_the_function_once_it_saw_as_many_examples_as_dimensions():
    split = InContextRegression(dimensions=3, examples=6, noise=0.0).load(0).test
    errors = ridge_error_by_position(split, 0.0)
    assert (errors[:3] > 0.1).all()
    assert (errors[3:] < 1e-4).all()


def test_knowing_nothing_costs_one_and_the_baseline_falls_to_the_known_figure():
    data = InContextRegression()
    split = data.make_test(torch.Generator().manual_seed(0))
    nothing = error_by_position(torch.zeros_like(split.targets), split.targets, 3)
    errors = ridge_error_by_position(split, 0.5)
    assert nothing.mean().item() == pytest.approx(1.0, abs=0.1)
    assert errors[0] == nothing[0]
    assert errors[-1].item() == pytest.approx(0.033, abs=0.005)  # measured with an independent generator


def classes_of(inputs, centres):
    """The class nearest to every item, the last one's the question: (B, pairs + 1)."""
    return torch.cdist(inputs[:, 0::2, : centres.shape[1]], centres).argmin(-1)


def load_classes(seed=0, **settings):
    """The held-out prompts and training prompts, and the centres that the seed decides."""
    dataset = InContextClassification(**{"classes": 100, **settings})
    centres = torch.randn(dataset.classes, dataset.dimensions, generator=torch.Generator().manual_seed(seed))
    return dataset.load(seed), centres


def shown_labels(inputs, dimensions=32):
    return inputs[:, 1::2, dimensions:].argmax(-1)


def test_items_and_labels_take_turns_and_the_question_has_no_label():
    data, _ = load_classes()
    (inputs,) = data.train.inputs
    assert inputs.shape == (512, 17, 40)
    assert (inputs[:, 0::2, 32:] == 0).all()
    assert (inputs[:, 1::2, :32] == 0).all()
    assert (inputs[:, 1::2, 32:].sort(-1).values == torch.tensor([0.0] * 7 + [2.0])).all()
    assert inputs[:, 0::2, :32].std().item() == pytest.approx(1.0, abs=0.03)


def test_bursty_prompts_show_every_class_as_often_as_asked_and_the_fixed_labels():
    data, centres = load_classes(copies=2)
    (inputs,) = data.train.inputs
    classes = classes_of(inputs, centres)
    assert torch.equal(shown_labels(inputs), classes[:, :-1] % 8)
    assert torch.equal(data.train.targets, classes[:, -1] % 8)
    for *shown, asked in classes.tolist():
        assert sorted(map(shown.count, set(shown))) == [2] * 4
        assert asked in shown


def test_burstiness_is_the_share_of_prompts_that_show_the_class_asked_for():
    _, centres = load_classes(classes=300)
    split = InContextClassification(classes=300, burstiness=0.3).make(centres, 1000, torch.Generator().manual_seed(0))
    classes = classes_of(split.inputs[0], centres)
    shown = (classes[:, :-1] == classes[:, -1:]).any(1)
    assert shown.float().mean().item() == pytest.approx(
        0.3, abs=0.06
    )  # a scattered prompt shows it by chance in 8 of 300


def test_fresh_prompts_are_of_the_classes_that_the_seed_fixed():
    data, centres = load_classes(seed=3)
    (inputs,) = data.draw(50).inputs
    distances = torch.cdist(inputs[:, 0::2, :32], centres).amin(-1)
    assert distances.max() < 1.0  # the noise, 0.1 in each of 32 dimensions


def test_novel_prompts_ask_for_unseen_classes_that_the_prompt_shows():
    data, centres = load_classes(held_out="novel")
    inputs, targets = data.test.inputs[0], data.test.targets
    assert torch.cdist(inputs[:, 0::2, :32], centres).min() > 2.0
    distances = torch.cdist(inputs[:, -1:, :32], inputs[:, 0:-1:2, :32]).squeeze(1)  # (B, pairs)
    nearest = distances.argmin(1, keepdim=True)
    assert torch.equal(shown_labels(inputs).gather(1, nearest).squeeze(1), targets)
    assert all(len(set(row)) == 4 for row in shown_labels(inputs).tolist())


def test_swapped_prompts_contradict_every_label_known_by_heart():
    data, centres = load_classes(held_out="swapped")
    inputs, targets = data.test.inputs[0], data.test.targets
    classes = classes_of(inputs, centres)
    step = (targets - classes[:, -1]) % 8
    assert (step != 0).all()
    assert torch.equal(shown_labels(inputs), (classes[:, :-1] + step[:, None]) % 8)


def test_in_weights_prompts_ask_for_a_known_class_that_they_do_not_show():
    data, centres = load_classes(held_out="in_weights")
    classes = classes_of(data.test.inputs[0], centres)
    assert not (classes[:, :-1] == classes[:, -1:]).any()
    assert torch.equal(data.test.targets, classes[:, -1] % 8)


def test_the_tokens_that_show_the_answer_are_labels_equal_to_the_target():
    test = load_classes(held_out="novel")[0].test
    shows = shows_answer(test.inputs[0], test.targets, 32)
    assert not shows[:, 0::2].any()
    assert torch.equal(shows[:, 1::2], shown_labels(test.inputs[0]) == test.targets[:, None])
    assert (shows.sum(1) == 2).all()


@pytest.mark.parametrize(("count", "below"), [(1, 1), (3, 3), (4, 9)])
def test_distinct_numbers_are_distinct_and_equally_likely_at_every_place(count, below):
    drawn = draw_distinct(9000, count, below, torch.Generator().manual_seed(0))
    assert all(len(set(row)) == count for row in drawn.tolist())
    frequencies = torch.nn.functional.one_hot(drawn, below).float().mean(0)  # (count, below)
    torch.testing.assert_close(frequencies, torch.full((count, below), 1 / below), rtol=0, atol=0.025)


@pytest.mark.parametrize(
    ("settings", "place", "expected"),
    [
        ({"pairs": 7}, "copies", r"a divisor of pairs \(7\)"),
        ({"classes": 4}, "classes", "at least 5, for the 4 classes of a prompt"),
        ({"pairs": 32}, "labels", "at least 16, for the 16 classes of a prompt"),
    ],
)
def test_prompts_that_cannot_be_made_are_refused_with_the_setting_to_change(settings, place, expected):
    with pytest.raises(ValidationError, match=expected) as caught:
        InContextClassification(**settings)
    assert [error["loc"] for error in caught.value.errors()] == [(place,)]
