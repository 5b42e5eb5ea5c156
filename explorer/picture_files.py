"""Files of pictures as pixels of 8 bits, whatever their format, size and colours. Nothing here needs torch."""

import io
import warnings
from collections.abc import Callable

import numpy as np
from PIL import Image, ImageOps

from explorer.errors import DataError

FORMATS = ("PNG", "JPEG", "GIF", "BMP", "WEBP")
MOST_PIXELS = 2**25  # of one picture before it is made smaller; about 100 MB while it is open

Refused = Callable[[str, str, str], DataError]  # what was expected, what came, what to do


def pixels(content: bytes, height: int, width: int, is_grey: bool, refused: Refused) -> np.ndarray:
    """A picture stretched to a size: (height, width) or (height, width, 3), 0 to 255."""
    try:
        image = _opened(content)
        got = f"{image.width:,} × {image.height:,}"
        if image.width * image.height <= MOST_PIXELS:
            return _stretched(image, height, width, is_grey)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        got = "many more"
    except Exception:  # each decoder fails in its own ways on broken data, from SyntaxError to struct.error
        raise refused("a picture", "one that is broken", "replace or remove it") from None
    raise refused(f"at most {MOST_PIXELS:,} pixels", got, "make the picture smaller")


def as_png(values: np.ndarray) -> bytes:
    """Pixels (height, width) or (height, width, 3), 0 to 255, as a file."""
    file = io.BytesIO()
    Image.fromarray(values).save(file, "PNG", optimize=True)
    return file.getvalue()


def _stretched(image: Image.Image, height: int, width: int, is_grey: bool) -> np.ndarray:
    image.draft("RGB", (width, height))  # lets JPEG skip detail that would be thrown away
    upright = ImageOps.exif_transpose(image)
    plain = _on_white(upright).convert("L" if is_grey else "RGB")
    return np.asarray(plain.resize((width, height), Image.Resampling.BILINEAR))


def _opened(content: bytes) -> Image.Image:
    """The picture's header, read without decoding; what Pillow warns of as a bomb is an error here."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        return Image.open(io.BytesIO(content), formats=FORMATS)


def _on_white(image: Image.Image) -> Image.Image:
    """The picture on white paper where it is transparent, with 8 bits for a channel."""
    if image.mode.startswith("I"):  # 16 bits of grey
        return Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    if not image.has_transparency_data:
        return image
    paper = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(paper, image.convert("RGBA"))
