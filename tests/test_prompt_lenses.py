"""Regression in the prompt through its lenses, against closed forms and networks whose answers are known."""

import numpy as np
import pytest
import torch
from torch import nn

from explorer import gallery
from explorer.datasets.in_context import draw_examples, ridge_predictions
from explorer.engine.looking import lens_of
from explorer.errors import ExperimentError, ExplorerError
from explorer.lenses.base import Scene
from explorer.lenses.in_context.errors import PromptErrors
from explorer.lenses.in_context.lines import PromptLines
from explorer.lenses.request import Example, LookRequest
from explorer.network import build
from explorer.validation import check

OWN = ((-1.0, 2.0), (0.5, -0.25), (2.0, -3.5), (1.25, 0.75))
NOISE = 0.5


class Answers(nn.Module):
    """A network that answers as a function does."""

    def __init__(self, answer):
        super().__init__()
        self.answer, self.place = answer, nn.Parameter(torch.zeros(1))

    def forward(self, inputs):
        return self.answer(inputs)


def scene(network=None, index=0, split="test", **data):
    preset = gallery.preset("in-context-line").experiment
    checked = check(preset.with_(*(f"data.{name}={value}" for name, value in data.items())))
    network = build(checked.plan, 0) if network is None else Answers(network)
    return Scene(network, checked, checked.dataset.load(0), 0, Example(split=split, index=index))


def ridge_network(inputs):
    return ridge_predictions(inputs, NOISE)


def knows_nothing(inputs):
    return torch.zeros(*inputs.shape[:2], 1)


@pytest.mark.parametrize("shots", [0, 1, 3, None])
def test_the_lines_of_ridge_and_least_squares_are_their_closed_forms(shots):
    picture = PromptLines(points=OWN, shots=shots).look(scene())
    x, y = np.array(OWN)[:shots].T
    ridge = (x @ y) / (x @ x + NOISE**2)
    least = np.linalg.lstsq(x[:, None], y, rcond=None)[0][0] if len(x) else 0.0
    places = picture["places"].values
    np.testing.assert_allclose(picture["ridge"].values, ridge * places, atol=1e-5)
    np.testing.assert_allclose(picture["least_squares"].values, least * places, atol=1e-5)
    assert picture["shots"].values == len(x)


def test_with_several_inputs_the_lines_are_the_cut_along_one_of_them():
    rows = np.random.default_rng(0).normal(size=(6, 4)).round(2)
    given = tuple(map(tuple, rows.tolist()))
    picture = PromptLines(points=given, axis=1).look(scene(dimensions=3, examples=12))
    x, y = rows[:, :3], rows[:, 3]
    slopes = np.linalg.solve(x.T @ x + NOISE**2 * np.eye(3), x.T @ y)
    np.testing.assert_allclose(picture["ridge"].values, slopes[1] * picture["places"].values, atol=1e-4)
    np.testing.assert_allclose(picture["points"].values, rows[:, [1, 3]], rtol=1e-6)


def test_a_network_that_computes_ridge_regression_draws_its_line():
    picture = PromptLines(points=OWN).look(scene(ridge_network))
    np.testing.assert_allclose(picture["network"].values, picture["ridge"].values, atol=1e-5)
    assert not any(name.endswith(".to_examples") for name in picture)


def test_what_the_network_answers_does_not_hang_on_examples_that_do_not_count():
    one, other = (PromptLines(points=(*OWN[:2], far), shots=2).look(scene()) for far in ((9.0, 9.0), (-9.0, 3.0)))
    between = np.interp(1.0, one["places"].values, one["network"].values)
    assert between == pytest.approx(np.interp(1.0, other["places"].values, other["network"].values), abs=2e-2)
    assert one["ridge"].values[0] / one["places"].values[0] == pytest.approx(
        other["ridge"].values[0] / other["places"].values[0]
    )


