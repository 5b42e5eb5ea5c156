"""The part of the attributions page that asks whether a concept sways an answer more than chance does."""

from typing import Any

import streamlit as st

from explorer.ui import further_words as words
from explorer.ui import look_bar
from explorer.ui.guard import told
from explorer.ui.lens_settings import draw_lens_settings, settings_of
from explorer.ui.lens_view import draw_lens

LENS = "concept"
KEPT = "concept_asked"  # where the choices of this part are kept
ROW_HIGH, NUMBERS_HIGH = 50, 62  # pixels that a layer takes


def draw_concepts() -> None:
    """The concept and the answer that are asked about, and what every layer says."""
    if LENS not in look_bar.offered():
        st.info(words.NO_CONCEPTS, icon=":material/lightbulb:")
        return
    choices, found, verdicts = st.columns([24, 44, 32], gap="medium")
    with choices:
        settings = {"concept": _draw_concept(), **_draw_target()}
        with st.popover(words.SETTINGS, icon=":material/tune:", width="stretch"), told():
            settings |= draw_lens_settings(LENS, ("concept", "target"))
        st.caption(words.CONCEPT_INTRO)
    layers = look_bar.description()["choices"]["attribution"]["layer"]
    with found:
        st.markdown(f"**{words.CONCEPT_SCORES}**", help=words.CONCEPT_SCORES_HELP)
        options: dict[str, Any] = {"groups": list(words.GROUPS), "labels": words.GROUPS, "peak": 1}
        draw_lens("concept_scores", LENS, settings, "bars", options, 60 + ROW_HIGH * len(layers))
    with verdicts:
        _draw_verdicts(settings, layers)


def _draw_verdicts(settings: dict[str, Any], layers: list[str]) -> None:
    """Whether chance alone could do it, layer by layer."""
    st.markdown(f"**{words.VERDICT}**")
    places = [f"{layer}.is_significant" for layer in layers]
    options = {
        "arrays": places,
        "labels": dict(zip(places, layers, strict=True)),
        "names": {place: list(words.SIGNIFICANT) for place in places},
        "is_quiet": True,
    }
    high = 20 + NUMBERS_HIGH * (len(layers) + 1) // 2
    draw_lens("concept_verdicts", LENS, settings, "numbers", options, high, has_caption=False)
    places = [f"{layer}.p" for layer in layers]
    options = {
        "arrays": places,
        "labels": {place: words.p_of(layer) for place, layer in zip(places, layers, strict=True)},
        "is_quiet": True,
    }
    draw_lens("concept_chances", LENS, settings, "numbers", options, high, has_caption=False)
    st.caption(words.VERDICT_CAPTION)


def _draw_concept() -> str:
    about = look_bar.description()
    known: list[str] = list(about["choices"][LENS]["concept"])
    titles = {each: _named(each, about["diagram"]) for each in known}
    kept = settings_of(KEPT)
    index = known.index(kept["concept"]) if kept.get("concept") in known else 0
    kept["concept"] = st.selectbox(words.CONCEPT, known, index=index, format_func=titles.__getitem__,
                                   help=words.CONCEPT_HELP, key=f"concept_{len(known)}")  # fmt: skip
    return str(kept["concept"])


def _named(concept: str, drawn: dict[str, Any]) -> str:
    """A concept in the words of the data."""
    kind, _, number = concept.partition(":")
    if not number:
        return words.RANDOM
    if kind == "feature" and len(drawn["inputs"][0]["axes"]) == 3:
        return words.bright(int(number))
    names = {"token": drawn["token_names"], "feature": drawn["feature_names"], "class": drawn["task"]["labels"]}[kind]
    name = names[int(number)] if names and int(number) < len(names) else str(int(number) + 1)
    return words.KINDS[kind].format(name=name)


def _draw_target() -> dict[str, Any]:
    """The answer that may be swayed; empty for the one predicted of the example in hand."""
    labels = look_bar.description()["diagram"]["task"]["labels"]
    if not labels:
        return {}
    chosen = st.selectbox(words.SWAYED, range(-1, len(labels)), key=f"concept_target_{len(labels)}",
                          format_func=lambda each: words.PREDICTED if each < 0 else labels[each])  # fmt: skip
    return {} if chosen < 0 else {"target": labels[chosen]}
