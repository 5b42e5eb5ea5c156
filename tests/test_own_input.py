"""An input of one's own: it is what the same example of the data is, and what does not fit is refused in a sentence."""

import base64
import io
import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

import explorer as ex
from explorer import datasets, gallery
from explorer.cli import main
from explorer.datasets.base import Data
from explorer.engine.looking import look
from explorer.errors import DataError, ExperimentError
from explorer.lenses import KINDS
from explorer.lenses.base import Scene
from explorer.lenses.picture import Picture
from explorer.lenses.request import Example
from explorer.network import build, reads_steps
from explorer.own_input import OwnInput, picture_text, read_own, write_own
from explorer.validation import check

FILES = ("csv", "pictures", "text_file")  # kinds that read a file
DRAWN = {"points": [[0, 0.5, 0], [1, 1, 1], [2, 2, 0], [1, 2, 1]]}
TARGETS = ("target", "target_probability")  # what an input of one's own cannot tell
UNKNOWN = {
    "prompt_lines": {"truth"},
    "transcript": {"said", "edits", "loss"},
    "detections": {"overlaps", "hits", "truth", "truth_classes"},
    "state_correlation": {"known", "follower"},
}


@cache
def data_of(kind: str, **settings: Any) -> Data:
    given = DRAWN if kind == "drawn" else settings
    return datasets.KINDS[kind].model_validate(given).load(0)


def encoded(data: Data, **own: Any) -> torch.Tensor:
    return data.own_form.encode(OwnInput(**own), lambda steps: True).inputs[0]


@pytest.mark.parametrize("kind", [kind for kind in datasets.KINDS if kind not in FILES])
def test_an_example_written_as_a_person_would_give_it_is_the_example(kind: str):
    data = data_of(kind)
    for index in range(min(4, len(data.test))):
        (there,) = data.test.take(slice(index, index + 1)).inputs
        own = OwnInput.model_validate_json(data.own_form.write((there,)).model_dump_json())
        found = data.own_form.encode(own, lambda steps: True)
        assert found.inputs[0].equal(there)
        assert found.inputs[0].dtype == there.dtype
        assert found.notes == ()


def test_a_file_of_the_users_own_takes_inputs_in_its_own_units(tmp_path: Path):
    table, text, folder = tmp_path / "t.csv", tmp_path / "t.txt", tmp_path / "album"
    table.write_text("width,age,kind\n" + "\n".join(f"{i / 3},{1e6 + i},{i % 2}" for i in range(40)))
    text.write_text("To be, or not to be; that is the question.\n" * 20)
    for place, colour in enumerate(["red", "navy", "teal", "gold"]):
        (folder / str(place % 2)).mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (9, 9), colour).save(folder / str(place % 2) / f"{place}.png")
    for kind, settings in (
        ("csv", {"path": str(table)}),
        ("text_file", {"path": str(text), "level": "word", "context": 5}),
        ("pictures", {"path": str(folder), "size": 9}),
    ):
        data = data_of(kind, **settings)
        (there,) = data.test.take(slice(1)).inputs
        assert encoded(data, **data.own_form.write((there,)).model_dump()).allclose(there, atol=1e-6), kind
    data = data_of("csv", path=str(table))
    row = encoded(data, row={"width": 5.0, "age": 1e6 + 15})
    expected = data.input_scaling.apply(torch.tensor([[5.0, 1e6 + 15]], dtype=torch.float64))  # type: ignore[union-attr]
    assert row.equal(expected)


def first_presets() -> list[str]:
    """One preset for each kind of data and view of it."""
    found: dict[str, str] = {}
    for name, preset in gallery.PRESETS.items():
        found.setdefault(preset.experiment.data.kind, name)
    return list(found.values())


def scene(name: str, example: Example) -> Scene:
    checked, data = preset_parts(name)
    return Scene(build(checked.plan, 1).eval(), checked, data, 0, example)


