"""Feature maps and filters of convolutions, with the arithmetic behind one chosen place."""

from typing import Any

import streamlit as st

from explorer.ui import activation_words as words
from explorer.ui import look_bar
from explorer.ui.arithmetic_view import draw_sum
from explorer.ui.lens_view import draw_lens
from explorer.ui.unit_in_hand import choose, draw_choice, layers, place_on

LENS, KINDS = "feature_maps", ("conv1d", "conv2d")
MAPS_HIGH, FILTERS_HIGH = 340, 340  # pixels


def draw_maps() -> None:
    """The input, the maps, the filters, and one number of one map as a sum."""
    known = layers(*KINDS)
    with st.container(horizontal=True, vertical_alignment="center"):
        layer, unit = draw_choice(known)
    row, column = place_on(known[layer])
    settings = {"layer": layer, "unit": unit, "row": row, "column": column}
    seen, maps, filters = st.columns([22, 48, 30], gap="medium")
    with seen:
        _draw_input(_window(layer, row, column))
    with maps:
        st.markdown(f"**{words.maps_of(layer)}**")
        _draw_maps(settings, len(known[layer]) == 2)
    with filters:
        st.markdown(f"**{words.KERNELS}**")
        options: dict[str, Any] = {"array": f"{layer}.kernels", "scale": "signed", "chosen": {"index": unit}}
        draw_lens("filters", LENS, {}, "pictures", options, FILTERS_HIGH, has_caption=False, chosen=_choose)
        st.caption(words.KERNELS_CAPTION)
    st.markdown(f"**{words.number(layer, unit, row, column, len(known[layer]))}**")
    draw_sum(settings, _arriving(layer) // _setting(layer, "groups", 1))


def _draw_input(window: dict[str, Any] | None) -> None:
    (given, *_) = look_bar.description()["diagram"]["inputs"]
    st.markdown(f"**{words.INPUT}**")
    if len(given["shape"]) == 3:
        options = {"array": given["name"], "is_grey": True, "window": window}
        draw_lens("conv_input", LENS, {}, "pictures", options, MAPS_HIGH, has_caption=False)
    else:
        draw_lens("conv_input", LENS, {}, "sheet", {"array": given["name"]}, MAPS_HIGH, has_caption=False)
    st.caption(words.WINDOW_CAPTION if window else words.INPUT_CAPTION)


def _draw_maps(settings: dict[str, Any], is_flat: bool) -> None:
    """Pictures for pictures; over time one sheet with a row for each filter."""
    array = f"{settings['layer']}.maps"
    if is_flat:
        options: dict[str, Any] = {"array": array, "chosen": {"index": settings["unit"]}}
        draw_lens("maps", LENS, {}, "sheet", options, MAPS_HIGH, chosen=_choose_step)
        return
    place = {"index": settings["unit"], "row": settings["row"], "column": settings["column"]}
    options = {"array": array, "chosen": {"index": settings["unit"]}, "window": {**place, "rows": 1, "columns": 1}}
    draw_lens("maps", LENS, {}, "pictures", options, MAPS_HIGH, chosen=_choose)


def _choose(sent: dict[str, Any]) -> None:
    """A click on a map or a filter: the filter, and where the map was clicked."""
    places = {name: int(sent[name]) for name in ("row", "column") if name in sent and sent["array"].endswith(".maps")}
    choose(unit=int(sent["index"]), **places)


def _choose_step(sent: dict[str, Any]) -> None:
    """A click on the sheet of a convolution over time."""
    choose(unit=int(sent["index"]), row=0, column=int(sent["time"]))


def _window(layer: str, row: int, column: int) -> dict[str, Any] | None:
    """What the filter reads of the network's own input; None where it reads another layer."""
    drawn = look_bar.description()["diagram"]
    reads = _sources(layer)
    if reads != [drawn["inputs"][0]["name"]] or len(drawn["inputs"][0]["shape"]) != 3:
        return None
    stride, padding = _setting(layer, "stride", 1), _setting(layer, "padding", 0)
    side = (_setting(layer, "kernel", 3) - 1) * _setting(layer, "dilation", 1) + 1
    place = {"row": row * stride - padding, "column": column * stride - padding}
    return {"index": 0, **place, "rows": side, "columns": side}


def _setting(layer: str, name: str, default: int) -> int:
    parts = look_bar.description()["experiment"].network.layers
    part = next(each for each in parts if each.name == layer)
    return int(part.settings.get(name, default))


def _sources(layer: str) -> list[str]:
    """What a layer reads, by the names of the columns of the drawing."""
    drawn = look_bar.description()["diagram"]["layers"]
    return list(next(each["inputs"] for each in drawn if layer in each["members"]))


def _arriving(layer: str) -> int:
    """Channels that arrive at a convolution."""
    drawn = look_bar.description()["diagram"]
    shapes = {each["name"]: each["shape"] for each in [*drawn["layers"], *drawn["inputs"]]}
    shape = shapes[_sources(layer)[0]]
    return int(shape[0] if len(shape) == 3 else shape[-1])
