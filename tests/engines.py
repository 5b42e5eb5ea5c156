"""What tests of the engine share: a run small enough to be trained many times, and waiting without guessing."""

import time
from collections.abc import Callable
from pathlib import Path

from explorer.engine.local import LocalEngine
from explorer.experiment import Experiment
from explorer.runs import open_run

SMALL = Experiment.model_validate(
    {
        "data": {"kind": "circle"},
        "network": {
            "layers": [
                {"kind": "linear", "units": 4},
                {"kind": "tanh"},
                {"kind": "dropout", "rate": 0.1},
                {"kind": "linear"},
            ]
        },
        "recipe": {"steps": 400, "learning_rate": 0.01},
    }
)
ENDLESS = SMALL.with_("recipe.steps=1000000")


def eventually(is_so: Callable[[], object], seconds: float = 120.0) -> None:
    """Return when it is so; fail after a time that only something broken takes."""
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.002)


def finished(engine: LocalEngine, run_id: str) -> bool:
    """Whether a run came to its end."""
    return engine.status(run_id).state == "finished"


def numbers(path: Path) -> dict[tuple[int, str, str], float]:
    """Every metric in a run file, by step, split and name."""
    return {(row.step, row.split, row.name): row.value for row in open_run(path).metrics().itertuples(index=False)}
