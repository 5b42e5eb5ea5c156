"""Tables are standardised by their training rows; a CSV file is read whole or refused with the place of its fault."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from sklearn import datasets as bundled

from explorer.datasets.base import Data
from explorer.datasets.csv_files import open_csv
from explorer.datasets.csv_tables import Csv
from explorer.datasets.tables import BreastCancer, Diabetes, Iris, Tabular, Wine
from explorer.errors import DataError, LimitError
from explorer.limits import Limits

BUNDLED: list[tuple[type[Tabular], Callable]] = [
    (Iris, bundled.load_iris),
    (Wine, bundled.load_wine),
    (BreastCancer, bundled.load_breast_cancer),
    (Diabetes, lambda: bundled.load_diabetes(scaled=False)),
]
ROWS = [(5.0, 1.25, "no"), (6.5, -3.0, "yes"), (7.0, 0.5, "no"), (8.0, 2.0, "yes")]
PLAIN = "size,weight,ripe\n" + "".join(f"{a},{b},{c}\n" for a, b, c in ROWS)

Write = Callable[..., str]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a file and tells its path."""

    def write_file(content: str | bytes, encoding: str = "utf-8") -> str:
        path = tmp_path / "fruit.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return str(path)

    return write_file


def raw_rows(data: Data) -> list[tuple]:
    """Every row in its own units: the features, then the target."""
    rows = []
    assert data.input_scaling is not None
    for split in (data.train, data.test):
        targets = data.target_scaling.undo(split.targets) if data.target_scaling else split.targets[:, None]
        rows += torch.cat([data.input_scaling.undo(split.inputs[0]), targets], 1).tolist()
    return sorted(map(tuple, rows))


@pytest.mark.parametrize(("kind", "load"), BUNDLED)
def test_a_bundled_table_is_whole_and_nothing_is_in_both_splits(kind: type[Tabular], load: Callable):
    bunch = load()
    expected = torch.cat([torch.tensor(bunch.data), torch.tensor(bunch.target)[:, None]], 1)
    found = raw_rows(kind().load(seed=2))
    assert torch.tensor(found).allclose(torch.tensor(sorted(map(tuple, expected.tolist()))), rtol=1e-4, atol=1e-3)


@pytest.mark.parametrize(("kind", "_"), BUNDLED)
def test_features_are_standardised_by_the_training_rows_alone(kind: type[Tabular], _: Callable):
    data = kind().load(seed=0)
    columns = data.train.inputs[0].double()
    assert columns.mean(0).abs().max() < 1e-5
    assert (columns.std(0, correction=0) - 1).abs().max() < 1e-5
    assert data.test.inputs[0].mean(0).abs().max() > 1e-3
    assert len(data.names) == columns.shape[1]


def test_a_number_to_tell_is_standardised_and_comes_back_in_its_unit():
    data = Diabetes().load(seed=0)
    assert data.train.targets.mean().abs() < 1e-5
    assert data.target_scaling.undo(data.train.targets).min() >= 25
    assert Iris().load(seed=0).target_scaling is None


def test_a_row_measured_anew_is_prepared_like_the_others():
    data = Iris().load(seed=0)
    rows = torch.tensor(bundled.load_iris().data)
    prepared = {tuple(row) for row in data.input_scaling.apply(rows).tolist()}
    assert prepared == {tuple(row) for split in (data.train, data.test) for row in split.inputs[0].tolist()}


WRITINGS = {
    "comma": PLAIN,
    "semicolon": PLAIN.replace(",", ";"),
    "tab": PLAIN.replace(",", "\t"),
    "decimal comma": PLAIN.replace(",", ";").replace(".", ","),
    "decimal comma and tab": PLAIN.replace(",", "\t").replace(".", ","),
    "spaces": PLAIN.replace(",", " , "),
    "quotes": PLAIN.replace("no", '"no"').replace("size", '"size"').replace("5.0", '"5.0"'),
    "windows": PLAIN.replace("\n", "\r\n"),
    "blank lines": PLAIN.replace("\n", "\n\n") + "\n  \n",
    "no last line break": PLAIN.rstrip(),
    "exponents": PLAIN.replace("5.0", "5e0").replace("-3.0", "-.3E+1"),
}


