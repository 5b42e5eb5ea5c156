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


def measured(path: Path, name: str) -> dict[str, Any]:
    """The kept steps of a run and the values there by name; a row of numbers adds a name for each, as in `name[0]`.

    A metric, as split.name, has the steps at which it was noted. Raises ExperimentError where nothing can be taken.
    """
    table = open_run(path).measure(name)
    values = {str(each): rows["value"].tolist() for each, rows in table.groupby("name", sort=False)}
    return {"steps": table.loc[table["name"] == name, "step"].tolist(), "values": values}
