"""The first look at a dataset is made of its own training examples."""

import base64
import io
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_iris

from explorer.datasets import KINDS
from explorer.datasets.digits import Digits
from explorer.engine.previews import preview
from explorer.engine.shelf import Shelf
from explorer.errors import DataError
from explorer.experiment import Part
from tests.user_files import ALBUM, TABLE, TEXT

LARGEST = 64 * 1024  # bytes of JSON


def first_look(kind: str, **settings: object) -> dict:
    return preview(Part.model_validate({"kind": kind, **settings}), 0, Shelf())


@pytest.fixture
def settings(tmp_path: Path) -> dict[str, dict]:
    """Settings of the kinds that cannot do without."""
    for name, content in (("table.csv", TABLE), ("text.txt", TEXT), ("album.zip", ALBUM)):
        (tmp_path / name).write_bytes(content)
    return {
        "csv": {"path": str(tmp_path / "table.csv")},
        "text_file": {"path": str(tmp_path / "text.txt")},
        "pictures": {"path": str(tmp_path / "album.zip")},
        "drawn": {"points": [(0.5 * number - 3, number % 3, number % 2) for number in range(12)]},
    }


@pytest.mark.parametrize("kind", KINDS)
def test_every_dataset_is_told_in_a_little_plain_json(kind: str, settings: dict):
    found = first_look(kind, **settings.get(kind, {}))
    description = KINDS[kind].model_validate(settings.get(kind, {})).describe()
    assert (found["n_train"], found["n_test"]) == (description.n_train, description.n_test)
    assert (found["view"], found["task"]["kind"]) == (description.view, description.task.kind)
    assert found["fault"] == ""
    assert len(json.dumps(found, allow_nan=False)) < LARGEST


def test_points_are_those_that_the_network_learns_from():
    points = first_look("circle", size=40)["points"]
    assert len(points["x"]) == len(points["y"]) == len(points["target"]) == 20
    radius = np.hypot(points["x"], points["y"])
    assert ((radius < 3) == (np.array(points["target"]) == 1)).all()


def test_rows_of_a_table_are_in_its_own_units():
    found = first_look("iris")
    table = load_iris()
    known = {tuple(row): table.target_names[kind] for row, kind in zip(table.data, table.target, strict=True)}
    assert found["names"] == table.feature_names
    assert [known[tuple(row)] for row in found["rows"]] == found["answers"]


def test_a_number_to_tell_is_shown_in_its_own_unit(settings: dict):
    found = first_look("csv", **settings["csv"], target="height", features=["width"], task="regression")
    assert found["answers"] == pytest.approx([(width * width) % 7 for (width,) in found["rows"]], abs=1e-3)


def test_pictures_are_the_pixels_of_the_training_examples():
    found = first_look("digits")
    train = Digits().load(0).train
    for number, encoded in enumerate(found["pictures"]):
        shown = np.asarray(Image.open(io.BytesIO(base64.b64decode(encoded))))
        assert np.abs(shown[::6, ::6] / 255 - train.inputs[0][number, 0].numpy()).max() < 0.5 / 255 + 1e-6
        assert found["answers"][number] == str(int(train.targets[number]))


def test_a_line_of_tokens_asks_for_the_token_after_it():
    found = first_look("grammar")
    for line, answer in zip(found["lines"], found["answers"], strict=True):
        assert line[1:] == answer[:-1]


def test_a_hidden_token_is_asked_for_at_its_place_only():
    found = first_look("palindromes")
    for line, answer in zip(found["lines"], found["answers"], strict=True):
        assert [token == "<mask>" for token in line] == [each is not None for each in answer]


def test_the_marked_numbers_of_a_series_add_up_to_its_answer():
    found = first_look("adding")
    numbers, markers = found["series"]
    assert found["answers"][0] == pytest.approx(np.dot(numbers, markers), rel=1e-3)


def test_a_table_tells_which_columns_hold_numbers(tmp_path: Path):
    path = tmp_path / "people.csv"
    path.write_text("name,age,kind\nann,3,1\nbob,,2\n" + "cy,5,1\n" * 9)
    found = first_look("csv", path=str(path), features=["age"])
    assert [column["is_numeric"] for column in found["columns"]] == [False, True, True]
    assert found["head"][0] == ["ann", "3", "1"]
    assert found["fault"] == (
        "data.path (people.csv), line 3, column 'age': expected a number, got a missing value; "
        "mend it, or leave the column out with data.features."
    )


def test_a_file_that_is_no_table_has_no_columns_to_choose_from(tmp_path: Path):
    path = tmp_path / "ragged.csv"
    path.write_text("a,b\n1,2\n3\n")
    with pytest.raises(DataError, match="line 3: expected 2 values, got 1"):
        first_look("csv", path=str(path))
