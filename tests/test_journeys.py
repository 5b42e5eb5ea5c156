"""What a person does in a real browser, from a cold page to an attribution."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from explorer.ui import words
from tests.app_server import app_server, chromium

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
PATIENCE = 30_000  # milliseconds


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def address(home: Path) -> Iterator[str]:
    with app_server(home) as found:
        yield found


@pytest.fixture
def page(address: str) -> Iterator[Page]:
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.set_default_timeout(PATIENCE)
        outside: list[str] = []
        page.on("request", lambda request: outside.append(request.url) if "127.0.0.1" not in request.url else None)
        page.goto(address)
        yield page
        assert [url for url in outside if url.startswith("http")] == []


def choose(page: Page, title: str) -> None:
    box = page.get_by_role("combobox").first
    box.click()
    box.fill(title)  # the list draws only the options in view
    page.get_by_role("option", name=title, exact=True).click()


def button(page: Page, label: str):
    return page.get_by_role("button", name=label)


def test_the_articles_network_trains_on_digits_pauses_and_explains_itself(page: Page, home: Path) -> None:
    choose(page, "The article's network")
    button(page, words.TRAIN).click()
    expect(button(page, words.PAUSE)).to_be_visible(timeout=PATIENCE)
    step = page.get_by_test_id("stMetricValue").first
    first = step.inner_text()
    expect(step).not_to_have_text(first, timeout=PATIENCE)
    button(page, words.PAUSE).click()
    expect(button(page, words.GO_ON)).to_be_visible(timeout=PATIENCE)
    paused_at = step.inner_text()
    page.wait_for_timeout(1_200)  # longer than the page looks away, so a run that goes on would show
    expect(step).to_have_text(paused_at)
    page.get_by_role("link", name="Attribution").click()
    expect(page.get_by_text(words.COMPLETENESS).first).to_be_visible(timeout=PATIENCE)
    expect(page.locator(".js-plotly-plot")).to_have_count(2)


def test_the_log_of_a_visit_holds_no_warning(page: Page, home: Path) -> None:
    expect(page.get_by_role("heading", name=words.TRAIN_TITLE)).to_be_visible(timeout=PATIENCE)
    log = (home / "server.log").read_text()
    assert "Traceback" not in log
    assert "arning" not in log
