"""A teacher's way through a laboratory of emergence, in a real browser."""

import re

import pytest
from playwright.sync_api import Page, expect

from explorer.ui import emergence_words as words
from tests.app_server import PATIENCE
from tests.test_journeys import step_of

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
COURSE = ".nx-course canvas"


def test_a_laboratory_is_opened_started_watched_and_measured(page: Page, address: str) -> None:
    page.goto(f"{address}/emergence")
    page.get_by_role("radio", name=words.SHORT["induction"]).click()
    page.locator(".st-key-card_induction-heads").get_by_role("button", name=words.START).click()
    expect(page.locator(".nx-state")).to_have_attribute("data-state", re.compile("training|finished"))
    expect(page.locator(".nx-readouts dd").first).to_have_text(re.compile(r"^[1-9]\d{1,2} / 500"))
    assert step_of(page) > 0
    expect(page.locator(COURSE).first).to_have_accessible_name(
        re.compile("Second-half accuracy ends at"), timeout=3 * PATIENCE
    )
    expect(page.get_by_text(re.compile("|".join(words.VERDICTS.values()))).first).to_be_visible()