@cache
def preset_parts(name: str) -> tuple[Any, Data]:
    checked = check(gallery.preset(name).experiment)
    return checked, checked.dataset.load(0)


def pictures(name: str, example: Example) -> dict[str, Picture]:
    """What all quick lenses see that look at one example."""
    stage = scene(name, example)
    fitting = [lens for lens in KINDS.values() if lens.is_live and lens.is_applicable(stage.checked)]
    return {lens.kind: look(lens(), stage) for lens in fitting if lens.kind not in ("evaluation", "generation")}


@pytest.mark.parametrize("name", first_presets())
def test_every_quick_lens_sees_the_same_in_an_input_equal_to_an_example(name: str):
    _, data = preset_parts(name)
    own = data.own_form.write(data.test.take(slice(1, 2)).inputs)
    there, here = pictures(name, Example(index=1)), pictures(name, Example(**own.model_dump()))
    assert "stage" in there
    assert there.keys() == here.keys()
    for kind, picture in there.items():
        missing = picture.keys() - here[kind].keys()
        assert {name.rpartition(".")[2] for name in missing} <= UNKNOWN.get(kind, {"target"}), kind
        for array in picture.keys() & here[kind].keys():
            if array.rpartition(".")[2] not in TARGETS:
                assert np.array_equal(picture[array].values, here[kind][array].values), (kind, array)


@pytest.mark.parametrize(
    ("kind", "own", "sentence"),
    [
        ("circle", {"text": "3"}, "example.text: expected point for this data, got text; give one of these."),
        ("iris", {"row": {"height": 2}}, "example.row: expected features of this data (sepal length (cm), sepal width"),
        ("iris", {"row": [1, 2]}, "example.row: expected 4 numbers (sepal length (cm)"),
        ("grammar", {"text": "the Ape"}, "expected characters of this data ('\\n', ' ', ., a, b"),
        ("grammar", {"text": "the Ape"}, "got 'A'; write others."),
        ("repeated", {"text": "3 99 x"}, "got '99', 'x'"),
        ("repeated", {"text": " "}, "expected some tokens, got nothing; write at least one."),
        ("modular", {"text": "4"}, "example.text: expected 2 tokens for this network, got 1; write the others too."),
        ("brackets", {"text": "(]"}, "example.text: expected ( or ) at every step, got ']'; write others."),
        ("adding", {"numbers": [0.1, 0.2]}, "expected 2 numbers at every step (number, marker), got 1"),
        ("digits", {"picture": "AAAA"}, "example.picture: expected a picture, got one that is broken"),
        ("digits", {"picture": "€"}, "example.picture: expected a picture's file in base64"),
    ],
)
def test_what_does_not_fit_is_refused_with_what_is_known(kind: str, own: dict[str, Any], sentence: str):
    with pytest.raises(DataError) as caught:
        encoded(data_of(kind), **own)
    assert sentence in str(caught.value)


def test_an_input_is_one_thing_and_finite():
    with pytest.raises(ExperimentError, match="expected one input, got text and point"):
        ex.look(Path("none.run"), "stage", example={"text": "a", "point": [1, 2]})
    with pytest.raises(ExperimentError, match=r"example\.point"):
        ex.look(Path("none.run"), "stage", example={"point": [1, float("nan")]})


def test_what_is_left_out_or_cut_off_is_said():
    wine = data_of("wine")
    found = wine.own_form.encode(OwnInput(row={"alcohol": 13}), lambda steps: True)
    assert found.inputs[0][0, 1:].abs().max() < 1e-6  # the mean of what is standardised is 0
    assert found.notes[0].startswith("Left out, so taken as usual: malic_acid, ash")
    text = data_of("grammar")
    long = text.own_form.encode(OwnInput(text="the cat " * 20), lambda steps: True)
    assert long.notes == ("Only the last 48 of 160 characters are read.",)
    filled = text.own_form.encode(OwnInput(text="the"), lambda steps: False)
    assert [text.names[each] for each in filled.inputs[0][0, -4:]] == ["\n", "t", "h", "e"]
    assert filled.notes == ("Filled up with 45 × '\\n' before it, for 48 are read.",)
    masked = data_of("agreement").own_form.encode(OwnInput(text="the dogs <mask> the cat."), lambda steps: True)
    assert masked.asked == 2
    assert masked.inputs[0].shape == (1, 11)


