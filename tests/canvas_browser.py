"""A page of pictures in a real browser, and where things stand on it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Page

from tests.canvas_server import LiveServer

PATIENCE = 30_000  # milliseconds
WIDE = {"width": 1440, "height": 900}
SCENE = """async () => {
  const { layOut } = await import("/assets/stage_layout.js");
  const frame = document.querySelector("#stage .nx-stage"), { x, y } = frame.getBoundingClientRect();
  const size = { width: frame.clientWidth, height: frame.clientHeight, hasTools: Boolean(window.data.may_edit) };
  const scene = layOut(window.store.diagram, window.store.frame("stage"), size, new Map());
  return Object.fromEntries(scene.columns.map(({ name, units }) => [name, units.map(({ box }) => (
    { left: x + box.x, right: x + box.x + box.width, x: x + box.x + box.width / 2, y: y + box.y + box.height / 2 }))]));
}"""


@contextmanager
def canvas_page(
    browser: Browser, server: LiveServer, theme: str = "light", size: dict[str, int] = WIDE, **data: Any
) -> Iterator[Page]:
    """The harness page of a server, drawn once; a message of its console other than about a lost line is a failure."""
    page = browser.new_page(viewport=size)
    page.set_default_timeout(PATIENCE)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    try:
        page.goto(f"{server.address}/?theme={theme}&options={json.dumps(data)}")
        page.wait_for_function(
            "window.isReady && window.store.diagram && window.store.frame('stage') && window.store.status"
        )
        drawn(page)
        yield page
        assert [text for text in said if "ERR_CONNECTION" not in text and "WebSocket" not in text] == []
    finally:
        page.close()


def drawn(page: Page) -> None:
    """Wait until everything that has arrived is drawn."""
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def units(page: Page) -> dict[str, list[dict[str, float]]]:
    """The places of all units on the page, by layer."""
    return page.evaluate(SCENE)


def edge(page: Page, source: str, start: int, target: str, end: int) -> tuple[float, float]:
    """The middle of the line between two units."""
    places = units(page)
    first, last = places[source][start], places[target][end]
    return (first["right"] + last["left"]) / 2, (first["y"] + last["y"]) / 2


def pixels(page: Page, part: str) -> str:
    """What a component has on its canvas, as a picture in text."""
    return page.evaluate("(part) => document.querySelector(`#${part} canvas`).toDataURL()", part)


def colours(page: Page, part: str) -> int:
    """How many colours a component's canvas has."""
    return page.evaluate(
        """(part) => {
          const { width, height, ...rest } = document.querySelector(`#${part} canvas`);
          const canvas = document.querySelector(`#${part} canvas`);
          const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
          return new Set(new Uint32Array(data.buffer)).size;
        }""",
        part,
    )


def wait_for(page: Page, condition: str, argument: Any = None) -> None:
    """Wait until an expression of JavaScript holds."""
    page.wait_for_function(condition, arg=argument)


def until(page: Page, condition: Any) -> None:
    """Wait until a condition on this side holds, while the page goes on."""
    for _ in range(PATIENCE // 20):
        if condition():
            return
        page.wait_for_timeout(20)
    raise AssertionError("what was waited for did not come")
