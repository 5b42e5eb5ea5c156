"""Takes the README's pictures of the running app.

python -m tools.screenshots     writes assets/screenshots/*.png
"""

import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser

from explorer.ui import look_words, words
from tests.app_server import app_server, chromium

FOLDER = Path(__file__).resolve().parents[1] / "assets" / "screenshots"
SIZE = {"width": 1440, "height": 900}
TAKEN = {  # by file name: the preset, the theme, the seconds of training before the picture, and the page
    "spiral-light": ("spiral", "light", 6, words.PLAYGROUND),
    "digits-dark": ("digits-cnn", "dark", 4, words.PLAYGROUND),
    "induction-light": ("induction-heads", "light", 8, words.PLAYGROUND),
    "attention-light": ("induction-heads", "light", 8, look_words.ATTENTION),
}


def take(browser: Browser, address: str, name: str) -> None:
    """One picture, while the network trains."""
    preset, theme, seconds, place = TAKEN[name]
    page = browser.new_page(viewport=SIZE, color_scheme=theme)
    page.goto(f"{address}/?preset={preset}")
    page.get_by_role("button", name="Train (Space)").click()
    page.wait_for_timeout(seconds * 1000)
    if place != words.PLAYGROUND:
        page.get_by_role("link", name=place).click()
        page.wait_for_timeout(4_000)
    kept = FOLDER / f"{name}.png"
    page.screenshot(path=kept)
    page.close()
    Image.open(kept).convert("RGB").quantize(128, dither=Image.Dither.NONE).save(kept, optimize=True)


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as home, app_server(Path(home)) as address, chromium() as browser:
        for name in TAKEN:
            take(browser, address, name)
            print(name)


if __name__ == "__main__":
    main()
