"""Every method on every task with a known answer."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import numpy as np

from explorer.errors import ExplorerError
from explorer.lenses.attribution.asking import Setting, ask, verdict_on
from explorer.lenses.attribution.base import Method
from explorer.lenses.attribution.paths import IntegratedGradients
from explorer.lenses.attribution.table import METHODS
from explorer.lenses.attribution.through import Through
from explorer.lenses.attribution.trust import model_free, randomised
from explorer.truth.base import CONTROLS, MODEL_FREE, KnownTask, Prepared
from explorer.truth.formulas import Both, Causal, Largest, Linear, Multiplied, Recommender, Saturated, Suppressor
from explorer.truth.told import Detector, Phones
from explorer.truth.trained import Flagged, Glyph, Pointer

TASKS: dict[str, KnownTask] = {
    task.name: task
    for task in (
        Linear(),
        Multiplied(),
        Both(),
        Saturated(),
        Largest(),
        Suppressor(),
        Causal(),
        Recommender(),
        Glyph(),
        Flagged(),
        Pointer(),
        Phones(),
        Detector(),
    )
}
TRIED = [name for name, method in METHODS.items() if not issubclass(method, Through)]  # those ask about inner units
ACCURACY = 0.99  # a network below it has not learned the task, and its attributions prove nothing
SETTINGS: dict[str, dict[str, Any]] = {  # what a fair trial needs beyond the defaults
    "IntegratedGradients": {"path_steps": 512},
    "ShapleyValueSampling": {"orders": 200},
    "KernelShap": {"samples": 500},
    "Occlusion": {"window": 1},
}


def run_bench(
    names: Iterable[str] = TASKS,
    seeds: int = 3,
    report: Callable[[str], None] = lambda sentence: None,
    methods: Iterable[str] = (*TRIED, *CONTROLS),
) -> list[dict[str, Any]]:
    """One row a task and method: the share of right cases by seed, whether it passes, and whether it must fail."""
    rows: list[dict[str, Any]] = []
    for name in names:
        task = TASKS[name]
        prepared = [task.prepare(seed) for seed in range(seeds)]
        report(f"{task.title}: accuracy {', '.join(f'{each.accuracy:.3f}' for each in prepared)}")
        found = (_row(task, prepared, method) for method in methods)
        rows += [row for row in found if row is not None]
    return rows


def disagreements(rows: list[dict[str, Any]]) -> list[str]:
    """What must not be: tasks that were not learned, and methods known to be bad that pass."""
    found = [f"{row['task']}: accuracy {min(row['accuracy'])}" for row in rows if min(row["accuracy"]) < ACCURACY]
    found += [f"{row['task']}: {row['method']} passes" for row in rows if row["must_fail"] and row["passes"]]
    return list(dict.fromkeys(found))


def _row(task: KnownTask, prepared: list[Prepared], name: str) -> dict[str, Any] | None:
    method = METHODS[name](**task.settings.get(name, SETTINGS.get(name, {}))) if name in METHODS else None
    first = prepared[0].cases[0].setting
    verdict = verdict_on(method, first).verdict if method else "control"
    if verdict == "refused":
        return None
    shares = [round(_share(task, each, name, method), 4) for each in prepared]
    return {
        "task": task.name,
        "method": name,
        "verdict": verdict,
        "scores": shares,
        "passes": min(shares) >= task.bar,
        "must_fail": name in task.must_fail,
        "accuracy": [round(each.accuracy, 4) for each in prepared],
    }


def _share(task: KnownTask, prepared: Prepared, name: str, method: Method | None) -> float:
    return float(np.mean([_is_right(task, case, name, method) for case in prepared.cases]))


def _is_right(task: KnownTask, case: Any, name: str, method: Method | None) -> bool:
    try:
        found = _scores(case.setting, name, method)
    except ExplorerError:
        return False
    return task.is_right(found, case, name)


def _scores(setting: Setting, name: str, method: Method | None) -> np.ndarray:
    if method is not None:
        return ask(setting, method).scores
    if name == MODEL_FREE:
        return model_free(setting.question()).cpu().numpy()
    return ask(replace(setting, network=randomised(setting.network, setting.seed + 77)), IntegratedGradients()).scores
