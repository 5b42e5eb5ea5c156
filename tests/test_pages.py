"""Every page through the frame script: it opens, says what it is about, and fails in words only."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from explorer import gallery
from explorer.ui import words
from explorer.ui.guard import plain
from explorer.ui.service import close_engine

SHELL = Path(__file__).resolve().parents[1] / "explorer" / "ui" / "shell.py"
TITLES = {"train.py": words.TRAIN_TITLE, "attribution.py": words.ATTRIBUTION_TITLE}
PATIENCE = 60  # seconds

pytestmark = pytest.mark.xdist_group("engine")


@pytest.fixture(scope="module", autouse=True)
def engine() -> Iterator[None]:
    yield
    close_engine()


@pytest.fixture
def app() -> AppTest:
    return AppTest.from_file(str(SHELL), default_timeout=PATIENCE).run()


def press(app: AppTest, label: str) -> AppTest:
    return next(button for button in app.button if button.label == label).click().run()


def reach(app: AppTest, label: str) -> AppTest:
    """Run again until a button with this label is there."""
    deadline = time.monotonic() + PATIENCE
    while label not in [button.label for button in app.button]:
        assert time.monotonic() < deadline, [button.label for button in app.button]
        app.run()
    return app


@pytest.mark.parametrize("page", TITLES)
def test_every_page_opens_under_its_title(app: AppTest, page: str) -> None:
    app.switch_page(f"../../pages/{page}").run()
    assert not app.exception
    assert app.title[0].value == TITLES[page]


def test_every_preset_says_what_to_watch_and_what_to_expect(app: AppTest) -> None:
    for preset in gallery.presets():
        app.selectbox(key="preset").set_value(preset.name).run()
        assert not app.exception
        said = " ".join(markdown.value for markdown in app.markdown)
        assert preset.watch in said
        assert preset.expect in said


def test_a_preset_trains_pauses_goes_on_and_starts_over(app: AppTest) -> None:
    app.selectbox(key="preset").set_value("article-cnn").run()
    press(app, words.TRAIN)
    reach(app, words.PAUSE)
    assert words.STATES["training"] in [metric.label for metric in app.metric]
    press(app, words.PAUSE)
    reach(app, words.GO_ON)
    assert words.STATES["paused"] in [metric.label for metric in app.metric]
    press(app, words.GO_ON)
    press(app, words.START_OVER)
    assert not app.exception


def test_the_attribution_of_a_run_shows_its_error(app: AppTest) -> None:
    app.selectbox(key="preset").set_value("digits-mlp").run()
    press(app, words.TRAIN)
    app.switch_page("../../pages/attribution.py").run()
    assert not app.exception
    assert any(metric.label.startswith(words.COMPLETENESS) for metric in app.metric)


def test_a_network_that_the_lens_cannot_read_is_told_in_words(app: AppTest) -> None:
    app.selectbox(key="preset").set_value("induction-heads").run()
    press(app, words.TRAIN)
    app.switch_page("../../pages/attribution.py").run()
    assert not app.exception
    assert app.info[0].value == words.NO_ATTRIBUTION


def test_text_from_outside_is_never_read_as_markup() -> None:
    assert plain("<b>*x*</b>") == r"\<b\>\*x\*\</b\>"
