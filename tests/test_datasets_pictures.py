"""Digits at four sizes; the user's own pictures, and the folders and zips that are refused."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from sklearn.datasets import load_digits

from explorer.datasets.digits import Digits
from explorer.datasets.pictures import Pictures
from explorer.errors import DataError, LimitError
from explorer.limits import Limits

Zip = Callable[..., str]


def picture(red: int = 0, size: tuple[int, int] = (9, 7), mode: str = "RGB", file: str = "PNG") -> bytes:
    """A picture of one colour, as a file."""
    colour = {"RGB": (red, 0, 0), "RGBA": (red, 0, 0, 0), "L": red, "I;16": red * 257}[mode]
    stream = io.BytesIO()
    Image.new(mode, size, colour).save(stream, file)
    return stream.getvalue()


PETS = {"pets/cat/1.png": picture(10), "pets/cat/2.jpg": picture(20, file="JPEG"), "pets/dog/a.PNG": picture(200)}


@pytest.fixture
def pack(tmp_path: Path) -> Zip:
    """Packs files, by name, into a zip and tells its path."""

    def pack_files(files: dict[str | zipfile.ZipInfo, bytes], compression: int = zipfile.ZIP_DEFLATED) -> str:
        path = tmp_path / "pets.zip"
        with zipfile.ZipFile(path, "w", compression) as archive:
            for name, content in files.items():
                archive.writestr(name, content)
        return str(path)

    return pack_files


def unpack(files: dict[str, bytes], folder: Path) -> str:
    """Writes files, by name, below a folder and tells its path."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return str(folder)


@pytest.mark.parametrize("size", [8, 16, 28, 32])
def test_digits_come_in_four_sizes_between_black_and_white(size: int):
    data = Digits(size=size).load(seed=0)
    (pictures,) = data.train.inputs
    assert pictures.shape == (1438, 1, size, size)
    assert (pictures.min(), pictures.max()) == (0, 1)
    assert len(data.test) == 359


def test_digits_are_those_of_scikit_learn():
    pictures, classes = load_digits(return_X_y=True)
    data = Digits().load(seed=0)
    found = {
        (*(16 * values).tolist(), number.item())
        for split in (data.train, data.test)
        for values, number in zip(split.inputs[0].flatten(1), split.targets, strict=True)
    }
    assert found == {(*values.tolist(), number) for values, number in zip(pictures, classes, strict=True)}
    assert len(found) == 1797


@pytest.mark.parametrize("size", [16, 28, 32])
def test_a_larger_digit_is_the_same_digit_as_pillow_enlarges_it(size: int):
    small, large = Digits().load(seed=0), Digits(size=size).load(seed=0)
    assert torch.equal(small.train.targets, large.train.targets)
    for original, enlarged in zip(small.train.inputs[0][:20], large.train.inputs[0][:20], strict=True):
        expected = Image.fromarray(original[0].numpy()).resize((size, size), Image.Resampling.BILINEAR)
        assert np.allclose(enlarged[0], np.asarray(expected), atol=1e-5)


def test_noise_blurs_the_digits_within_black_and_white():
    clean, noisy = (Digits(noise=noise).load(seed=0) for noise in (0, 0.3))
    assert not torch.equal(clean.train.inputs[0], noisy.train.inputs[0])
    assert (noisy.train.inputs[0].min(), noisy.train.inputs[0].max()) == (0, 1)


def test_a_size_that_is_not_offered_is_refused():
    with pytest.raises(ValueError, match="8, 16, 28 or 32"):
        Digits(size=9)


@pytest.mark.parametrize(("colour", "channels"), [("grey", 1), ("rgb", 3)])
def test_a_folder_and_a_zip_of_the_same_pictures_are_the_same_data(
    pack: Zip, tmp_path: Path, colour: str, channels: int
):
    clutter = {"__MACOSX/pets/cat/._1.png": b"x", "pets/.DS_Store": b"x", "pets/cat/Thumbs.db": b"x"}
    zipped = Pictures(path=pack(PETS | clutter), size=8, colour=colour).load(seed=1)
    folder = Pictures(path=unpack(PETS | clutter, tmp_path / "album"), size=8, colour=colour).load(seed=1)
    assert zipped.task.labels == folder.task.labels == ("cat", "dog")
    assert zipped.signals[0].shape == (channels, 8, 8)
    assert torch.equal(zipped.train.inputs[0], folder.train.inputs[0])
    assert torch.equal(zipped.test.targets, folder.test.targets)


