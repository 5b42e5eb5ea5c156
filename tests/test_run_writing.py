"""Writing a run: one writer, all or nothing, and nothing lost when it is killed or the disk is full."""

import math
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from explorer.errors import LimitError, RunFileError
from explorer.limits import limits
from explorer.runs import Resume, RunWriter, open_run
from tests.run_files import experiment, state, train, weights, written

ROOT = Path(__file__).parent.parent


@pytest.fixture
def bounds(monkeypatch: pytest.MonkeyPatch):
    """Sets limits of the installation, by name."""

    def set_bounds(**given: int) -> None:
        for name, value in given.items():
            monkeypatch.setenv(f"EXPLORER_{name.upper()}", str(value))
        limits.cache_clear()

    yield set_bounds
    monkeypatch.undo()
    limits.cache_clear()


def in_another_process(script: str, *arguments: Path) -> None:
    """Run a script that may kill its children or bound itself; it fails by an assertion."""
    command = [sys.executable, "-W", "error", "-c", script, *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr


def test_nothing_reaches_the_file_before_a_commit_and_then_all_of_it(tmp_path: Path):
    with RunWriter.create(tmp_path / "a.run", experiment(), {}) as writer:
        run = open_run(writer.path)
        writer.add_metrics(1, "train", {"loss": 1.0})
        writer.add_snapshot(1, weights(1))
        writer.add_event(1, "paused")
        assert (len(run.metrics()), run.steps(), run.events()) == (0, [], [])
        writer.commit()
        assert (len(run.metrics()), run.steps(), len(run.events())) == (0, [], 1)
        writer.commit(state(1))
        assert (len(run.metrics()), run.steps(), len(run.events())) == (1, [1], 1)
        writer.add_metrics(2, "train", {"loss": 1.0})
    assert run.latest() == {"train": {"loss": 1.0}}
    assert run.series("train", "loss") == [(1, 1.0)]


@pytest.mark.parametrize("every", [1, 7, 100])
def test_how_often_a_run_is_committed_or_reopened_changes_nothing(tmp_path: Path, bounds, every: int):
    bounds(points=20)
    with RunWriter.create(tmp_path / "plain.run", experiment(), {}) as writer:
        train(writer, 0, 300, every=300)
    RunWriter.create(tmp_path / "often.run", experiment(), {}).close()
    for first in (0, 50, 210):
        with RunWriter.reopen(tmp_path / "often.run") as writer:
            train(writer, first, {0: 49, 50: 209, 210: 300}[first], every)
    plain, often = open_run(tmp_path / "plain.run"), open_run(tmp_path / "often.run")
    assert plain.metrics().equals(often.metrics())
    assert plain.latest() == often.latest()
    assert len(plain.metrics()) <= 42


def test_rewinding_forgets_values_and_snapshots_but_not_events(tmp_path: Path):
    with RunWriter.create(tmp_path / "a.run", experiment(), {}) as writer:
        train(writer, 0, 30)
        writer.add_event(30, "diverged")
        writer.add_metrics(31, "test", {"loss": math.nan})
        writer.rewind(20)
        writer.add_snapshot(25, weights(99))
        writer.commit(state(20))
        run = open_run(writer.path)
        assert run.steps() == [0, 10, 20, 25]
        assert run.latest().keys() == {"train"}
        assert run.metrics()["step"].max() == 20
        assert [event.kind for event in run.events()] == ["diverged"]
        train(writer, 21, 30)
    assert run.snapshot(25)["answer.weight"][0, 0] == 99
    assert run.metrics().equals(open_run(written(tmp_path / "b.run", 30)).metrics())


def test_rewinding_to_before_the_first_value_leaves_an_empty_series(tmp_path: Path):
    with RunWriter.create(tmp_path / "a.run", experiment(), {}) as writer:
        train(writer, 5, 9)
        writer.rewind(2)
        writer.commit(state(2))
        assert (len(open_run(writer.path).metrics()), open_run(writer.path).latest()) == (0, {})
        train(writer, 3, 4)
    assert [step for step, _ in open_run(writer.path).series("train", "loss")] == [3, 4]


def test_snapshots_are_thinned_whether_written_already_or_not(tmp_path: Path):
    with RunWriter.create(tmp_path / "a.run", experiment(), {}) as writer:
        train(writer, 0, 40)
        writer.add_snapshot(45, weights(45))
        writer.add_snapshot(60, weights(60))
        writer.keep_snapshots(lambda step: step % 20 == 0)
        assert writer.snapshot_steps() == [0, 20, 40, 60]
        assert open_run(writer.path).steps() == [0, 10, 20, 30, 40]
        writer.commit(state(60))
        assert open_run(writer.path).steps() == [0, 20, 40, 60]
    with RunWriter.reopen(writer.path) as again:
        assert again.snapshot_steps() == [0, 20, 40, 60]


def test_an_existing_file_is_not_overwritten(tmp_path: Path):
    path = written(tmp_path / "a.run")
    with pytest.raises(RunFileError, match="expected a new file, got one that exists"):
        RunWriter.create(path, experiment(), {})
    assert open_run(path).steps() == [0, 10, 20, 30]


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path):
    (tmp_path / "taken").write_text("")
    with pytest.raises(RunFileError, match="taken"):
        RunWriter.create(tmp_path / "taken" / "a.run", experiment(), {})


