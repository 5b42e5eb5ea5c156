"""The real app on a free port of this machine, and a real Chromium in front of it."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser import find_browser

ROOT = Path(__file__).resolve().parents[1]
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE = 30_000  # milliseconds that a page has to do anything
BOOT = 90  # seconds that the server has to answer


@contextmanager
def app_server(home: Path) -> Iterator[str]:
    """The address of a running app whose runs go to `home`; its log is `home/server.log`."""
    port = _free_port()
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    environment = {**os.environ, "EXPLORER_HOME": str(home), "OMP_NUM_THREADS": "1"}
    with (home / "server.log").open("w") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT)
        try:
            _await(address, process, home)
            yield address
        finally:
            process.terminate()
            process.wait(30)


@contextmanager
def chromium() -> Iterator[Browser]:
    """A headless Chromium of this machine."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


def watched(page: Page) -> Iterator[Page]:
    """A page that fails the test where it asks another host for something, or its code raises."""
    page.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    outside, raised = [], []
    page.on("request", lambda request: outside.append(request.url) if "127.0.0.1" not in request.url else None)
    page.on("pageerror", lambda error: raised.append(str(error)))
    yield page
    assert [url for url in outside if url.startswith("http")] == []
    assert raised == []


def _await(address: str, process: subprocess.Popen, home: Path) -> None:
    deadline = time.monotonic() + BOOT
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise AssertionError(f"the app did not start:\n{(home / 'server.log').read_text()}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