def test_each_picture_bears_the_class_of_its_folder(pack: Zip):
    files = {f"{name}/{n}.png": picture(red) for n in range(3) for name, red in (("cat", 51), ("dog", 204))}
    data = Pictures(path=pack(files), size=8).load(seed=0)
    for split in (data.train, data.test):
        for pixels, number in zip(split.inputs[0], split.targets, strict=True):
            assert pixels[0].unique().tolist() == pytest.approx([[0.2, 0.8][number]])
            assert pixels[1:].max() == 0


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "I;16"])
def test_pictures_of_every_mode_become_grey_between_black_and_white(pack: Zip, mode: str):
    files = {"a/1.png": picture(128, mode=mode), "b/1.png": picture(128, mode=mode)}
    pixels = Pictures(path=pack(files), size=8, colour="grey").load(seed=0).train.inputs[0]
    expected = {"RGB": 38 / 255, "RGBA": 1, "L": 128 / 255, "I;16": 128 / 255}[mode]  # transparent is white paper
    assert pixels.unique().tolist() == pytest.approx([expected], abs=0.01)


def test_nothing_is_unpacked_to_the_disk(pack: Zip, tmp_path: Path):
    Pictures(path=pack(PETS)).load(seed=0)
    assert [path.name for path in tmp_path.rglob("*")] == ["pets.zip"]


def test_a_zip_that_changed_is_read_anew(pack: Zip):
    assert Pictures(path=pack(PETS)).describe().task.labels == ("cat", "dog")
    assert Pictures(path=pack(PETS | {"pets/cow/1.png": picture()})).describe().task.outputs == 3


def link(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)
    entry.external_attr = 0o120777 << 16
    return entry


REFUSED_NAMES = {
    "outside": ({"../cat/1.png": b""}, "a path that leads outside, '../cat/1.png'; pack the zip again"),
    "deep outside": ({"cat/../../1.png": b""}, "a path that leads outside, 'cat/../../1.png'"),
    "backslash outside": ({"..\\cat\\1.png": b""}, "a path that leads outside, "),
    "absolute": ({"/etc/passwd": b""}, "a path that leads outside, '/etc/passwd'"),
    "drive": ({"C:\\cat\\1.png": b""}, "a path that leads outside, "),
    "link": ({link("cat/1.png"): b"/etc/passwd"}, "a link, 'cat/1.png'"),
    "no picture": (PETS | {"pets/cat/notes.txt": b"x"}, "only pictures (png, jpg, "),
    "no picture, named": (PETS | {"pets/cat/notes.txt": b"x"}, "got 'pets/cat/notes.txt'; remove it."),
    "no folders": ({"1.png": b"", "2.png": b""}, "the folder of its class, got '1.png' in none; make one folder for"),
    "one outside": (
        {"cat/1.png": b"", "dog/1.png": b"", "3.png": b""},
        "expected every picture in the folder of its class, got '3.png' in none; make one folder for each class",
    ),
    "one class": ({"pets/cat/1.png": b"", "pets/cat/2.png": b""}, "folders of 2 to 256 classes, got only 'cat'; make"),
    "nothing": ({}, "expected folders of 2 to 256 classes, got 0; make one folder for each class"),
}


@pytest.mark.parametrize("fault", REFUSED_NAMES)
def test_a_zip_is_refused_by_its_names_before_anything_is_read(pack: Zip, fault: str, monkeypatch: pytest.MonkeyPatch):
    files, sentence = REFUSED_NAMES[fault]
    path = pack(files)
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda *_: pytest.fail("read"))
    with pytest.raises(DataError) as caught:
        Pictures(path=path).load(seed=0)
    assert str(caught.value).startswith("data.path (pets.zip): expected ")
    assert sentence in str(caught.value)


def test_backslashes_separate_folders_too(pack: Zip):
    assert Pictures(path=pack({"cat\\1.png": b"", "dog\\1.png": b""})).describe().task.labels == ("cat", "dog")


def test_a_bomb_is_refused_by_what_it_declares(pack: Zip, monkeypatch: pytest.MonkeyPatch):
    path = pack({f"{name}/1.bmp": bytes(20 * 2**20) for name in ("cat", "dog")})
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda *_: pytest.fail("read"))
    with pytest.raises(DataError, match=r"at most 100 times its size, got 41,943,040 bytes; .* made to swell"):
        Pictures(path=path).describe()


def test_a_bomb_that_lies_about_its_size_yields_no_more_than_it_declares(pack: Zip):
    path = Path(pack({"cat/1.png": bytes(2**20), "dog/1.png": picture()}))
    honest, lie = struct.pack("<I", 2**20), struct.pack("<I", 100)
    path.write_bytes(path.read_bytes().replace(honest, lie))
    with pytest.raises(DataError, match=r"cat/1\.png: expected a whole picture, got broken data"):
        Pictures(path=str(path)).load(seed=0)


def test_a_zip_over_the_limits_is_refused(pack: Zip, monkeypatch: pytest.MonkeyPatch):
    path = pack({f"{name}/1.bmp": bytes(2**20) for name in ("cat", "dog")})
    for bound in ("dataset_bytes", "file_bytes"):
        small = Limits.model_validate({bound: 2**20})
        monkeypatch.setattr("explorer.datasets.albums.limits", lambda small=small: small)
        if bound == "file_bytes":
            path = pack({f"{name}/1.bmp": bytes(2**20 + 1) for name in ("cat", "dog")})
        with pytest.raises(LimitError, match=f"expected at most 1,048,576 {bound.replace('_', ' ')}, got "):
            Pictures(path=path).describe()


