"""Every sentence the pages say, apart from what datasets, layers, lenses and presets say of themselves."""

TRAIN_TITLE = "Train a network and watch"
CHOOSE = "What do you want to see?"
WATCH = "Watch"
EXPECT = "Expect"
TRAIN, PAUSE, GO_ON, START_OVER = "Train", "Pause", "Go on", "Start over"
ROLL_BACK = "Roll back and halve the learning rate"
STATES = {
    "training": "Training",
    "paused": "Paused",
    "finished": "Finished",
    "diverged": "Diverged",
    "failed": "Failed",
}
BEFORE_FIRST = "Press Train. A process beside the server trains the network; this page only looks."
CURVES = {
    "loss": "Loss. It shows how wrong the answers are, on the last batch and on held-out data. It does not show why.",
    "accuracy": "Accuracy. It shows the share of right answers. It does not show how sure they are.",
    "r2": "R². It shows the share of the variation that is explained; 1 is all of it. It does not show where it fails.",
}
STEP, SECONDS, HELD_OUT, SPEED, DEVICE = "Step", "Seconds", "Held-out", "Steps per second", "Device"
ATTRIBUTION_TITLE = "What speaks for the answer?"
NO_RUN = "There is nothing to look at yet. Train a network first."
NO_ATTRIBUTION = (
    "This lens reads pictures, tables and points. The network in hand reads sequences; choose another preset."
)
EXAMPLE = "Held-out example"
TO_TRAINING = "Go to training"
INPUT, SCORES = "Input", "Attribution"
COMPLETENESS = "Completeness error"
COMPLETENESS_HELP = (
    "How far the scores are from adding up to the change of the answer. Small is needed, but it does not prove "
    "that the baseline is a good one."
)
