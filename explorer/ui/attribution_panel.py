"""The attributions page: what speaks for an answer by any method that is right here, and how far to trust it."""

from pathlib import Path
from typing import Any

import streamlit as st

from explorer.ui import attribution_asking as asking
from explorer.ui import attribution_words as words
from explorer.ui import look_bar
from explorer.ui.concepts_panel import draw_concepts
from explorer.ui.guard import plain
from explorer.ui.influence_panel import draw_influence
from explorer.ui.lens_view import draw_lens
from explorer.ui.unit_in_hand import layers

LENS, TRUST = asking.LENS, "attribution_trust"
PRESETS = ("digits-cnn", "iris", "circle", "adding-lstm", "induction-heads", "ctc-recogniser", "shape-detector")
TRUTH = Path(__file__).resolve().parents[2] / "benchmarks" / "attribution_truth.md"
LIGHTS = {"completeness_error": [0.01, 0.05]}  # below the first the light is green, below the second yellow
FEW = ("IntegratedGradients", "InputXGradient", "FeatureAblation", "Saliency")  # compared at first
ACROSS, MOST_ANSWERS = 4, 8
WIDE = ("tokens", "series", "frames")  # inputs that need the whole width
HIGH, SMALL, NUMBERS_HIGH, CURVE_HIGH = 380, 190, 70, 175  # pixels
FEATURE_HIGH, TOKEN_WIDE, TOKEN_HIGH = 24, 34, 28  # pixels that one part of an input takes
MOST_FEATURES, MOST_UNITS = 12, 24  # of a row that a small picture shows, and of a layer


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
    draw = {"one": _draw_one, "compare": _draw_compared, "concepts": draw_concepts, "influence": draw_influence,
            "truth": _draw_truth}  # fmt: skip
    draw[part or parts[0]]()
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
    layer = asking.scored_layer(settings, about)
    title = words.SCORES if layer is None else words.UNIT_SCORES.format(layer=plain(layer))
    st.markdown(f"**{title}**", help=words.SCORES_KEY)
    if layer is None:
        draw_lens("scores", LENS, settings, "overlay", {"is_sorted": True}, _height(500), has_caption=False,
                  chosen=asking.choose_place)  # fmt: skip
        if asking.is_at_place():
            st.caption(words.CLICK_OF[asking.task()])
    else:
        draw_lens("scores", LENS, settings, *_of_units(layer, "scores"), HIGH, has_caption=False)
    st.caption(plain(words.about(f"{about['shows']} {about['hides']}", about["paper"])))
    numbers = {"is_quiet": True, "arrays": list(words.NUMBERS), "labels": words.NUMBERS, "shares": list(LIGHTS)}
    lights = {"lights": LIGHTS} if about["adds_up"] else {}
    draw_lens("adds_up", LENS, settings, "numbers", numbers | lights, NUMBERS_HIGH, has_caption=False)
    st.caption(words.COMPLETENESS_HELP + ("" if about["adds_up"] else words.DOES_NOT_ADD_UP))
    title = words.ANSWERS_OF.get(asking.task(), words.ANSWER)
    answers = {"array": "prediction", "title": title, "is_sorted": True, "most": MOST_ANSWERS, "is_quiet": True,
               "marked": "target"}  # fmt: skip
    draw_lens("answer", LENS, settings, "bars", answers, SMALL, has_caption=False)


def _draw_trust(settings: dict[str, Any], about: dict[str, Any]) -> None:
    st.markdown(f"**{words.TRUST}**")
    _draw_controls(settings, asking.scored_layer(settings, about))
    st.caption(words.MAPS_CAPTION)
    left_out = {"spread"} - ({"spread"} if about["is_sampled"] else set())
    left_out |= set() if about["adds_up"] else {"infidelity", "completeness_error"}
    shown = {name: label for name, label in words.CHECKS.items() if name not in left_out}
    numbers = {"is_quiet": True, "arrays": list(shown), "labels": shown, "shares": list(LIGHTS), "lights": LIGHTS}
    draw_lens("checks", TRUST, settings, "numbers", numbers, 2 * NUMBERS_HIGH, has_caption=False)
    st.caption(words.CHECKS_CAPTION)
    for array, title in words.CURVES.items():
        curve = {"array": array, "x": "fractions", "x_name": words.FRACTION, "title": title, "is_quiet": True,
                 "labels": {"map": words.CURVE_NAMES}}  # fmt: skip
        draw_lens(f"curve_{array}", TRUST, settings, "lines_over", curve, CURVE_HIGH, has_caption=False)
    st.caption(words.CURVES_CAPTION)
    look_bar.draw_sentences(TRUST)


