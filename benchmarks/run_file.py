"""The run file: opening it after a short and a very long training, and what many snapshots take."""

import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from explorer import Experiment, preset
from explorer.network import build
from explorer.runs import Resume, RunWriter, open_run
from explorer.validation import check

SHORT, LONG = 1_000, 1_000_000  # steps
SNAPSHOTS = 256
TURNS = 15
READINGS: dict[str, Callable[[Path], object]] = {
    "open": open_run,
    "read the curves": lambda path: open_run(path).metrics(),
    "read the last weights": lambda path: open_run(path).snapshot(),
}


def figures() -> dict[str, float]:
    """Times and sizes of run files."""
    with TemporaryDirectory() as folder:
        short, long = (written(Path(folder) / f"{steps}.run", steps) for steps in (SHORT, LONG))
        found: dict[str, float] = {}
        for name, read in READINGS.items():
            times = take_turns(read, short, long)
            found[f"run file: time to {name}, {LONG:,} steps, ms"] = 1_000 * times[1]
            found[f"run file: time to {name}, {LONG:,} steps over {SHORT:,}"] = times[1] / times[0]
        found[f"run file: size, {LONG:,} steps over {SHORT:,}"] = long.stat().st_size / short.stat().st_size
        return found | snapshots(Path(folder) / "snapshots.run")


def written(path: Path, steps: int) -> Path:
    """A run of so many steps with the curves, events and snapshots that training leaves."""
    experiment = preset("circle").with_(f"recipe.steps={steps}")
    weights = weights_of(experiment)
    with RunWriter.create(path, experiment, {"device": "cpu"}) as writer:
        writer.add_event(0, "started", device="cpu")
        for step in range(steps + 1):
            writer.add_metrics(step, "train", {"loss": 1 / (1 + step), "accuracy": 0.5})
            if step % 10 == 0:
                writer.add_metrics(step, "test", {"loss": 1 / (1 + step), "accuracy": 0.5})
            if step % (steps // 200) == 0:
                writer.add_snapshot(step, weights)
        writer.add_event(steps, "finished")
        writer.commit(Resume(steps, weights))
    return path


def take_turns(read: Callable[[Path], object], *paths: Path) -> list[float]:
    """Median seconds of reading each file; the files take turns."""
    times: dict[Path, list[float]] = {path: [] for path in paths}
    for _ in range(TURNS + 1):
        for path in paths:
            started = time.perf_counter()
            read(path)
            times[path].append(time.perf_counter() - started)
    return [median(each[1:]) for each in times.values()]  # the first reading warms up


def snapshots(path: Path) -> dict[str, float]:
    """What it takes to write and read as many snapshots as a run keeps."""
    experiment = preset("digits-cnn")
    weights = weights_of(experiment)
    raw = SNAPSHOTS * sum(value.nbytes for value in weights.values())
    with RunWriter.create(path, experiment, {"device": "cpu"}) as writer:
        started = time.perf_counter()
        for step in range(SNAPSHOTS):
            writer.add_snapshot(step, {name: value.clone() for name, value in weights.items()})
            if step % 16 == 15:
                writer.commit(Resume(step, weights))
        seconds = time.perf_counter() - started
    started = time.perf_counter()
    run = open_run(path)
    for step in run.steps():
        run.snapshot(step)
    return {
        f"run file: {SNAPSHOTS} snapshots, ms to write one": 1_000 * seconds / SNAPSHOTS,
        f"run file: {SNAPSHOTS} snapshots, ms to read one": 1_000 * (time.perf_counter() - started) / SNAPSHOTS,
        f"run file: {SNAPSHOTS} snapshots, MiB": path.stat().st_size / 2**20,
        f"run file: {SNAPSHOTS} snapshots, file over weights": path.stat().st_size / raw,
    }


def weights_of(experiment: Experiment) -> dict:
    """The weights before the first step."""
    return dict(build(check(experiment).plan, experiment.seed).state_dict())
