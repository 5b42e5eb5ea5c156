"""The pages that look inside, in a real browser: how soon they show another input."""

from collections.abc import Callable
from statistics import median, quantiles

from playwright.sync_api import Browser

from benchmarks._app import App, Visit, app
from explorer.ui import activation_words, look_words, own_words, words
from tests.app_server import chromium

TURNS = 20
REST = 800  # milliseconds between two inputs, so that each is the first that comes
PAGES = {  # by preset: the page, and the picture that is waited for
    "induction-heads": (look_words.ATTENTION, "wall"),
    "brackets-lstm": (look_words.STATES, "states"),
    "digits-cnn": (activation_words.ACTIVATIONS, "maps"),
    "iris": (words.ATTRIBUTION, "scores"),
}
TYPED = "brackets-lstm"


def figures() -> dict[str, float]:
    """Milliseconds from a click on the next example, or from a key, until the picture shows it."""
    found: dict[str, float] = {}
    with app() as running, chromium() as browser:
        for preset, (page, picture) in PAGES.items():
            with running.page(browser, {"preset": preset}) as visit:
                _go(visit, page, picture)
                more = visit.page.get_by_test_id("stNumberInputStepUp").first
                found |= _times(f"{page}, another example", [_answer(visit, picture, more.click) for _ in range(TURNS)])
        found |= _typing(running, browser)
    return found


def _typing(running: App, browser: Browser) -> dict[str, float]:
    page, picture = PAGES[TYPED]
    with running.page(browser, {"preset": TYPED, "example": "text:("}) as visit:
        _go(visit, page, picture)
        field = visit.page.get_by_role("textbox", name=own_words.KEYS["text"])
        return _times(f"{page}, a key", [_answer(visit, picture, lambda: field.press(")")) for _ in range(TURNS)])


def _go(visit: Visit, page: str, picture: str) -> None:
    """A page of a network that has trained a little, with its picture drawn and all at rest."""
    visit.train()
    visit.pause()
    visit.page.get_by_role("link", name=page, exact=True).first.click()
    visit.page.locator(f".st-key-canvas_lens_{picture} canvas").wait_for()
    visit.page.wait_for_load_state("networkidle")


def _answer(visit: Visit, picture: str, act: Callable[[], None]) -> float:
    """Milliseconds from what a person does until the picture is another."""
    visit.page.wait_for_timeout(REST)
    visit.timed("bench.watch({})", picture)
    act()
    return visit.timed("await bench.changed - bench.clicked")


def _times(name: str, times: list[float]) -> dict[str, float]:
    return {
        f"looking: {name}, median ms": median(times),
        f"looking: {name}, 95 of 100 within ms": quantiles(times, n=20)[-1],
    }
