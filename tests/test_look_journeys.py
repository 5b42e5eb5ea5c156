"""What people do on the pages of lenses in a real browser."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from explorer.ui import look_words, own_words, words
from tests.test_journeys import open_at, train_past

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def go(page: Page, title: str) -> None:
    page.get_by_role("link", name=title, exact=True).first.click()


def lens(page: Page, key: str) -> Locator:
    """The canvas of a lens, once it shows something."""
    return page.locator(f".st-key-canvas_lens_{key} canvas")


def test_a_head_is_chosen_on_the_wall_and_a_row_of_it_followed_through_its_stages(page: Page, address: str) -> None:
    open_at(page, address, "?preset=induction-heads")
    train_past(page, 20)
    go(page, look_words.ATTENTION)
    expect(lens(page, "wall")).to_have_attribute(
        "aria-label", "Attention of 1 heads in 2 layers, query tokens down and key tokens across."
    )
    expect(page.get_by_text(look_words.head("block1.attention", 0))).to_be_visible()
    lens(page, "wall").focus()
    for key in ("ArrowDown", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    expect(page.get_by_text(look_words.head("block2.attention", 0))).to_be_visible()
    expect(lens(page, "head")).to_have_attribute(
        "aria-label", "block2.attention.pattern: 32 rows by 32 columns, from 0 to 1."
    )
    lens(page, "head").focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    page.get_by_text(look_words.ATTENTION_PARTS["query"], exact=True).click()
    expect(page.get_by_role("slider", name=look_words.QUERY)).to_have_value("2")


def test_a_span_is_drawn_over_the_states_and_a_past_step_stays_from_page_to_page(page: Page, address: str) -> None:
    open_at(page, address, "?preset=brackets-lstm")
    train_past(page, 60)
    go(page, look_words.STATES)
    sheet = lens(page, "states")
    expect(sheet).to_have_attribute("aria-label", re.compile("4 units over 30 steps"))
    box = sheet.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.6 * box["width"], box["y"] + 70, steps=4)
    page.mouse.up()
    expect(page.get_by_role("slider", name=look_words.SPAN).first).not_to_have_value("0")
    time = page.locator(".st-key-look_timeline [role=slider]")
    time.focus()
    page.keyboard.press("ArrowLeft")
    page.wait_for_function("() => location.search.includes('step=')")
    before = page.evaluate("() => new URL(location).searchParams.get('step')")
    go(page, look_words.ATTENTION)
    expect(page.get_by_text(look_words.NO_ATTENTION)).to_be_visible()
    go(page, look_words.STATES)
    page.wait_for_function("step => new URL(location).searchParams.get('step') === step", arg=before)


def test_a_state_grows_with_every_key_of_a_text_that_stays_from_page_to_page(page: Page, address: str) -> None:
    open_at(page, address, "?preset=brackets-lstm")
    go(page, look_words.STATES)
    page.get_by_role("combobox", name=look_words.SPLIT).click()
    page.get_by_role("option", name=own_words.OWN).click()
    field = page.get_by_role("textbox", name=own_words.KEYS["text"])
    field.fill("")
    for steps, key in enumerate("(())", start=1):
        field.press(key)
        expect(lens(page, "states")).to_have_attribute("aria-label", re.compile(f"4 units over {steps} steps"))
    page.wait_for_function("() => new URL(location).searchParams.get('example') === 'text:(())'")
    field.press("x")
    refused = page.get_by_text("Expected ( or ) at every step, got 'x'; write others.")
    expect(refused).to_be_visible()
    expect(field).to_have_value("(())x")
    field.press("Backspace")
    go(page, words.ATTRIBUTION)
    expect(field).to_have_value("(())")
    expect(refused).to_be_hidden()
