"""Takes the README's pictures of the running app.

python -m tools.screenshots     writes assets/screenshots/*.png
"""

import re
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, expect

from explorer.ui import activation_words, emergence_words, look_words, words
from tests.app_server import app_server, chromium

FOLDER = Path(__file__).resolve().parents[1] / "assets" / "screenshots"
SIZE = {"width": 1440, "height": 900}
PATIENCE = 180  # seconds that training may take, and then each page
COMES = "canvas[aria-label$='in a moment.']"
TAKEN = {  # by file name: the preset, the theme, the step from which on the picture is taken, and the page
    "spiral-light": ("spiral", "light", 1400, words.PLAYGROUND),
    "digits-dark": ("digits-cnn", "dark", 250, words.PLAYGROUND),
    "induction-light": ("induction-heads", "light", 300, words.PLAYGROUND),
    "grokking-light": ("grokking", "light", 900, emergence_words.EMERGENCE),
    "prompt-dark": ("in-context-line", "dark", 800, emergence_words.IN_CONTEXT),
    "attention-light": ("induction-heads", "light", 500, look_words.ATTENTION),
    "maps-dark": ("digits-cnn", "dark", 250, activation_words.ACTIVATIONS),
}


def take(browser: Browser, address: str, name: str) -> None:
    """One picture, once the network has learnt so far and all that the page shows is there."""
    preset, theme, step, place = TAKEN[name]
    page = browser.new_page(viewport=SIZE, color_scheme=theme)
    page.goto(f"{address}/?preset={preset}")
    page.get_by_role("button", name="Train (Space)").click()
    wait(page, lambda: step_of(page) >= step)
    if place != words.PLAYGROUND:
        page.get_by_role("link", name=place).click()
        expect(page.get_by_role("link", name=place)).to_have_attribute("aria-current", "page")
    page.wait_for_timeout(2_000)  # a page that is opened mounts its pictures one by one
    wait(page, lambda: page.locator(COMES).count() == 0)
    page.wait_for_timeout(1_000)
    kept = FOLDER / f"{name}.png"
    page.screenshot(path=kept)
    page.close()
    Image.open(kept).convert("RGB").quantize(128, dither=Image.Dither.NONE).save(kept, optimize=True)


def step_of(page: Page) -> int:
    """The step that the run in hand has reached, as its transport tells."""
    told = page.get_by_text(re.compile(r"^[\d,]+ / [\d,]+$")).first.inner_text()
    return int(told.partition(" / ")[0].replace(",", ""))


def wait(page: Page, holds: Callable[[], bool]) -> None:
    """Until something holds; raises TimeoutError where it does not come."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        if time.monotonic() > deadline:
            raise TimeoutError(page.url)
        page.wait_for_timeout(100)


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as home, app_server(Path(home)) as address, chromium() as browser:
        for name in TAKEN:
            take(browser, address, name)
            print(name)


if __name__ == "__main__":
    main()
