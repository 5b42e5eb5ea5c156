"""Every sentence of the pages of emergence and in-context learning, apart from what measures say of themselves."""

from dataclasses import dataclass

# Pages
EMERGENCE, IN_CONTEXT = "Emergence", "In-context learning"
LABORATORY, ALL = "Laboratory", "All"
START = "Start"
EMERGES, DOES_NOT = "It emerges", "The control"
PHENOMENON, CONTROL = "The phenomenon", "The control"
PICTURE, CURVES = "What to look at", "Loss and accuracy while it trains"
COURSE = "Progress measures"
MORE = "Take another measure"
SHORT = {  # what the laboratories are called in the row from which one is chosen
    "induction": "Induction", "grokking": "Grokking", "superposition": "Superposition", "memory": "Memory",
    "copying": "Copying", "descent": "Double descent", "mirage": "Mirage", "leap": "CTC", "classes": "In context",
}  # fmt: skip
NOT_MEASURED = "Measured as soon as it trains."
MEASURING = "The first values come in a moment."
NO_MEASURES = "None of this laboratory's measures can be taken of the run in hand."
OTHER_RUN = "The run in hand is none of this laboratory. One click above opens and starts one."
JUDGED = (
    "A jump is called one where a step explains most of what a smooth curve leaves over; a curve that bends is "
    "gradual. One run shows one seed."
)
VERDICTS = {"jump": "Jump", "gradual": "Gradual", "none": "No change", "too_few": "Too few values"}
COLOURS = {"jump": "green", "gradual": "blue", "none": "grey", "too_few": "grey"}
SPLITS = {"train": "Training", "test": "Held-out"}
TRAP, CAUSAL = "The trap", "The causal test"
STEP = "Step"
TESTS = {
    "descent": "Move the penalty above the picture. Data and features stay the same, and the peak goes: it comes from "
    "the long weights that tell every training example just so.",
    "leap": "Train the control: same task and data, but each frame is heard by itself. Errors that it keeps are what "
    "joining frames takes away; that it leaps as well shows that the leap itself comes from elsewhere.",
    "mirage": "Train the sweep, then choose what is drawn: the same runs by exact match, by accuracy for one symbol, "
    "or by the loss. What jumps with one metric alone did not jump in the network.",
}
PENALTY, AS_TRAINED = "L2 penalty on the last layer", "as in the run"
PENALTY_HELP = "The picture is drawn again for another penalty; the run itself stays as it is."
HELD_OUT_ERROR, TRAINING_ERROR = "Held-out error", "Training error"
WIDTH, SQUARED_ERROR = "hidden units used", "squared error"
LOOKING = "Solving for every width …"
FLOOR = "Errors below 0.0001 are drawn there."


@dataclass(frozen=True)
class Told:
    """What a laboratory says: its name, what emerges, the mistake that is easily made, and what it is not."""

    title: str
    emerges: str
    trap: str


@dataclass(frozen=True)
class Removed:
    """What a causal test is called, and how its picture is read."""

    title: str
    reading: str


REMOVALS = {
    "heads": Removed(
        "Switch each head off", "How much the held-out loss rises without each head: layers down, heads across."
    ),
    "units": Removed(
        "Switch each unit off",
        "How much the held-out loss rises without each unit of the layer {layer}; the 16 that matter most.",
    ),
    "frequencies": Removed(
        "Take each frequency out",
        "How much the held-out loss rises without each frequency of the embedding. Below: the loss as it is, and with "
        "the key frequencies alone. Once the rule is there, a few long bars are all that it needs.",
    ),
    "features": Removed(
        "Take each feature out",
        "How much each feature's held-out error (across) rises when one (down) is no longer stored; 1 is the error of "
        "no answer. The diagonal is its own loss; below zero beside it are features that it had disturbed. Without "
        "superposition nothing stands there.",
    ),
}
LOSSES = {"loss": "Held-out loss", "loss_of_keys": "With the key frequencies alone"}

