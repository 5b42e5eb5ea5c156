"""What every test runs under: one thread, a home of its own, and chance that starts at the same place."""

import os
import shutil

os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}  # before torch is imported

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import torch

import explorer as ex

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from explorer.engine.helm import Helm
    from explorer.engine.local import LocalEngine
    from tests.live_server import Server

torch.set_num_threads(1)

ROOT = Path(__file__).parent.parent
TINY = ["--steps", "12", "--set", "recipe.evaluate_every=4"]  # for the command line


@pytest.fixture(scope="session", autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The explorer's folder of this test session; processes that tests start inherit it."""
    folder = tmp_path_factory.mktemp("home")
    before = os.environ.get("EXPLORER_HOME")
    os.environ["EXPLORER_HOME"] = str(folder)
    yield folder
    if before is None:
        del os.environ["EXPLORER_HOME"]
    else:
        os.environ["EXPLORER_HOME"] = before


@pytest.fixture(scope="session")
def _trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    experiment = ex.preset("circle").with_("recipe.steps=12", "recipe.evaluate_every=4")
    return ex.train(experiment, tmp_path_factory.mktemp("trained") / "circle.run").path


@pytest.fixture
def run(_trained: Path, tmp_path: Path) -> str:
    """A run file of the preset circle, trained for twelve steps; the test's own."""
    return str(shutil.copy(_trained, tmp_path))


@pytest.fixture(autouse=True)
def _same_chance() -> None:
    torch.manual_seed(0)


@pytest.fixture(scope="module")
def running_engine() -> Iterator[None]:
    """The app's own engine, which the first page starts; it ends with the module."""
    yield
    from explorer.ui.service import close_engine

    close_engine()


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    """A headless Chromium."""
    from tests.app_server import chromium

    with chromium() as found:
        yield found


@pytest.fixture(scope="session")
def app_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the real app keeps its runs and its log."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="session")
def address(app_home: Path) -> Iterator[str]:
    """Where the real app answers."""
    from tests.app_server import app_server

    with app_server(app_home) as found:
        yield found


@pytest.fixture
def page(browser: "Browser") -> Iterator["Page"]:
    """A page of the size of a laptop's screen, which may ask no other host for anything."""
    from tests.app_server import watched

    context = browser.new_context(viewport={"width": 1440, "height": 900})
    yield from watched(context.new_page())
    context.close()


@pytest.fixture(params=["elsewhere", *(["cuda:0"] if torch.cuda.is_available() else [])])
def accelerator(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The name of a device that is not the CPU: one that is made up, and the first real one where it is there."""
    from tests.elsewhere import ELSEWHERE, second_device

    if request.param != "elsewhere":
        yield request.param
        return
    monkeypatch.setattr("explorer.training.devices.available", lambda: [str(ELSEWHERE), "cpu"])
    with second_device():
        yield str(ELSEWHERE)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator["LocalEngine"]:
    """An engine with one training worker and a home of its own."""
    from explorer.engine.local import LocalEngine

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPLORER_HOME", str(tmp_path_factory.mktemp("home")))
        with LocalEngine(workers=1) as running:
            yield running


@pytest.fixture(scope="module")
def server(engine: "LocalEngine") -> Iterator["Server"]:
    """The live routes over that engine, on a port of this machine."""
    from tests.live_server import Server

    with Server(engine) as running:
        yield running


@pytest.fixture
def helm(engine: "LocalEngine") -> Iterator["Helm"]:
    """A run of that engine that has not begun; gone after the test."""
    from tests.engines import ENDLESS

    made = engine.start(ENDLESS, title="a run", begin=False)
    yield made
    if made.run_id in {run.id for run in engine.runs()}:
        made.forget()
