"""A run attended by a person: the bar on the terminal, and the interrupt that leaves a run to go on with."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import explorer as ex
from explorer.cli import main
from explorer.engine.base import Status
from explorer.engine.host import HostedRun
from explorer.errors import RunFileError
from explorer.progress import attended, figures
from tests.conftest import ROOT, TINY

STATUS = Status("training", 100, 200, 50, 2.0, "cpu", {"train": {"loss": 0.25}, "test": {"accuracy": 0.75}})
PATIENCE = 240  # seconds


def await_training(path: Path) -> None:
    """Wait until the first steps of a run are in its file."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            if ex.open_run(path).resume():
                return
        except RunFileError:  # not there yet
            pass
        time.sleep(0.1)
    raise AssertionError("training did not begin")


@pytest.mark.skipif(os.name == "nt", reason="a console interrupt cannot be sent to one process there")
def test_an_interrupt_leaves_a_run_that_goes_on_to_the_same_weights(tmp_path: Path):
    path = tmp_path / "a.run"
    argv = ["-m", "explorer", "train", "spiral", "--steps", "200000", "--out", str(path)]
    training = subprocess.Popen([sys.executable, *argv], cwd=ROOT, stderr=subprocess.PIPE, text=True)
    await_training(path)
    training.send_signal(signal.SIGINT)
    _, err = training.communicate(timeout=PATIENCE)
    assert training.returncode == 130
    assert f"go on with: python -m explorer train {path}" in err
    run = ex.open_run(path)
    assert run.events()[-1].kind == "paused"
    step = run.steps()[-1]
    assert 0 < step < 200_000
    assert f"Interrupted at step {step};" in err
    whole = HostedRun.start(run.experiment, tmp_path / "whole.run", "cpu")
    whole.take_steps(step)
    assert all(value.equal(run.snapshot(step)[name]) for name, value in whole.trainer.network.state_dict().items())
    whole.close()
    assert main(["train", str(path), "--steps", str(step + 5)]) == 0


def test_an_interrupt_is_held_until_the_step_is_done():
    with pytest.raises(KeyboardInterrupt), attended() as report:  # noqa: PT012
        signal.raise_signal(signal.SIGINT)
        report(STATUS)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_second_interrupt_is_not_held():
    with attended():
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)


def test_the_bar_tells_loss_held_out_accuracy_and_speed():
    assert figures(STATUS) == "loss 0.25 · test accuracy 0.75 · 50 steps/s"


def test_nothing_is_drawn_where_stderr_is_no_terminal(capfd):
    with attended() as report:
        report(STATUS)
    assert capfd.readouterr() == ("", "")


@pytest.mark.skipif(os.name == "nt", reason="there are no pseudo-terminals there")
def test_a_terminal_shows_the_bar(tmp_path: Path):
    import pty

    ours, theirs = pty.openpty()
    argv = ["-m", "explorer", "train", "circle", *TINY, "--out", str(tmp_path / "a.run")]
    done = subprocess.run([sys.executable, *argv], cwd=ROOT, stdout=subprocess.PIPE, stderr=theirs, timeout=PATIENCE)
    os.close(theirs)
    shown = os.read(ours, 65_536).decode()
    os.close(ours)
    assert done.returncode == 0
    assert "12/12" in shown
    assert "test accuracy" in shown
