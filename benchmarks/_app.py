"""The real app and pages of it in a real Chromium, as the tests start them, with a stopwatch inside the page."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlencode

from playwright.sync_api import Browser, Page, ViewportSize

from benchmarks._processes import cpu_seconds, family, server_process
from explorer.ui import words
from tests.app_server import app_server

STOPWATCH = (Path(__file__).parent / "_page.js").read_text()
SIZE: ViewportSize = {"width": 1440, "height": 900}  # pixels
PATIENCE = 60_000  # milliseconds
TRAIN, PAUSE, SPEED = "Train (Space)", "Pause (Space)", "Speed"
FULL = "null"  # the value of the speed that has no bound


class App:
    """A running app: its address and its process."""

    def __init__(self, address: str):
        self.address, self.pid = address, server_process()

    def worked(self) -> float:
        """Processor time of all workers, in seconds."""
        return sum(map(cpu_seconds, family(self.pid)[1:]))

    @contextmanager
    def page(self, browser: Browser, keys: dict[str, Any]) -> Iterator["Visit"]:
        """A page that a new visitor opens, ready to work with."""
        context = browser.new_context(viewport=SIZE)
        try:
            visit = Visit(context.new_page(), f"{self.address}/?{urlencode(keys)}")
            yield visit
            visit.pause()  # a run outlives its page, and would train beside the next one
        finally:
            context.close()


@contextmanager
def app() -> Iterator[App]:
    """An app whose runs are gone afterwards."""
    with TemporaryDirectory() as home, app_server(Path(home)) as address:
        yield App(address)


class Visit:
    """One page in hand."""

    def __init__(self, page: Page, address: str):
        self.page = page
        page.set_default_timeout(PATIENCE)
        page.add_init_script(STOPWATCH)
        page.goto(address, wait_until="commit")
        self.opened = self.timed("bench.usable({})", TRAIN)  # milliseconds from the request until it can be used

    def timed(self, script: str, *values: Any) -> Any:
        """What a script in the page gives; each {} in it is one of the values."""
        names = [f"values[{place}]" for place in range(len(values))]
        return self.page.evaluate(f"async (values) => {script.format(*names)}", list(values))

    def train(self, at_full_speed: bool = True) -> None:
        """Press Train, as fast as it goes."""
        if at_full_speed:
            self.page.get_by_label(SPEED).select_option(FULL)
        self.page.get_by_role("button", name=TRAIN).click()
        self.timed("bench.drawn({})", 1)

    def pause(self) -> None:
        """Let the run stand."""
        self.timed("(await bench.store()).command('pause').catch(() => null)")  # a finished run refuses

    def click_to_frame(self) -> float:
        """Milliseconds from a press of Train until the first picture of a trained network is drawn."""
        self.page.get_by_role("button", name=TRAIN).click()
        return self.timed("await bench.drawn({}) - bench.clicked", 1)

    def open_panel(self, name: str, sign: str) -> float:
        """Milliseconds from a click on a panel's tab until its sign stands there."""
        self.page.locator(".st-key-panel").get_by_text(words.PANELS[name], exact=True).click()
        place = "document.querySelector('.st-key-bench_settings')"
        return self.timed(f"await bench.until(() => {place}?.textContent.includes({{}})) - bench.clicked", sign)

    def step(self) -> int:
        """The step that the page has heard of."""
        return self.timed("(await bench.store()).status.step")
