"""Every sentence that the pages of lenses say, apart from what lenses say of themselves."""

from collections.abc import Callable, Mapping, Sequence

from explorer.ui.guard import plain

RUN, SPLIT, EXAMPLE = "Run", "Examples", "Example"
SPLITS = {"test": "Held-out", "train": "Training"}
OPEN_ONE = "Open one of these, train it, and come back:"
SHORT = 4  # letters of a run's id that tell two of one name apart


def run(title: str, run_id: str, titles: Sequence[str]) -> str:
    """What a run is called in a list; its id helps where several have one name."""
    return title if titles.count(title) < 2 else f"{title} · {run_id[:SHORT]}"


def run_names(titles: Mapping[str, str]) -> Callable[[str | None], str]:
    """How runs are listed, by their ids; one of another person is listed by its id."""
    return lambda run_id: run(titles.get(run_id or "", run_id or ""), run_id or "", list(titles.values()))


# Attention
ATTENTION, STATES = "Attention", "Hidden states"
PART, VIEW, HEAD = "Part of the page", "Drawn as", "Head"
NO_ATTENTION = "The network in hand has no attention, so there is no head to look at."
ATTENTION_PARTS = {
    "heads": "All heads",
    "query": "One query",
    "kinds": "What heads do",
    "rollout": "Rollout",
    "direct": "Direct logits",
    "logits": "Logit lens",
    "off": "Switch off",
    "patch": "Patch",
    "next": "Next token",
}
WALL = "All layers and heads"
HEAD_VIEWS = {"map": "Map", "lines": "Lines"}
HEAD_CAPTION = (
    "Rows ask, columns are read from; the scale tells how much attention. It does not show what is read there. "
    "Click a row to follow it under “One query”."
)
EFFECTS = "Change of the loss without each head"
EFFECTS_CAPTION = (
    "Attention alone is not an explanation (Jain and Wallace 2019, Wiegreffe and Pinter 2019): a head matters here "
    "where the held-out loss rises without it. Other heads may step in, so a small change does not prove it idle."
)
NOT_AN_EXPLANATION = (
    "What a head attends to is not yet what it does: Jain and Wallace 2019, “Attention is not Explanation”; "
    "Wiegreffe and Pinter 2019, “Attention is not not Explanation”. Switching it off is a test of its own."
)
OFF, OFF_HELP = "Switched off together", "Parts whose output is silenced, all at once."
LOSSES = {"loss": "Loss", "loss_without": "Loss without"}
QUERY, ANSWERS, PLACE = "Place that asks", "Place that answers", "Place"
STAGES = {"products": "q·k", "scores": "Scaled and masked", "pattern": "Softmax", "weighted_values": "Weights × values"}
STAGE_HELP = {
    "products": "The query of this place times the key of every place.",
    "scores": "Divided by the root of the head's width. Places that may not be seen are left out.",
    "pattern": "Shares that sum to 1.",
    "weighted_values": "The value of every place times its share; the sum of the rows is what the head reads.",
}
OUT = "What went in, and what the head has read"
VECTORS = {"query": "query q", "z": "sum of weighted values z"}
HEAD_SCORES = {
    "previous_token": "Previous token",
    "prefix_matching": "Prefix matching",
    "copying": "Copying",
    "entropy": "Entropy",
}
SCORE_HELP = {
    "previous_token": "Mean attention to the place just before; 1 is all of it.",
    "prefix_matching": "On random tokens repeated once: mean attention to what followed the same token before "
    "(Olsson et al. 2022).",
    "copying": "Whether what is read is written again: 1 copies, −1 writes against it (Elhage et al. 2021).",
    "entropy": "How widely attention spreads, in nats; 0 is one place only.",
}
SCORED_HELP = "Click a score to see its head."
UP_TO, RESIDUAL = "Up to the layer", "Share of the residual connection"
RESIDUAL_HELP = "How much passes by each attention unchanged (Abnar and Zuidema 2020 take one half)."
NO_ROLLOUT = "Places cannot be followed through this network's layers."
TARGET, LIKELIEST = "Entry of the answer", "the likeliest"
BY_HEAD, BY_LAYER = "Share of each head", "Share of each layer"
ANSWER_PARTS = {"answer": "This entry's logit", "constant": "Constant part"}
SHARES = {".share": "layer", ".bias": "bias of the attention"}
RIGHT = "Probability of the right answer at every place"
NOTHING_OFF = "Nothing is switched off yet. Choose parts on the left, or click one here."
INSTEAD, INSTEADS = "A silent part gives out", {"zero": "Nothing", "mean": "Its mean"}
UNITS_OF, NO_LAYER = "Layer whose units are switched off", "none"
UNITS_OFF, NO_UNITS_OFF = "Units switched off together", "choose them here, or click a bar"
UNITS_OFF_HELP = "Counted from 1. They fall silent together with the parts above, for every example and at every place."
EACH_HELP = "Each unit alone: a bar to the right is a rise of the loss. Click one to switch its unit off, or on again."
NOT_IDLE = (
    "Other units may step in for one that is silent: a small change does not prove it idle. Zero may be a value that "
    "the layers behind never met; its mean is the milder test."
)
ANSWERS_OF = {"prediction": "Answer of the whole network", "prediction_without": "Answer without these parts"}
OTHER, ONE_LIKE_IT = "Held-out example to take from", "one that stands the same here"
LAST_PLACE = "The last place that counts answers"
RESTORED = "Share of the other example's answer that each head brings along"
PATCHED = {
    "other_example": "Other example",
    "place": "Place",
    "difference": "Logit difference",
    "difference_there": "… in the other",
    "all_restored": "All heads together",
}
PAIR = ("This example reads", "The other reads")
PAIR_CAPTION = (
    "In brackets the place that answers; behind the arrow the two answers that are told apart. A share of 1 means that "
    "this head alone turns the first answer into the second."
)
TEMPERATURE, TOP_K, TOP_P, ALL = "Temperature", "Top-k", "Top-p", "all"
NEXT = {"probabilities": "As the network says", "narrowed": "After temperature, top-k and top-p"}


