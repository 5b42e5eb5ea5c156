"""One number of any layer: what is read for it, and the arithmetic with its numbers."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from explorer.ui import activation_words as words
from explorer.ui import look_bar
from explorer.ui.guard import plain
from explorer.ui.lens_view import draw_lens
from explorer.ui.service import engine
from explorer.ui.unit_in_hand import choose, draw_choice, layers, place_on

LENS, PROBABILITIES = "arithmetic", "probabilities"
HIGH, PART_HIGH, ROW, MOST = 330, 220, 22, 12  # pixels, and bars of a part


def draw_number() -> None:
    """The layer and the place, what is read, what comes out, and how."""
    kinds = _kinds()
    known = layers(*kinds)
    if PROBABILITIES not in known and _asks_for_classes():
        known[PROBABILITIES] = list(layers().values())[-1]
    with st.container(horizontal=True, vertical_alignment="center"):
        layer, unit = draw_choice(known)
    row, column = place_on(known[layer])
    settings = {"layer": layer, "unit": unit, "row": row, "column": column}
    kind = layers_by_kind().get(layer, "softmax")
    reads = _shape_read(layer)
    widths = [30, 36, 34] if len(reads) > 1 else [60, 40]
    *shown, told = st.columns(widths, gap="medium")
    if len(reads) > 1:
        with shown[0]:
            st.markdown(f"**{words.READS}**")
            _draw_values("reads", settings, reads, has_frame=True)
    with shown[-1]:
        st.markdown(f"**{words.GIVES}**", help=words.GIVES_HELP)
        _draw_values("gives", settings, known[layer])
    with told:
        called = plain(words.number(layer, _called(layer, unit), row, column, len(known[layer])))
        st.markdown(f"**{called}**")
        st.latex(engine().catalogue()["layers"][kind]["equation"])
        parts, rank = words.PARTS_OF.get(kind, words.WINDOW_ALONE), words.RANKS.get(kind, 1)
        _draw_steps(settings, 80 if rank == 2 else PART_HIGH)
        if rank == 2:
            _draw_part("window", parts["window"], settings, rank)
    if rank == 1:
        _draw_parts(settings, parts)
    elif rank == 3:
        draw_sum(settings, reads[0] if len(reads) == 3 else reads[-1], has_steps=False)
    look_bar.draw_sentences(LENS)


def draw_sum(settings: Mapping[str, Any], arriving: int, has_steps: bool = True) -> None:
    """The window, the filter and their products behind one place of a convolution, one channel at a time."""
    plane = 0
    if arriving > 1:
        plane = int(st.number_input(words.PLANE, 1, arriving, 1, key=f"plane_{settings['layer']}", width=150)) - 1
    parts = words.PARTS_OF["conv2d"]
    columns = st.columns([30, 30, 30, *([22] if has_steps else [])], gap="medium")
    for column, (array, title) in zip(columns, parts.items(), strict=False):
        with column:
            _draw_part(array, title, settings, 3, plane)
    if has_steps:
        with columns[-1]:
            _draw_steps(settings, PART_HIGH)
        st.caption(words.SUM_CAPTION)


def _called(layer: str, unit: int) -> int | str:
    """The name of a class where the layer gives the answer; else the number of the unit."""
    labels = look_bar.description()["diagram"]["task"]["labels"]
    is_answer = layer in (PROBABILITIES, list(layers_by_kind())[-1])
    return labels[unit] if is_answer and unit < len(labels) else unit


def layers_by_kind() -> dict[str, str]:
    """The kind of every layer of the run in hand."""
    return {each["name"]: each["kind"] for each in look_bar.description()["layers"]}


def _kinds() -> list[str]:
    """The kinds of layers whose arithmetic the lens can tell."""
    kinds: list[str] = engine().catalogue()["lenses"][LENS]["schema"]["properties"]["layer"]["kinds"]
    return kinds


def _asks_for_classes() -> bool:
    last = list(layers_by_kind().values())[-1]
    return last != "softmax" and not look_bar.description()["diagram"]["task"]["kind"].endswith("regression")


def _shape_read(layer: str) -> list[int]:
    """The shape of what a layer reads first; empty where these are tokens, which stand below what it gives out."""
    drawn = look_bar.description()
    parts = drawn["experiment"].network.layers
    before = [drawn["diagram"]["inputs"][0]["name"], *(part.name for part in parts)]
    place = next((place for place, part in enumerate(parts) if part.name == layer), len(parts))
    named = parts[place].inputs if place < len(parts) else None
    source = named[0] if named else before[place]
    known = layers()
    given = {each["name"]: list(each["shape"]) for each in drawn["diagram"]["inputs"]}
    return known.get(source, given.get(source, []))


def _draw_values(array: str, settings: Mapping[str, Any], shape: list[int], has_frame: bool = False) -> None:
    """Pictures for pictures, a sheet for sequences, bars for a row; a click chooses the number."""
    view = {1: "bars", 2: "sheet", 3: "pictures"}[len(shape)]
    unit, place = settings["unit"], {"row": settings["row"], "column": settings["column"]}
    options: dict[str, Any] = {"array": array}
    if view == "pictures":
        window = {"index": min(unit, shape[0] - 1)}
        options["window"] = {**window, "array": "frame"} if has_frame else {**window, **place, "rows": 1, "columns": 1}
    elif view == "sheet":
        options |= {"input": "reads", "span": "frame" if has_frame else [place["column"], place["column"]]}
    high = min(HIGH, 40 + ROW * shape[0]) if view == "bars" else HIGH
    triggers: dict[str, Any] = {} if has_frame else {"chosen": _choose}
    if not has_frame:
        options["chosen"] = {"index": unit}
    draw_lens(f"number_{array}", LENS, settings, view, options, high, has_caption=False, **triggers)


def _draw_steps(settings: Mapping[str, Any], high: int) -> None:
    """The numbers on the way, and the value."""
    options = {"arrays": list(words.STEPS), "labels": words.STEPS}
    draw_lens("number_steps", LENS, settings, "numbers", options, high, has_caption=False)


def _draw_parts(settings: Mapping[str, Any], parts: Mapping[str, str]) -> None:
    if not parts:
        return
    for column, (array, title) in zip(st.columns(max(2, len(parts)), gap="medium"), parts.items(), strict=False):
        with column:
            _draw_part(array, title, settings, 1)
    st.caption(words.PARTS_CAPTION)


def _draw_part(array: str, title: str, settings: Mapping[str, Any], rank: int, plane: int = 0) -> None:
    if rank == 1:
        options: dict[str, Any] = {"array": array, "title": title, "order": "order", "most": MOST}
        draw_lens(f"part_{array}", LENS, settings, "bars", options, 40 + ROW * MOST, has_caption=False)
        return
    options = {"array": array, "index": [plane], "title": title, "scale": "signed"}
    draw_lens(f"part_{array}", LENS, settings, "map", options, PART_HIGH, has_caption=False)


def _choose(sent: dict[str, Any]) -> None:
    """A click on a number that the layer gives out."""
    places = {name: int(sent[name]) for name in ("row", "column") if name in sent}
    if "time" in sent:
        places = {"row": 0, "column": int(sent["time"])}
    choose(unit=int(sent["index"]), **places)
