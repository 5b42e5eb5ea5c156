"""The table of presets by family, in the order in which they are offered."""

from difflib import get_close_matches

from explorer.errors import ExperimentError, unknown
from explorer.gallery import (
    algorithms,
    copying,
    in_context,
    induction,
    memory,
    pictures,
    points,
    scaling,
    speech,
    superposition,
    tables,
    text,
)
from explorer.gallery.base import Figure, Preset

FAMILIES: dict[str, tuple[Preset, ...]] = {
    "points": (points.CIRCLE, points.XOR, points.GAUSS, points.SPIRAL, points.ARMS, points.PLANE),
    "pictures": (pictures.MLP, pictures.CNN, pictures.ARTICLE, pictures.RESNET, pictures.DETECTOR),
    "memory": (memory.BRACKETS, memory.ADDING_RNN, memory.ADDING_LSTM, memory.ADDING_GRU, memory.FLIP_FLOP),
    "emergence": (
        induction.HEADS,
        induction.ONE_LAYER,
        induction.FIXED_OFFSET,
        algorithms.GROKKING,
        algorithms.NO_DECAY,
        superposition.SPARSE,
        superposition.DENSE,
        speech.CTC,
        speech.SINGLE,
        scaling.DESCENT,
        scaling.PENALTY,
        scaling.MIRAGE,
        scaling.ONE_SYMBOL,
    ),
    "in_context": (
        in_context.LINE,
        in_context.REGRESSION,
        in_context.IN_CONTEXT,
        in_context.IN_WEIGHTS,
        copying.ATTENTION,
        copying.WINDOW,
        copying.BEYOND,
        copying.MEMORY,
    ),
    "text": (text.CHAR_GPT, text.AGREEMENT, text.PALINDROMES, text.ENCODER_DECODER),
    "tables": (tables.IRIS, tables.WINE, tables.CANCER, tables.DIABETES),
}
PRESETS: dict[str, Preset] = {preset.name: preset for family in FAMILIES.values() for preset in family}


def presets() -> tuple[Preset, ...]:
    """Every preset, in order."""
    return tuple(PRESETS.values())


def preset(name: str) -> Preset:
    """The preset of this name; raises ExperimentError, with the nearest name, where there is none."""
    if name not in PRESETS:
        nearest = get_close_matches(name, PRESETS, n=1, cutoff=0.4)
        remedy = f"perhaps {nearest[0]} is meant" if nearest else "choose one of these"
        raise ExperimentError([unknown("preset", name, PRESETS, remedy)])
    return PRESETS[name]


__all__ = ["FAMILIES", "PRESETS", "Figure", "Preset", "preset", "presets"]
