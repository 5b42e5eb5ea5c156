"""Dragging an example of a prompt, in a real browser."""

import json
import re

import pytest
from playwright.sync_api import Page, WebSocket, expect

from explorer.ui import in_context_words as words
from tests.app_server import PATIENCE
from tests.test_pages import until

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
EMPTY = (90, 45)  # pixels from the corner of the plot, where no example is


class Lines:
    """What the page sends: orders over the line of the run, and moves that the script is rerun for."""

    def __init__(self, page: Page):
        self.orders: list[dict] = []
        self.told = 0
        page.on("websocket", self._listen)

    def _listen(self, socket: WebSocket) -> None:
        socket.on("framesent", self._order if "/live/" in socket.url else self._rerun)

    def _order(self, payload: str | bytes) -> None:
        self.orders.append(json.loads(payload))

    def _rerun(self, payload: str | bytes) -> None:
        self.told += b"stroke" in (payload if isinstance(payload, bytes) else payload.encode())

    def asked(self) -> list[list[float]]:
        """The examples that the lines were asked for last."""
        watches = [watch for order in self.orders for watch in order.get("watch", ()) if watch["id"] == "prompt"]
        points: list[list[float]] = watches[-1]["settings"]["points"]
        return points

    def watched(self, lens: str) -> list[dict]:
        """The settings with which a lens was watched, each once."""
        found = [
            watch["settings"] for order in self.orders for watch in order.get("watch", ()) if watch["lens"] == lens
        ]
        return [each for place, each in enumerate(found) if each not in found[:place]]


def test_an_example_is_dragged_and_the_lines_follow_without_a_rerun(page: Page, address: str) -> None:
    lines = Lines(page)
    page.goto(f"{address}/in_context?preset=in-context-line")
    plot = page.locator(".nx-prompt canvas")
    readout = page.locator(".nx-prompt .nx-readout")
    expect(readout).to_contain_text("ridge regression", timeout=PATIENCE)
    plot.focus()
    page.keyboard.press(",")
    expect(readout).to_contain_text("example 16")
    page.keyboard.press("Delete")
    expect(plot).to_have_accessible_name(re.compile("Plot of 15 examples"))
    plot.dblclick(position={"x": EMPTY[0], "y": EMPTY[1]})
    expect(plot).to_have_accessible_name(re.compile("Plot of 16 examples"))
    expect(page.get_by_role("button", name="Back to the prompt drawn")).to_be_visible()
    until(lambda: page.wait_for_timeout(20) is None and lines.told > 0)  # what was typed is told once it rests

    box = plot.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + EMPTY[0], box["y"] + EMPTY[1])
    page.mouse.down()
    before, orders = lines.told, len(lines.orders)
    for step in range(1, 11):
        page.mouse.move(box["x"] + EMPTY[0] + 20 * step, box["y"] + EMPTY[1] + 10 * step)
        page.wait_for_timeout(30)
    expect(readout).to_contain_text("example 16")
    assert len(lines.orders) > orders + 2
    assert lines.told == before
    page.mouse.up()
    x, y = (float(number.replace("−", "-")) for number in re.findall(r"[xy] (−?[\d.]+)", readout.inner_text()))
    until(lambda: page.wait_for_timeout(20) is None and lines.told > before)
    asked = lines.asked()
    assert len(asked) == 16
    assert asked[-1] == pytest.approx([x, y], abs=0.06)
    page.get_by_role("button", name="Back to the prompt drawn").click()
    expect(page.get_by_role("button", name="Back to the prompt drawn")).to_be_hidden()

    page.get_by_role("slider", name=words.SHOTS).press("ArrowLeft")
    until(lambda: page.wait_for_timeout(20) is None and {"shots": 15} in lines.watched("shot_shares"))
    assert lines.watched("few_shots") == [{}]  # its curves hold for every number of shots
