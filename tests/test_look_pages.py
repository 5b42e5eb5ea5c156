"""The pages of lenses through the frame script: what opens for which network, and what the browser is told to look at."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from explorer import gallery
from explorer.ui import attention_panel, attention_views, look_words, states_panel, words
from explorer.ui.service import close_engine, engine
from tests.test_pages import mine, opened, press, run, said, train, visit

PAGES = {"attention.py": attention_panel, "states.py": states_panel}
ATTENDS, RECURS, NEITHER = "induction-heads", "brackets-lstm", "circle"
CHARACTERS = "char-gpt"

pytestmark = pytest.mark.xdist_group("engine")


@pytest.fixture(scope="module", autouse=True)
def running_engine() -> Iterator[None]:
    yield
    close_engine()


def looked_at(app: AppTest) -> dict[str, dict[str, Any]]:
    """What every lens on the page is told, by the key it was drawn under."""
    found = {}
    for each in app.get("bidi_component"):
        if each.proto.component_name.endswith("lens"):
            found[each.proto.id.rpartition("canvas_lens_")[2]] = json.loads(each.proto.json)
    return found


def on(page: str, preset: str) -> AppTest:
    return visit(opened(preset=preset), page)


def part(app: AppTest, key: str, name: str) -> AppTest:
    app.button_group(key=key).set_value(name)
    return run(app)


def lenses(app: AppTest) -> set[str]:
    return {told["lens"] for told in looked_at(app).values()}


@pytest.mark.parametrize(("page", "preset"), [(p, each) for p, panel in PAGES.items() for each in panel.PRESETS])
def test_every_experiment_that_a_page_offers_has_something_to_see_there(page: str, preset: str) -> None:
    assert PAGES[page].LENS in engine().describe(gallery.preset(preset).experiment)["lenses"]


@pytest.mark.parametrize("page", PAGES)
def test_a_page_without_anything_to_see_says_why_and_opens_an_experiment_in_one_click(page: str) -> None:
    app = on(page, NEITHER)
    sentence = {"attention.py": look_words.NO_ATTENTION, "states.py": look_words.NO_STATES}[page]
    assert sentence in said(app)
    assert looked_at(app) == {}
    press(app, f"fitting_{PAGES[page].PRESETS[0]}")
    assert sentence not in said(app)
    assert PAGES[page].LENS in lenses(app)


ATTENTION_PARTS = [(ATTENDS, name) for name in attention_panel.PARTS] + [(CHARACTERS, "off"), (CHARACTERS, "direct")]


@pytest.mark.parametrize(("preset", "name"), ATTENTION_PARTS)
def test_every_part_of_the_attention_page_looks_through_its_lenses(preset: str, name: str) -> None:
    app = part(on("attention.py", preset), "attention_part", name)
    assert set(attention_panel.PARTS[name][0]) <= lenses(app)
    assert not app.error


@pytest.mark.parametrize("preset", ["brackets-lstm", "adding-rnn", "flip-flop"])
@pytest.mark.parametrize("name", states_panel.PARTS)
def test_every_part_of_the_states_page_looks_through_its_lenses(preset: str, name: str) -> None:
    app = part(on("states.py", preset), "state_part", name)
    assert set(states_panel.PARTS[name][0]) - {"state_match"} <= lenses(app)
    assert not app.error
