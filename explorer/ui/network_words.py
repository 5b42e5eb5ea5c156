"""Every sentence of the network builder, the recipe and the controls, apart from what kinds say of themselves."""

from collections.abc import Iterable, Mapping, Sequence

from explorer.errors import Fault
from explorer.ui.guard import plain

FAMILIES: tuple[tuple[str, str, tuple[str, ...]], ...] = (  # how the picker groups kinds, each with its sign
    ("Dense", ":material/hub:", ("linear", "tied", "random_features", "features")),
    (
        "Activation",
        ":material/show_chart:",
        ("relu", "gelu", "silu", "tanh", "sigmoid", "leaky_relu", "square", "softmax", "identity"),
    ),
    ("Pictures", ":material/grid_on:", ("conv2d", "conv1d", "max_pool", "average_pool", "global_pool")),
    ("Tokens", ":material/match_word:", ("embedding", "position")),
    ("Recurrent", ":material/autorenew:", ("rnn", "lstm", "gru")),
    (
        "Attention",
        ":material/center_focus_strong:",
        ("self_attention", "cross_attention", "feed_forward", "transformer_block"),
    ),
    ("Shape", ":material/reorder:", ("flatten", "reshape", "last_over_time", "mean_over_time")),
    ("Normalisation", ":material/equalizer:", ("layer_norm", "batch_norm", "rms_norm", "dropout")),
    ("Merging", ":material/merge:", ("add", "multiply", "concatenate")),
)
OTHER = ("More", ":material/extension:")

TITLES = {  # settings whose name alone reads badly
    "l1": "L1 penalty",
    "l2": "L2 penalty",
    "mlp_ratio": "MLP ratio",
    "clip_norm": "Gradient clipping",
    "init_scale": "Initial scale",
    "beta1": "β₁",
    "beta2": "β₂",
    "in_features": "Inputs expected",
    "warm_up": "Warm-up",
    "final": "Final share",
    "norm": "Normalisation",
    "norm_place": "Norm placed",
    "flip": "Mirror",
    "reaches": "Goal",
    "metric": "Watched metric",
}
OPTIONS = {
    "relu": "ReLU",
    "gelu": "GELU",
    "silu": "SiLU",
    "leaky_relu": "Leaky ReLU",
    "rms": "RMS",
    "rgb": "RGB",
    "smoothgrad": "SmoothGrad",
    "smoothgrad_sq": "SmoothGrad, squared",
    "vargrad": "VarGrad",
    "pca": "PCA",
    "tsne": "t-SNE",
    "x1": "x₁",
    "x2": "x₂",
    "x1_squared": "x₁²",
    "x2_squared": "x₂²",
    "x1_x2": "x₁x₂",
    "sin_x1": "sin x₁",
    "sin_x2": "sin x₂",
}
EMPTY = {"batch_size": "all", "clip_norm": "no limit", "seconds": "no limit", "patience": "off", "reaches": "off"}
AUTOMATIC = "automatic"

FEWER, MORE = "One hidden layer less", "One hidden layer more"
ACTIVATION = "Activation of all hidden layers"
MIXED = "several"
KEEP = "Keep the weights"
KEEP_HELP = "After a change, layers whose name and shape stay the same go on with what they have learned."
ADD = "Add a layer"
PICK = "Which layer?"
BEFORE, AFTER = "Insert a layer before it", "Insert a layer behind it"
DUPLICATE, UP, DOWN, REMOVE = "Duplicate", "Move up", "Move down", "Remove"
SKIP = "Add a skip around this layer: its output plus its input"
KIND, NAME, READS = "Kind", "Name", "Reads from"
KIND_HELP = "Another kind in the same place, with its own settings."
NAME_HELP = "How other layers and pictures call this layer: a letter first, then letters, digits and underscores."
READS_HELP = "Name several layers to merge them, or an earlier one to skip those between. Empty: the layer before."
NOT_A_NAME = "A name begins with a letter and has at most 40 letters, digits and underscores."
LAYER_BEFORE = "the layer before"

OPTIMIZER_SETTINGS = "Optimizer settings"
SCHEDULE_SETTINGS = "Learning-rate schedule"
REGULARISATION = "Regularisation"
AUGMENTATION = "Augmentation"
STOP = "Loss, evaluation and stopping"
LIVE = "Everything here takes effect at the next step, also while the network trains."
THE_TASKS_OWN = "the task's own"
NO_METRIC = "none"
METRICS = {"r2": "R²"}


def setting_title(name: str) -> str:
    """How a setting is called on the page."""
    return TITLES.get(name, name.replace("_", " ").capitalize())


def option_title(name: object) -> str:
    """How one of several choices is called."""
    text = str(name).replace("_", " ")
    return OPTIONS.get(str(name), text[:1].upper() + text[1:])


def empty(name: str) -> str:
    """What an empty field of this setting means."""
    return EMPTY.get(name, AUTOMATIC)


def fault(found: Fault) -> str:
    """What is wrong, without the place, which is where the sentence stands."""
    if not found.expected:
        return found.got
    sentence = f"Expected {found.expected}, got {found.got}"
    return f"{sentence}; {found.remedy}." if found.remedy else f"{sentence}."


def short_number(value: float) -> str:
    """A number as short as it goes, such as 0.003 or 1e-05."""
    return f"{value:g}"


def count(number: int) -> str:
    """A count as people read it: 950, 12.3k, 4.0M."""
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e4, "k")):
        if number >= size:
            unit = 1e3 if letter == "k" else size
            return f"{number / unit:.{1 if number < 10 * unit else 0}f}{letter}"
    return f"{number:,}"


def memory(number: int) -> str:
    """Bytes as people read them."""
    for size, unit in ((2**30, "GiB"), (2**20, "MiB"), (2**10, "KiB")):
        if number >= size:
            return f"{number / size:.1f} {unit}"
    return f"{number} B"


def shape(sizes: Sequence[int]) -> str:
    """The sizes of a signal."""
    return "×".join(str(size) for size in sizes)


def costs(parameters: int, multiply_adds: int, bytes_: int) -> str:
    """What a layer or a network costs."""
    return f"{_many(parameters, 'parameter')} · {_many(multiply_adds, 'multiply-add')} · {memory(bytes_)}"


def dropout_of(layer: str) -> str:
    """The rate of one dropout layer."""
    return f"Dropout in {plain(layer)}"


def metric_title(name: str) -> str:
    """A metric of a split, as test.accuracy, in words."""
    split, _, metric = name.partition(".")
    return f"{option_title(split)} {METRICS.get(metric, metric.replace('_', ' '))}"


def hidden_layers(number: int) -> str:
    """How many hidden layers there are."""
    return f"{number} hidden"


def family_of(kind: str) -> tuple[str, str]:
    """The title and the sign of a kind's family."""
    return next(((title, icon) for title, icon, kinds in FAMILIES if kind in kinds), OTHER)


def grouped(kinds: Iterable[str]) -> Mapping[tuple[str, str], list[str]]:
    """Kinds by family, families and kinds in their order; kinds of no family come last."""
    groups: dict[tuple[str, str], list[str]] = {(title, icon): [] for title, icon, _ in FAMILIES}
    for kind in kinds:
        groups.setdefault(family_of(kind), []).append(kind)
    return {family: members for family, members in groups.items() if members}


def _many(number: int, what: str) -> str:
    return f"1 {what}" if number == 1 else f"{count(number)} {what}s"
