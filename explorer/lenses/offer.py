"""Which lenses have something to see in a run, told as plain JSON."""

from pathlib import Path
from typing import Any

from explorer.lenses.choices import narrowed
from explorer.lenses.table import KINDS
from explorer.runs import Run, open_run
from explorer.runs.carried import data_at_hand
from explorer.validation import Checked, check


def offered_for(run: Run | str | Path) -> list[dict[str, Any]]:
    """The lenses that fit a run's network and task, in the order of menus."""
    opened = run if isinstance(run, Run) else open_run(run)
    part = data_at_hand(opened.path, opened.experiment.data)
    return offered(check(opened.experiment.model_copy(update={"data": part})))


def offered(checked: Checked) -> list[dict[str, Any]]:
    """The lenses that fit a network and task, each with its sentences and the schema of its settings."""
    return [
        {
            "lens": lens.kind,
            "title": lens.title,
            "shows": lens.shows,
            "hides": lens.hides,
            "is_live": lens.is_live,
            "settings": narrowed(lens.model_json_schema(), lens.choices(checked)),
        }
        for lens in KINDS.values()
        if lens.is_applicable(checked)
    ]
