"""Thirty people on one machine, each with a page, a run of their own and its pictures.

The crowd is a process of its own on the same cores: what it costs is taken from the app.
"""

import json
import subprocess
import sys
import time
from statistics import median, quantiles
from typing import Any
from urllib.parse import urlencode, urlsplit

from benchmarks._app import App, app
from benchmarks._processes import cpu_seconds, family, shared_out_bytes
from benchmarks.browser import ENDLESS

VISITORS = 30
SECONDS = 30.0
LOOK_EVERY = 2.0  # seconds between two looks at the memory


def figures(seconds: float = SECONDS) -> dict[str, float]:
    """What each of them gets, over so many seconds."""
    with app() as running:
        found, most, cost = _crowd(running, seconds)
    rates = [visitor["pictures"] / visitor["seconds"] for visitor in found]
    learned = [(visitor["steps"][-1] - visitor["steps"][0]) / visitor["seconds"] for visitor in found]
    reruns = [1_000 * rerun for visitor in found for rerun in visitor["reruns"]]
    return {
        "clients: people": len(found),
        "clients: seconds": seconds,
        "clients: pictures/s of the slowest": min(rates),
        "clients: pictures/s, median": median(rates),
        "clients: steps/s of all": sum(learned),
        "clients: slowest over fastest learner": min(learned) / max(learned),
        "clients: reruns": len(reruns),
        "clients: a rerun, median ms": median(reruns),
        "clients: a rerun, 95 of 100 within ms": quantiles(reruns, n=20)[-1],
        "clients: cores that the server took": cost,
        "clients: memory of server and workers, MiB": most / 2**20,
        "clients: lines lost": sum(bool(visitor["fault"]) for visitor in found),
    }


def _crowd(running: App, seconds: float) -> tuple[list[dict[str, Any]], int, float]:
    """What each visitor found, the most memory that was in use, and the cores that the server process kept busy."""
    arguments = [urlsplit(running.address).netloc, str(VISITORS), str(seconds), urlencode(ENDLESS)]
    command = [sys.executable, "-m", "benchmarks._crowd", *arguments]
    most, started, before = 0, time.perf_counter(), cpu_seconds(running.pid)
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as crowd:
        while crowd.poll() is None:
            time.sleep(LOOK_EVERY)
            most = max(most, shared_out_bytes(family(running.pid)))
        assert crowd.stdout is not None
        said = crowd.stdout.read()
    return json.loads(said), most, (cpu_seconds(running.pid) - before) / (time.perf_counter() - started)