def head(path: str, index: int) -> str:
    """A head by its address; heads are counted from 1 on the page."""
    return f"{plain(path.removesuffix('.attention'))} · head {index + 1}"


def part(address: str) -> str:
    """A part that can be switched off: block1.attention:2 is a head."""
    path, colon, number = address.partition(":")
    return f"{path.removesuffix('.attention')} · {int(number) + 1}" if colon else path.replace(".", " · ")


def norms(path: str) -> str:
    """The loudness of the heads of one attention."""
    return f"Size of what each head of {plain(path.removesuffix('.attention'))} writes"


def unit(index: int) -> str:
    """A unit of the layer that was chosen."""
    return f"unit {index + 1}"


def unit_effects(layer: str) -> str:
    """The change of the loss without each unit of a layer."""
    return f"Loss without each unit of {plain(layer)}, the largest changes first"


def beyond(index: int, last: int) -> str:
    """A link, or the run before, named an example that the data does not have."""
    return f"There is no example {index:,} here, so the last one, {last:,}, is shown."


# Hidden states
NO_STATES = "The network in hand has no recurrent layer, so it carries no state from step to step."
STATE_PARTS = {
    "states": "States",
    "gates": "Gates",
    "follow": "What units follow",
    "ways": "Ways",
    "reach": "Reach",
    "compare": "RNN, LSTM, GRU",
}
LAYER, VALUES = "Layer", {"hidden": "Hidden state", "cell": "Cell"}
STATES_TITLE = "Every unit over time"
SPAN_HELP = "Drag over the picture to choose a span of steps."
SPAN, THRESHOLD = "Span of steps", "On where the state is at least"
SUGGESTED = "A suggestion: here more units are on together than in any other span. Drag over the picture for your own."
SUGGEST, SUGGEST_HELP = "Suggest a span", "Back to the span in which most units are on together."
ENDS, ENDS_HELP = "Off just outside", "Ask that the units are off just before and just after the span."
UNITS_ON = "On exactly there"
NO_UNITS = "No unit is on exactly there. Lower the threshold or choose another span."
ELSEWHERE = "Where else the same units are on"
NOWHERE = "Nowhere else in the examples that were searched."
SEARCHED = "Search at this step again"
MATCH_ROWS = {"example": "Example", "start": "From step", "share": "Units on", "input": "Input", "target": "Target",
              "prediction": "Prediction"}  # fmt: skip
GATE = "Gate or value"
GATES = {
    "input_gate": "Input gate i",
    "forget_gate": "Forget gate f",
    "output_gate": "Output gate o",
    "reset_gate": "Reset gate r",
    "update_gate": "Update gate z",
    "candidate": "Candidate",
    "cell": "Cell c",
    "hidden": "Hidden state h",
    "sum": "Sum before tanh",
}
QUANTITY = "Known of the task"
TRAINED, UNTRAINED = "This network", "Before the first step"
FOLLOW_HELP = "Pearson's correlation, from −1 to 1; the strongest units first."
FOLLOWED = "Step by step, in the example in hand"
FOLLOWED_CAPTION = (
    "Both as deviations from their means, so that the shapes can be compared; the unit is turned over where it runs "
    "against what is known. One example; how close it is over many is told above."
)
FOLLOWERS = {".known": "known of the task", ".follower": "the unit that follows it most closely"}
ALL_WAYS, ONE_WAY = "The ways of many examples", "The example in hand"
WAYS_HELP = "Coloured by the right answer where the whole example has one; a dot ends each. Click one to look at it."
VARIANCE = "Share of the variance"
REACH_TITLE = "How far back an answer feels its input"
REACHES = {"reach": "this example", "mean_reach": "mean over held-out examples"}
LOG, ANSWER_STEP = "Log scale", "Step that answers"
COMPARE = (
    "The same task, three kinds of memory: add the two marked numbers of a long series. Your newest run of each stands "
    "here: its score, its states, and how far back its answer feels the input."
)
TRAIN_ALL, TRAIN_REST = "Train all three", "Train those that are missing"
SCORES = {"r2": "R², 1 is all right", "loss": "Loss"}


def at_step(step: int) -> str:
    """When a search was made."""
    return f"Searched at step {step:,}."


def go_to(example: int) -> str:
    """Look at the example of a match."""
    return f"Look at example {example}"


def units(numbers: Sequence[int]) -> str:
    """A list of units, counted from 1."""
    listed = ", ".join(str(number + 1) for number in numbers)
    return f"unit {listed}" if len(numbers) == 1 else f"units {listed}"


def gate(name: str) -> str:
    """A gate or value of a recurrent layer."""
    return GATES.get(name, name.replace("_", " ").capitalize())


def quantity(name: str) -> str:
    """Something known of a task."""
    return name.replace("_", " ").capitalize()
