"""The pages that look inside, in a real browser: how soon they show another input, how smoothly they follow a run."""

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
BLOCKS, HEADS, TOKENS = 4, 8, 64
LARGE = {
    "preset": "induction-heads",
    "recipe.steps": 1_000_000,
    "recipe.batch_size": 8,  # of 32 a step alone takes longer than a picture may
    "recipe.evaluate_every": 100,  # nothing is drawn during a look at held-out data
    "data.length": TOKENS,
    "network.layers": ",".join(["embedding", "position", *BLOCKS * ["transformer_block"], "layer_norm", "linear"]),
} | {f"network.layers.{block}.heads": HEADS for block in range(2, 2 + BLOCKS)}
COUNTED = 5.0  # seconds in which pictures are counted
COUNTS = 3


def figures() -> dict[str, float]:
    """From a click on the next example, or a key, until the picture shows it; and the pictures of a run in training."""
    found: dict[str, float] = {}
    with app() as running, chromium() as browser:
        for preset, (page, picture) in PAGES.items():
            with running.page(browser, {"preset": preset}) as visit:
                _go(visit, page, picture)
                more = visit.page.get_by_test_id("stNumberInputStepUp").first
                found |= _times(f"{page}, another example", [_answer(visit, picture, more.click) for _ in range(TURNS)])
        found |= _typing(running, browser) | _wall(running, browser)
    return found


def _typing(running: App, browser: Browser) -> dict[str, float]:
    page, picture = PAGES[TYPED]
    with running.page(browser, {"preset": TYPED, "example": "text:("}) as visit:
        _go(visit, page, picture)
        field = visit.page.get_by_role("textbox", name=own_words.KEYS["text"])
        return _times(f"{page}, a key", [_answer(visit, picture, lambda: field.press(")")) for _ in range(TURNS)])


def _wall(running: App, browser: Browser) -> dict[str, float]:
    """The heads of a larger network while it trains as fast as it goes; the wall alone is watched."""
    with running.page(browser, LARGE) as visit:
        visit.train()
        _open(visit, look_words.ATTENTION, "wall")
        visit.timed("bench.until(async () => (await bench.store()).counts.arrived > 0)")
        visit.page.wait_for_timeout(REST)
        before = visit.step()
        counted = [visit.timed("bench.count({})", 1_000 * COUNTED) for _ in range(COUNTS)]
        steps = visit.step() - before
    name = f"{look_words.ATTENTION} wall of {BLOCKS} x {HEADS} heads x {TOKENS} tokens"
    return {
        f"looking: {name}, pictures/s drawn": median(each["seen"] for each in counted),
        f"looking: {name}, turns of the display/s": median(each["turns"] for each in counted),
        f"looking: {name}, steps/s meanwhile": steps / (COUNTS * COUNTED),
    }


def _go(visit: Visit, page: str, picture: str) -> None:
    """A page of a network that has trained a little, with its picture drawn and all at rest."""
    visit.train()
    visit.pause()
    _open(visit, page, picture)
    visit.page.wait_for_load_state("networkidle")


def _open(visit: Visit, page: str, picture: str) -> None:
    visit.page.get_by_role("link", name=page, exact=True).first.click()
    visit.page.locator(f".st-key-canvas_lens_{picture} canvas").wait_for()


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