@pytest.mark.parametrize("writing", WRITINGS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
def test_a_table_is_the_same_however_it_is_written(write: Write, writing: str, encoding: str):
    data = Csv(path=write(WRITINGS[writing], encoding)).load(seed=0)
    assert data.names == ("size", "weight")
    assert data.task.labels == ("no", "yes")
    expected = sorted((a, b, float(c == "yes")) for a, b, c in ROWS)
    assert torch.tensor(raw_rows(data)).allclose(torch.tensor(expected), atol=1e-5)


def test_names_are_kept_as_they_are(write: Write):
    content = '<b>size</b>,"a, ""b""",Größe,,y\n' + "1,2,3,4,a\n5,6,7,8,b\n"
    data = Csv(path=write(content, "latin-1")).load(seed=0)
    assert data.names == ("<b>size</b>", 'a, "b"', "Größe", "column 4")
    assert open_csv(write(content)).names() == (*data.names, "y")


def test_target_and_features_can_be_chosen(write: Write):
    path = write("id,a,b,c\nx,1,10,.5\ny,2,20,.7\nz,3,10,.9\n")
    data = Csv(path=path, target="a", features=["c", "b"], task="regression").load(seed=0)
    assert data.names == ("c", "b")
    assert torch.tensor(raw_rows(data)).allclose(torch.tensor([[0.5, 10, 1], [0.7, 20, 2], [0.9, 10, 3]]))


@pytest.mark.parametrize(
    ("values", "kind", "labels"),
    [
        (["cat", "dog", "cat", "dog"], "classification", ("cat", "dog")),
        (["10", "9", "10.0", "9"], "classification", ("9", "10")),
        (["True", "False"], "classification", ("False", "True")),
        (["none", "some"], "classification", ("none", "some")),
        (["1", "2", "3", "4"], "regression", ("y",)),
        (["1.5", "2", "1.5", "2"], "regression", ("y",)),
        ([str(number) for number in range(21)] * 3, "regression", ("y",)),
    ],
)
def test_the_task_follows_from_the_values_of_the_target(write: Write, values: list, kind: str, labels: tuple):
    path = write("x,y\n" + "".join(f"{place},{value}\n" for place, value in enumerate(values)))
    task = Csv(path=path).describe().task
    assert (task.kind, task.labels) == (kind, labels)


def test_the_task_can_be_overridden(write: Write):
    path = write("x,y\n1,3\n2,4\n3,3\n4,4\n")
    assert Csv(path=path, task="regression").describe().task.kind == "regression"
    path = write("x,y\n1,3.5\n2,4.5\n3,5.5\n")
    assert Csv(path=path, task="classification").describe().task.labels == ("3.5", "4.5", "5.5")


def test_a_feature_that_never_changes_does_no_harm(write: Write):
    data = Csv(path=write("a,b,y\n1,1e29,p\n1,1e29,q\n1,1e29,p\n1,1e29,q\n")).load(seed=0)
    assert torch.equal(data.train.inputs[0], torch.zeros(len(data.train), 2))


def test_a_file_that_changed_is_read_anew(write: Write):
    assert Csv(path=write(PLAIN)).describe().n_train == 3
    assert Csv(path=write(PLAIN + "1,2,no\n1,3,yes\n")).describe().n_train == 5


REFUSED = {
    "empty": ("", {}, "data.path: expected a file with something in it, got fruit.csv, which is empty; "),
    "blank": ("\n \n", {}, "expected a first line that names the columns, got blank lines; choose another file."),
    "header only": ("a,b\n", {}, "data.path (fruit.csv): expected rows below the header, got none; "),
    "one column": ("a\n1\n", {}, "expected at least two columns, separated by comma, semicolon or tab, got only 'a'; "),
    "short line": ("a,b\n1,2\n3\n", {}, "data.path (fruit.csv), line 3: expected 2 values, got 1; mend the line"),
    "long line": ("a,b\n1,2\n\n3,4,5\n", {}, "data.path (fruit.csv), line 4: expected 2 values, got 3; mend the line"),
    "open quote": ('a,b\n1,"2\n3,4\n', {}, "expected values between separators, got unexpected end of data; check"),
    "text": (
        "a,b,y\n1,2,p\n1,tall,q\n",
        {},
        "line 3, column 'b': expected a number, got 'tall'; mend it, or leave the column out with data.features.",
    ),
    "missing": ("a,b,y\n1,,p\n", {}, "line 2, column 'b': expected a number, got a missing value; "),
    "NA": ("a,b,y\n1,2,p\nNaN,1,q\n", {}, "line 3, column 'a': expected a number, got a missing value; "),
    "infinite": ("a,b,y\n1,inf,p\n", {}, "line 2, column 'b': expected a number, got 'inf'; "),
    "vast": ("a,y\n1e31,p\n", {}, "line 2, column 'a': expected a number, got '1e31'; "),
    "thousands": ('a,y\n"1,234",p\n', {}, "line 2, column 'a': expected a number, got '1,234'; "),
    "no target": ("a,y\n1,\n", {}, "line 2, column 'y': expected a value to learn, got a missing value; fill it in"),
    "one class": ("a,y\n1,p\n2,p\n", {}, "column 'y': expected 2 to 256 classes, got only 'p'; choose another"),
    "one number": ("a,y\n1,2\n2,2\n", {"task": "regression"}, "expected numbers that differ, got only 2; choose"),
    "many classes": (
        "a,y\n" + "".join(f"{n},name{n}\n" for n in range(1234)),
        {},
        "column 'y': expected 2 to 256 classes, got 1,234; choose another column as data.target.",
    ),
    "text to tell": (
        "a,y\n1,2\n2,p\n",
        {"task": "regression"},
        "line 3, column 'y': expected a number, got 'p'; ",
    ),
    "unknown target": ("a,b\n1,2\n", {"target": "c"}, "data.target: expected one of a, b, got 'c'; choose a column"),
    "unknown feature": ("a,b\n1,2\n", {"features": ["c"]}, "data.features: expected one of a, b, got 'c'; choose"),
    "target as feature": (
        "a,b\n1,2\n",
        {"features": ["b"]},
        "data.features: expected columns other than the target, got 'b'; leave it out.",
    ),
    "same name twice": (
        "a, a ,y\n1,2,p\n",
        {},
        "data.path (fruit.csv), line 1: expected a different name for every column, got 'a' twice; rename one of them.",
    ),
    "binary": (b"a,b\n\x00\x01,2\n", {}, "got fruit.csv, which is in none of UTF-8, UTF-16 and Latin-1; save it"),
    "vast cell": ("a,y\n" + "1" * 200_000 + ",p\n", {}, "line 2: expected values between separators, got field larger"),
}


@pytest.mark.parametrize("fault", REFUSED)
def test_a_faulty_csv_is_refused_with_the_place_of_the_fault(write: Write, fault: str):
    content, settings, sentence = REFUSED[fault]
    path = write(content)
    before = Path(path).read_bytes()
    with pytest.raises(DataError) as caught:
        Csv(path=path, **settings).describe()
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)
    assert Path(path).read_bytes() == before


