"""Attributions as a notebook and the command line ask for them, and the lens behind the pages."""

import json

import numpy as np
import pytest
import torch
from torch import nn

import explorer as ex
from explorer.cli import main
from explorer.lenses import AttributionLens
from explorer.lenses.attribution import METHODS

VERDICTS = {"right", "approximate", "wrong", "refused"}


def ask(capfd: pytest.CaptureFixture[str], *argv: str):
    capfd.readouterr()
    assert main([*argv, "--json"]) == 0
    return json.loads(capfd.readouterr().out)


def test_every_method_declares_itself_in_whole_sentences_and_bounds_its_settings() -> None:
    for name, method in METHODS.items():
        assert method.title
        assert method.paper
        for sentence in (method.shows, method.hides):
            assert sentence[0].isupper(), name
            assert sentence.endswith("."), name
        for field in method.model_json_schema().get("properties", {}).values():
            assert field["description"].endswith("."), name


def test_a_run_lists_every_method_with_a_verdict_and_a_reason(run: str, capfd) -> None:
    found = ask(capfd, "methods", run)
    assert [row["method"] for row in found] == list(METHODS)
    assert all(set(row) == {"method", "verdict", "reason"} and row["verdict"] in VERDICTS for row in found)
    assert found == ex.methods(ex.open_run(run))


def test_the_command_line_and_the_notebook_give_the_same_numbers(run: str, capfd) -> None:
    found = ask(capfd, "attribute", run, "--method", "DeepLift", "--example", "3", "--target", "1", "--step", "8")
    expected = ex.attribute(ex.open_run(run), 3, "DeepLift", 1, step=8)
    assert np.allclose(found["scores"], expected.scores)
    assert {"completeness_error", "baseline", "target", "notes"} <= set(found)
    assert (found["target"], found["baseline"]) == (1, "zeros")


def test_the_command_line_takes_settings_and_a_baseline(run: str, capfd) -> None:
    found = ask(capfd, "attribute", run, "--set", "path_steps=512", "--baseline", "example:4", "--target", "0-1")
    assert found["completeness_error"] < 0.01
    assert (found["target"], found["baseline"]) == ("0-1", "example 4")


def test_the_command_line_answers_people_too(run: str, capfd) -> None:
    assert main(["methods", run]) == 0
    assert main(["attribute", run]) == 0
    assert "completeness error" in capfd.readouterr().out


@pytest.mark.parametrize(
    ("argv", "sentence"),
    [
        (["--method", "Tarot"], "method: expected one of"),
        (["--target", "7"], "target: expected one of the 2 entries"),
        (["--baseline", "ones"], "baseline: expected one of"),
        (["--example", "100000"], "inputs: expected one of the"),
        (["--step", "500"], "expected a step with a snapshot"),
        (["--set", "path_steps=1"], "IntegratedGradients.path_steps"),
        (["--method", "GuidedBackprop"], "There is no ReLU"),
        (["--layer", "nowhere"], "layer: expected one that"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(run: str, capfd, argv: list[str], sentence: str) -> None:
    assert main(["attribute", run, *argv]) == 2
    assert sentence in capfd.readouterr().err


def test_one_example_of_a_run_is_its_number_or_its_values(run: str) -> None:
    opened = ex.open_run(run)
    values = opened.data().test.inputs[0][2]
    by_number = ex.attribute(opened, 2)
    assert np.array_equal(by_number.scores, ex.attribute(opened, values).scores)
    assert np.array_equal(by_number.scores, ex.attribute(opened, values.numpy()).scores)
    assert np.array_equal(by_number.scores, ex.attribute(opened, values.tolist()).scores)


def test_several_examples_are_each_explained_alone() -> None:
    network = nn.Sequential(nn.Linear(3, 5), nn.ReLU(), nn.Linear(5, 2)).double()
    batch = torch.randn(4, 3, dtype=torch.float64)
    whole = ex.attribute(network, batch, "DeepLift", target=1)
    assert whole.scores.shape == (4, 3)
    for row, example in zip(whole.scores, batch, strict=True):
        assert np.allclose(row, ex.attribute(network, example, "DeepLift", target=1).scores)


def test_a_baseline_is_one_number_one_array_or_an_array_for_each_example() -> None:
    network = nn.Linear(3, 2).double()
    batch = torch.randn(4, 3, dtype=torch.float64)
    weight = network.weight[0].detach()
    for baseline in (0.5, torch.full((3,), 0.5), np.full((1, 3), 0.5), torch.full((4, 3), 0.5)):
        found = ex.attribute(network, batch, target=0, baseline=baseline)
        assert np.allclose(found.scores, weight * (batch - 0.5))


def test_inputs_that_do_not_fit_a_run_are_refused(run: str) -> None:
    opened = ex.open_run(run)
    for inputs in (torch.zeros(3), torch.zeros(1, 2, 2), -1):
        with pytest.raises(ex.DataError, match="inputs: expected"):
            ex.attribute(opened, inputs)
    with pytest.raises(ex.DataError, match="baseline: expected"):
        ex.attribute(opened, 0, baseline=torch.zeros(5))


def test_a_method_that_is_wrong_for_the_network_says_so_beside_its_scores() -> None:
    network = nn.Sequential(nn.Linear(3, 5), nn.LayerNorm(5), nn.ReLU(), nn.Linear(5, 2))
    found = ex.attribute(network, torch.randn(3), "DeepLift")
    assert found.verdict == "wrong"
    assert "LayerNorm" in found.notes[0]
    assert "wrong" in {row["verdict"] for row in ex.methods(network)}


def test_code_of_others_is_no_more_than_approximate() -> None:
    class Theirs(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.first, self.second = nn.Linear(3, 5), nn.Linear(5, 2)

        def forward(self, values: torch.Tensor) -> torch.Tensor:
            return self.second(torch.relu(self.first(values)))

    verdicts = {row["method"]: row["verdict"] for row in ex.methods(Theirs())}
    assert verdicts["DeepLift"] == "approximate"
    assert verdicts["IntegratedGradients"] == "approximate"
    assert verdicts["GuidedBackprop"] == "refused"
    assert verdicts["Saliency"] == "right"


def test_the_lens_asks_with_the_settings_of_the_method(run: str) -> None:
    from explorer.lenses.base import Scene
    from explorer.lenses.request import Example
    from explorer.validation import check

    opened = ex.open_run(run)
    checked = check(opened.experiment)
    scene = Scene(opened.model(), checked, opened.data(), 12, Example(index=3))
    picture = AttributionLens(method="ShapleyValues", baseline="mean", target="1").look(scene)
    expected = ex.attribute(opened, 3, "ShapleyValues", 1, "mean")
    assert np.array_equal(picture["scores"].values, expected.scores)
    assert picture["completeness_error"].values < 1e-4
    assert picture["target"].values == 1
