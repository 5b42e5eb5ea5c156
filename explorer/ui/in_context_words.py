"""Every sentence of the page of in-context learning that no lens, measure or laboratory says of itself."""

from explorer.ui.emergence_words import LABORATORIES, Told

PART = "Part of the page"
MEANINGS_TITLE = "One term, two meanings"
MEANINGS = (
    "**In the broad sense** a network learns in context when later predictions use what stands earlier in the same "
    "input: by attention, by autoregression over the last steps, or by a recurrent state. "
    "**In the field's narrow sense** (Brown et al. 2020) the input holds examples of a task that the network has "
    "never seen, it does the task, and no weight changes. Regression and classes, below, are the narrow sense: every "
    "prompt has a new function or new labels. Copying from some steps back is the broad sense alone: the task is "
    "always the same, and the weights know it. Neither sense says that the network learns as training does."
)
REGRESSION = Told(
    "Regression in the prompt",
    "A transformer reads examples of a linear function that it has never seen, and predicts as well as ridge "
    "regression does (Garg et al. 2022). No weight changes.",
    "Answers that agree with ridge regression do not show that the network computes it. Take the prompts away from "
    "those of training, and see whether they still agree.",
)
PARTS = {"regression": REGRESSION, "classes": LABORATORIES["classes"], "copying": LABORATORIES["copying"]}

DRAG_TITLE = "Drag the examples of the prompt"
ERRORS_TITLE = "Error by number of examples"
SHIFT = "Away from the prompts of training"
SHIFTS = {"noise": "More noise", "scale": "Scale of x", "change": "Slope changes midway"}
LEARNERS = {"network": "this network", "ridge": "ridge regression", "least_squares": "least squares"}
EXAMPLES = "examples in the prompt"
BOTH = "Phenomenon and control"
BOTH_CAPTION = (
    "New classes ask for the prompt, prompts without the answer for the weights; swapped labels for one of both."
)
OPEN_BOTH = "Train the phenomenon and its control, and both are drawn here, one below the other."

SHOTS_TITLE = "Few shots"
SHOTS = "Shots in the prompt"
SHOTS_AXIS = "shots in the prompt"
NO_SHOTS = "Without shots there is nothing to share out. Move the slider."
LINE_CURVES = {"network": "this network", "untrained": "before training", "reference": "ridge regression"}
CLASS_CURVES = {"network": "this network", "untrained": "before training", "reference": "label stands in the prompt"}
SCORES = {
    "in_context_regression": "Squared error over held-out prompts; to know nothing costs 1 on average. Click a number.",
    "in_context_classification": "Share of right labels over held-out prompts. Click a number of shots.",
}
SHARES = {
    "in_context_regression": "What each shot, its x and then its y, adds to the answer to the last x of this prompt.",
    "in_context_classification": "What each shot adds to the share of the label that the network answers with.",
}
NETWORKS = {".network": "this network", ".untrained": "before training"}
LINE_NUMBERS = {"value": "answer", "value_without": "without shots", "target": "right answer"}
CLASS_NUMBERS = {
    "answer": "answer",
    "target": "right answer",
    "value": "share of the answer",
    "value_without": "its share without shots",
}
