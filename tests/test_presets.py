"""Every preset keeps its figures, for three seeds, within its budget of one CPU core."""

import time
from pathlib import Path

import pytest

from explorer import gallery
from explorer.engine.inline import train
from explorer.lenses.measures import measure_run

SEEDS = (0, 1, 2)
SLACK = 2.0  # how much slower a shared core may be than the one that the budget was written for


@pytest.mark.preset
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", gallery.PRESETS)
def test_a_preset_keeps_its_figures_within_its_budget(name: str, seed: int, tmp_path: Path) -> None:
    preset = gallery.PRESETS[name]
    started = time.process_time()
    run = train(preset.experiment.with_(f"seed={seed}"), tmp_path / "preset.run", "cpu")
    seconds = time.process_time() - started
    found = {figure.measure: measure_run(run, figure.measure) for figure in preset.figures}
    missed = [
        f"{figure} (got {found[figure.measure]:.4g})"
        for figure in preset.figures
        if not figure.is_met(found[figure.measure])
    ]
    assert not missed
    assert seconds < SLACK * preset.budget_seconds
