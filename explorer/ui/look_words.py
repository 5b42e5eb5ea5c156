"""Every sentence that the pages of lenses say, apart from what lenses say of themselves."""

from collections.abc import Sequence

RUN, SPLIT, EXAMPLE = "Run", "Examples", "Example"
SPLITS = {"test": "Held-out", "train": "Training"}
OPEN_ONE = "Open one of these, train it, and come back:"
SHORT = 4  # letters of a run's id that tell two of one name apart


def run(title: str, run_id: str, titles: Sequence[str]) -> str:
    """What a run is called in a list; its id helps where several have one name."""
    return title if titles.count(title) < 2 else f"{title} · {run_id[:SHORT]}"
