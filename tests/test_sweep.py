"""Sweeps over settings and measures of runs, in Python and on the command line."""

import json
from pathlib import Path

import pytest

import explorer as ex
from explorer.cli import main
from tests.small import small

GRID = {"recipe.learning_rate": [0.01, 0.1], "network.layers.0.units": [2, 3, 4]}
SHORT = small("recipe.steps=6", "recipe.evaluate_every=3")


@pytest.fixture
def answer(capfd: pytest.CaptureFixture[str]):
    """Runs a verb that succeeds and reads the one JSON value on stdout."""

    def ask(*argv: str):
        capfd.readouterr()
        assert main([*argv, "--json"]) == 0
        return json.loads(capfd.readouterr().out)

    return ask


def test_a_sweep_trains_every_combination_with_every_seed(tmp_path: Path):
    table = ex.sweep(SHORT, GRID, seeds=2, out=tmp_path, device="cpu")
    assert list(table.columns[:3]) == [*GRID, "seed"]
    assert table.columns[-1] == "run"
    cells = {(row["recipe.learning_rate"], row["network.layers.0.units"], row["seed"]) for _, row in table.iterrows()}
    assert cells == {(rate, units, seed) for rate in (0.01, 0.1) for units in (2, 3, 4) for seed in (0, 1)}
    for row in table.to_dict("records"):
        run = ex.open_run(row["run"])
        assert run.experiment.recipe.learning_rate == row["recipe.learning_rate"]
        assert run.experiment.network.layers[0].settings["units"] == row["network.layers.0.units"]
        assert run.experiment.seed == row["seed"]
        assert run.latest()["test"]["loss"] == row["test.loss"]


def test_a_fault_in_one_cell_is_told_before_anything_is_trained(tmp_path: Path):
    with pytest.raises(ex.ExperimentError, match="learning_rate"):
        ex.sweep(SHORT, {"recipe.learning_rate": [0.01, -1]}, out=tmp_path)
    with pytest.raises(ex.ExperimentError, match="lerning_rate"):
        ex.sweep(SHORT, {"recipe.lerning_rate": [0.01]}, out=tmp_path)
    with pytest.raises(ex.ExperimentError, match="a key with values"):
        ex.sweep(SHORT, {"recipe.steps": []}, out=tmp_path)
    with pytest.raises(ex.ExperimentError, match="1 to 1,000 runs"):
        ex.sweep(SHORT, {"recipe.steps": [3]}, seeds=1001, out=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_command_line_sweeps(answer, tmp_path: Path):
    path = tmp_path / "small.json"
    path.write_text(SHORT.model_dump_json())
    rows = answer("sweep", str(path), "recipe.l2=0,0.1", "data.kind=circle,xor", "--seeds", "2", "--out", str(tmp_path))
    assert len(rows) == 8
    assert [(row["recipe.l2"], row["data.kind"], row["seed"]) for row in rows[:3]] == [
        (0, "circle", 0),
        (0, "circle", 1),
        (0, "xor", 0),
    ]
    assert all(Path(row["run"]).exists() and row["test.loss"] > 0 for row in rows)


def test_the_command_line_measures(answer, run: str):
    found = answer("measure", run, "weight_norm")
    opened = ex.open_run(run)
    assert [row["step"] for row in found["values"]] == opened.steps()
    assert found["values"] == opened.measure("weight_norm").to_dict("records")
    assert found["transition"]["verdict"] in ("jump", "gradual", "none")
    assert answer("measure", run, "test.accuracy")["transition"]["verdict"] == "too_few"
    assert [row["step"] for row in answer("measure", run, "weight_norm", "--steps", "0,12")["values"]] == [0, 12]


def test_people_read_tables(capsys: pytest.CaptureFixture[str], run: str, tmp_path: Path):
    assert main(["measure", run, "test.accuracy"]) == 0
    assert "values are the fewest to judge by" in capsys.readouterr().out
    path = tmp_path / "small.json"
    path.write_text(SHORT.model_dump_json())
    assert main(["sweep", str(path), "recipe.l2=0,0.1", "--out", str(tmp_path)]) == 0
    assert "recipe.l2" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (["measure", "RUN", "frobnication"], "expected one of"),
        (["measure", "RUN", "weight_norm", "--steps", "x"], "expected steps"),
        (["measure", "RUN", "weight_norm", "--steps", "13"], "the nearest are"),
        (["sweep", "circle", "recipe.steps"], "KEY=V1,V2"),
        (["sweep", "circle", "recipe.steps=-1"], "recipe.steps"),
        (["sweep", "circle", "recipe.steps=1", "--seeds", "0"], "number of seeds"),
        (["sweep", "cirkle", "recipe.steps=1"], "perhaps circle"),
    ],
)
def test_what_cannot_be_done_is_refused_in_a_sentence(argv, words, capsys: pytest.CaptureFixture[str], run: str):
    try:
        status = main([run if word == "RUN" else word for word in argv])
    except SystemExit as stop:
        status = stop.code
    assert status == 2
    assert words in capsys.readouterr().err
