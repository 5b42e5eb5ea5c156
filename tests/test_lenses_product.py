"""The whole product: every lens that says it fits a preset opens at every kept step, in Python and as JSON."""

import json
from pathlib import Path

import numpy as np
import pytest

import explorer as ex
from explorer import gallery
from explorer.cli import main
from explorer.engine.looking import look
from explorer.engine.looking_desk import LookingDesk
from explorer.errors import ExplorerError
from explorer.lenses import KINDS
from explorer.lenses.attribution import tcav
from explorer.lenses.base import Scene
from explorer.lenses.request import Example, LookRequest
from explorer.live.frames import pack, unpack
from explorer.network import build
from explorer.validation import check

STEPS = 3
FEW = {
    "examples",
    "sets",
    "seeds",
    "places",
    "ascent_steps",
    "grid",
    "path_steps",
    "length",
}  # settings that only cost time


def cheap(kind: str) -> dict[str, int]:
    """The least that a lens lets its costly settings be."""
    properties = KINDS[kind].model_json_schema()["properties"] if KINDS[kind].model_fields else {}
    return {name: properties[name]["minimum"] for name in FEW & set(properties)}


@pytest.fixture(autouse=True)
def _small_pool(monkeypatch: pytest.MonkeyPatch) -> None:
    """Concepts are looked for in few examples."""
    monkeypatch.setattr(tcav, "POOL", 32)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("presets")


def trained(name: str, folder: Path) -> Path:
    """A run of a preset, trained for three steps."""
    path = folder / f"{name}.run"
    if not path.exists():
        small = [f"recipe.steps={STEPS}", f"recipe.evaluate_every={STEPS}"]
        experiment = gallery.preset(name).experiment
        if (experiment.recipe.batch_size or 64) >= 64:
            small.append("recipe.batch_size=16")
        ex.train(experiment.with_(*small), path)
    return path


@pytest.mark.parametrize("name", gallery.PRESETS)
def test_every_lens_that_fits_a_preset_opens_at_every_step(name: str, folder: Path) -> None:
    path, desk = trained(name, folder), LookingDesk()
    steps = ex.open_run(path).steps()
    assert len(steps) > 2
    for row in ex.lenses(path):
        kind, named = row["lens"], set()
        for step in (steps[0], steps[1], steps[-1]):
            picture = desk.look(path, LookRequest(lens=kind, settings=cheap(kind), step=step))
            assert picture, kind
            for key, array in picture.items():
                assert len(array.axes) == array.values.ndim, (kind, key)
                assert np.isfinite(array.values).all(), (kind, key)
                assert array.values.dtype.kind in "fiu", (kind, key)
            named.add(tuple(picture))
            frame, _ = unpack(pack(picture, {}))
            assert {key: array.axes for key, array in frame.items()} == {key: a.axes for key, a in picture.items()}
        assert len(named) == 1, f"{kind} shows other things at other steps"


@pytest.mark.parametrize("name", ["induction-heads", "brackets-lstm", "digits-cnn", "diabetes"])
def test_every_lens_answers_on_the_command_line(name: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(trained(name, folder))
    assert main(["lenses", path, "--json"]) == 0
    for row in json.loads(capsys.readouterr().out):
        settings = [part for key, value in cheap(row["lens"]).items() for part in ("--set", f"{key}={value}")]
        assert main(["look", path, row["lens"], "--step", "1", "--example", "2", "--json", *settings]) == 0
        found = json.loads(capsys.readouterr().out)
        assert (found["lens"], found["step"], found["example"]["index"]) == (row["lens"], 1, 2)
        for array in found["arrays"].values():
            values = np.array(array["values"])
            assert list(values.shape) == array["shape"] or 0 in array["shape"]
            assert len(array["axes"]) == values.ndim or 0 in array["shape"]


@pytest.mark.parametrize("kind", KINDS)
def test_every_lens_says_what_it_shows_and_hides_and_declares_its_settings(kind: str) -> None:
    lens = KINDS[kind]
    for sentence in (lens.title, lens.shows, lens.hides):
        assert 2 < len(sentence) < 240
    assert lens.shows.endswith(".")
    assert lens.hides.endswith(".")
    assert all(field.description and field.description.endswith(".") for field in lens.model_fields.values())
    assert lens() == lens.model_validate({})  # every setting has a default


@pytest.mark.parametrize(
    "name",
    ["circle", "diabetes", "digits-cnn", "brackets-lstm", "induction-heads", "agreement", "grokking", "superposition"],
)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # of numpy, about what is not a number
def test_every_lens_opens_on_a_network_that_diverged_or_says_why_not(name: str) -> None:
    checked = check(gallery.preset(name).experiment)
    network = build(checked.plan, 0)
    for parameter in network.parameters():
        parameter.data.fill_(float("nan"))
    scene = Scene(network, checked, checked.dataset.load(0), 0, Example())
    for kind, lens in KINDS.items():
        if not lens.is_applicable(checked):
            continue
        settings = lens.model_validate(cheap(kind))
        if kind.startswith(("attribution", "concept")):  # scores of nothing but NaN would say nothing
            with pytest.raises(ExplorerError, match="expected finite"):
                look(settings, scene)
        else:
            assert look(settings, scene), kind
