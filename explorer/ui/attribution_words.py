"""Every sentence that the attributions page says, apart from what methods and lenses say of themselves."""

PART = "Part of the page"
PARTS = {
    "one": "One method",
    "compare": "Compare methods",
    "concepts": "Concepts",
    "influence": "Training examples",
    "truth": "Known answers",
}
NOTHING = "This network has several inputs, and methods here explain one."

# What is asked
METHOD, TARGET, BASELINE = "Method", "What is explained", "Compared with"
VERDICTS = {
    "right": "Right here",
    "approximate": "Approximate here",
    "wrong": "Wrong here",
    "refused": "Not possible here",
}
COLOURS = {"right": "green", "approximate": "orange", "wrong": "red", "refused": "gray"}
SCORED, INPUT = "What gets the scores", "The parts of the input"
SCORED_HELP = "The parts of the input, or the units of a layer through which every way to the answer leads."
NOT_OFFERED = "Not offered here, and why"
SETTINGS = "Settings of the method"
AIMS = {
    "predicted": "The answer given",
    "entry": "A chosen answer",
    "difference": "The difference of two answers",
    "unit": "A unit of a layer",
}
AIM_HELP = (
    "The answer the network gives; one chosen class, token or number; the difference of two of them; or one unit of a "
    "layer."
)
AIMS_OF = {  # where an answer is told frame by frame, or box by box
    "ctc": {
        "predicted": "The phone heard in a frame",
        "entry": "A chosen phone in a frame",
        "difference": "The difference of two phones",
        "sequence": "The sequence that was said",
        "unit": AIMS["unit"],
    },
    "detection": {
        "predicted": "That there is an object",
        "entry": "A chosen number of a box",
        "difference": "The difference of two numbers",
        "unit": AIMS["unit"],
    },
}
AIM_HELP_OF = {
    "ctc": "A phone's score in one frame, or the log-likelihood of all phones in their order, whenever they sound.",
    "detection": "What a cell tells of its box: the score of an object or of a class, the box's place or its size.",
}
ENTRY, VERSUS = "For", "against"
PLACE, LAST = "At step", "the last that counts"
PLACES_OF = {
    "ctc": ("In frame", "where a phone stands out most"),
    "detection": ("Of box, the surest first", "the surest"),
}
CLICK_OF = {
    "ctc": "Click a frame to explain what is heard in it.",
    "detection": "Click a box to explain it.",
}
BOX_NUMBERS = ("an object or none", "its middle, across", "its middle, down", "its width", "its height")
BASELINES = {
    "zeros": "Zeros",
    "mean": "The mean of the training examples",
    "blurred": "The picture out of focus",
    "random": "A random training example",
    "example": "One training example",
    "token": "One token everywhere",
}
BASELINE_HELP = "Every score is about the difference to this input. Another one can give another map."
TOKEN_MEAN = "The mean of all tokens"
WHICH, SEED = "Which one", "Seed"
SEED_HELP = "This method draws samples; another seed gives somewhat other scores."

# What is found
SCORES = "Scores over the input"
UNIT_SCORES = "Scores of the units of {layer}"
SCORES_KEY = "Blue speaks for what is explained, orange against it."
ANSWER = "The network's answer"
ANSWERS_OF = {"ctc": "The network's answer in this frame", "detection": "What the cell of this box tells"}
NUMBERS = {"change": "change to add up to", "completeness_error": "completeness error"}
COMPLETENESS_HELP = (
    "The completeness error is how far the scores are from adding up to the change of the answer. A small one is "
    "needed, but it does not prove that the baseline is a good one. "
)
DOES_NOT_ADD_UP = "This method does not promise scores that add up, so its completeness error may be large."

# Trust
TRUST = "How far to trust it"
MAPS = {
    "random_weights": "Random weights",
    "model_free": "No network",
    "second": "Second baseline",
}
MAPS_CAPTION = (
    "Do not trust a map that looks like one of the first two: the same method on random weights (Adebayo et al. 2018), "
    "or |input − baseline|, which knows no network. The third should look alike."
)
CHECKS = {
    "completeness_error": "completeness error",
    "random_weights_correlation": "like random weights",
    "model_free_correlation": "like no network",
    "agreement": "like 2nd baseline",
    "sensitivity": "changes nearby",
    "spread": "spread over seeds",
    "infidelity": "infidelity",
}
CHECKS_CAPTION = (
    "Likeness is a rank correlation: 1 is the same order, 0 none. “Changes nearby” is how much the map "
    "moves when the input hardly does; infidelity is how badly scores foretell what removing parts does "
    "(Yeh et al. 2019)."
)
CURVES = {"deletion": "Answer while the highest scores are taken away", "insertion": "Answer while they are put in"}
CURVE_NAMES = ["this method", "no network", "random weights"]
FRACTION = "share of the input"
CURVES_CAPTION = (
    "Good maps fall fast and rise fast (Petsiuk et al. 2018), but only a clear lead over both controls counts."
)

# Comparing
COMPARED = "Methods side by side"
COMPARE_CAPTION = "One example, one target and one baseline. Methods that agree can still be wrong together."

# Known answers
TRUTH_INTRO = (
    "Every method on tasks whose answer is known. It shows which methods can be trusted on such tasks; it does not "
    "prove them right on yours."
)
NO_TABLE = "The table has not been measured yet. The command “python -m explorer truth” measures it."


def about(sentence: str, paper: str) -> str:
    """What a method shows and hides, with its source."""
    return f"{sentence} ({paper})"


def output(index: int) -> str:
    """An entry of the answer that has no name."""
    return f"output {index + 1}"


def menu(title: str, verdict: str) -> str:
    """A method in the menu; what is only approximate says so."""
    return title if verdict == "right" else f"{title} · {verdict}"
