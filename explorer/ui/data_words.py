"""Every sentence of the panel of data, apart from what datasets say of themselves; and how they are grouped."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from explorer.signals import BOX

POINTS = "Points"
FAMILIES: tuple[tuple[str, tuple[str, ...]], ...] = (
    (POINTS, ("circle", "xor", "gauss", "spiral", "arms", "plane", "gaussian_plane", "drawn")),
    ("Tables", ("iris", "wine", "breast_cancer", "diabetes", "csv", "sparse_features")),
    ("Pictures", ("digits", "scenes", "pictures")),
    ("Text", ("text", "text_file", "grammar")),
    (
        "Sequences",
        (
            "repeated",
            "modular",
            "copy",
            "reverse",
            "copy_back",
            "palindromes",
            "agreement",
            "brackets",
            "adding",
            "flip_flop",
            "first_bit",
            "utterances",
        ),
    ),
    ("In context", ("in_context_regression", "in_context_classification")),
)
OTHER = "More"
TITLES = {
    "arms": "Many arms",
    "gaussian_plane": "Hills, hollows",
    "drawn": "Your own points",
    "csv": "Your own table",
    "text_file": "Your own text",
    "pictures": "Your own pictures",
}

FAMILY, DATASET = "Kind of data", "Dataset"
UPLOAD = {
    "csv": "A CSV file",
    "text_file": "A text file",
    "pictures": "A zip file of pictures",
}
UPLOAD_HELP = {
    "csv": "Its first line names the columns. Separated by comma, semicolon or tab.",
    "text_file": "Plain text, in UTF-8, UTF-16 or Latin-1.",
    "pictures": "One folder for each class: PNG, JPEG, GIF, BMP or WEBP. All are brought to one size.",
}
TYPES: dict[str, list[str] | None] = {"csv": ["csv", "tsv", "txt"], "text_file": None, "pictures": ["zip"]}
TARGET, TARGET_HELP = "Column to tell", "What the network is to learn."
FEATURES, FEATURES_HELP = "Columns to tell it from", "They must hold numbers, none missing."
TASK, TASK_HELP = "Task", "Automatic: few whole numbers or text are classes, other numbers are numbers."
AUTOMATIC = "automatic"
TASKS = {AUTOMATIC: "Automatic", "classification": "Class", "regression": "Number"}
UNTIL_POINTS = "Draw points of two classes or more. Until then the network goes on with the data that it has."
UNTIL_FILE = "Choose a file. Until then the network goes on with the data that it has."
UNTIL_COLUMNS = "Choose other columns. Until then the network goes on with the data that it has."
NO_FEATURES = "There must be at least one column to tell the answer from; choose one."
UNREADABLE = "The data cannot be shown."

ANSWER = "answer"
DRAWN = "Chance decides which of your points are held out."
HEAD = "The first rows as they stand in the file. They do not show how the columns are related."
SHOWN = {
    "points": "Each tile shows examples to learn from. It does not show those held out.",
    "table": "The first rows to learn from, in their own units. They do not show how the columns are related.",
    "boxes": "The first pictures to learn from, with a box around each object. They do not show how much shapes vary.",
    "picture": "The first pictures to learn from, each over its class. They do not show how much a class varies.",
    "tokens": "The first sequences to learn from. They do not show what decides the answer.",
    "frames": "The first utterances: time to the right, low bands below. Over each, what was said, but not when.",
    "series": "The first series to learn from, up to four numbers a step. It does not show how series vary.",
}


def title(kind: str, offered: Mapping[str, Any]) -> str:
    """How the panel calls a dataset."""
    return TITLES.get(kind) or str(offered[kind]["title"])


def families(kinds: Sequence[str]) -> dict[str, list[str]]:
    """The kinds by family; a kind that no family names stands in the last one."""
    found = {name: [kind for kind in members if kind in kinds] for name, members in FAMILIES}
    named = {kind for _, members in FAMILIES for kind in members}
    found[OTHER] = [kind for kind in kinds if kind not in named]
    return {name: members for name, members in found.items() if members}


def sizes(n_train: int | None, n_test: int) -> str:
    """How many examples there are."""
    if n_train is None:
        return f"Examples to learn from are made without end; {n_test:,} are held out."
    return f"{n_train:,} examples to learn from, {n_test:,} held out."


def task(told: Mapping[str, Any]) -> str:
    """What the network is to answer."""
    kind, outputs, labels = told["kind"], told["outputs"], told["labels"]
    classes = _listed(labels, outputs)
    phones = _listed(labels[1:], outputs - 1)
    shapes = ", ".join(labels[len(BOX) :])
    return {
        "classification": f"To tell: one of {outputs:,} classes ({classes}).",
        "regression": f"To tell: a number ({classes}).",
        "sequence_labels": f"To tell at every step: one of {outputs:,} classes ({classes}).",
        "next_token": f"To tell at every place: the next of {outputs:,} tokens.",
        "masked_token": f"To tell: the hidden tokens, out of {outputs:,}.",
        "in_context_regression": f"To tell at every step: a number ({classes}).",
        "ctc": f"To tell: which of {outputs - 1:,} phones were said ({phones}), in their order; not when.",
        "detection": f"To tell: where objects are, each by a box, and which ({shapes}).",
    }[kind]


def _listed(labels: Sequence[str], n: int) -> str:
    if n <= 4:
        return ", ".join(labels)
    return f"{labels[0]}, {labels[1]} … {labels[-1]}" if len(labels) == n else f"{labels[0]}, {labels[1]} …"


def refusal(sentence: str) -> str:
    """Why a file cannot be used, in the words of the page instead of dotted keys."""
    sentence = re.sub(r"\bdata\.path \(([^)]*)\)", r"\1", sentence)
    sentence = sentence.replace("leave the column out with data.features", "leave the column out")
    sentence = sentence.replace("choose another column as data.target", "choose another column to tell")
    return re.sub(r"\bdata\.(\w+)", r"\1", sentence)


def left_out(names: Sequence[str]) -> str:
    """Columns that were not chosen as features because they hold text."""
    return f"Left out, because they hold no numbers: {', '.join(names)}."