def test_a_head_that_attends_to_all_alike_gives_every_example_the_same():
    looked = scene()
    for name, parameter in looked.network.named_parameters():
        if "query_key_value" in name:
            parameter.data.zero_()
    picture = PromptLines(points=OWN).look(looked)
    heads = [array for name, array in picture.items() if name.endswith(".to_examples")]
    assert [array.values.shape for array in heads] == [(4, 49, 4), (4, 49, 4)]
    for array in heads:
        np.testing.assert_allclose(array.values, 1 / 5, atol=1e-6)  # of the question itself as well


@pytest.mark.parametrize("dimensions", [1, 3])
def test_without_examples_of_ones_own_those_of_the_data_are_drawn_with_the_true_line(dimensions):
    looked = scene(index=7, dimensions=dimensions, examples=10)
    picture = PromptLines().look(looked)
    (inputs,) = looked.data.test.inputs
    np.testing.assert_array_equal(picture["examples"].values, inputs[7, 1:, dimensions:])
    x, clean = inputs[7, :, :dimensions].double().numpy(), looked.data.test.targets[7, :, 0].numpy()
    slope = np.linalg.lstsq(x, clean, rcond=None)[0]
    np.testing.assert_allclose(picture["truth"].values, slope[0] * picture["places"].values, atol=1e-4)
    assert "truth" not in PromptLines().look(scene(split="train"))


def test_ridge_errs_as_ridge_and_knowing_nothing_costs_one_at_every_scale():
    found = PromptErrors(prompts=64).look(scene(ridge_network))
    np.testing.assert_allclose(found["network"].values, found["ridge"].values, rtol=1e-4)
    assert found["ridge"].values[-1] < 0.1 < 1.5 * found["ridge"].values[0]
    for scale in (0.5, 4):
        nothing = PromptErrors(prompts=2048, scale=scale).look(scene(knows_nothing))["network"].values
        assert nothing.mean() == pytest.approx(1, abs=0.1)


@pytest.mark.parametrize("shift", [{"noise": 3}, {"change": 2}])
def test_a_shift_costs_ridge_regression_what_it_did_not_expect(shift):
    usual = PromptErrors(prompts=256).look(scene(knows_nothing))["ridge"].values
    shifted = PromptErrors(prompts=256, **shift).look(scene(knows_nothing))["ridge"].values
    assert shifted[-1] > 3 * usual[-1]


def test_the_slope_changes_in_the_middle_of_a_prompt_and_no_earlier():
    generators = [torch.Generator().manual_seed(3) for _ in range(2)]
    x, clean, _ = draw_examples(5, 8, 2, NOISE, generators[0])
    _, changed, _ = draw_examples(5, 8, 2, NOISE, generators[1], change=1.0)
    assert changed[:, :4].equal(clean[:, :4])
    added = torch.linalg.lstsq(x[:, 4:], (changed - clean)[:, 4:])
    torch.testing.assert_close(x[:, 4:] @ added.solution, (changed - clean)[:, 4:], rtol=0, atol=1e-4)
    assert (changed - clean)[:, 4:].abs().min() > 0


@pytest.mark.parametrize(
    ("points", "words"),
    [([[1.0]], "rows of 2 numbers"), ([[0.0, 1.0]] * 17, "at most 16 rows"), ([[1e9, 0.0]], "between -1000 and 1000")],
)
def test_examples_that_do_not_fit_are_refused_in_words(points, words):
    looked = scene()
    request = LookRequest(lens="prompt_lines", settings={"points": points})
    with pytest.raises(ExplorerError, match=words):
        lens_of(request, looked.checked).look(looked)


def test_the_lenses_are_for_regression_in_the_prompt_alone():
    circle = check(gallery.preset("circle").experiment)
    assert not PromptLines.is_applicable(circle)
    assert PromptErrors.is_applicable(scene().checked)
    with pytest.raises(ExperimentError):
        lens_of(LookRequest(lens="prompt_errors", settings={"scale": 9}), scene().checked)
