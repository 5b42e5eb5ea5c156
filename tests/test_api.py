"""The interface in Python: light to import, complete, and true to what a run file holds."""

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
import torch

import explorer as ex
from explorer import errors
from tests.conftest import ROOT


def in_a_fresh_interpreter(script: str) -> str:
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=240)
    return done.stdout.strip() + done.stderr.strip()


def test_importing_the_explorer_loads_nothing_heavy():
    heavy = ["torch", "pandas", "numpy", "sklearn", "streamlit", "pydantic"]
    assert in_a_fresh_interpreter(f"import explorer, sys; print(*[n for n in {heavy} if n in sys.modules])") == ""


def test_every_public_name_is_there_and_listed_in_order():
    assert ex.__all__ == sorted(ex.__all__)
    assert set(ex.__all__) <= set(dir(ex))
    assert all(getattr(ex, name) for name in ex.__all__)


def test_every_error_of_ours_is_public():
    family = {name for name, value in vars(errors).items() if isinstance(value, type) and issubclass(value, Exception)}
    assert family <= set(ex.__all__)


def test_a_name_that_is_not_there_is_told():
    with pytest.raises(AttributeError, match="'explorer' has no attribute 'frobnicate'"):
        _ = ex.frobnicate


def test_presets_have_what_a_newcomer_reads():
    assert {"circle", "digits-cnn", "article-cnn", "induction-heads"} <= {each.name for each in ex.presets()}
    assert all(each.title and each.watch and each.expect for each in ex.presets())
    assert all(ex.preset(each.name) == each.experiment for each in ex.presets())


def test_an_unknown_preset_is_refused_with_the_nearest():
    with pytest.raises(ex.ExperimentError, match="perhaps spiral is meant"):
        ex.preset("spirall")


def test_an_experiment_survives_json():
    experiment = ex.preset("circle").with_("recipe.learning_rate=0.01", "data.noise=0.2")
    assert experiment.recipe.learning_rate == 0.01
    assert ex.Experiment.model_validate_json(experiment.model_dump_json()) == experiment


def test_a_run_gives_everything_that_it_holds(tmp_path: Path):
    experiment = ex.preset("circle").with_("recipe.steps=10", "recipe.evaluate_every=5")
    run = ex.train(experiment, out=tmp_path / "a.run", device="cpu", progress=True)
    assert run.path == tmp_path / "a.run"
    assert run.experiment.recipe.steps == 10
    metrics = run.metrics()
    assert isinstance(metrics, pd.DataFrame)
    assert list(metrics.columns) == ["step", "split", "name", "value"]
    assert set(metrics["split"]) == {"train", "test"}
    assert [event.kind for event in run.events()] == ["created", "started", "finished"]
    assert (run.steps()[0], run.steps()[-1]) == (0, 10)
    assert ex.open_run(str(run.path)).metrics().equals(metrics)


def test_the_model_of_a_run_is_private_and_gives_the_numbers_of_its_evaluation(run: str):
    opened = ex.open_run(run)
    model, data = opened.model(), opened.data()
    assert not model.training
    output = model(*data.test.inputs)
    accuracy = (output.argmax(-1) == data.test.targets).double().mean().item()
    assert opened.evaluate()["metrics"]["accuracy"] == pytest.approx(accuracy)
    with torch.no_grad():
        next(model.parameters()).fill_(0)
    assert opened.model()(*data.test.inputs).equal(output)
    assert not opened.model(step=0)(*data.test.inputs).equal(output)


def test_a_run_without_a_place_goes_to_the_explorers_own_folder(home: Path):
    run = ex.train(ex.preset("circle").with_("recipe.steps=2"))
    assert run.path.parent == home / "runs"


def test_an_experiment_with_faults_leaves_no_file(tmp_path: Path):
    with pytest.raises(ex.ExperimentError, match=r"data\.noise"):
        ex.train(ex.preset("circle").with_("data.noise=-1"), out=tmp_path / "a.run")
    assert list(tmp_path.iterdir()) == []
