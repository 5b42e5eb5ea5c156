"""Feature maps and filters of convolutions, with the arithmetic behind one chosen place."""

from typing import Any

import streamlit as st

from explorer.ui import activation_words as words
from explorer.ui import look_bar
from explorer.ui.lens_view import draw_lens
from explorer.ui.unit_in_hand import MIDDLE, choose, draw_choice, in_hand, layers

LENS, KINDS = "feature_maps", ("conv1d", "conv2d")
MAPS_HIGH, FILTERS_HIGH, SUM_HIGH, NUMBERS_HIGH = 340, 340, 200, 80  # pixels


def draw_maps() -> None:
    """The input, the maps, the filters, and one number of one map as a sum."""
    known = layers(*KINDS)
    with st.container(horizontal=True, vertical_alignment="center"):
        layer, unit = draw_choice(known)
    mine, is_flat = in_hand(), len(known[layer]) == 2
    row, column = _place(known[layer], mine.row, mine.column)
    settings = {"layer": layer, "channel": unit, "row": row, "column": column}
    seen, maps, filters = st.columns([22, 48, 30], gap="medium")
    with seen:
        _draw_input(settings, _window(layer, row, column))
    with maps:
        st.markdown(f"**{words.maps_of(layer)}**")
        _draw_maps(settings, is_flat)
    with filters:
        st.markdown(f"**{words.KERNELS}**")
        options: dict[str, Any] = {"array": f"{layer}.kernels", "scale": "signed", "chosen": {"index": unit}}
        draw_lens("filters", LENS, settings, "pictures", options, FILTERS_HIGH, has_caption=False, chosen=_choose)
        st.caption(words.KERNELS_CAPTION)
    _draw_sum(settings, layer, is_flat)


def _draw_input(settings: dict[str, Any], window: dict[str, Any] | None) -> None:
    (given, *_) = look_bar.description()["diagram"]["inputs"]
    st.markdown(f"**{words.INPUT}**")
    if len(given["shape"]) == 3:
        options = {"array": given["name"], "is_grey": True, "window": window}
        draw_lens("conv_input", LENS, settings, "pictures", options, MAPS_HIGH, has_caption=False)
    else:
        draw_lens("conv_input", LENS, settings, "sheet", {"array": given["name"]}, MAPS_HIGH, has_caption=False)
    st.caption(words.WINDOW_CAPTION if window else words.INPUT_CAPTION)


def _draw_maps(settings: dict[str, Any], is_flat: bool) -> None:
    """Pictures for pictures; over time one sheet with a row for each filter."""
    array = f"{settings['layer']}.maps"
    if is_flat:
        options: dict[str, Any] = {"array": array, "chosen": {"index": settings["channel"]}}
        draw_lens("maps", LENS, settings, "sheet", options, MAPS_HIGH, chosen=_choose_step)
        return
    place = {"index": settings["channel"], "row": settings["row"], "column": settings["column"]}
    options = {"array": array, "chosen": {"index": settings["channel"]}, "window": {**place, "rows": 1, "columns": 1}}
    draw_lens("maps", LENS, settings, "pictures", options, MAPS_HIGH, chosen=_choose)


def _draw_sum(settings: dict[str, Any], layer: str, is_flat: bool) -> None:
    """window × filter, summed up, plus the bias."""
    st.markdown(f"**{words.place(settings['channel'], settings['row'], settings['column'], is_flat)}**")
    planes = _setting(layer, "groups", 1)
    arriving = _arriving(layer) // planes
    plane = 0
    if arriving > 1:
        plane = int(st.number_input(words.PLANE, 1, arriving, 1, key=f"plane_{layer}", width=150)) - 1
    parts = st.columns([30, 30, 30, 22], gap="medium")
    for column, (array, title) in zip(parts[:3], words.SUM_PARTS.items(), strict=True):
        with column:
            options = {"array": array, "index": [plane], "title": title, "scale": "signed"}
            draw_lens(f"sum_{array}", LENS, settings, "map", options, SUM_HIGH, has_caption=False)
    with parts[3]:
        numbers = {"arrays": list(words.SUM), "labels": words.SUM}
        draw_lens("sum", LENS, settings, "numbers", numbers, SUM_HIGH, has_caption=False)
    st.caption(words.SUM_CAPTION)


def _choose(sent: dict[str, Any]) -> None:
    """A click on a map or a filter: the filter, and where the map was clicked."""
    places = {name: int(sent[name]) for name in ("row", "column") if name in sent and sent["array"].endswith(".maps")}
    choose(unit=int(sent["index"]), **places)


def _choose_step(sent: dict[str, Any]) -> None:
    """A click on the sheet of a convolution over time."""
    choose(unit=int(sent["index"]), row=0, column=int(sent["time"]))


def _place(shape: list[int], row: int, column: int) -> tuple[int, int]:
    """A place that is on the map; the middle where none was chosen."""
    height, width = shape[1:] if len(shape) == 3 else (1, shape[0])
    return (
        height // 2 if row == MIDDLE else min(row, height - 1),
        width // 2 if column == MIDDLE else min(column, width - 1),
    )


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
