"""Files as users bring them, made in memory: tables, texts and zips of pictures, good ones."""

import io
import zipfile

from PIL import Image

TABLE = ("width,height,species\n" + "".join(f"{n},{n * n % 7},{'ab'[n % 2]}\n" for n in range(40))).encode()
TEXT = ("the quick brown fox jumps over the lazy dog. " * 40).encode()


def picture(colour: tuple[int, int, int] = (200, 0, 80), size: tuple[int, int] = (9, 7)) -> bytes:
    """A PNG of one colour."""
    content = io.BytesIO()
    Image.new("RGB", size, colour).save(content, "PNG")
    return content.getvalue()


def zipped(entries: dict[str, bytes]) -> bytes:
    """A zip file with these entries."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, entry in entries.items():
            archive.writestr(name, entry)
    return content.getvalue()


ALBUM = zipped({f"{'ab'[n % 2]}/{n}.png": picture((20 * n, 0, 255)) for n in range(12)})
