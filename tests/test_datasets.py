"""What holds for every kind of dataset, in one table; and how examples are split and user files are read."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from PIL import Image
from torch import Generator, Tensor

from explorer.datasets import KINDS
from explorer.datasets.base import Data, Dataset, Split
from explorer.datasets.files import read_text, stamp
from explorer.datasets.splitting import split_places, split_sizes
from explorer.errors import DataError, LimitError
from explorer.limits import limits
from explorer.signals import IGNORED, Signal

Make = Callable[[str], Dataset]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """A dataset of a kind, with files of its own where it wants some."""
    table, text, album = tmp_path / "table.csv", tmp_path / "text.txt", tmp_path / "album"
    table.write_text("width,height,species\n" + "".join(f"{n},{n * n % 7},{'ab'[n % 2]}\n" for n in range(20)))
    text.write_text("the quick brown fox jumps over the lazy dog. " * 40)
    for number in range(10):
        path = album / "ab"[number % 2] / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (9, 7), (20 * number, 0, 255)).save(path)
    drawn = [(0.5 * number - 3, number % 3, number % 2) for number in range(12)]
    settings = {
        "csv": {"path": str(table)},
        "text_file": {"path": str(text)},
        "pictures": {"path": str(album)},
        "drawn": {"points": drawn},
    }
    return lambda kind: KINDS[kind].model_validate(settings.get(kind, {}))


def tensors(data: Data) -> list[Tensor]:
    return [*data.train.inputs, data.train.targets, *data.test.inputs, data.test.targets]


def all_equal(first: list[Tensor], second: list[Tensor]) -> bool:
    return all(map(torch.equal, first, second))


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_explains_itself_and_every_setting(kind: str):
    declaration = KINDS[kind]
    assert declaration.kind == kind
    assert declaration.title
    assert declaration.__doc__
    assert all(field.description for field in declaration.model_fields.values())


@pytest.mark.parametrize("kind", KINDS)
def test_a_dataset_survives_json(kind: str, make: Make):
    dataset = make(kind)
    assert type(dataset).model_validate_json(dataset.model_dump_json()) == dataset


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_described_is_what_is_loaded(kind: str, make: Make):
    description, data = make(kind).describe(), make(kind).load(seed=0)
    assert (data.signals, data.task, data.view) == (description.signals, description.task, description.view)
    assert data.input_names == description.input_names
    assert len(data.test) == description.n_test > 0
    if description.n_train is None:
        assert data.draw is not None
    else:
        assert data.draw is None
        assert len(data.train) == description.n_train


@pytest.mark.parametrize("kind", KINDS)
def test_examples_have_the_shapes_and_values_that_signals_and_task_promise(kind: str, make: Make):
    data = make(kind).load(seed=0)
    splits = [data.train, data.test, *([data.draw(5)] if data.draw else [])]
    for split in splits:
        assert len(split.inputs) == len(data.signals) == len(data.input_names)
        for part, signal in zip(split.inputs, data.signals, strict=True):
            assert part.shape == (len(split), *signal.shape)
            assert_fits(part, signal)
        assert_answers(split, data)


def assert_fits(part: Tensor, signal: Signal) -> None:
    if signal.vocabulary is None:
        assert part.dtype == torch.float32
        assert part.isfinite().all()
    else:
        assert part.dtype == torch.int64
        assert 0 <= part.min() <= part.max() < signal.vocabulary


def assert_answers(split: Split, data: Data) -> None:
    task, targets = data.task, split.targets
    if not task.is_discrete:
        assert targets.dtype == torch.float32
        assert targets.shape == (len(split), *task.target_shape)
        assert targets.isfinite().all()
        return
    counted = targets[targets != IGNORED]
    assert targets.dtype == torch.int64
    assert targets.shape == (len(split), *task.target_shape)
    assert 0 <= counted.min() <= counted.max() < task.outputs
    assert task.labels == () or len(task.labels) == task.outputs


@pytest.mark.parametrize("kind", KINDS)
def test_the_seed_decides_the_numbers_and_nothing_else_does(kind: str, make: Make):
    first = tensors(make(kind).load(seed=3))
    torch.rand(7)
    assert all_equal(first, tensors(make(kind).load(seed=3)))
    assert not all_equal(first, tensors(make(kind).load(seed=4)))


@pytest.mark.parametrize("kind", KINDS)
def test_describing_and_loading_leave_the_global_generator_alone(kind: str, make: Make):
    before = torch.random.get_rng_state()
    make(kind).describe()
    make(kind).load(seed=1)
    assert torch.equal(torch.random.get_rng_state(), before)


@pytest.mark.parametrize("kind", KINDS)
def test_a_dataset_tells_the_files_it_reads(kind: str, make: Make):
    dataset = make(kind)
    assert dataset.files() == ((dataset.path,) if "path" in type(dataset).model_fields else ())


@pytest.mark.parametrize("kind", [kind for kind in KINDS if "path" in KINDS[kind].model_fields])
@pytest.mark.parametrize("path", ["", "nowhere/at all", "x" * 4000, "null\0character", "~nobody_of_that_name/x"])
def test_a_file_that_is_missing_is_refused(kind: str, path: str):
    with pytest.raises(DataError, match=r"data\.path: expected .*path.*, got .*; (check the path|choose a file)\."):
        KINDS[kind].model_validate({"path": path}).describe()


@pytest.mark.parametrize("n", [2, 3, 10, 501])
@pytest.mark.parametrize("fraction", [0.05, 0.5, 0.8, 0.95])
def test_every_example_is_either_learnt_from_or_held_out(n: int, fraction: float):
    n_train, n_test = split_sizes(n, fraction)
    train, test = split_places(torch.zeros(n), n_train, Generator().manual_seed(0))
    assert (len(train), len(test)) == (n_train, n_test)
    assert min(n_train, n_test) >= 1
    assert sorted([*train.tolist(), *test.tolist()]) == list(range(n))


@pytest.mark.parametrize("seed", range(5))
def test_each_class_keeps_its_share_in_both_splits(seed: int):
    counts = torch.tensor([7, 100, 43, 250])
    classes = torch.arange(4).repeat_interleave(counts)
    train, test = split_places(classes, 300, Generator().manual_seed(seed))
    assert (classes[train].bincount() - counts * 300 / 400).abs().max() < 1
    assert (classes[test].bincount() - counts * 100 / 400).abs().max() < 1


def test_every_example_of_a_class_has_the_same_chance_of_being_held_out():
    classes = torch.tensor([0, 1, 0, 1, 1, 0, 1, 1, 0, 1])
    held_out = torch.zeros(10)
    for seed in range(600):
        _, test = split_places(classes, 8, Generator().manual_seed(seed))
        held_out[test] += 1
    for number in (0, 1):
        each = held_out[classes == number]
        assert (each / each.mean() - 1).abs().max() < 0.35


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "latin-1"])
def test_text_is_read_in_the_encodings_that_people_save(tmp_path: Path, encoding: str):
    path = tmp_path / "text.txt"
    path.write_text("Größe, naïve\nzweite Zeile\n" * 99, encoding=encoding)
    assert read_text(str(path), "data.path") == "Größe, naïve\nzweite Zeile\n" * 99


def test_a_character_that_lies_across_two_pieces_is_read_whole(tmp_path: Path):
    path = tmp_path / "text.txt"
    text = "x" * (2**20 - 1) + "ß" * 3
    path.write_text(text, encoding="utf-8")
    assert read_text(str(path), "data.path") == text


@pytest.mark.parametrize("content", [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", b"a,b\n1,\x81\n", b"text \x00 and more"])
def test_a_file_that_is_no_text_is_refused_with_what_was_tried(tmp_path: Path, content: bytes):
    path = tmp_path / "text.txt"
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"text\.txt, which is in none of UTF-8, UTF-16 and Latin-1; save it"):
        read_text(str(path), "data.path")


def test_a_file_over_the_limit_is_refused_before_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "large.txt"
    with path.open("wb") as file:
        file.truncate(limits().file_bytes + 1)
    monkeypatch.setattr(Path, "open", lambda *_, **__: pytest.fail("opened"))
    with pytest.raises(LimitError, match=r"data\.path \(large\.txt\): expected at most .* file bytes, got "):
        read_text(str(path), "data.path")


def test_an_empty_file_and_a_folder_are_refused(tmp_path: Path):
    (tmp_path / "empty.txt").touch()
    with pytest.raises(DataError, match=r"got empty\.txt, which is empty"):
        read_text(str(tmp_path / "empty.txt"), "data.path")
    with pytest.raises(DataError, match="expected a file, got the folder"):
        read_text(str(tmp_path), "data.path")


def test_a_stamp_changes_with_the_file(tmp_path: Path):
    path = tmp_path / "text.txt"
    path.write_text("one")
    before = stamp(path)
    assert stamp(path) == before
    path.write_text("other")
    assert stamp(path) != before
