"""The Chromium that tests drive: found on this machine, or installed by `python -m tests.browser`."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
PACKAGES = ("chromium", "fonts-dejavu-core")


def find_browser() -> str | None:
    """The path of a Chromium or Chrome: the one EXPLORER_BROWSER names, else the system's."""
    if chosen := os.environ.get("EXPLORER_BROWSER"):
        return chosen
    found = next(filter(None, map(shutil.which, NAMES)), None)
    return found or (str(MAC) if MAC.exists() else None)


def get_browser() -> str:
    """Find the browser, installing it first where that can be done; ends the process with a sentence if not."""
    if found := find_browser():
        return found
    if shutil.which("apt-get") and os.geteuid() == 0:
        subprocess.run(["apt-get", "update", "-q"], check=False)
        subprocess.run(["apt-get", "install", "-qy", "--no-install-recommends", *PACKAGES], check=False)
    if found := find_browser():
        return found
    sys.exit(
        "Chromium: expected it for the tests that need a browser, found none; install it "
        f"(on Debian: apt-get install {' '.join(PACKAGES)}), or set EXPLORER_BROWSER to the path of a Chrome."
    )


if __name__ == "__main__":
    get_browser()