def _of_units(layer: str, array: str) -> tuple[str, dict[str, Any]]:
    """The view that suits scores in the shape of a layer, and what it is told."""
    view = {3: "pictures", 2: "map"}.get(len(layers()[layer]), "bars")
    return view, {"array": array, "scale": "signed", "is_sorted": True, "most": MOST_UNITS}


def _draw_controls(settings: dict[str, Any], layer: str | None) -> None:
    """The same map where it should look otherwise, and where it should not; wide inputs one below the other."""
    kind = _kind()
    is_wide = kind in WIDE
    places = [st.container() for _ in words.MAPS] if is_wide else st.columns(len(words.MAPS))
    view, name = ("bars", "array") if kind in ("row", "point") else ("overlay", "scores")
    for place, (array, title) in zip(places, words.MAPS.items(), strict=True):
        with place:
            options = {name: array, "title": title, "is_quiet": True, "most": MOST_FEATURES}
            height = SMALL if kind == "frames" or not is_wide else _height(450)
            if layer is not None:
                view, of_units = _of_units(layer, array)
                options = of_units | {"title": title, "is_quiet": True, "most": MOST_FEATURES}
            draw_lens(f"trust_{array}", TRUST, settings, view, options, height, has_caption=False)


def _kind() -> str:
    """What an input is drawn as: picture, frames, series, tokens, point or row."""
    drawn = look_bar.description()["diagram"]
    axes = drawn["inputs"][0]["axes"]
    if len(axes) > 1:
        return "picture" if len(axes) == 3 else "frames" if drawn["view"] == "frames" else "series"
    return "tokens" if axes == ["time"] else "point" if drawn["view"] == "points" else "row"


def _height(width: int) -> int:
    """The pixels that an input needs in a column of some width."""
    shape = look_bar.description()["diagram"]["inputs"][0]["shape"]
    rows = {"tokens": 1 + shape[0] * TOKEN_WIDE // width, "series": min(6, shape[-1]) * 2, "row": shape[0]}
    one = {"tokens": TOKEN_HIGH, "series": FEATURE_HIGH, "row": FEATURE_HIGH}
    kind = _kind()
    return min(2 * HIGH, 60 + rows[kind] * one[kind]) if kind in rows else HIGH


def _draw_compared() -> None:
    """One strip of several methods on one input."""
    choices, strip = st.columns([24, 76], gap="medium")
    with choices:
        shared = asking.draw_shared()
        asking.draw_not_offered()
    known = asking.offered()
    with strip:
        first = [name for name in FEW if name in known]
        chosen = st.multiselect(words.COMPARED, list(known), default=first, key="compared",
                                format_func=lambda name: known[name]["title"])  # fmt: skip
        columns = st.columns(2 if _kind() in (*WIDE, "row") else ACROSS)
        for place, name in enumerate(chosen):
            with columns[place % len(columns)]:
                options = {"title": known[name]["title"]}
                draw_lens(f"compared_{name}", LENS, {"method": name, **shared}, "overlay", options,
                          max(SMALL + 40, _height(250)), has_caption=False)  # fmt: skip
        st.caption(words.COMPARE_CAPTION)
        look_bar.draw_sentences(LENS)


def _draw_truth() -> None:
    """How every method did where the answer is known."""
    if not TRUTH.exists():
        st.info(words.NO_TABLE)
        return
    st.caption(words.TRUTH_INTRO)
    st.markdown(TRUTH.read_text().partition("\n")[2])