def test_particulars_too_long_to_be_read_again_are_refused(tmp_path: Path):
    with (
        RunWriter.create(tmp_path / "a.run", experiment(), {}) as writer,
        pytest.raises(ValueError, match="at most 1,048,576 characters"),
    ):
        writer.add_event(1, "noted", text="x" * 2**20)


@pytest.mark.parametrize("n_large", [1, 6])
def test_a_run_larger_than_allowed_stands_at_its_last_commit(tmp_path: Path, bounds, n_large: int):
    large = {f"large{i}": torch.zeros(2**20 // n_large) for i in range(n_large)}
    bounds(run_bytes=2**20)
    writer = RunWriter.create(tmp_path / "a.run", experiment(), {})
    train(writer, 0, 10)
    writer.add_metrics(11, "train", {"loss": 1.0})
    for i, (name, tensor) in enumerate(large.items()):
        writer.add_snapshot(11 + i, {name: tensor})
    with pytest.raises(RunFileError, match="no room left") as caught:
        writer.commit(state(11))
    with pytest.raises(RunFileError) as again:
        writer.commit(state(11))
    assert again.value is caught.value
    writer.close()
    run = open_run(writer.path)
    assert (run.steps(), run.metrics()["step"].max()) == ([0, 10], 10)
    assert [file.name for file in tmp_path.iterdir()] == ["a.run"]
    bounds(run_bytes=2**24)
    with RunWriter.reopen(writer.path) as more:
        more.add_snapshot(11, large)
        more.commit(state(11))
    assert run.steps() == [0, 10, 11]


def test_a_data_file_too_large_or_gone_is_refused_before_anything_is_made(tmp_path: Path, bounds):
    bounds(file_bytes=2**20)
    large = tmp_path / "large.csv"
    large.write_bytes(bytes(2**20 + 1))
    with pytest.raises(LimitError, match=r"large\.csv"):
        RunWriter.create(tmp_path / "a.run", experiment(), {}, files=[str(large)])
    with pytest.raises(Exception, match=r"gone\.csv: cannot be read"):
        RunWriter.create(tmp_path / "a.run", experiment(), {}, files=[str(tmp_path / "gone.csv")])
    assert [file.name for file in tmp_path.iterdir()] == ["large.csv"]


FULL_DISK = """
import resource, sys
from explorer.errors import RunFileError
from explorer.runs import RunWriter, open_run
from tests.run_files import experiment, train

path = sys.argv[1]
writer = RunWriter.create(path, experiment(), {})
train(writer, 0, 10)
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, resource.RLIM_INFINITY))
try:
    for step in range(11, 3000):
        reached = step - 1
        train(writer, step, step)
    raise AssertionError("the limit was never met")
except RunFileError as error:
    assert path in str(error) and "last commit" in str(error), error
run = open_run(path)
assert run.resume().step == run.steps()[-1] == run.metrics()["step"].max() == reached
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
with RunWriter.reopen(path) as writer:
    train(writer, reached + 1, 400)
assert run.resume().step == run.metrics()["step"].max() == 400
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot bound the files of one process")
def test_a_full_disk_loses_nothing_that_was_committed(tmp_path: Path):
    in_another_process(FULL_DISK, tmp_path / "a.run")


KILLED = """
import os, random, signal, sys, time
from explorer.runs import RunWriter, open_run
from tests.run_files import experiment, train

path, plain, last = sys.argv[1], sys.argv[2], 3000

def stands_at():
    run = open_run(path)
    resume = run.resume()
    if resume is None:
        assert run.steps() == [] and len(run.metrics()) == 0
        return -1
    assert resume.step == run.steps()[-1] == run.metrics()["step"].max() == resume.details["step"]
    assert run.snapshot()["answer.weight"][0, 0] == resume.step
    return resume.step

def committed():
    resume = open_run(path).resume()
    return -1 if resume is None else resume.step

def go_on(last, pack=None):
    from explorer.runs import writer as module
    with RunWriter.reopen(path) as writer:
        if pack:
            module.pack = pack
        train(writer, stands_at() + 1, last)

def die(tensors):  # inside the transaction: events, metrics and snapshots before it are written
    os.kill(os.getpid(), signal.SIGKILL)

RunWriter.create(path, experiment(), {}).close()
chance, reached = random.Random(0), set()
for attempt in range(15):
    child = os.fork()
    if child == 0:
        go_on(last, die if attempt % 5 == 4 else None)
        os._exit(0)
    before, deadline = committed(), time.monotonic() + 10
    while not (ended := os.waitpid(child, os.WNOHANG)[0]) and committed() == before and time.monotonic() < deadline:
        time.sleep(0.001)
    if not ended:
        time.sleep(chance.uniform(0, 0.02))  # anywhere in or between the commits that follow
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    reached.add(stands_at())
assert len(reached) > 3, reached
go_on(last)
with RunWriter.create(plain, experiment(), {}) as writer:
    train(writer, 0, last)
assert open_run(path).metrics().equals(open_run(plain).metrics())
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs fork")
def test_a_run_killed_again_and_again_ends_as_one_never_killed(tmp_path: Path):
    in_another_process(KILLED, tmp_path / "killed.run", tmp_path / "plain.run")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["killed.run", "plain.run"]


def test_a_state_with_large_tensors_is_replaced_not_piled_up(tmp_path: Path):
    with RunWriter.create(tmp_path / "a.run", experiment(), {}) as writer:
        for step in range(5):
            writer.commit(Resume(step, {"large": torch.zeros(2**18)}))
    assert (tmp_path / "a.run").stat().st_size < 2.5 * 2**20
