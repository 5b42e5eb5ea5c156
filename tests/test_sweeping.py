"""Runs that were opened and left before they trained do not pile up."""

import os
import time
from pathlib import Path

import pytest

from explorer.engine.host import HostedRun
from explorer.runs.folder import UNTRAINED_SECONDS, sweep
from tests.engines import SMALL

OLD = UNTRAINED_SECONDS + 60


def left(path: Path, steps: int = 0, age: float = OLD) -> str:
    """A run that trained for some steps and that nobody has touched for some seconds; its id."""
    hosted = HostedRun.start(SMALL, path, "cpu")
    if steps:
        hosted.take_steps(steps)
    hosted.close()
    os.utime(path, (time.time() - age,) * 2)
    return path.stem


def test_an_old_run_that_never_trained_goes(tmp_path):
    assert sweep(tmp_path) == []
    name = left(tmp_path / "left.run")
    assert sweep(tmp_path) == [name]
    assert list(tmp_path.glob("left.run")) == []


@pytest.mark.parametrize(("steps", "age"), [(3, OLD), (0, 0.0)], ids=["trained", "fresh"])
def test_a_run_that_trained_or_is_fresh_stays(tmp_path, steps, age):
    left(tmp_path / "kept.run", steps, age)
    assert sweep(tmp_path) == []
    assert (tmp_path / "kept.run").exists()


def test_a_run_that_somebody_holds_stays(tmp_path):
    path = tmp_path / "held.run"
    hosted = HostedRun.start(SMALL, path, "cpu")
    try:
        hosted.commit()
        os.utime(path, (time.time() - OLD,) * 2)
        assert sweep(tmp_path) == []
    finally:
        hosted.close()


def test_a_file_that_is_no_run_stays(tmp_path):
    path = tmp_path / "other.run"
    path.write_text("no run")
    os.utime(path, (time.time() - OLD,) * 2)
    assert sweep(tmp_path) == []
    assert path.exists()
