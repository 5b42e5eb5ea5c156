"""The ground-truth bench: right methods pass, known-bad ones fail, and its networks have learned their tasks."""

import json

import numpy as np
import pytest
import torch

from explorer.cli import main
from explorer.lenses.attribution import METHODS
from explorer.truth.base import CONTROLS, MODEL_FREE
from explorer.truth.bench import ACCURACY, TASKS, disagreements, run_bench

QUICK = [name for name in (*METHODS, *CONTROLS) if name not in ("KernelShap", "Lime", "ShapleyValueSampling")]
FORMULAS = ["linear", "product", "and", "saturation", "max", "suppressor", "recommender"]


@pytest.fixture(scope="module")
def rows() -> dict[tuple[str, str], dict]:
    return {(row["task"], row["method"]): row for row in run_bench([*FORMULAS, "causal"], seeds=1, methods=QUICK)}


def test_methods_that_share_fairly_pass_every_task_with_a_formula(rows) -> None:
    for task in FORMULAS:
        for method in ("IntegratedGradients", "ShapleyValues"):
            assert rows[task, method]["passes"], (task, method)
    assert rows["causal", "IntegratedGradients"]["passes"]


def test_methods_known_to_be_bad_fail(rows) -> None:
    assert disagreements(list(rows.values())) == []
    assert any(row["must_fail"] for row in rows.values())
    assert not any(row["passes"] for (_, method), row in rows.items() if method == MODEL_FREE)


def test_a_bad_method_that_passes_and_a_task_that_was_not_learned_are_told() -> None:
    row = {"task": "linear", "method": "Tarot", "passes": True, "must_fail": True, "accuracy": [1.0, 0.7]}
    assert disagreements([row]) == ["linear: accuracy 0.7", "linear: Tarot passes"]


def test_every_task_names_a_control_that_must_fail_and_tells_its_criterion() -> None:
    for task in TASKS.values():
        assert set(task.must_fail) & set(CONTROLS)
        assert set(task.must_fail) <= {*METHODS, *CONTROLS}
        assert task.criterion.endswith(".")


@pytest.mark.parametrize("name", ["glyph", "flag", "pointer", "ctc", "detector"])
def test_networks_learn_their_tasks_and_the_places_to_look_at_are_told(name: str) -> None:
    prepared = TASKS[name].prepare(0)
    assert prepared.accuracy >= ACCURACY
    for case in prepared.cases:
        assert case.where is not None
        assert TASKS[name].is_right(_ideal(case, name), case, "")
        assert not TASKS[name].is_right(1 - _ideal(case, name), case, "")
        if case.elsewhere is not None:
            whole, without, without_distractor = _answers(case, case.where, case.elsewhere)
            assert without < 0 < whole, "without what decides there is no answer"
            assert abs(whole - without_distractor) < 0.5 * (whole - without), "the distractor hardly matters"


def _answers(case, *masks: np.ndarray) -> list[float]:
    """What is explained of the example, and with each of some places blank."""
    question = case.setting.question()
    blanks = [question.inputs.masked_fill(torch.from_numpy(mask), 0) for mask in masks]
    return question.answers(torch.cat([question.inputs, *blanks])).tolist()


def _ideal(case, name: str) -> np.ndarray:
    """Scores of one at the right place and zero elsewhere."""
    where = case.where.astype(float)
    return {"flag": where[:, None], "pointer": np.append(where, 0)}.get(name, where)


def test_the_command_line_prints_the_table_and_refuses_an_unknown_task(capfd) -> None:
    assert main(["truth", "--task", "linear", "--seeds", "1", "--json"]) == 0
    found = json.loads(capfd.readouterr().out)
    assert {row["task"] for row in found} == {"linear"}
    assert set(found[0]) == {"task", "method", "verdict", "scores", "passes", "must_fail", "accuracy"}
    assert main(["truth", "--task", "tarot"]) == 2
    assert "expected one of" in capfd.readouterr().err
