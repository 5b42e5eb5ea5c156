"""The sheet to draw points on and the tiles of datasets, in a real browser: mouse, finger and keyboard."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Browser, Page
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from explorer.datasets.points import EXTENT as DRAWN_EXTENT
from explorer.datasets.points import Drawn
from explorer.ui.draw_points import EXTENT, MOST_POINTS, N_CLASSES, read_points, read_stroke

ASSETS = Path(__file__).resolve().parents[1] / "assets"
SIDE = 240  # pixels of the sheet
LAST = "() => window.triggers.at(-1)"
PAGE = """<!doctype html><meta charset="utf-8"><style>body { margin: 0; } #here { width: 246px; }</style>
<div id="here"></div><script type="module">
window.triggers = [];
window.show = async (name, data) => {
  const module = await import(`/assets/${name}.js`);
  module.default({ data, parentElement: document.getElementById("here"),
    setTriggerValue: (trigger, value) => window.triggers.push(JSON.parse(JSON.stringify({ trigger, ...value }))) });
};
window.isReady = true;
</script>"""

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A page that mounts the components, and nothing else."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    routes = [Route("/", lambda _: HTMLResponse(PAGE)), Mount("/assets", StaticFiles(directory=ASSETS))]
    server = uvicorn.Server(uvicorn.Config(Starlette(routes=routes), port=port, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(20)


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    faults: list[str] = []
    context = browser.new_context(viewport={"width": 400, "height": 500}, has_touch=True)
    page = context.new_page()
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(address)
    page.wait_for_function("window.isReady")
    yield page
    assert faults == []
    context.close()


@pytest.fixture
def sheet(page: Page) -> Page:
    show(page, points=[])
    page.locator(".nx-sheet").evaluate(f"(sheet) => {{ sheet.style.width = '{SIDE}px'; }}")
    page.wait_for_function("document.querySelector('.nx-sheet canvas')?.clientWidth > 100")
    page.wait_for_function("getComputedStyle(document.querySelector('.nx-sheet')).aspectRatio.startsWith('1')")
    return page


def show(page: Page, **data: Any) -> None:
    data = {"classes": N_CLASSES, "most": MOST_POINTS, "stroke": 0, **data}
    page.evaluate(f"window.show('draw', {json.dumps(data)})")
    page.wait_for_function("document.querySelector('.nx-sheet canvas')")


def place(page: Page, x: float, y: float) -> tuple[float, float]:
    """Pixels of a point of the plane."""
    box = page.locator(".nx-sheet canvas").bounding_box()
    assert box is not None
    return (
        box["x"] + (x + EXTENT) / (2 * EXTENT) * box["width"],
        box["y"] + (EXTENT - y) / (2 * EXTENT) * box["height"],
    )


def drag(page: Page, start: tuple[float, float], end: tuple[float, float], button: str = "left") -> None:
    page.mouse.move(*place(page, *start))
    page.mouse.down(button=button)  # type: ignore[arg-type]
    page.mouse.move(*place(page, *end), steps=30)
    page.mouse.up(button=button)  # type: ignore[arg-type]


def sent(page: Page, count: int) -> list[list[float]]:
    """The points of the last stroke, once so many strokes were sent."""
    page.wait_for_function(f"window.triggers.length === {count}")
    return page.evaluate(LAST)["points"]


def test_a_click_adds_one_point_where_it_was(sheet: Page):
    sheet.mouse.click(*place(sheet, 2, -3))
    ((x, y, number),) = sent(sheet, 1)
    assert (x, y) == pytest.approx((2, -3), abs=0.06)
    assert number == 0


def test_a_dragged_line_is_one_stroke_of_points_of_the_chosen_class(sheet: Page):
    sheet.get_by_role("radio", name="Class 3").click()
    drag(sheet, (-5, 1), (5, 1))
    points = sent(sheet, 1)
    assert 20 <= len(points) <= 36
    assert {number for _, _, number in points} == {2}
    assert all(abs(y - 1) < 0.06 for _, y, _ in points)
    assert sheet.evaluate(LAST)["stroke"] == 1


@pytest.mark.parametrize("way", ["right button", "eraser"])
def test_points_are_erased_around_the_pointer_and_nowhere_else(sheet: Page, way: str):
    drag(sheet, (-5, 1), (5, 1))
    before = sent(sheet, 1)
    if way == "eraser":
        sheet.get_by_role("button", name="Eraser").click()
    drag(sheet, (-5, 1), (-2, 1), "left" if way == "eraser" else "right")
    after = sent(sheet, 2)
    assert after == [point for point in before if point[0] > -1.4]


def test_undo_and_clear_are_strokes_too(sheet: Page):
    sheet.mouse.click(*place(sheet, 0, 0))
    first = sent(sheet, 1)
    sheet.mouse.click(*place(sheet, 3, 3))
    assert len(sent(sheet, 2)) == 2
    sheet.get_by_role("button", name="Undo the last stroke").click()
    assert sent(sheet, 3) == first
    sheet.get_by_role("button", name="Remove all points").click()
    assert sent(sheet, 4) == []
    sheet.get_by_role("button", name="Undo the last stroke").click()
    assert sent(sheet, 5) == first


def test_a_finger_draws(sheet: Page):
    sheet.touchscreen.tap(*place(sheet, -4, 4))
    ((x, y, _),) = sent(sheet, 1)
    assert (x, y) == pytest.approx((-4, 4), abs=0.06)


def test_the_keyboard_does_all_of_it(sheet: Page):
    sheet.locator(".nx-sheet canvas").focus()
    for key in ("2", "ArrowRight", "Shift+ArrowUp", "Enter", "Shift+ArrowLeft", "Enter"):
        sheet.keyboard.press(key)
    assert sent(sheet, 1) == [[0.25, 1, 1], [-0.75, 1, 1]]
    sheet.keyboard.press("Delete")
    assert sent(sheet, 2) == [[0.25, 1, 1]]
    sheet.keyboard.press("Control+z")
    assert sent(sheet, 3) == [[0.25, 1, 1], [-0.75, 1, 1]]


def test_no_more_points_are_added_than_a_dataset_may_have(sheet: Page):
    show(sheet, points=[[0, 0, 0]] * 3, most=5, stroke=0)
    drag(sheet, (-5, 3), (5, 3))
    assert len(sent(sheet, 1)) == 5
    assert "no room for more than 5" in sheet.locator(".nx-count").inner_text()


def test_a_stroke_that_the_server_does_not_know_yet_is_not_lost(sheet: Page):
    sheet.mouse.click(*place(sheet, 0, 0))
    sheet.mouse.click(*place(sheet, 3, 3))
    assert len(sent(sheet, 2)) == 2
    show(sheet, points=[[0, 0, 0]], stroke=1)  # the answer to the first click comes after the second
    sheet.get_by_text("2 of at most").wait_for()
    show(sheet, points=[[1, 1, 1]], stroke=2)  # the last change was undone on the page
    sheet.get_by_text("1 of at most").wait_for()
    sheet.mouse.click(*place(sheet, 5, 5))
    assert [point[2] for point in sent(sheet, 3)] == [1, 0]


def test_the_tiles_are_radio_buttons_that_send_their_dataset(page: Page):
    points = {"x": [1, 2, -3], "y": [0, 1, 2], "target": [0, 1, 1]}
    tiles = [
        {"kind": "circle", "title": "Circle", "points": points, "isNumeric": False},
        {"kind": "plane", "title": "Slope", "points": points, "isNumeric": True},
        {"kind": "drawn", "title": "<b>Your own</b>"},
    ]
    page.evaluate(f"window.show('tiles', {json.dumps({'tiles': tiles, 'chosen': 'circle', 'label': 'Dataset'})})")
    page.get_by_role("radio", name="Circle", checked=True).wait_for()
    assert page.locator(".nx-tile circle").count() == 6
    assert page.get_by_role("radio", name="<b>Your own</b>").count() == 1
    page.get_by_role("radio", name="Slope").click()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("window.triggers.length === 2")
    assert [each["kind"] for each in page.evaluate("window.triggers")] == ["plane", "drawn"]
    page.get_by_role("radio", name="<b>Your own</b>", checked=True).wait_for()


@pytest.mark.parametrize(
    "wrong",
    [
        None,
        "points",
        [1, 2, 3],
        [[1, 2]],
        [[1, 2, 9]],
        [[1, 7, 0]],
        [["1", 2, 0]],
        [[1, float("nan"), 0]],
        [[1, 2, 0.5]],
    ],
)
def test_what_a_browser_sends_that_is_no_point_is_left_out(wrong: Any):
    assert read_points(wrong) == []
    good = [[1, -2.5, 3]]
    assert read_points([*good, *wrong] if isinstance(wrong, list) else good) == [(1.0, -2.5, 3)]


def test_the_sheet_has_the_bounds_of_the_dataset():
    (bound,) = (each.max_length for each in Drawn.model_fields["points"].metadata if hasattr(each, "max_length"))
    assert (bound, DRAWN_EXTENT) == (MOST_POINTS, EXTENT)
    Drawn(points=((EXTENT, -EXTENT, N_CLASSES - 1),))


def test_a_browser_cannot_send_more_points_than_a_dataset_may_have():
    assert len(read_points([[0, 0, 0]] * (MOST_POINTS + 10))) == MOST_POINTS
    assert [read_stroke(sent, 4) for sent in (5, -1, True, "6", 2**40, None)] == [5, 4, 4, 4, 4, 4]
