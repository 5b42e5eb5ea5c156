"""The past of a run, and what the result shows: films, scores and texts."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.canvas_browser import canvas_page, drawn, pixels, until, wait_for
from tests.canvas_server import EVERY, LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
SNAPSHOTS = 75


def trained(name: str = "small") -> LiveServer:
    server = LiveServer(name)
    server.step = (SNAPSHOTS - 1) * EVERY
    return server


def scrub(page: Page, stops: int) -> list[int]:
    """Drag along the whole timeline; the steps that were shown on the way."""
    box = page.locator("#timeline canvas").bounding_box()
    assert box is not None
    y, width = box["y"] + box["height"] - 18, box["width"] - 24
    page.mouse.move(box["x"] + 12, y)
    page.mouse.down()
    wait_for(page, "() => window.store.shownStep !== null && !window.store.films.isLoading")
    shown = []
    for stop in range(stops):
        page.mouse.move(box["x"] + 12 + width * stop / (stops - 1), y)
        shown.append(page.evaluate("window.store.shownStep"))
    page.mouse.up()
    return shown


def films(server: LiveServer) -> list[str]:
    return [request for request in server.requests if request.startswith("film")]


def test_scrubbing_through_all_snapshots_asks_the_server_once(browser: Browser) -> None:
    with trained() as server, canvas_page(browser, server) as page:
        assert films(server) == []
        shown = scrub(page, 2 * SNAPSHOTS)
        assert sorted(set(shown)) == [EVERY * place for place in range(SNAPSHOTS)]
        assert films(server) == ["film stage"]


def test_the_timeline_does_not_move_under_the_pointer(browser: Browser) -> None:
    with trained() as server, canvas_page(browser, server) as page:
        bar = page.locator("#timeline canvas")
        before = bar.bounding_box()
        assert before is not None
        page.mouse.move(before["x"] + before["width"] / 2, before["y"] + before["height"] - 18)
        page.mouse.down()
        wait_for(page, "() => window.store.shownStep !== null && !window.store.films.isLoading")
        page.mouse.up()
        assert bar.bounding_box() == before
        assert page.evaluate("window.store.shownStep") == pytest.approx(server.step / 2, abs=EVERY)


def test_each_lens_in_sight_is_fetched_once_as_a_film(browser: Browser) -> None:
    with trained() as server, canvas_page(browser, server) as page:
        page.get_by_role("button", name="Scores", exact=True).click()
        scrub(page, SNAPSHOTS)
        scrub(page, SNAPSHOTS)
        assert sorted(films(server)) == ["film evaluation", "film stage"]


def test_every_picture_shows_the_step_of_the_timeline_and_comes_back_to_live(browser: Browser) -> None:
    with trained() as server, canvas_page(browser, server) as page:
        live = pixels(page, "stage"), pixels(page, "result")
        page.locator("#timeline canvas").focus()
        page.keyboard.press("Home")
        wait_for(page, "() => !window.store.films.isLoading")
        page.keyboard.press("Home")
        wait_for(page, "() => window.store.frame('stage').header.step === 0")
        drawn(page)
        assert pixels(page, "stage") != live[0]
        assert pixels(page, "result") != live[1]
        expect(page.locator("#timeline .nx-label")).to_have_text("step 0")
        page.keyboard.press("ArrowRight")
        assert page.evaluate("window.store.shownStep") == EVERY
        page.get_by_role("button", name="Back to live").click()
        wait_for(page, f"() => window.store.frame('stage').header.step === {server.step}")


def test_the_run_plays_as_a_film_until_it_is_stopped(browser: Browser) -> None:
    with trained() as server, canvas_page(browser, server) as page:
        page.evaluate(
            "window.seen = new Set(); void window.store.subscribe(() => window.seen.add(window.store.shownStep))"
        )
        page.get_by_role("button", name="Play the run as a film").click()
        wait_for(page, "() => window.seen.size > 10")
        page.get_by_role("button", name="Stop the film").click()
        seen = page.evaluate("[...window.seen].filter((step) => step !== null)")
        assert seen == sorted(seen)
        assert films(server) == ["film stage"]


def test_a_past_step_can_be_continued_from(browser: Browser) -> None:
    with trained() as server, canvas_page(browser, server) as page:
        expect(page.get_by_role("button", name="Continue from here")).to_be_hidden()
        scrub(page, 4)
        page.keyboard.press("ArrowLeft")
        page.get_by_role("button", name="Continue from here").click()
        step = page.evaluate("window.store.shownStep")
        assert page.evaluate("window.triggers") == [["branch", {"step": step}]]


def test_scores_are_watched_only_while_they_are_shown_and_follow_the_timeline(browser: Browser) -> None:
    with trained("cnn") as server, canvas_page(browser, server) as page:
        lenses = lambda: {watch["lens"] for watch in server.watches[-1]}  # noqa: E731
        assert lenses() == {"stage"}
        page.get_by_role("button", name="Scores", exact=True).click()
        until(page, lambda: lenses() == {"stage", "evaluation"})
        label = page.locator("#result canvas")
        expect(label).to_have_attribute("aria-label", expected_scores(server, server.step))
        scrub(page, 1 + 1)
        page.locator("#timeline canvas").focus()
        page.keyboard.press("Home")
        expect(label).to_have_attribute("aria-label", expected_scores(server, 0))
        page.get_by_role("button", name="Answer", exact=True).click()
        until(page, lambda: lenses() == {"stage"})


def expected_scores(server: LiveServer, step: int) -> str:
    found = server.scene.picture("evaluation", step)
    accuracy, f1, loss = (float(found[name].values) for name in ("accuracy", "f1", "loss"))
    percent = lambda share: f"{100 * share:.{0 if 100 * share < 0.05 else 1}f}%"  # noqa: E731
    return f"Scores on held-out data: Accuracy {percent(accuracy)}, F1 {percent(f1)}, Loss {loss:.3g}."


def test_the_confusion_matrix_tells_what_was_taken_for_what(browser: Browser) -> None:
    with trained("cnn") as server, canvas_page(browser, server) as page:
        page.get_by_role("button", name="Scores", exact=True).click()
        wait_for(page, "() => window.store.frame('evaluation')")
        counts = server.scene.picture("evaluation", server.step)["confusion"].values
        box = page.locator("#result canvas").bounding_box()
        assert box is not None
        side = box["width"] - 52
        top = 3 * 20 + 34
        page.mouse.move(box["x"] + 44 + side * 0.35, box["y"] + top + side * 0.75)  # row 7, column 3
        expect(page.locator("#result .nx-readout")).to_have_text(f"7 taken for 3: {counts[7, 3]} of {counts[7].sum()}")


def test_only_views_that_apply_are_offered(browser: Browser) -> None:
    for name, offered in [("small", ["Answer", "Scores"]), ("transformer", ["Answer", "Scores", "Text"])]:
        with LiveServer(name) as server, canvas_page(browser, server) as page:
            buttons = page.locator(".nx-switch button:visible")
            assert buttons.all_inner_texts() == offered


def test_the_network_writes_text_with_the_prompt_apart(browser: Browser) -> None:
    with trained("transformer") as server, canvas_page(browser, server) as page:
        page.get_by_role("button", name="Text", exact=True).click()
        prompt = page.locator(".nx-text .nx-muted")
        expect(prompt).to_have_text("<b> the cat sat on the mat and the dog ran. ")
        names = server.scene.diagram["token_names"]
        tokens = server.scene.picture("generation", server.step)["tokens"].values[12:]
        written = " ".join(names[token] for token in tokens).replace(" .", ".")
        expect(page.locator(".nx-text span").nth(1)).to_have_text(written)
        page.get_by_label("Temperature").select_option("0")
        page.get_by_role("button", name="Draw another text").click()
        settings = {"temperature": 0, "length": 48, "seed": 1}
        until(page, lambda: {"lens": "generation", "settings": settings}.items() <= server.watches[-1][-1].items())
        page.get_by_role("button", name="Next example").click()
        until(page, lambda: server.watches[-1][-1]["example"] == {"split": "test", "index": 1})


def test_text_of_characters_is_written_without_gaps(browser: Browser) -> None:
    server = trained("transformer")
    server.scene.diagram["token_names"] = [*"abc \n", "<unknown>", *"defg"]
    with server, canvas_page(browser, server) as page:
        page.get_by_role("button", name="Text", exact=True).click()
        expect(page.locator(".nx-text .nx-muted")).to_have_text("abc \nb<unknown>dbefg")


def test_a_view_that_no_longer_applies_gives_way_to_the_answer(browser: Browser) -> None:
    with trained("transformer") as server, canvas_page(browser, server) as page:
        page.get_by_role("button", name="Text", exact=True).click()
        expect(page.locator(".nx-text")).to_be_visible()
        page.evaluate("window.data = { run: null, diagram: { ...window.store.diagram, task: { kind: 'regression' } } }")
        page.evaluate("window.draw()")
        expect(page.locator(".nx-text")).to_be_hidden()
        expect(page.locator(".nx-switch button[aria-pressed=true]")).to_have_text("Answer")
