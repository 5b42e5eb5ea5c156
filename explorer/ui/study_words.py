"""Every sentence about many runs at once: several seeds of one experiment, and sweeps over settings."""

from collections.abc import Mapping

MANY = "Many runs at once"
KINDS = {"among": "Mechanisms compared", "seeds": "Several seeds", "sweep": "A sweep over settings"}
SEEDS, SEEDS_EACH = "Seeds", "Seeds each"
SEEDS_HELP = "The same experiment from different random beginnings: what holds for one seed may be luck."
STOP, STOP_HELP = "Stop", "What has trained stays among my runs; what has not begun is left out."
METRIC = "What is drawn"
OPEN, OPEN_PLACE = "Open a run", "Open one of these runs"
FIRST_KEY, SECOND_KEY, NONE = "Over", "And over", "nothing else"
VALUES = "Values"
VALUES_HELP = "A list as 0.1, 0.3, 1. Whole numbers as 1..4. Evenly as 0..1 in 5. By equal ratios as 0.001..1 in 4 log."
TWICE = "The two settings are the same. Choose another for the second."
DATA, TRAINING, OPTIMIZER = "Data", "Training", "Optimizer"
INTRO = {
    "among": "One button trains one network of each mechanism, with the same budget, for every value: where does each "
    "fail as it grows? The control can never do it.",
    "seeds": "One button trains the experiment in hand from several random beginnings, and draws them all. "
    "Small networks train as one batched model. Each is a run of its own.",
    "sweep": "One button trains the experiment in hand for every combination of the values. Each cell is a run, or "
    "one for every seed.",
}
CAPTIONS = {
    "seeds": "Every line is a seed, every dot the step at which it jumps. A click on a dot opens the run. "
    "It does not show why the seeds differ.",
    "curves": "Every dot is a run, the line is the mean over the seeds, the band reaches from the least to the "
    "greatest. A click on a dot opens the run.",
    "among": "Every dot is a run, the line the mean over its seeds. A click on a dot opens the run. What fails within "
    "this budget may still be learnt with a longer one; only beyond a window is there nothing to learn from.",
    "map": "Every cell is the mean over its seeds when training ended. A click on a dot opens a run of the cell.",
}
JUMPS = "Step of the jump"
POWER_CAPTION = (
    "The dashed line is the accuracy for one token, to the power of {count} tokens: what exact match would be if "
    "mistakes fell independently. The jump of exact match is that of the metric."
)


def axis(key: str) -> str:
    """A dotted key as an axis is called by it."""
    return key.removeprefix("network.layers.").replace("_", " ").replace(".", ": ")


def train(count: int) -> str:
    """The button that begins."""
    return f"Train {count} {'run' if count == 1 else 'runs'}"


def progress(done: int, count: int) -> str:
    """How far it has come."""
    return f"{done} of {count} runs are done"


def seed(number: int, jump: int | None = None) -> str:
    """One seed, and where it jumps."""
    return f"seed {number}" if jump is None else f"seed {number}, jump at step {jump}"


def cell(values: dict[str, object], number: int) -> str:
    """One run of a sweep."""
    told = ", ".join(f"{key.rpartition('.')[2]} {value}" for key, value in values.items())
    return f"{told}, seed {number}"


def holds(name: str, failing: tuple[object, float] | None, means: Mapping[object, float]) -> str:
    """Where a network fails first among the values that were tried."""
    if failing is None:
        return f"{name}: right at every value, up to {list(means)[-1]}."
    value, share = failing
    return f"{name}: fails from {value} on, where {share:.0%} are right."


def jumps(steps: list[int], gradual: int, still: int, short: int) -> str:
    """What the transition finder says of all seeds."""
    count = len(steps) + gradual + still + short
    told = []
    if steps:
        ordered = sorted(steps)
        middle = ordered[len(ordered) // 2]
        told.append(f"{len(steps)} of {count} seeds jump, half of them by step {middle}, "
                    f"the first at {ordered[0]}, the last at {ordered[-1]}.")  # fmt: skip
    if gradual:
        told.append(f"{gradual} of {count} change gradually, which is no jump.")
    if still:
        told.append(f"{still} of {count} change too little, or without a direction.")
    if short:
        told.append(f"{short} of {count} have too few values to judge by.")
    return " ".join(told)


def faulty(key: str, sentence: str) -> str:
    """Values that cannot be read, at their setting."""
    return f"{key}: {sentence}"


def failed(sentences: list[str]) -> str:
    """Why some runs came to nothing."""
    return " ".join(dict.fromkeys(sentences))
