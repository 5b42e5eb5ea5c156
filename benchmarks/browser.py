"""The app in a real browser: pictures a second, what they cost, and how soon the page answers."""

import json
import time
from itertools import cycle, islice
from statistics import median, quantiles
from urllib.parse import urlsplit

from playwright.sync_api import Browser
from websockets.sync.client import connect

from benchmarks._app import FULL, SPEED, App, Visit, app
from benchmarks._processes import cpu_seconds
from tests.app_server import chromium

TURNS = 5
WINDOW = 5.0  # seconds in which pictures are counted
DRAG = 3.0  # seconds that the timeline is dragged
SNAPSHOTS = 256
CLICKS = 24  # on tabs
PANELS = {"recipe": "Learning rate", "data": "Noise"}  # with words that only this panel has
ENDLESS = {"preset": "circle", "recipe.steps": 1_000_000}
HIDDEN = ("linear", "tanh")
SMALL = ENDLESS | {"network.layers.hidden2.units": 4}
SIX_LAYERS = (
    ENDLESS
    | {"network.layers": ",".join(["features", *6 * HIDDEN, "linear"])}
    | {f"network.layers.{place}.units": 8 for place in range(1, 13, 2)}
)
FILMED = ENDLESS | {"recipe.steps": SNAPSHOTS - 1}


def figures() -> dict[str, float]:
    """Every figure of a page, by what it measures."""
    found: dict[str, float] = {}
    with app() as running, chromium() as browser:
        with running.page(browser, ENDLESS) as visit:  # what is loaded once is loaded before anything is timed
            visit.train()
        for part in (_opening, _pictures, _answers, _watched, _scrubbing):
            found |= part(running, browser)
    return found


def _opening(running: App, browser: Browser) -> dict[str, float]:
    opened, clicks = [], []
    for _ in range(TURNS):
        with running.page(browser, SMALL) as visit:
            opened.append(visit.opened)
            clicks.append(visit.click_to_frame())
    return {
        "browser: first page of a new browser usable, median ms": median(opened),
        "browser: Train to first picture, median ms": median(clicks),
    }


def _pictures(running: App, browser: Browser) -> dict[str, float]:
    found = {}
    for name, keys in (("2-4-4-2", SMALL), ("six layers of eight", SIX_LAYERS)):
        with running.page(browser, keys) as visit:
            visit.train()
            counted, costs = [], []
            for _ in range(TURNS):
                before = cpu_seconds(running.pid)
                counted.append(visit.timed("bench.count({})", 1_000 * WINDOW))
                costs.append(1_000 * (cpu_seconds(running.pid) - before) / (WINDOW * counted[-1]["arrived"]))
        found[f"browser: {name}, pictures/s that arrive"] = median(each["arrived"] for each in counted)
        found[f"browser: {name}, pictures/s drawn"] = median(each["seen"] for each in counted)
        found[f"browser: {name}, server ms of processor per picture"] = median(costs)
    return found


def _answers(running: App, browser: Browser) -> dict[str, float]:
    with running.page(browser, SMALL) as visit:
        visit.train()
        times = [visit.open_panel(name, sign) for name, sign in islice(cycle(PANELS.items()), CLICKS)]
    return {
        "browser: a tab while training, median ms": median(times),
        "browser: a tab while training, 95 of 100 within ms": quantiles(times, n=20)[-1],
    }


def _watched(running: App, browser: Browser) -> dict[str, float]:
    """Speed of a run with its page open over its speed before and after, while nobody looks."""
    ratios, fair = [], []
    with running.page(browser, SMALL) as visit:
        visit.train()
        page, line = visit.page, visit.timed("bench.address")
        address = page.url
        for _ in range(TURNS):
            page.goto("about:blank")
            before = _speed(running, line)
            page.goto(address)
            visit.timed("bench.drawn({})", 1)
            page.get_by_label(SPEED).select_option(FULL)
            watched = _speed(running, line)
            page.goto("about:blank")
            after = _speed(running, line)
            both = [2 * now / (one + other) for one, now, other in zip(before, watched, after, strict=True)]
            ratios.append(both[0])
            fair.append(both[1])
        page.goto(address)
        visit.timed("bench.drawn({})", 1)
    return {
        "browser: training speed while watched over unwatched": median(ratios),
        "browser: steps per second of the workers' processor, watched over unwatched": median(fair),
    }


def _speed(running: App, line: str) -> tuple[float, float]:
    """Steps in a second, and in a second of the workers' processor, by two looks over a line that watches nothing."""
    first, started, worked = *_look(line), running.worked()
    time.sleep(WINDOW)
    steps = (last := _look(line))[0] - first
    return steps / (last[1] - started), steps / (running.worked() - worked)


def _look(line: str) -> tuple[int, float]:
    parts = urlsplit(line)
    with connect(parts._replace(query="").geturl()) as socket:
        while "status" not in (message := json.loads(socket.recv())):
            continue
        return message["status"]["step"], time.perf_counter()


def _scrubbing(running: App, browser: Browser) -> dict[str, float]:
    with running.page(browser, FILMED) as visit:
        visit.train()
        visit.timed("bench.until(async () => (await bench.store()).status.state === 'finished')")
        _drag(visit, 0.5)  # the film is fetched at the first touch
        visit.timed("(await bench.store()).loadFilms()")
        requests: list[str] = []
        visit.page.on("request", lambda request: requests.append(request.url))
        counted = [_drag(visit, DRAG) for _ in range(TURNS)]
        shown = visit.timed("(await bench.store()).snapshots.length")
    return {
        "browser: snapshots under the timeline": shown,
        "browser: timeline dragged, drawings/s": median(each["drawings"] for each in counted),
        "browser: timeline dragged, drawings over turns of the display": median(
            each["drawings"] / each["turns"] for each in counted
        ),
        "browser: timeline dragged, requests": len(requests),
    }


def _drag(visit: Visit, seconds: float) -> dict[str, float]:
    """Hold the knob and move it to and fro; what was drawn meanwhile."""
    slider, mouse = visit.page.get_by_role("slider", name="Step shown"), visit.page.mouse
    bar = slider.bounding_box()
    assert bar is not None
    mouse.move(bar["x"] + bar["width"] / 2, bar["y"] + bar["height"] - 18)
    mouse.down()
    mouse.move(bar["x"] + bar["width"] / 2 + 2, bar["y"] + bar["height"] - 18)
    counted = slider.evaluate("(slider, milliseconds) => bench.drag(slider, milliseconds)", 1_000 * seconds)
    mouse.up()
    return counted
