"""The network that comes with a dataset: for every kind it fits and learns."""

from pathlib import Path

import pytest

from explorer.datasets import KINDS
from explorer.declarations import read_part
from explorer.engine.host import HostedRun
from explorer.experiment import Experiment, Part
from explorer.gallery.defaults import default_experiment, default_layers
from explorer.signals import Signal, Task
from explorer.validation import check
from tests.user_files import ALBUM, TABLE, TEXT

VARIANTS = {
    "modular with an equals sign": {"kind": "modular", "with_equals": True},
    "digits of 8 pixels": {"kind": "digits", "size": 8},
    "digits of 32 pixels": {"kind": "digits", "size": 32},
    "large colour pictures": {"kind": "pictures", "size": 128, "colour": "rgb"},
    "small grey pictures": {"kind": "pictures", "size": 8, "colour": "grey"},
    "numbers of a table": {"kind": "csv", "target": "width", "features": ["height"], "task": "regression"},
    "words of a text": {"kind": "text", "level": "word"},
    "long sequences of brackets": {"kind": "brackets", "length": 200},
}


@pytest.fixture
def files(tmp_path: Path) -> dict[str, dict]:
    """Settings of the kinds that cannot do without: files of the test's own, and drawn points."""
    for name, content in (("table.csv", TABLE), ("text.txt", TEXT), ("album.zip", ALBUM)):
        (tmp_path / name).write_bytes(content)
    return {
        "csv": {"path": str(tmp_path / "table.csv")},
        "text_file": {"path": str(tmp_path / "text.txt")},
        "pictures": {"path": str(tmp_path / "album.zip")},
        "drawn": {"points": [(0.5 * number - 3, number % 3, number % 2) for number in range(12)]},
    }


def suited(data: dict) -> Experiment:
    description = read_part(KINDS, Part.model_validate(data), "data").describe()
    return default_experiment(data, description.view, description.signals[0], description.task)


def train_20_steps(experiment: Experiment, path: Path) -> HostedRun:
    hosted = HostedRun.start(experiment.with_("recipe.steps=20", "recipe.batch_size=8"), path, "cpu")
    hosted.begin()
    hosted.advance()
    hosted.close()
    return hosted


@pytest.mark.parametrize("kind", KINDS)
def test_every_dataset_trains_with_the_network_that_comes_with_it(kind: str, files: dict, tmp_path: Path):
    status = train_20_steps(suited({"kind": kind, **files.get(kind, {})}), tmp_path / "short.run").status
    assert (status.state, status.step) == ("finished", 20)


@pytest.mark.parametrize("settings", VARIANTS.values(), ids=VARIANTS.keys())
def test_other_settings_of_a_dataset_get_a_network_that_fits_too(settings: dict, files: dict):
    data = {**files.get(settings["kind"], {}), **settings}
    checked = check(suited(data))
    assert checked.plan


@pytest.mark.parametrize("kind", ["drawn", "iris", "digits", "copy", "brackets", "in_context_classification"])
def test_the_suited_network_lowers_the_loss_within_its_first_steps(kind: str, files: dict, tmp_path: Path):
    hosted = train_20_steps(suited({"kind": kind, **files.get(kind, {})}), tmp_path / "short.run")
    _, losses = hosted.curves()["train"]["loss"]
    assert sum(losses[-5:]) < sum(losses[:5])


def test_three_classes_of_points_get_wider_layers_than_two():
    plane = Signal((2,))
    two, three = (default_layers("points", plane, Task("classification", n)) for n in (2, 3))
    assert [layer.get("units") for layer in two if layer["kind"] == "linear"] == [4, 2, None]
    assert [layer.get("units") for layer in three if layer["kind"] == "linear"] == [8, 8, None]


def test_the_next_token_is_never_looked_at_before_it_is_told():
    tokens = Signal((12,), 30)
    for kind, is_causal in (("next_token", True), ("masked_token", False)):
        layers = default_layers("tokens", tokens, Task(kind, 30, steps=12))
        blocks = [layer for layer in layers if layer["kind"] == "transformer_block"]
        assert blocks
        assert {layer["causal"] for layer in blocks} == {is_causal}
