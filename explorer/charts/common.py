"""What all charts share."""

COLOURS = ("#2a7fb8", "#e08a1e", "#0f9d76", "#c065a0", "#8a7fd6")
MARGIN = {"l": 10, "r": 10, "t": 10, "b": 10}  # pixels
