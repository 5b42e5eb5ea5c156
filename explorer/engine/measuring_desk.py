"""What a looking worker measures: the progress measures that fit a run, and their values over its kept steps."""

from pathlib import Path
from typing import Any

from explorer.datasets.base import Dataset
from explorer.lenses.measures import measures
from explorer.network import Network
from explorer.runs import open_run

TOLD = ("name", "title", "shows", "hides", "formula", "paper")


def offered(network: Network, dataset: Dataset) -> list[dict[str, str]]:
    """What is said of every measure that can be taken of such a network and data."""
    return [{name: getattr(each, name) for name in TOLD} for each in measures(network, dataset)]


def spread(steps: list[int], most: int) -> list[int]:
    """At most so many of the steps, evenly, with the first and the last."""
    if len(steps) <= most:
        return steps
    return [steps[round(place * (len(steps) - 1) / (most - 1))] for place in range(most)]


def measured(path: Path, name: str, most: int | None = None) -> dict[str, Any]:
    """The kept steps of a run and the values there by name; a row of numbers adds a name for each, as in `name[0]`.

    With `most`, that many steps are measured, evenly over those that are kept. A metric, as split.name, has the steps
    at which it was noted. Raises ExperimentError where nothing can be taken.
    """
    run = open_run(path)
    table = run.measure(name, None if most is None or "." in name else spread(run.steps(), most))
    values = {str(each): rows["value"].tolist() for each, rows in table.groupby("name", sort=False)}
    return {"steps": table.loc[table["name"] == name, "step"].tolist(), "values": values}
