"""The attributions page: what speaks for an answer by any method that is right here, and how far to trust it."""

from pathlib import Path
from typing import Any

import streamlit as st

from explorer.ui import attribution_asking as asking
from explorer.ui import attribution_words as words
from explorer.ui import look_bar
from explorer.ui.guard import plain
from explorer.ui.lens_view import draw_lens

LENS, TRUST = "attribution", "attribution_trust"
PRESETS = ("digits-cnn", "iris", "circle", "adding-lstm", "induction-heads")
TRUTH = Path(__file__).resolve().parents[2] / "benchmarks" / "attribution_truth.md"
LIGHTS = {"completeness_error": [0.01, 0.05]}  # below the first the light is green, below the second yellow
FEW = ("IntegratedGradients", "InputXGradient", "FeatureAblation", "Saliency")  # compared at first
ACROSS, MOST_ANSWERS = 4, 8
HIGH, SMALL, NUMBERS_HIGH, CURVE_HIGH = 380, 190, 70, 220  # pixels


def draw_attribution() -> None:
    """The page for the run in hand, or the way to one."""
    if not look_bar.draw():
        return
    if LENS not in look_bar.offered():
        look_bar.draw_presets(words.NOTHING, PRESETS)
        return
    parts = list(words.PARTS)
    part = st.segmented_control(words.PART, parts, default=parts[0], format_func=words.PARTS.__getitem__, required=True,
                                key="attribution_part", label_visibility="collapsed")  # fmt: skip
    {"one": _draw_one, "compare": _draw_compared, "truth": _draw_truth}[part or parts[0]]()
    look_bar.draw_timeline()


def _draw_one() -> None:
    """The choices, the scores, and beside them the controls that they must stand against."""
    choices, scores, trust = st.columns([24, 38, 38], gap="medium")
    with choices:
        settings = asking.draw_asked()
        asking.draw_not_offered()
    about = asking.methods()[settings["method"]]
    with scores:
        _draw_scores(settings, about)
    with trust:
        _draw_trust(settings, about)


def _draw_scores(settings: dict[str, Any], about: dict[str, Any]) -> None:
    st.markdown(f"**{words.SCORES}**", help=words.SCORES_KEY)
    draw_lens("scores", LENS, settings, "overlay", {"is_sorted": True}, HIGH, has_caption=False)
    st.caption(plain(words.about(f"{about['shows']} {about['hides']}", about["paper"])))
    numbers = {"arrays": list(words.NUMBERS), "labels": words.NUMBERS, "shares": list(LIGHTS)}
    lights = {"lights": LIGHTS} if about["adds_up"] else {}
    draw_lens("adds_up", LENS, settings, "numbers", numbers | lights, NUMBERS_HIGH, has_caption=False)
    st.caption(words.COMPLETENESS_HELP + ("" if about["adds_up"] else words.DOES_NOT_ADD_UP))
    answers = {"array": "prediction", "title": words.ANSWER, "is_sorted": True, "most": MOST_ANSWERS}
    marked = {"marked": "target"} if "target" not in settings else {}
    draw_lens("answer", LENS, settings, "bars", answers | marked, SMALL, has_caption=False)


def _draw_trust(settings: dict[str, Any], about: dict[str, Any]) -> None:
    st.markdown(f"**{words.TRUST}**")
    for column, (array, title) in zip(st.columns(len(words.MAPS)), words.MAPS.items(), strict=True):
        with column:
            options = {"scores": array, "title": title}
            draw_lens(f"trust_{array}", TRUST, settings, "overlay", options, SMALL, has_caption=False)
    st.caption(words.MAPS_CAPTION)
    left_out = {"spread"} - ({"spread"} if about["is_sampled"] else set())
    left_out |= set() if about["adds_up"] else {"infidelity", "completeness_error"}
    shown = {name: label for name, label in words.CHECKS.items() if name not in left_out}
    numbers = {"arrays": list(shown), "labels": shown, "shares": list(LIGHTS), "lights": LIGHTS}
    draw_lens("checks", TRUST, settings, "numbers", numbers, 2 * NUMBERS_HIGH, has_caption=False)
    st.caption(words.CHECKS_CAPTION)
    for column, (array, title) in zip(st.columns(2), words.CURVES.items(), strict=True):
        with column:
            curve = {"array": array, "x": "fractions", "x_name": words.FRACTION, "title": title,
                     "labels": {"map": words.CURVE_NAMES}}  # fmt: skip
            draw_lens(f"curve_{array}", TRUST, settings, "lines_over", curve, CURVE_HIGH, has_caption=False)
    st.caption(words.CURVES_CAPTION)
    look_bar.draw_sentences(TRUST)


def _draw_compared() -> None:
    """One strip of several methods on one input."""
    known = asking.offered()
    choices, strip = st.columns([24, 76], gap="medium")
    with choices:
        first = [name for name in FEW if name in known]
        chosen = st.pills(words.COMPARED, list(known), default=first, selection_mode="multi", key="compared",
                          format_func=lambda name: known[name]["title"])  # fmt: skip
        shared = asking.draw_shared()
        asking.draw_not_offered()
    with strip:
        columns = st.columns(ACROSS)
        for place, name in enumerate(chosen):
            with columns[place % ACROSS]:
                options = {"title": known[name]["title"]}
                draw_lens(f"compared_{name}", LENS, {"method": name, **shared}, "overlay", options, SMALL + 40,
                          has_caption=False)  # fmt: skip
        st.caption(words.COMPARE_CAPTION)
        look_bar.draw_sentences(LENS)


def _draw_truth() -> None:
    """How every method did where the answer is known."""
    if not TRUTH.exists():
        st.info(words.NO_TABLE)
        return
    st.caption(words.TRUTH_INTRO)
    st.markdown(TRUTH.read_text().partition("\n")[2])