def test_a_fault_far_down_is_named_by_its_line(write: Write):
    rows = ["a,y", *(f"{n},{'pq'[n % 2]}" for n in range(9_998)), "tall,p"]
    with pytest.raises(DataError, match=r"line 10000, column 'a': expected a number, got 'tall'"):
        Csv(path=write("\n".join(rows))).describe()


def test_a_million_rows_are_refused_before_any_is_parsed(write: Write, monkeypatch: pytest.MonkeyPatch):
    path = write("a,y\n" + "1,p\n" * 1_000_000)
    monkeypatch.setattr("explorer.datasets.csv_tables._read_columns", lambda *_: pytest.fail("parsed"))
    with pytest.raises(LimitError, match=r"expected at most 200,000 table rows, got 1,000,000; use a part of the file"):
        Csv(path=path).describe()


def test_a_table_too_large_for_memory_is_refused(write: Write, monkeypatch: pytest.MonkeyPatch):
    small = Limits(dataset_bytes=2**20, table_rows=200_000)
    monkeypatch.setattr("explorer.datasets.csv_tables.limits", lambda: small)
    with pytest.raises(LimitError, match=r"dataset bytes, got .*; choose fewer features"):
        Csv(path=write("a,b,c,y\n" + "1,2,3,p\n" * 60_000)).describe()
