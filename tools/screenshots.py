"""Takes the README's pictures of the running app.

python -m tools.screenshots     writes assets/screenshots/*.png
"""

import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser

from tests.app_server import app_server, chromium

FOLDER = Path(__file__).resolve().parents[1] / "assets" / "screenshots"
SIZE = {"width": 1440, "height": 900}
TAKEN = {  # by file name: the address, the theme, and the seconds of training before the picture
    "spiral-light": ("?preset=spiral", "light", 6),
    "digits-dark": ("?preset=digits-cnn", "dark", 4),
    "induction-light": ("?preset=induction-heads", "light", 8),
}


def take(browser: Browser, address: str, name: str) -> None:
    """One picture, while the network trains."""
    query, theme, seconds = TAKEN[name]
    page = browser.new_page(viewport=SIZE, color_scheme=theme)
    page.goto(f"{address}/{query}")
    page.get_by_role("button", name="Train (Space)").click()
    page.wait_for_timeout(seconds * 1000)
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
