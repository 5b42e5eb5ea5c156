"""Every sentence that the activations page says, apart from what lenses say of themselves."""

ACTIVATIONS = "Activations"
PART = "What to look at"
PARTS = {
    "maps": "Feature maps",
    "units": "Units",
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
PLACE = "One place of one map"
PLANE = "Input channel"
SUM_PARTS = {"window": "Window of the input", "kernel": "Filter", "products": "Window × filter"}
SUM = {"bias": "bias", "value": "sum of products + bias"}
SUM_CAPTION = (
    "Click a pixel of a map, and see where its number comes from. It does not show how this place bears on the answer."
)
NO_MAPS = "This network has no convolution, so it has no feature maps. The other pictures are there for any network."

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
LANDSCAPE_HERE = {"here": "loss here"}


def maps_of(layer: str) -> str:
    """The maps that a convolution gives out."""
    return f"{layer}: what its filters find"


def place(channel: int, row: int, column: int, is_flat: bool) -> str:
    """One number of a map, named by where it is; channels are counted from 1, places from 0."""
    where = f"step {column}" if is_flat else f"row {row}, column {column}"
    return f"{PLACE}: filter {channel + 1}, {where}"


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