def test_ink_on_white_paper_is_dark_whatever_the_size_of_the_picture():
    paper = np.full((80, 80), 255, np.uint8)
    paper[:, 40:] = 0
    file = io.BytesIO()
    Image.fromarray(paper).save(file, "PNG")
    found = encoded(data_of("digits"), picture=picture_text(file.getvalue()))
    assert found.shape == (1, 1, 8, 8)
    assert (found[..., :3] == 0).all()
    assert (found[..., 5:] == 1).all()


@pytest.mark.parametrize(("name", "is_open"), [("char-gpt", True), ("brackets-lstm", True), ("grokking", False)])
def test_a_network_reads_fewer_steps_where_nothing_in_it_is_sized_by_them(name: str, is_open: bool):
    checked, data = preset_parts(name)
    assert reads_steps(checked.plan, 1) == is_open
    network, part = build(checked.plan, 0).eval(), data.test.take(slice(1)).inputs[0][:, :1]
    if is_open:
        assert network(part).shape[1] == 1
    else:
        with pytest.raises(RuntimeError):
            network(part)


def test_a_typed_text_grows_its_pictures_and_its_own_next_tokens_are_the_answers():
    for length in (1, 2, 7):
        found = pictures("char-gpt", Example(text="strings"[:length]))
        wall = next(array for name, array in found["attention"].items() if name.endswith(".pattern"))
        assert wall.values.shape[-2:] == (length, length)
        assert found["logit_lens"]["target"].values[:-1].tolist() == found["logit_lens"]["input"].values[1:].tolist()


@pytest.mark.parametrize(
    ("form", "text"),
    [("text", "to be, or"), ("tokens", "3 1 4"), ("row", "5.1,3.5"), ("row", "a=1,b (cm)=2"), ("point", "1.5,-2"),
     ("picture", "iVBORw0KGgo"), ("numbers", "0.1,0;0.5,1")],
)  # fmt: skip
def test_an_input_on_one_line_is_read_as_it_was_written(form: str, text: str):
    own = OwnInput.model_validate(read_own(form, text))
    assert own.form == form
    assert write_own(own) == text


def trained(name: str, folder: Path) -> Path:
    path = folder / f"{name}.run"
    ex.train(gallery.preset(name).experiment.with_("recipe.steps=2", "recipe.batch_size=16"), path)
    return path


def test_notebook_and_command_line_take_an_input_of_ones_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    run = trained("digits-cnn", tmp_path)
    (there,) = ex.open_run(run).data().test.take(slice(3, 4)).inputs
    own = data_of("digits").own_form.write((there,))
    file = tmp_path / "digit.png"
    file.write_bytes(base64.urlsafe_b64decode(own.picture or ""))
    capsys.readouterr()
    assert main(["look", str(run), "stage", "--picture", str(file), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    expected = ex.look(run, "stage", example=3)
    assert told["example"] == {"picture": own.picture}
    assert np.array_equal(told["arrays"]["prediction"]["values"], expected["prediction"].values.astype(float))
    here, there = ex.attribute(ex.open_run(run), own.model_dump()), ex.attribute(ex.open_run(run), 3)
    assert np.array_equal(here.scores, there.scores)
    assert main(["attribute", str(run), "--picture", str(file), "--json"]) == 0
    assert np.array_equal(json.loads(capsys.readouterr().out)["scores"], there.scores.astype(float))
    assert main(["look", str(run), "stage", "--text", "7"]) == 2
    assert "expected picture for this data, got text" in capsys.readouterr().err
