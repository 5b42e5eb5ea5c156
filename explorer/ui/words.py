"""Every sentence the pages say, apart from what datasets, layers, lenses and presets say of themselves."""

from collections.abc import Iterable

# Pages
PLAYGROUND, RUNS, ATTRIBUTION = "Playground", "My runs", "Attributions"
OWN_EXPERIMENT = "My experiment"
PANELS = {"data": "Data", "network": "Network", "recipe": "Training"}
EXPECT = "Expect"

# Gallery
GALLERY = "Gallery"
GALLERY_HELP = "Start from an experiment that is known to show something"
GALLERY_INTRO = "Each card is an experiment that trains in seconds here. Open one, press play, then change anything."
OPEN = "Open"
FAMILIES = {
    "points": "Points of the plane",
    "pictures": "Pictures",
    "memory": "Memory",
    "emergence": "Emergence",
    "in_context": "In-context learning",
    "text": "Text",
    "tables": "Tables",
}

# History
UNDO, REDO = "Undo the last change", "Redo"

# Address and sharing
SHARE_HELP = "Links, the run file, and a version for a lesson"
LINK_EXPERIMENT = "Link to this experiment"
LINK_EXPERIMENT_HELP = "Whoever opens it gets a run of their own, with these settings."
LINK_RUN = "Link to this run"
LINK_RUN_HELP = "Whoever opens it may look at every step, and cannot steer."
LINK_LESSON = "Link for a lesson"
LINK_LESSON_HELP = "The chosen controls are left out."
HIDE = "Leave out"
DOWNLOAD = "Download the run file"
HIDDEN_PARTS = {
    "train": "Train",
    "step": "One step",
    "epoch": "One epoch",
    "rewind": "Back to the start",
    "seed": "New seed",
    "speed": "Speed",
    "timeline": "Timeline",
    "curves": "Curves",
    "gallery": "Gallery",
    "share": "Share",
}
TOO_LONG = "The settings are too long for a link. Share the run file instead."
NOT_A_STEP = "Expected a whole number."
NOT_AN_EXAMPLE = "Expected train or test, a colon and a whole number."
NOT_A_SPAN = "Expected the first and the last step, as 3-7."


def unknown_preset(name: str) -> str:
    """A link names a preset that is not in the gallery."""
    return f"This link names the preset “{name}”, which is not in the gallery. The first one is shown instead."


def ignored(key: str, why: str) -> str:
    """A part of a link could not be followed."""
    return f"A part of this link was left out: {key}. {why}"


def not_hideable(part: str, known: Iterable[str]) -> str:
    """A link hides something that is not there."""
    return f"This link hides “{part}”, which is no control. Known are {', '.join(known)}."


def branched(title: str, step: int) -> str:
    """What a run is called that goes on from a past step of another."""
    return f"{title} · from step {step:,}"


# Runs
RUNS_INTRO = "Every run that you trained in this browser. A run is one file: it can be opened again, or handed in."
NO_RUNS = "No runs yet. Train one in the playground, and it appears here."
OPEN_FILE = "Open a run file"
OPEN_FILE_HELP = "A file that somebody downloaded here or wrote with the command line."
RENAME, DELETE, COMPARE, TO_PLAYGROUND = "Rename", "Delete", "Compare", "Open in the playground"
NAME = "Name"
UNDO_DELETE = "Undo"
STATES = {
    "training": "Training",
    "paused": "Paused",
    "finished": "Finished",
    "diverged": "Diverged",
    "failed": "Failed",
}
COMPARE_HELP = "Choose two or more runs to lay their curves over each other."
METRIC, LOG_SCALE = "Metric", "Log scale"
COMPARE_CAPTION = "Each line is one run, on held-out data. It does not show how much chance there is from seed to seed."


def deleted(title: str) -> str:
    """A run went into the trash."""
    return f"“{title}” was deleted."


def differences(keys: Iterable[str]) -> str:
    """How a run differs from the first one compared."""
    return ", ".join(keys) or "same settings"


# Looking inside
NO_RUN = "There is nothing to look at yet. Train a network first."
