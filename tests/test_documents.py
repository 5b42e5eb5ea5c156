"""What the README and CONTRIBUTING.md promise is run as it stands there."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest

import explorer as ex
from explorer import datasets, layers
from explorer.cli import build_parser, main
from explorer.datasets.base import Dataset
from explorer.layers import Layer
from explorer.lenses import table as lenses
from explorer.lenses.base import Lens
from explorer.limits import Limits
from explorer.training import optimizers
from explorer.training.optimizers import OptimizerKind
from tests.conftest import ROOT

README = (ROOT / "README.md").read_text()
TABLES: dict[type, dict[str, Any]] = {
    Layer: layers.KINDS,
    Dataset: datasets.KINDS,
    OptimizerKind: optimizers.KINDS,
    Lens: lenses.KINDS,
}
WITH_THE_NEW_KINDS = {
    "data": {"kind": "stripes", "width": 6.0},
    "network": {"layers": [{"kind": "linear", "units": 8}, {"kind": "tanh"}, {"kind": "scale"}, {"kind": "linear"}]},
    "recipe": {"optimizer": {"kind": "adagrad"}, "learning_rate": 0.1, "steps": 200},
}


def blocks(document: str, language: str) -> list[str]:
    """The blocks of code in a document."""
    return re.findall(rf"```{language}\n(.*?)```", (ROOT / document).read_text(), re.DOTALL)


@pytest.fixture
def newcomer(monkeypatch: pytest.MonkeyPatch) -> None:
    """The four kinds of CONTRIBUTING.md, each with its row in its table."""
    for block in blocks("CONTRIBUTING.md", "python"):
        names: dict[str, Any] = {"__name__": "newcomer"}
        exec(block, names)
        for kind in names.values():
            for base, table in TABLES.items():
                if isinstance(kind, type) and issubclass(kind, base) and kind.__module__ == "newcomer":
                    monkeypatch.setitem(table, kind.kind, kind)


@pytest.mark.usefixtures("newcomer")
def test_a_newcomer_adds_a_layer_a_dataset_an_optimizer_and_a_lens_by_a_class_and_a_row_each(tmp_path: Path):
    experiment = ex.Experiment.model_validate(WITH_THE_NEW_KINDS)
    run = ex.train(experiment, out=tmp_path / "a.run", device="cpu")
    assert run.evaluate()["metrics"]["accuracy"] > 0.95
    assert run.experiment.network.layers[2].settings == {"start": 1.0}
    assert run.experiment.recipe.optimizer.settings == {"epsilon": 1e-10}
    factor = run.model().get_submodule("scale1").factor.item()
    assert factor != 1.0
    largest = ex.look(run, "largest")
    assert largest["scale1.largest"].values == pytest.approx(abs(factor) * largest["tanh1.largest"].values)


@pytest.mark.usefixtures("newcomer")
def test_a_newcomers_settings_are_checked_by_their_declaration(tmp_path: Path):
    faulty = ex.Experiment.model_validate(WITH_THE_NEW_KINDS).with_(
        "data.width=7", "network.layers.scale1.start=0", "recipe.optimizer.epsilom=1"
    )
    with pytest.raises(ex.ExperimentError) as caught:
        ex.train(faulty, out=tmp_path / "a.run")
    assert {fault.place for fault in caught.value.faults} == {
        "data.width",
        "network.layers.2.start",
        "recipe.optimizer.epsilom",
    }


def test_the_commands_of_the_readme_are_commands():
    lines = [line for block in blocks("README.md", "sh") for line in block.splitlines()]
    commands = [line.partition("#")[0] for line in lines if line.startswith("python -m explorer ")]
    assert len(commands) >= 5
    for command in commands:
        build_parser().parse_args(shlex.split(command)[3:])


def test_the_python_of_the_readme_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    (example,) = blocks("README.md", "python")
    exec(example, {})
    assert main(["show", "circle.run"]) == 0


def test_the_readme_lists_every_limit_with_its_value():
    for name, field in Limits.model_fields.items():
        (value,) = re.findall(rf"^\| `EXPLORER_{name.upper()}` \| ([\d,]+)", README, re.MULTILINE)
        assert float(value.replace(",", "")) == field.default, name


def test_the_readme_names_only_what_is_there():
    (tree,) = blocks("README.md", "text")
    folder: list[str] = []
    for line in tree.strip().splitlines():
        depth = (len(line) - len(line.lstrip())) // 2
        name = line.split()[0]
        folder[depth:] = [name]
        assert (ROOT / Path(*folder)).exists(), name
    assert all((ROOT / target).exists() for target in re.findall(r"\]\((?!http)([^)#]+)\)", README))