def test_pictures_that_fill_the_memory_are_refused(pack: Zip, monkeypatch: pytest.MonkeyPatch):
    small = Limits(dataset_bytes=2**20)
    monkeypatch.setattr("explorer.datasets.pictures.limits", lambda: small)
    path = pack({f"{name}/{n}.png": b"" for name in ("cat", "dog") for n in range(4)})
    assert Pictures(path=path, size=64).describe().n_train == 6
    with pytest.raises(LimitError, match=r"dataset bytes, got 1,572,864; make data\.size smaller"):
        Pictures(path=path, size=128).describe()


def test_too_many_pictures_are_refused(pack: Zip, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("explorer.datasets.albums.MOST_PICTURES", 2)
    for path in (pack(PETS), unpack(PETS, tmp_path / "album")):
        with pytest.raises(DataError, match=r"expected at most 2 pictures, got 3 or more; use a part of them"):
            Pictures(path=path).describe()


def chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def vast_png(side: int) -> bytes:
    """A tiny file that says it is a picture of side × side pixels."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [5_793, 10_000, 60_000])
def test_a_picture_of_too_many_pixels_is_refused_before_it_is_decoded(pack: Zip, side: int):
    path = pack(PETS | {"pets/cat/vast.png": vast_png(side)})
    with pytest.raises(DataError, match=r"\(pets\.zip\), pets/cat/vast\.png: expected at most 33,554,432 pixels, got"):
        Pictures(path=path).load(seed=0)


BROKEN = {
    "no picture at all": b"hello",
    "empty": b"",
    "cut short": picture(size=(64, 64))[:-30],
    "cut short jpeg": picture(size=(64, 64), file="JPEG")[:300],
    "damaged": picture(size=(64, 64)).replace(b"IDAT", b"IDAX"),
    "another format": picture(file="TIFF"),
}


@pytest.mark.parametrize("fault", BROKEN)
@pytest.mark.parametrize("is_zip", [True, False])
def test_a_broken_picture_is_named(pack: Zip, tmp_path: Path, fault: str, is_zip: bool):
    files = {"cat/1.png": picture(), "dog/broken.png": BROKEN[fault]}
    path = pack(files) if is_zip else unpack(files, tmp_path / "album")
    with pytest.raises(DataError, match=r"broken\.png"):
        Pictures(path=path).load(seed=0)
    assert Path(path).exists()


def test_a_damaged_zip_names_the_picture(pack: Zip):
    path = Path(pack(PETS, compression=zipfile.ZIP_STORED))
    path.write_bytes(path.read_bytes().replace(PETS["pets/cat/1.png"][:20], b"?" * 20))
    with pytest.raises(DataError, match=r"pets/cat/1\.png: expected a whole picture, got broken data; pack the zip"):
        Pictures(path=str(path)).load(seed=0)


def test_a_password_or_an_unusual_compression_is_refused(pack: Zip):
    with pytest.raises(DataError, match="expected plain pictures, got an unusual compression, 'pets/cat/1"):
        Pictures(path=pack(PETS, compression=zipfile.ZIP_BZIP2)).describe()
    path = Path(pack(PETS))
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\x01\x02") + 8] |= 1  # the flag of encryption in the table of contents
    path.write_bytes(bytes(content))
    with pytest.raises(DataError, match="expected plain pictures, got an entry with a password, 'pets/cat/1"):
        Pictures(path=str(path)).describe()


@pytest.mark.parametrize("keep", [10, 200])
def test_a_file_that_is_no_whole_zip_is_refused(pack: Zip, keep: int):
    path = Path(pack(PETS))
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(DataError, match=r"expected a folder or a whole zip file, got pets\.zip, which is neither"):
        Pictures(path=str(path)).describe()


def test_a_folder_with_a_link_is_refused(tmp_path: Path):
    path = unpack(PETS, tmp_path / "album")
    (tmp_path / "album" / "pets" / "cat" / "3.png").symlink_to("/etc/passwd")
    with pytest.raises(DataError, match=r"plain files, got 'pets/cat/3\.png', a link or a device; copy the picture"):
        Pictures(path=path).describe()


def test_a_mirrored_camera_picture_is_turned_upright(pack: Zip):
    pixels = np.zeros((8, 8, 3), dtype=np.uint8)
    pixels[:, :4] = 255
    exif = Image.Exif()
    exif[0x0112] = 2  # mirrored left to right
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "PNG", exif=exif)
    data = Pictures(path=pack({"a/1.png": stream.getvalue(), "b/1.png": stream.getvalue()}), size=8).load(seed=0)
    assert data.train.inputs[0][0, 0, 0].tolist() == [0, 0, 0, 0, 1, 1, 1, 1]
