"""Recording any torch module by name, and looking at runs from Python and the command line."""

import json

import numpy as np
import pytest
import torch
from torch import nn

import explorer as ex
from explorer.cli import main
from explorer.layers.recurrent import LSTM
from explorer.lenses.recording import evaluating, replacing
from explorer.signals import Signal


def test_a_recording_holds_what_every_part_gives_out_with_named_axes() -> None:
    model = nn.Sequential(nn.Conv2d(1, 3, 3), nn.ReLU(), nn.Flatten(), nn.Linear(3 * 4 * 4, 2))
    inputs = torch.randn(5, 1, 6, 6)
    found = ex.record(model, inputs)
    assert list(found) == ["0", "1", "2", "3"]
    assert found["1"].axes == ("batch", "channel", "height", "width")
    assert found["3"].axes == ("batch", "feature")
    assert np.array_equal(found["1"].values, model[:2](inputs).detach().numpy())
    assert np.array_equal(found.output.values, found["3"].values)


def test_only_what_is_named_is_recorded() -> None:
    model = nn.Sequential(nn.Linear(2, 3), nn.Tanh())
    assert list(ex.record(model, np.zeros((1, 2), np.float32), names=["1"])) == ["1"]


def test_an_unknown_name_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ex.ExperimentError, match=r"names: expected one of 0, 1, got 'x'"):
        ex.record(nn.Sequential(nn.Linear(2, 3), nn.Tanh()), torch.zeros(1, 2), names=["x"])


def test_gates_are_recorded_beside_the_output_and_equal_those_of_torch() -> None:
    model = nn.Sequential(LSTM(units=4).build(Signal((6, 3))))
    inputs = torch.randn(2, 6, 3)
    found = ex.record(model, inputs)
    _, (_, cell) = model[0].core(inputs)
    assert found["0.cell"].axes == ("batch", "layer", "direction", "time", "unit")
    assert np.allclose(found["0.cell"].values[:, 0, 0, -1], cell[0].detach(), atol=1e-6)


def test_further_outputs_and_further_calls_have_names_of_their_own() -> None:
    class Twice(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.bend, self.memory = nn.Tanh(), nn.LSTM(3, 4)

        def forward(self, series):
            return self.bend(self.bend(self.memory(series)[0]))

    found = ex.record(Twice(), torch.randn(5, 2, 3))
    assert {name: array.axes for name, array in found.items()} == {
        "memory": ("time", "batch", "feature"),
        "memory[1]": ("layer", "batch", "unit"),
        "memory[2]": ("layer", "batch", "unit"),
        "bend": ("batch", "time", "feature"),
        "bend@2": ("batch", "time", "feature"),
    }
    assert np.allclose(np.tanh(found["bend"].values), found["bend@2"].values, atol=1e-6)


def test_a_recording_leaves_the_module_as_it_was_even_when_it_raises() -> None:
    model = nn.Sequential(nn.Linear(2, 2), nn.Dropout(0.5), nn.BatchNorm1d(2)).train()
    model[2].eval()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    ex.record(model, torch.randn(8, 2))
    with pytest.raises(RuntimeError):
        ex.record(model, torch.randn(8, 3))
    assert [module.training for module in model.modules()] == [True, True, True, False]
    assert all(not module._forward_hooks for module in model.modules())
    assert all(parameter.grad is None for parameter in model.parameters())
    assert all(value.equal(before[name]) for name, value in model.state_dict().items())


def test_a_replaced_value_counts_and_the_hook_is_gone_afterwards() -> None:
    model = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 1))
    with replacing(model, {"0": torch.zeros_like}):
        assert model(torch.ones(1, 2)).equal(model[1].bias[None])
    with pytest.raises(RuntimeError), replacing(model, {"0": torch.zeros_like}):
        model(torch.ones(1, 3))
    assert not model[0]._forward_hooks


def test_modes_come_back_one_by_one() -> None:
    model = nn.Sequential(nn.Dropout(), nn.Dropout().eval())
    with evaluating(model):
        assert not model[0].training
    assert [module.training for module in model] == [True, False]


def test_a_run_is_looked_at_from_python(run: str) -> None:
    offered = ex.lenses(run)
    assert {"stage", "evaluation"} <= {row["lens"] for row in offered}
    assert all(row["shows"].endswith(".") and row["hides"].endswith(".") for row in offered)
    first, last = ex.look(run, "stage", step=0, grid=8), ex.look(run, "stage", grid=8)
    assert first["surface"].axes == ("output", "y", "x")
    assert not np.array_equal(first["surface"].values, last["surface"].values)


def test_the_command_line_sees_the_same_numbers(run: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["look", run, "stage", "--step", "0", "--set", "grid=8", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    picture = ex.look(run, "stage", step=0, grid=8)
    assert found["step"] == 0
    assert set(found["arrays"]) == set(picture)
    assert np.allclose(found["arrays"]["surface"]["values"], picture["surface"].values)
    assert found["arrays"]["surface"]["axes"] == ["output", "y", "x"]


def test_the_command_line_lists_the_lenses_and_prints_pictures_for_people(
    run: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["lenses", run, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == json.loads(json.dumps(ex.lenses(run)))
    assert main(["lenses", run]) == 0
    assert main(["look", run, "evaluation"]) == 0
    assert "accuracy" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nothing"], "lens.kind: expected one of"),
        (["stage", "--step", "99"], "expected a step with a snapshot, got 99"),
        (["stage", "--example", "-1"], "example.index: expected greater than or equal to 0, got -1"),
        (["stage", "--step", "-1"], "look.step: expected greater than or equal to 0, got -1"),
        (["stage", "--set", "grid"], "--set: expected KEY=VALUE"),
        (["stage", "--set", "grid=1"], "lens.grid: expected greater than or equal to 8"),
    ],
)
def test_a_look_that_cannot_be_is_refused_in_a_sentence(
    run: str, arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["look", run, *arguments]) == 2
    assert sentence in capsys.readouterr().err
