"""Every sentence of the page of in-context learning that no lens, measure or laboratory says of itself."""

from explorer.ui.emergence_words import LABORATORIES, Told

PART = "Part of the page"
MEANINGS_TITLE, MEANINGS_SHORT = "One term, two meanings", "Two meanings"
MEANINGS = (
    "**In the broad sense** a network learns in context when later predictions use what stands earlier in the same "
    "input: by attention, by autoregression over the last steps, or by a recurrent state.\n\n"
    "**In the field's narrow sense** (Brown et al. 2020) the input holds examples of a task that the network has "
    "never seen, it does the task, and no weight changes.\n\n"
    "On this page regression and classes are the narrow sense: every prompt has a new function or new labels. Copying "
    "from some steps back is the broad sense alone: the task is always the same, and the weights know it. Induction "
    "heads stand between: to go on with a block is always the same task, but which token follows which is new in every "
    "prompt. Neither sense says that the network learns as training does."
)
REGRESSION = Told(
    "Regression in the prompt",
    "A transformer reads examples of a linear function that it has never seen, and predicts as well as ridge "
    "regression does (Garg et al. 2022). No weight changes.",
    "Answers that agree with ridge regression do not show that the network computes it. Take the prompts away from "
    "those of training, and see whether they still agree.",
)
PARTS = {
    "regression": REGRESSION,
    "classes": LABORATORIES["classes"],
    "induction": LABORATORIES["induction"],
    "copying": LABORATORIES["copying"],
}

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
AGAINST = "Control"
CONTROLS = {"few_shots": "Before training", "shot_labels": "Other labels"}
SCORES = {
    "in_context_regression": "Squared error over held-out prompts; to know nothing costs 1 on average. Click a number.",
    "in_context_classification": "Share of right labels over held-out prompts. Click a number of shots.",
    "repeated": "Share of right tokens over held-out prompts: pairs of tokens, then one of them. Click a number.",
}
BY_SHOTS = {"network": "this network", "untrained": "before training"}
CURVES = {
    "in_context_regression": {**BY_SHOTS, "reference": "ridge regression"},
    "in_context_classification": {**BY_SHOTS, "reference": "label is in the prompt"},
    "repeated": {**BY_SHOTS, "reference": "pair is in the prompt"},
}
LABELS = {"right": "right labels", "shuffled": "shuffled", "random": "random", "none": "none"}
LABELS_SAY = (
    "- **Right labels**: all that the examples bring.\n"
    "- **Shuffled** among the shots shown: what it helps to know which labels there are, without whose they are.\n"
    "- **Random**, from all there are: what items, form and weights give by themselves. Where they do as well as right "
    "ones, the answer is not read from the labels (Min et al. 2022).\n"
    "- **None**: the items alone."
)
SHARES = {
    "in_context_regression": "What each shot, its x and then its y, adds to the answer to the last x of this prompt.",
    "in_context_classification": "What each shot adds to the share of the label that the network answers with.",
    "repeated": "What each pair of tokens adds to the share of the token that the network answers with.",
}
NETWORKS = {".network": "this network", ".untrained": "before training"}
OF_CLASSES = {
    "answer": "answer",
    "target": "right answer",
    "value": "its share",
    "value_without": "without shots",
}
NUMBERS = {
    "in_context_regression": {"value": "answer", "value_without": "without shots", "target": "right answer"},
    "in_context_classification": OF_CLASSES,
    "repeated": OF_CLASSES,
}
