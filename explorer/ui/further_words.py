"""Every sentence that the attributions page says of concepts and of training examples that mattered."""

SETTINGS = "Settings"

# Concepts
NO_CONCEPTS = "This network has no layer through which every way leads, so no direction can be followed in it."
CONCEPT, SWAYED, PREDICTED = "Concept", "Answer that may be swayed", "The answer given"
CONCEPT_HELP = "Training examples that share something. Random ones are a control: they should sway nothing."
KINDS = {"feature": "High in {name}", "token": "With {name}", "class": "Of class {name}"}
RANDOM = "Random examples, as a control"
CONCEPT_INTRO = (
    "A concept is a direction inside the network: from other training examples towards those that share something. "
    "It is drawn anew many times, for every layer and every step."
)
CONCEPT_SCORES = "How a concept sways the answer"
CONCEPT_SCORES_HELP = "TCAV, Kim et al. 2018, arXiv:1711.11279."
GROUPS = {".concept": "rises with the concept", ".random": "with random sets", ".accuracy": "concept told apart"}
VERDICT = "Could it be chance?"
SIGNIFICANT = ("could be", "hardly")
VERDICT_CAPTION = (
    "“Hardly” means p is below 0.05: concepts made of random examples would give such a difference in less than 1 of "
    "20 cases, all layers together (Welch's t-test, p times the number of layers). Where a concept is not told apart, "
    "which is 0.5, its direction means little. A score below that of random sets speaks against the answer. "
    "More draws let smaller differences count."
)

# Training examples that mattered
NO_TRAINING_EXAMPLES = (
    "This dataset draws every training example anew, so that none was seen twice and none can be named; open an "
    "experiment that learns from a fixed set of examples instead."
)
INFLUENCE_INTRO = (
    "At some kept steps of the run: would a training step on this example have lowered the loss of the one in hand, "
    "or raised it?"
)
SIDES = {"helped": "Helped most", "hurt": "Hurt most"}
MOST = 6  # examples of each side unless the settings say more
SCORE, BY_STEP, STEP = "Influence", "When in the run", "step"
INFLUENCE_CAPTION = (
    "The numbers are about what the loss would have fallen by, summed over the kept steps that are looked at, not all "
    "steps (TracIn, Pruthi et al. 2020, arXiv:2002.08484). Only the first training examples are asked; the settings "
    "say how many. Click an example to look at it on every page."
)


def bright(channel: int) -> str:
    """Pictures with much light in a channel."""
    return f"Bright in channel {channel + 1}"


def p_of(layer: str) -> str:
    """What a probability belongs to."""
    return f"p, {layer}"