LABORATORIES = {
    "induction": Told(
        "Induction heads",
        "Two layers of attention find a circuit that goes on with any block of tokens seen once before, all at once "
        "after a plateau (Olsson et al. 2022). One layer alone cannot.",
        "With blocks of one fixed length a single layer looks back by distance and seems to do induction; at another "
        "length nothing is right. And the in-context-learning score also improves in the control, which only counts "
        "tokens: believe it only where prefix matching rises with it.",
    ),
    "grokking": Told(
        "Grokking",
        "A network knows all training sums by heart at once, and understands the rule long after that "
        "(Power et al. 2022). Without weight decay it never does.",
        "The jump of held-out accuracy is not where understanding begins: the share of the key frequencies and the "
        "restricted loss move before it (Nanda et al. 2023). But which frequencies are key is known in hindsight only.",
    ),
    "superposition": Told(
        "Superposition",
        "Five features that are rarely there together find room in two dimensions, as a pentagon (Elhage et al. "
        "2022). Features that are always there do not.",
        "This is gradual in training, not emergence. What jumps is the number of features stored, as the data get "
        "sparser; where exactly depends on the seed.",
    ),
    "memory": Told(
        "Memory in recurrent networks",
        "A recurrent network asked for something else comes to count, to hold two bits, or to carry a number along. "
        "The plain RNN forgets the number.",
        "An untrained recurrent network already follows the depth of brackets a little: compare with step 0. "
        "Long plateaus here are about gradients that vanish, not about a circuit that is missing.",
    ),
    "copying": Told(
        "Copying by three mechanisms",
        "What stood three steps back is found by attention, by a window over the last four steps, or by a memory "
        "that carries it along. A window that ends too early cannot.",
        "Equal accuracy says nothing about the mechanism: look at how each fails as the lag grows. Attention hardly "
        "minds, the window fails at once, the memory gradually. Gradual curves are called gradual, not emergence.",
    ),
    "descent": Told(
        "Double descent",
        "Held-out error falls with width, rises to a peak where there are just as many units as training examples, "
        "and falls again, below its first valley (Belkin et al. 2019). A small penalty takes the peak away.",
        "More units are not always better, nor always worse: at the peak the network just manages to tell its training "
        "examples. It is a curve over width, not a jump in training; over steps or data it can look different "
        "(Nakkiran et al. 2019). Here every width is solved exactly, so that no peak is one of too few steps.",
    ),
    "mirage": Told(
        "Scale and the mirage",
        "Networks of growing size copy a sequence. Exact match is zero for long, then jumps (Wei et al. 2022); the "
        "accuracy for one symbol of the very same runs grows gradually (Schaeffer et al. 2023).",
        "A jump in exact match says that a long row of small improvements became visible at once. What is gradual here "
        "is the network; what is sudden is the ruler. Not every jump is a mirage: that of induction heads stays one "
        "with any metric.",
    ),
    "leap": Told(
        "The leap of CTC",
        "A recogniser is told which phones were said, but not when. At first it says nothing but blanks, then it leaps "
        "to phones within a few dozen steps (Graves et al. 2006).",
        "The loss falls gradually while every frame still says blank: part of the jump lies in counting whole phones. "
        "The control leaps too, only later, and stays with more errors: hearing neighbouring frames is what it lacks, "
        "not the leap. And a blank fraction far above zero is right: silence stays blank.",
    ),
    "classes": Told(
        "In-context against in-weights",
        "With many classes a network learns to look labels up in the prompt, with few to know them by heart "
        "(Chan et al. 2022, Reddy 2024).",
        "High accuracy on known classes does not tell which of the two was learnt. Only new classes with random "
        "labels, and prompts without the answer, tell them apart.",
    ),
}

# What a row of numbers runs over, and the number of the first
ROWS = {"loss_by_position": ("place", 0), "fourier_power": ("frequency", 1), "feature_dimensionality": ("feature", 1)}


def metric(name: str) -> str:
    """A metric of a split, as in test.accuracy."""
    split, _, name = name.partition(".")
    return f"{SPLITS[split]} {name.replace('_', ' ')}"


def threshold(count: int) -> str:
    """As many units as training examples."""
    return f"{count} training examples"
