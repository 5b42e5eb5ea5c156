"""Every sentence that the activations page says, apart from what lenses say of themselves."""

ACTIVATIONS = "Activations"
PART = "What to look at"
PARTS = {
    "maps": "Feature maps",
    "number": "One number",
    "units": "Units",
    "off": "Switch off",
    "values": "Values",
    "points": "Examples as points",
    "probes": "Probes",
    "likeness": "Likeness",
    "gradients": "Gradients",
    "landscape": "Landscape",
}
LAYER, UNIT, SETTINGS = "Layer", "Unit", "Settings"
COMPUTE = "Compute"
UNIT_HELP = "Counted from 1. Clicking a map or a bar chooses it too."

# Feature maps
INPUT = "Input"
INPUT_CAPTION = "The example as the network reads it."
WINDOW_CAPTION = "The frame is what the filter reads for the chosen pixel. It slides on, one place of the map each."
KERNELS = "Filters"
KERNELS_CAPTION = "The learned weights. It does not show what a filter answers to after the layers before it."
PLANE = "Input channel"
SUM_CAPTION = (
    "Click a pixel of a map, and see where its number comes from. It does not show how this place bears on the answer."
)

# One number
READS, GIVES = "What the layer reads", "What it gives out"
GIVES_HELP = "Click a number to see where it comes from."
_WEIGHTED = {"window": "What is read", "weights": "Weights", "products": "Read × weight"}
WINDOW_ALONE = {"window": "What is read"}
PARTS_OF = {  # by kind of layer: what its number is made of
    "linear": _WEIGHTED,
    "tied": _WEIGHTED,
    "conv1d": _WEIGHTED,
    "conv2d": _WEIGHTED,
    "softmax": {"window": "Scores", "powers": "e to the power of each score less the greatest"},
    **{kind: {} for kind in ("relu", "gelu", "silu", "tanh", "sigmoid", "leaky_relu", "square")},
    **{kind: {} for kind in ("embedding", "batch_norm")},
}
RANKS = {  # axes of these parts, where they are more than one
    **dict.fromkeys(("conv1d", "conv2d"), 3),
    **dict.fromkeys(("max_pool", "average_pool", "global_pool", "mean_over_time"), 2),
}
STEPS = {  # the numbers on the way, in their order
    "token": "token",
    "before": "number that arrives",
    "mean": "mean",
    "variance": "variance",
    "root_mean_square": "root mean square",
    "normalised": "normalised",
    "scale": "× learned scale",
    "shift": "+ learned shift",
    "power": "e to its score less the greatest",
    "total": "sum",
    "count": "÷ numbers in the window",
    "bias": "+ bias",
    "value": "= value",
}
PARTS_CAPTION = "Those that count most, the largest first. All of them enter the sum."

# Units
TOP = "Examples that drive it most"
BEST_INPUT, REAL_INPUT, CLIMB = "Made input", "Best real example", "How the unit rose"
HEIGHT, ASCENT = {"path": "value of the unit"}, "step uphill"
TOP_HELP = "Click an example to look at it everywhere."
HEIGHTS = "How high it goes for each"
NO_ASCENT = "An input can be made for a unit only where inputs are numbers: tokens cannot be changed little by little."

# Values
DEAD_SHARE = "Share of units that are always 0"
DEAD_UNITS = "Silent units of the layer"
DEAD_CAPTION = (
    "A bar of 1 is a unit that is 0 for every example looked at. Another example may still wake it. Click to choose it."
)

# Points
COLOUR = "Colour"
COLOURS = {"target": "Right answer", "prediction": "Network's answer", "is_right": "Right or wrong"}
IS_RIGHT = ["wrong", "right"]
POINTS_HELP = "Click a point to look at its example on every page."

# Probes
PROBED = {".score": "trained", ".shuffled": "shuffled targets", ".untrained": "untrained network"}
PROBE_NUMBERS = {"baseline": "commonest answer", "rows": "rows"}
PROBE_SCALE = "Bars are accuracy on rows that the probe has not seen; for numbers R², which may be below 0."

# Gradients
GRADIENT, UPDATE = "Length of the gradient", "Weights moved in a step, as a share of their length"
WEIGHT = "Length of the weights"
STEP = "step"

# Likeness
OTHER_RUN, SAME_RUN = "Compare with run", "this run"
OTHER_RUN_HELP = (
    "One of your runs, or the id of any run, which stands at the end of its link. Its inputs must be alike."
)
OTHER_STEP = "At step"
SAME_STEP, LAST_STEP = "the same step", "its last step"
LIKENESS_CAPTION = (
    "Rows are layers of this run at the step shown, columns those it is compared with. Both see the same held-out "
    "examples of this run."
)

# Landscape
LANDSCAPE_AXIS = "distance along the direction, 1 = length of the weights"


def maps_of(layer: str) -> str:
    """The maps that a convolution gives out."""
    return f"{layer}: what its filters find"


def number(layer: str, unit: int | str, row: int, column: int, rank: int) -> str:
    """One number of a layer, named by where it is; units are counted from 1 or have names, places from 0."""
    where = {1: "", 2: f", step {column}", 3: f", row {row}, column {column}"}[rank]
    return f"{layer}: unit {unit + 1}{where}" if isinstance(unit, int) else f"{layer}: {unit}{where}"


def unit(layer: str, index: int) -> str:
    """A unit of a layer."""
    return f"{layer}, unit {index + 1}"


def of(count: int) -> str:
    """How many units there are to choose from."""
    return f"of {count:,}"


def step(number: int | None) -> str:
    """A kept step that can be compared with."""
    return SAME_STEP if number is None else f"{number:,}"


def last_step(number: int | None) -> str:
    """A kept step of another run."""
    return LAST_STEP if number is None else f"{number:,}"
