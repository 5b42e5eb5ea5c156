"""The live pictures in a real browser: they draw every kind of network, move, and can be read without seeing them."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from explorer.ui.canvas import LOADER
from tests.canvas_browser import canvas_page, colours, drawn, pixels, units, until, wait_for
from tests.canvas_scenes import SCENES, Scene
from tests.canvas_server import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
PARTS = ("transport", "stage", "result", "curves", "timeline")
SIZES = {"desk": (1440, 900), "small": (1024, 768), "phone": (844, 390)}
STUB = "export default ({ data }) => { window.drawn.push(data); return () => {}; };"
STUB_LOADER = LOADER.replace("NAME", "stub")
EVIL = "<img src=x onerror='window.isHacked = true'>"


@pytest.mark.parametrize("name", SCENES)
def test_every_kind_of_network_is_drawn(browser: Browser, name: str) -> None:
    with LiveServer(name) as server, canvas_page(browser, server, may_edit=True) as page:
        assert colours(page, "stage") > 100
        assert colours(page, "result") > 20
        label = page.locator("#stage canvas").get_attribute("aria-label") or ""
        assert all(layer["name"] in label for layer in server.scene.diagram["layers"])


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", ["wide", "cnn", "transformer"])
def test_nothing_is_cut_off_on_a_screen_of_any_size(browser: Browser, name: str, size: str) -> None:
    width, height = SIZES[size]
    with LiveServer(name) as server:
        server.step = 120
        with canvas_page(browser, server, size={"width": width, "height": height}, may_edit=True) as page:
            wider = """() => [...document.querySelectorAll(".nx-title, .nx-subtitle, .nx-row, .nx-tools, .nx-timeline")]
              .filter((row) => row.scrollWidth > row.clientWidth + 1).map((row) => row.className)"""
            assert page.evaluate(wider) == []
            outside = """() => [...document.querySelectorAll(".nx button")].filter((button) => {
              const { left, right, top, bottom } = button.getBoundingClientRect();
              return right > innerWidth + 1 || bottom > innerHeight + 1 || left < -1 || top < -1;
            }).map((button) => button.title)"""
            assert page.evaluate(outside) == []


def test_heat_maps_change_while_the_network_trains(browser: Browser) -> None:
    with LiveServer() as server, canvas_page(browser, server) as page:
        at = units(page)["hidden1"][0]
        unit = {"x": at["x"] - 20, "y": at["y"] - 20, "width": 40, "height": 40}
        before = page.screenshot(clip=unit)
        page.get_by_role("button", name="Train").first.click()
        until(page, lambda: page.screenshot(clip=unit) != before)
        wait_for(page, "() => window.store.status.step > 5")
        assert server.orders[0]["do"] == "begin"


@pytest.mark.parametrize(
    ("name", "layer", "index", "title"),
    [
        ("small", "hidden1", 1, "hidden1 · unit 2"),
        ("cnn", "conv1", 3, "conv1 · channel 4"),
        ("lstm", "lstm", 5, "lstm · unit 6"),
        ("transformer", "attention2", 2, "attention2 · head 3"),
    ],
)
def test_a_unit_under_the_pointer_is_enlarged_in_the_result(
    browser: Browser, name: str, layer: str, index: int, title: str
) -> None:
    with LiveServer(name) as server, canvas_page(browser, server) as page:
        heading, before = page.locator("#result strong"), pixels(page, "result")
        at = units(page)[layer][index]
        page.mouse.move(at["x"], at["y"])
        expect(heading).to_have_text(title)
        drawn(page)
        assert pixels(page, "result") != before
        page.mouse.move(700, 5)
        expect(heading).not_to_have_text(title)


def test_hovering_a_unit_shows_it_beside_the_scores_too(browser: Browser) -> None:
    with LiveServer() as server, canvas_page(browser, server) as page:
        page.get_by_role("button", name="Scores", exact=True).click()
        expect(page.locator("#result strong")).to_have_text("On held-out data")
        at = units(page)["hidden2"][0]
        page.mouse.move(at["x"], at["y"])
        expect(page.locator("#result strong")).to_have_text("hidden2 · unit 1")


@pytest.mark.parametrize("name", ["small", "cnn", "transformer"])
def test_the_dark_theme_draws_with_other_colours(browser: Browser, name: str) -> None:
    with LiveServer(name) as server:
        found = []
        for theme in ("light", "dark"):
            with canvas_page(browser, server, theme=theme) as page:
                found.append((pixels(page, "stage"), pixels(page, "result")))
                assert colours(page, "stage") > 100
                assert page.locator("#stage .nx").evaluate("(root) => root.classList.contains('nx-dark')") == (
                    theme == "dark"
                )
    assert found[0][0] != found[1][0]
    assert found[0][1] != found[1][1]


def evil_points() -> Scene:
    scene = SCENES["small"]()
    scene.diagram["task"]["labels"] = [EVIL, "safe"]
    scene.diagram["feature_names"] = [EVIL, EVIL]
    for layer in scene.diagram["layers"]:
        layer["title"] = EVIL
    scene.diagram["layers"][1]["equation"] = rf"y = \text{{{EVIL}}}"
    return scene


def evil_tokens() -> Scene:
    scene = SCENES["transformer"]()
    scene.diagram["token_names"] = [EVIL] * 10
    return scene


@pytest.mark.parametrize("make", [evil_points, evil_tokens])
def test_html_in_names_labels_and_tokens_is_shown_as_text(browser: Browser, make: Any) -> None:
    server = LiveServer()
    server.scene = make()
    with server, canvas_page(browser, server, may_edit=True) as page:
        for column in units(page).values():
            page.mouse.click(column[0]["x"], column[0]["y"])
            drawn(page)
        if make is evil_points:
            expect(page.locator(".nx-card")).to_contain_text("<img")
        else:
            page.get_by_role("button", name="Text", exact=True).click()
            expect(page.locator(".nx-text")).to_contain_text("<img")
        page.get_by_role("button", name="Scores", exact=True).click()
        drawn(page)
        assert page.locator("img").count() == 0
        assert page.evaluate("window.isHacked") is None


def test_every_picture_has_a_text_for_those_who_do_not_see_it(browser: Browser) -> None:
    with LiveServer("cnn") as server:
        server.step = 120
        with canvas_page(browser, server) as page:
            labels = {part: page.locator(f"#{part} canvas").get_attribute("aria-label") for part in PARTS[1:]}
            assert all(labels.values()), labels
            assert re.match(r"Most likely: 7 64\.8%.* Right: 2\.$", labels["result"] or "")
            page.get_by_role("button", name="Scores", exact=True).click()
            expect(page.locator("#result canvas")).to_have_attribute("aria-label", re.compile("Accuracy .*F1 .*Loss"))


def test_the_answers_of_all_steps_are_counted_and_drawn_beside_the_right_ones(browser: Browser) -> None:
    with LiveServer("transformer") as server:
        server.step = 120
        picture = server.scene.look(120)
        target = picture["prediction.target"].values
        likeliest = picture["prediction.steps"].values.argmax(-1)
        told = f"{(likeliest == target).sum()} of 12 steps right"
        with canvas_page(browser, server) as page:
            label = page.locator("#result canvas").get_attribute("aria-label") or ""
            assert label.endswith(f"Right: {server.scene.diagram['token_names'][target[-1]]}. {told}.")
            expect(page.locator("#result").get_by_text(told)).to_be_visible()


def test_every_control_has_a_name(browser: Browser) -> None:
    with LiveServer("transformer") as server, canvas_page(browser, server, may_edit=True) as page:
        page.get_by_role("button", name="Text", exact=True).click()
        unnamed = """() => [...document.querySelectorAll(".nx button, .nx select, .nx input")].filter(
          (part) => !(part.ariaLabel || part.textContent || part.labels?.[0]?.textContent)).length"""
        assert page.evaluate(unnamed) == 0


def test_every_picture_says_what_it_shows_and_what_it_does_not(browser: Browser) -> None:
    with LiveServer("transformer") as server, canvas_page(browser, server) as page:
        for part in PARTS[1:]:
            ask = page.locator(f"#{part} .nx-ask")
            expect(page.locator(f"#{part} .nx-bubble")).to_be_hidden()
            ask.click()
            expect(page.locator(f"#{part} .nx-bubble")).to_be_visible()
            assert len(ask.get_attribute("title") or "") > 40
            ask.press("Escape")
        said = set()
        for view in ("Answer", "Scores", "Text"):
            page.get_by_role("button", name=view, exact=True).click()
            drawn(page)
            said.add(page.locator("#result .nx-ask").get_attribute("title"))
        assert len(said) == 3


def test_of_two_calls_that_wait_for_a_picture_only_the_newer_is_drawn(browser: Browser) -> None:
    page = browser.new_page()
    page.route("**/*", lambda route: route.fulfill(content_type="text/html", body="<div></div>"))
    page.route("**/assets/stub.js", lambda route: route.fulfill(content_type="text/javascript", body=STUB))
    page.route("**/loader.js", lambda route: route.fulfill(content_type="text/javascript", body=STUB_LOADER))
    page.goto("http://room.test/")
    page.evaluate("""async () => {
      window.drawn = [];
      const { default: call } = await import("/loader.js"), parentElement = document.querySelector("div");
      call({ parentElement, data: "old" });
      call({ parentElement, data: "new" });
    }""")
    page.wait_for_function("() => window.drawn.length > 0")
    drawn(page)
    assert page.evaluate("window.drawn") == ["new"]
    page.close()


def test_a_line_that_is_refused_is_tried_ever_more_seldom(browser: Browser) -> None:
    with LiveServer() as server:
        page, lines = browser.new_page(), []
        page.route_web_socket("**/gone", lambda line: lines.append(line))
        page.goto(server.address)
        page.evaluate("""async () => {
          const { Link } = await import("/assets/link.js"), quiet = () => {};
          window.link = new Link("/gone", { open: quiet, text: quiet, binary: quiet, change: quiet }, () => false);
        }""")
        for tries in range(1, 4):
            until(page, lambda: lines and page.evaluate("window.link.isOpen"))
            lines.pop().close(code=4403)
            page.wait_for_function("tries => window.link.state === 'refused' && window.link.tries === tries", arg=tries)
        page.close()
