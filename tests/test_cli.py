"""The command line: its answers as JSON and for people, and the files and settings that it takes."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

import explorer as ex
from explorer.cli import main
from tests.conftest import ROOT, TINY


@pytest.fixture
def answer(capfd: pytest.CaptureFixture[str]):
    """Runs a verb that succeeds and reads the one JSON value on stdout."""

    def ask(*argv: str):
        capfd.readouterr()
        assert main([*argv, "--json"]) == 0
        return json.loads(capfd.readouterr().out)

    return ask


# Answers


def test_presets_are_listed_with_what_to_expect(answer):
    found = answer("presets")
    assert [row["name"] for row in found] == [each.name for each in ex.presets()]
    assert all(set(row) == {"name", "title", "expect"} and all(row.values()) for row in found)


def test_training_answers_with_the_run_and_its_last_metrics(answer, tmp_path: Path):
    path = str(tmp_path / "new.run")
    found = answer("train", "circle", *TINY, "--out", path, "--device", "cpu")
    assert set(found) == {"run", "steps", "seconds", "device", "metrics"}
    assert (found["run"], found["steps"], found["device"]) == (path, 12, "cpu")
    assert found["seconds"] > 0
    assert {split: set(values) for split, values in found["metrics"].items()} == {
        "train": {"loss", "accuracy"},
        "test": {"loss", "accuracy"},
    }


def test_a_number_that_json_does_not_know_becomes_null(capfd, tmp_path: Path):
    settings = ["recipe.learning_rate=100", "recipe.optimizer.kind=sgd", "recipe.loss=squared_error"]
    argv = ["train", "circle", "--steps", "200", "--out", str(tmp_path / "a.run"), "--json"]
    assert main([*argv, *(word for setting in settings for word in ("--set", setting))]) == 1
    out, err = capfd.readouterr()
    assert json.loads(out, parse_constant=pytest.fail)["steps"] < 200
    assert "the loss became" in err
    assert f"Go on with: python -m explorer train {tmp_path / 'a.run'}" in err


def test_a_run_that_diverged_goes_on_from_where_it_was_sound(capfd, tmp_path: Path):
    path = str(tmp_path / "a.run")
    settings = ["recipe.learning_rate=100", "recipe.optimizer.kind=sgd", "recipe.loss=squared_error"]
    argv = [word for setting in settings for word in ("--set", setting)]
    main(["train", "circle", "--steps", "200", "--out", path, *argv])
    assert main(["train", path, "--set", "recipe.learning_rate=0.01"]) == 0
    assert "Rolled back" in capfd.readouterr().err
    assert ex.open_run(path).latest()["test"]["loss"] < 1


def test_showing_a_run_tells_where_it_stands(answer, run: str):
    found = answer("show", run)
    assert (found["run"], found["state"], found["steps"]) == (run, "finished", 12)
    assert found["snapshots"][0] == 0
    assert found["snapshots"][-1] == 12
    assert [event["kind"] for event in found["events"]] == ["created", "started", "finished"]
    assert ex.Experiment.model_validate(found["experiment"]) == ex.open_run(run).experiment


def test_evaluating_answers_with_every_metric_on_held_out_data(answer, run: str):
    found = answer("evaluate", run)
    assert set(found) == {"step", "metrics", "confusion_matrix"}
    assert found["step"] == 12
    assert {"accuracy", "precision", "recall", "f1", "loss"} <= set(found["metrics"])
    n_test = sum(map(sum, found["confusion_matrix"]))
    n_right = sum(row[place] for place, row in enumerate(found["confusion_matrix"]))
    assert found["metrics"]["accuracy"] == pytest.approx(n_right / n_test)
    assert answer("evaluate", run, "--step", "0")["step"] == 0


def test_the_doctor_finds_this_installation_well(answer):
    found = answer("doctor")
    assert set(found["checks"].values()) == {"ok"}
    assert "cpu" in found["devices"]


@pytest.mark.parametrize("verb", ["show", "evaluate"])
def test_an_answer_for_people_names_the_metrics(capfd, run: str, verb: str):
    assert main([verb, run]) == 0
    out = capfd.readouterr().out
    assert "accuracy" in out
    assert "loss" in out


@pytest.mark.parametrize("verb", ["presets", "doctor"])
def test_an_answer_for_people_is_a_table(capfd, verb: str):
    assert main([verb]) == 0
    assert len(capfd.readouterr().out.splitlines()) > 4


def test_a_module_run_prints_one_json_value_and_nothing_else(tmp_path: Path):
    argv = ["-m", "explorer", "train", "circle", *TINY, "--out", str(tmp_path / "a.run"), "--json"]
    done = subprocess.run([sys.executable, "-W", "error", *argv], cwd=ROOT, capture_output=True, text=True, timeout=240)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["steps"] == 12


# Settings and files


def test_dotted_keys_change_the_experiment(tmp_path: Path):
    path = tmp_path / "a.run"
    settings = ["seed=3", "data.noise=0.2", "recipe.optimizer.kind=sgd", "recipe.batch_size=7"]
    assert main(["train", "circle", *TINY, "--out", str(path), *(w for s in settings for w in ("--set", s))]) == 0
    experiment = ex.open_run(path).experiment
    assert (experiment.seed, experiment.data.settings["noise"]) == (3, 0.2)
    assert (experiment.recipe.optimizer.kind, experiment.recipe.batch_size) == ("sgd", 7)


def test_an_experiment_trains_from_its_json(answer, tmp_path: Path):
    source = tmp_path / "mine.json"
    source.write_text(ex.preset("circle").with_("recipe.steps=5").model_dump_json())
    assert answer("train", str(source), "--out", str(tmp_path / "mine.run"))["steps"] == 5


def test_a_new_run_is_called_after_its_preset(answer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    names = [answer("train", "circle", *TINY)["run"] for _ in range(2)]
    assert len(set(names)) == 2
    assert all(name.startswith("circle-") and (tmp_path / name).exists() for name in names)


def test_a_continued_run_equals_one_that_never_stopped(run: str, tmp_path: Path):
    assert main(["train", run, "--steps", "20"]) == 0
    whole = tmp_path / "whole.run"
    assert main(["train", "circle", *TINY[2:], "--steps", "20", "--out", str(whole)]) == 0
    ours, theirs = ex.open_run(run).snapshot(20), ex.open_run(whole).snapshot(20)
    assert all(value.equal(theirs[name]) for name, value in ours.items())


def test_a_finished_run_stays_as_it_is(answer, run: str):
    before = Path(run).read_bytes()
    assert answer("train", run)["steps"] == 12
    assert answer("train", run, "--steps", "12")["steps"] == 12
    assert [event.kind for event in ex.open_run(run).events()] == ["created", "started", "finished"]
    assert len(Path(run).read_bytes()) == len(before)


def test_a_continued_run_takes_settings_of_the_recipe(run: str):
    assert main(["train", run, "--steps", "16", "--set", "recipe.learning_rate=0.001"]) == 0
    events = ex.open_run(run).events()
    assert [event.details["settings"] for event in events if event.kind == "setting_changed"] == [
        ["recipe.learning_rate=0.001", "recipe.steps=16"]
    ]
