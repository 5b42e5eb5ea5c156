"""What people do in a real browser, in front of the real app."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from explorer.ui import attribution_words, words
from tests.app_server import watched
from tests.canvas_browser import drawn

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
STEP_PASSED = """step => {
  const roots = [...document.querySelectorAll("*")].map((each) => each.shadowRoot).filter(Boolean);
  const shown = roots.map((root) => root.querySelector(".nx-readouts dd")).find(Boolean);
  return Number(shown.textContent.split("/")[0].replace(/\\D/g, "")) > step;
}"""
TRAIN, PAUSE = "Train (Space)", "Pause (Space)"


ALL_INSIDE = """selectors => selectors.every(selector => {
    const box = document.querySelector(selector)?.getBoundingClientRect()
    return box && box.width > 100 && box.right <= innerWidth && box.bottom <= innerHeight
})"""


def open_at(page: Page, address: str, query: str = "") -> None:
    page.goto(f"{address}/{query}")
    expect(page.get_by_role("button", name=TRAIN)).to_be_enabled()


def step_of(page: Page) -> int:
    return int(page.locator(".nx-readouts dd").first.inner_text().split("/")[0].replace(",", ""))


def train_past(page: Page, step: int) -> None:
    """Train until a step is passed, and pause."""
    page.get_by_role("button", name=TRAIN).click()
    expect(page.get_by_role("button", name=PAUSE)).to_be_visible()
    page.wait_for_function(STEP_PASSED, arg=step)
    page.get_by_role("button", name=PAUSE).click()
    expect(page.locator(".nx-state")).to_have_attribute("data-state", "paused")


def run_id(page: Page) -> str:
    return re.search(r"run=([a-z0-9]+)", page.url).group(1)


def await_other_run(page: Page, before: str) -> str:
    page.wait_for_function("before => /run=/.test(location.search) && !location.search.includes(before)", arg=before)
    return run_id(page)


def panel(page: Page, name: str) -> None:
    page.locator(".st-key-panel").get_by_text(words.PANELS[name], exact=True).click()


def test_a_newcomer_presses_train_and_the_answer_bends(page: Page, address: str) -> None:
    open_at(page, address)
    surface = page.locator(".st-key-bench_result canvas")
    before = surface.screenshot()
    train_past(page, 100)
    assert surface.screenshot() != before
    paused = step_of(page)
    page.wait_for_timeout(500)  # longer than five statuses, so a run that goes on would show
    assert step_of(page) == paused


def test_the_articles_network_trains_on_handwritten_digits(page: Page, address: str) -> None:
    open_at(page, address)
    page.get_by_role("button", name=words.GALLERY).click()
    page.locator(".st-key-card_article-cnn").get_by_role("button", name=words.OPEN).click()
    expect(page.get_by_text("The article's network.")).to_be_visible()
    expect(page.get_by_role("button", name=TRAIN)).to_be_enabled()
    train_past(page, 5)
    page.get_by_role("link", name=words.ATTRIBUTION).click()
    expect(page.get_by_text(attribution_words.SCORES, exact=True)).to_be_visible()
    expect(page.get_by_role("img", name=re.compile("^Scores over the picture")).first).to_be_visible()


def test_a_layer_built_on_the_stage_trains_at_once(page: Page, address: str) -> None:
    open_at(page, address)
    first = run_id(page)
    page.get_by_role("button", name="Add a layer after hidden1").click(force=True)
    await_other_run(page, first)
    expect(page.get_by_role("img", name=re.compile("^Network of 5 layers"))).to_be_visible()
    train_past(page, 20)


def test_a_learning_rate_changed_while_training_keeps_the_run(page: Page, address: str) -> None:
    open_at(page, address)
    first = run_id(page)
    panel(page, "recipe")
    page.get_by_role("button", name=TRAIN).click()
    page.get_by_role("slider", name="Learning rate").first.press("ArrowRight")
    page.wait_for_function("() => location.search.includes('recipe.learning_rate=')")
    assert run_id(page) == first
    page.get_by_role("button", name=PAUSE).click()


def test_a_weight_is_read_and_typed(page: Page, address: str) -> None:
    open_at(page, address)
    train_past(page, 10)
    stage = page.locator(".st-key-bench_stage canvas")
    stage.focus()
    for key in ("ArrowRight", "ArrowRight", "Enter"):  # the first hidden layer, and its bias
        stage.press(key)
    box = page.locator(".nx-editor input")
    box.fill("2.5")
    box.press("Enter")
    expect(page.locator(".nx-editor")).to_be_hidden()
    stage.press("Enter")
    expect(box).to_have_value(re.compile("2.50"))
    events = page.request.get(f"{address}/live/{run_id(page)}/events").json()
    assert ("weight_set", 2.5) in [(event["kind"], event["details"].get("value")) for event in events]


def test_time_is_scrubbed_and_a_past_step_goes_on_as_another_run(page: Page, address: str) -> None:
    open_at(page, address)
    train_past(page, 150)
    first, reached = run_id(page), step_of(page)
    timeline = page.get_by_role("slider", name="Step shown")
    timeline.press("PageDown")
    expect(page.locator(".nx-timeline .nx-label")).to_have_text(re.compile("^step"))  # the film is here
    for _ in range(3):
        timeline.press("PageDown")
    drawn(page)
    past = step_of(page)
    assert 0 <= past < reached
    page.wait_for_function("past => location.search.includes(`step=${past}`)", arg=past)
    page.get_by_role("button", name="Continue from here").click()
    await_other_run(page, first)
    expect(page.locator(".nx-readouts dd").first).to_have_text(re.compile(f"^{past:,} "))
    train_past(page, past + 20)


def test_who_opens_the_link_of_a_run_may_look_and_not_steer(page: Page, browser: Browser, address: str) -> None:
    open_at(page, address)
    train_past(page, 30)
    other = browser.new_context()
    for guest in watched(other.new_page()):
        guest.goto(f"{address}/?run={run_id(page)}")
        expect(guest.get_by_text("You look at somebody else's run").first).to_be_visible()
        expect(guest.get_by_role("button", name=TRAIN)).to_be_disabled()
        expect(guest.locator(".nx-readouts dd").first).to_have_text(re.compile(f"^{step_of(page):,} "))
    other.close()


def test_a_reload_comes_back_to_the_same_run_and_may_still_steer(page: Page, address: str) -> None:
    open_at(page, address)
    train_past(page, 30)
    before = run_id(page), step_of(page)
    page.reload()
    expect(page.get_by_role("button", name=TRAIN)).to_be_enabled()
    expect(page.locator(".nx-readouts dd").first).to_have_text(re.compile(f"^{before[1]:,} "))
    assert run_id(page) == before[0]


def test_who_comes_back_finds_the_run_that_they_trained_last(page: Page, address: str) -> None:
    open_at(page, address, "?preset=xor")
    train_past(page, 30)
    before = run_id(page), step_of(page)
    open_at(page, address)
    page.wait_for_function("before => location.search.includes(before)", arg=before[0])
    expect(page.locator(".nx-readouts dd").first).to_have_text(re.compile(f"^{before[1]:,} "))


def test_two_tabs_follow_one_run(page: Page, address: str) -> None:
    open_at(page, address)
    second = page.context.new_page()
    second.goto(page.url)
    expect(second.get_by_role("button", name=TRAIN)).to_be_enabled()
    train_past(page, 30)
    expect(second.locator(".nx-readouts dd").first).to_have_text(page.locator(".nx-readouts dd").first.inner_text())


def test_a_run_that_breaks_says_why_and_goes_back_with_one_click(page: Page, address: str) -> None:
    open_at(page, address, "?preset=plane-regression&recipe.optimizer.kind=sgd&recipe.learning_rate=100")
    page.get_by_role("button", name=TRAIN).click()
    expect(page.get_by_text("is probably too high")).to_be_visible()
    page.get_by_role("button", name="Roll back and halve the learning rate").click()
    page.wait_for_function("() => /recipe.learning_rate=(50|25|12.5|6.25)/.test(location.search)")


def test_a_link_that_was_edited_by_hand_says_what_it_left_out(page: Page, address: str) -> None:
    open_at(page, address, "?preset=circle&recipe.learning_rate=quick&what=%3Cimg%20src%3Dx%3E")
    expect(page.get_by_text("A part of this link was left out: recipe.learning_rate")).to_be_visible()
    assert page.locator("img[src=x]").count() == 0


def test_a_lesson_hides_what_its_link_names(page: Page, address: str) -> None:
    open_at(page, address, "?hide=seed,gallery,curves")
    expect(page.get_by_role("button", name="New seed")).to_be_hidden()
    expect(page.get_by_role("button", name=words.GALLERY)).to_have_count(0)
    expect(page.locator(".st-key-bench_curves")).to_have_count(0)


def test_a_run_file_is_downloaded_and_opened_again(page: Page, address: str, tmp_path: Path) -> None:
    open_at(page, address)
    train_past(page, 30)
    answer = page.request.get(f"{address}/live/{run_id(page)}/file")
    kept = tmp_path / "handed_in.run"
    kept.write_bytes(answer.body())
    before = run_id(page), step_of(page)
    page.get_by_role("link", name=words.RUNS).click()
    expect(page.get_by_role("heading", name=words.RUNS)).to_be_visible()
    page.locator("input[type=file]").set_input_files(kept)
    await_other_run(page, before[0])
    expect(page.get_by_role("button", name=TRAIN)).to_be_enabled()
    expect(page.locator(".nx-readouts dd").first).to_have_text(re.compile(f"^{before[1]:,} "))


SCREENS = [(1440, 900), (1024, 768), (844, 390)]


@pytest.mark.parametrize(("theme", "screens"), [("light", SCREENS), ("dark", SCREENS[::-1])])
def test_the_page_shows_all_that_matters_without_scrolling(
    browser: Browser, address: str, theme: str, screens: list[tuple[int, int]]
) -> None:
    """On the screen that it opens on, and on others that its window is moved to."""
    width, height = screens[0]
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=theme)
    for page in watched(context.new_page()):
        open_at(page, address)
        for width, height in screens:
            page.set_viewport_size({"width": width, "height": height})
            parts = (
                ["transport", "stage", "result"]
                if height < 500
                else ["transport", "stage", "result", "timeline", "curves", "panel"]
            )
            page.wait_for_function(ALL_INSIDE, arg=[f".st-key-bench_{part}" for part in parts])
    context.close()


def test_the_log_of_all_these_visits_holds_no_warning(address: str, app_home: Path) -> None:
    log = (app_home / "server.log").read_text()
    assert "Traceback" not in log
    assert "arning" not in log
