"""The answers of recognisers and detectors as the playground draws them, in a real browser."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, expect

from tests.canvas_browser import canvas_page, colours
from tests.canvas_scenes import Scene
from tests.canvas_server import LiveServer
from tests.told_scenes import shapes_scene, speech_scene

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.mark.parametrize(
    ("make", "told", "readout"),
    [
        (speech_scene, "Heard: a e e. Said: a e.", "1 edit away"),
        (shapes_scene, "Boxes: block 97.0% ✓ IoU 0.9, disc 71.0% ✗ IoU 0, block missed.", "1 of 2 found"),
    ],
)
def test_what_is_told_stands_beside_what_is_right(
    browser: Browser, make: Callable[[], Scene], told: str, readout: str
) -> None:
    server = LiveServer()
    server.scene = make()
    with server, canvas_page(browser, server) as page:
        expect(page.locator("#result canvas")).to_have_attribute("aria-label", told)
        expect(page.locator("#result .nx-readout")).to_have_text(readout)
        assert colours(page, "result") > 20
