"""Every view of a lens in a real browser: drawn in both themes, read by pointer and keys, honest while it computes."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.canvas_browser import drawn, until
from tests.lens_scenes import FIRST_HEAD, VIEWS, lens_scene
from tests.lens_server import LensServer

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
PATIENCE = 30_000  # milliseconds
HEIGHT = 420  # pixels


@contextmanager
def lens_page(browser: Browser, server: LensServer, theme: str = "light", **data: Any) -> Iterator[Page]:
    """A page with one lens, connected; a message of its console is a failure, but for an answer that was a refusal."""
    page = browser.new_page(viewport={"width": 760, "height": 470})
    page.set_default_timeout(PATIENCE)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    try:
        options = {"is_live": True, "height": HEIGHT, **data}
        page.goto(f"{server.address}/?theme={theme}&options={json.dumps(options)}")
        page.wait_for_function("window.isReady && window.store.diagram && window.store.status")
        yield page
        assert [text for text in said if "status of 400" not in text] == []
    finally:
        page.close()


def shown(page: Page) -> None:
    """Wait until the picture of the lens is drawn."""
    page.wait_for_function(
        "!(document.querySelector('canvas')?.ariaLabel ?? 'The picture appears').startsWith('The picture appears')"
    )
    drawn(page)


def show(name: str) -> dict[str, Any]:
    """What the page of a view is told."""
    _, lens, view, options = VIEWS[name]
    return {"lens": lens, "view": view, "options": options}


def sent(page: Page) -> list[list[Any]]:
    """The triggers that the page has sent so far."""
    return page.evaluate("window.triggers")


def n_colours(page: Page) -> int:
    return page.evaluate(
        """() => {
          const canvas = document.querySelector("canvas");
          const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
          return new Set(new Uint32Array(data.buffer)).size;
        }"""
    )


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", VIEWS)
def test_every_view_is_drawn_and_told_in_words(browser: Browser, name: str, theme: str) -> None:
    with LensServer(VIEWS[name][0]) as server, lens_page(browser, server, theme, **show(name)) as page:
        shown(page)
        assert n_colours(page) > 15
        label = page.locator("canvas").get_attribute("aria-label") or ""
        assert len(label) > 10
        assert "There " not in label
        assert page.evaluate("document.documentElement.classList.contains('dark')") == (theme == "dark")


@pytest.mark.parametrize("view", sorted({view for _, _, view, _ in VIEWS.values()}))
def test_a_picture_without_what_a_view_needs_says_so(browser: Browser, view: str) -> None:
    options = {"array": "gone"} if view != "overlay" else {}
    with (
        LensServer(lens_scene) as server,
        lens_page(browser, server, lens="nothing", view=view, options=options) as page,
    ):
        shown(page)
        label = page.locator("canvas").get_attribute("aria-label") or ""
        assert label.startswith(("There ", "This network"))


@pytest.mark.parametrize(
    ("name", "place", "trigger"),
    [
        ("wall", (60, 60), ["chosen", {"array": "block1.attention.pattern", "index": 0}]),
        ("logit lens", (115, 40), ["cell", {"row": 0, "column": 0, "array": "embedding.probabilities"}]),
        ("bars", (300, 12), ["chosen", {"array": "logits", "index": 9, "name": "."}]),
        ("feature maps", (90, 60), ["chosen", {"array": "conv1.maps", "index": 0}]),
        ("row", (300, 10), ["chosen", {"index": 1}]),
        ("frames", (60, 20), ["chosen", {"index": 0, "row": 5, "share": 0.025}]),
        ("boxes", (440, 240), ["chosen", {"box": 1}]),
    ],
)
def test_a_click_tells_what_was_clicked(browser: Browser, name: str, place: tuple[int, int], trigger: list) -> None:
    with LensServer(VIEWS[name][0]) as server, lens_page(browser, server, **show(name)) as page:
        shown(page)
        page.locator("canvas").click(position={"x": place[0], "y": place[1]})
        until(page, lambda: sent(page))
        (found,) = sent(page)
        assert found[0] == trigger[0]
        assert found[1] | trigger[1] == found[1]


@pytest.mark.parametrize("name", [name for name in VIEWS if name not in ("numbers", "curves")])
def test_whatever_can_be_clicked_can_be_reached_by_keys(browser: Browser, name: str) -> None:
    with LensServer(VIEWS[name][0]) as server, lens_page(browser, server, **show(name)) as page:
        shown(page)
        page.locator("canvas").focus()
        page.keyboard.press("ArrowRight")
        expect(page.locator(".nx-unseen")).not_to_be_empty()
        page.keyboard.press("Enter")
        until(page, lambda: sent(page))


def test_the_pointer_reads_a_pair_of_tokens_and_its_number(browser: Browser) -> None:
    with LensServer(lens_scene) as server, lens_page(browser, server, **show("map")) as page:
        shown(page)
        page.locator("canvas").focus()
        for key in ("ArrowDown", "ArrowDown", "ArrowRight"):
            page.keyboard.press(key)
        picture = server.scene.others["attention"](server.step)["block1.attention.pattern"].values[1]
        expect(page.locator(".nx-unseen")).to_contain_text("“the” (1) → “the” (1): ")
        told = float((page.locator(".nx-unseen").text_content() or "").rpartition(": ")[2])
        assert told == pytest.approx(picture[1, 1], abs=0.006)  # a coarse array has 127 levels


def test_a_drag_over_the_sheet_tells_its_span_and_so_do_keys(browser: Browser) -> None:
    with LensServer(VIEWS["sheet"][0]) as server, lens_page(browser, server, **show("sheet")) as page:
        shown(page)
        box = page.locator("canvas").bounding_box()
        assert box is not None
        page.mouse.move(box["x"] + 200, box["y"] + 60)
        page.mouse.down()
        page.mouse.move(box["x"] + 400, box["y"] + 80, steps=4)
        page.mouse.up()
        until(page, lambda: sent(page))
        name, span = sent(page)[0]
        assert (name, span["array"]) == ("span", "lstm.hidden")
        assert 0 < span["start"] < span["stop"] < 48
        page.locator("canvas").focus()
        for key in ("ArrowRight", "Shift+ArrowRight", "Shift+ArrowRight", "Enter"):
            page.keyboard.press(key)
        until(page, lambda: len(sent(page)) == 2)
        assert sent(page)[1] == ["span", {"array": "lstm.hidden", "start": 0, "stop": 2}]


def test_a_point_of_the_scatter_tells_the_example_that_it_is(browser: Browser) -> None:
    with LensServer(lens_scene) as server, lens_page(browser, server, **show("scatter")) as page:
        shown(page)
        page.locator("canvas").focus()
        for key in ("ArrowRight", "ArrowRight", "Enter"):
            page.keyboard.press(key)
        until(page, lambda: sent(page))
        assert sent(page) == [["point", {"index": 2}]]


def test_a_live_lens_follows_training_under_an_id_of_its_own(browser: Browser) -> None:
    with LensServer(lens_scene) as server, lens_page(browser, server, **show("wall")) as page:
        shown(page)
        before = page.evaluate("document.querySelector('canvas').toDataURL()")
        assert server.watches[-1][0]["lens"] == "attention"
        assert server.watches[-1][0]["id"].startswith("lens ")
        server.state = "training"
        page.wait_for_function("(before) => document.querySelector('canvas').toDataURL() !== before", arg=before)


def heavy(**more: Any) -> dict[str, Any]:
    return {"lens": "attention", "view": "map", "options": FIRST_HEAD, "is_live": False, **more}


def test_a_heavy_lens_says_that_it_computes_and_then_shows_its_step(browser: Browser) -> None:
    with LensServer(lens_scene) as server:
        server.gate.clear()
        with lens_page(browser, server, **heavy(settings={"examples": 8})) as page:
            expect(page.locator(".nx-lens-state")).to_contain_text("place 6 of 21")
            assert page.get_by_role("progressbar").evaluate("(bar) => bar.value / bar.max") == 0.25
            server.gate.set()
            expect(page.locator(".nx-lens-state")).to_be_hidden()
            expect(page.locator(".nx-readout")).to_have_text("step 120")
            assert [json.loads(look["settings"]) for look in server.looks] == [{"examples": 8}]


def test_a_heavy_lens_that_was_quick_follows_a_run_now_and_then_and_says_nothing_of_it(browser: Browser) -> None:
    with LensServer(lens_scene) as server, lens_page(browser, server, **heavy()) as page:
        expect(page.locator(".nx-readout")).to_have_text("step 120")
        server.state = "training"
        until(page, lambda: len(server.looks) == 2)
        expect(page.locator(".nx-readout")).not_to_have_text("step 120")
        expect(page.locator(".nx-lens-state")).to_be_hidden()


def test_cancel_leaves_the_look_and_another_can_be_asked_for(browser: Browser) -> None:
    with LensServer(lens_scene) as server:
        server.gate.clear()
        with lens_page(browser, server, **heavy()) as page:
            until(page, lambda: server.looks)
            page.get_by_role("button", name="Cancel").click()
            until(page, lambda: server.left == 1)
            expect(page.get_by_role("status")).to_have_text("Cancelled. Nothing was computed.")
            server.gate.set()
            page.get_by_role("button", name="Compute again").click()
            expect(page.locator(".nx-lens-state")).to_be_hidden()
            shown(page)


def test_of_many_wishes_only_the_last_is_shown(browser: Browser) -> None:
    with LensServer(lens_scene) as server:
        server.gate.clear()
        with lens_page(browser, server, **heavy()) as page:
            expect(page.locator(".nx-lens-state")).to_contain_text("place 6 of 21")
            page.evaluate("for (const step of [8, 16, 24, 32]) window.draw({ step })")
            until(page, lambda: len(server.looks) == 2 and server.left == 1)
            server.gate.set()
            expect(page.locator(".nx-readout")).to_have_text("step 32")
            assert [look.get("step") for look in server.looks] == [None, "32"]


def test_what_went_wrong_stands_over_the_picture_as_a_sentence(browser: Browser) -> None:
    with LensServer(lens_scene) as server:
        server.fault = "lens: expected one that fits this network, got <img src=x>; choose another."
        with lens_page(browser, server, **heavy()) as page:
            expect(page.get_by_role("status")).to_have_text(server.fault)
            assert page.locator("img").count() == 0
