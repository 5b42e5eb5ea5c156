"""What people do on the pages of activations and attributions in a real browser."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from explorer.ui import activation_words, attribution_words, words
from tests.test_journeys import open_at, train_past

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def go(page: Page, title: str) -> None:
    page.get_by_role("link", name=title, exact=True).first.click()


def canvas(page: Page, key: str) -> Locator:
    """The canvas of a lens."""
    return page.locator(f".st-key-canvas_lens_{key} canvas")


def menu(page: Page, label: str, option: str) -> None:
    page.get_by_role("combobox", name=re.compile(label)).first.click()
    page.get_by_role("option", name=option).click()


def test_a_pixel_of_a_map_tells_its_sum_and_a_point_becomes_the_example_in_hand(page: Page, address: str) -> None:
    open_at(page, address, "?preset=digits-cnn")
    train_past(page, 20)
    go(page, activation_words.ACTIVATIONS)
    maps = canvas(page, "maps")
    expect(maps).to_have_attribute("aria-label", "edges.maps: 8 maps.")
    box = maps.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 60, box["y"] + 60)
    expect(page.get_by_text(re.compile(r"unit 1, row [1-8], column [1-8]"))).to_be_visible()
    expect(canvas(page, "number_steps")).to_have_attribute("aria-label", re.compile("sum .*bias .*value"))
    page.get_by_text(activation_words.PARTS["points"], exact=True).click()
    points = canvas(page, "points")
    expect(points).to_have_attribute("aria-label", "359 points.")
    points.focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowRight", "Enter"):
        page.keyboard.press(key)
    expect(page.get_by_role("spinbutton", name="Example")).to_have_value("2")


def test_another_method_changes_the_map_and_the_controls_stand_beside_it(page: Page, address: str) -> None:
    open_at(page, address, "?preset=iris")
    go(page, words.ATTRIBUTION)
    scores = canvas(page, "scores")
    expect(scores).to_have_attribute("aria-label", re.compile("^Scores over the row; the strongest"))
    expect(canvas(page, "checks")).to_have_attribute("aria-label", re.compile(r"^completeness error [\d.]+%"))
    before = scores.get_attribute("aria-label")
    menu(page, attribution_words.METHOD, "Saliency")
    expect(scores).not_to_have_attribute("aria-label", before or "")
    page.get_by_text(attribution_words.NOT_OFFERED).click()
    expect(page.get_by_text(attribution_words.VERDICTS["refused"]).first).to_be_visible()
    page.get_by_text(attribution_words.PARTS["influence"], exact=True).click()
    helped = canvas(page, "helped_examples")
    expect(helped).to_have_attribute("aria-label", re.compile("helped.input"))
    helped.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")  # the training example that helped most is looked at from now on
    expect(page).to_have_url(re.compile(r"example=train(:|%3A)\d+"))
