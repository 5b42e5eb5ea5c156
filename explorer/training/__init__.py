"""Training: objectives, optimizers and schedules by table; the step, the loop, and what is said when it breaks."""
