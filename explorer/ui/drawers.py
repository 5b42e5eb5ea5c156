"""One Streamlit control for each form a setting can take, chosen by its type and its bounds."""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import streamlit as st

from explorer.ui import network_words as words
from explorer.ui.session import session

Schema = Mapping[str, Any]
Change = Callable[[str], object]

FEW_OPTIONS, FEW_LETTERS = 4, 22  # what a row of buttons holds in a narrow panel
LADDER = (1, 2, 5)  # steps within a decade


@dataclass(frozen=True)
class Setting:
    """One setting to draw: where it stands, what it may be, and what it is."""

    place: str
    schema: Schema
    value: Any
    change: Change
    choices: Mapping[Any, str] | None = None
    title: str = ""

    @property
    def name(self) -> str:
        """What is set: the last step of the place, or of which part a kind is chosen."""
        return self.place.removesuffix(".kind").rpartition(".")[2]

    @property
    def is_optional(self) -> bool:
        """Whether it may be left empty."""
        return any(each.get("type") == "null" for each in self.schema.get("anyOf", ()))

    @property
    def low(self) -> float:
        """The lower bound, reached or not."""
        return self.schema.get("minimum", self.schema.get("exclusiveMinimum", -math.inf))

    @property
    def high(self) -> float:
        """The upper bound, reached or not."""
        return self.schema.get("maximum", self.schema.get("exclusiveMaximum", math.inf))

    @property
    def number(self) -> Any:
        """The value, or what stands in for one that is no number or out of bounds; the fault below tells."""
        value, standing = self.value, self.schema.get("default")
        if isinstance(value, bool) or not isinstance(value, int | float):
            value = None if value is None and self.is_optional else standing
        return value if value is None else min(max(value, self.low), self.high)

    def common(self, read: Callable[[Any], Any] = lambda value: value) -> dict[str, Any]:
        """The arguments that all controls share."""
        key = f"{self.place}@{session().generation}"
        return {
            "label": self.title or words.setting_title(self.name),
            "help": self.schema.get("description"),
            "key": key,
            "on_change": _report,
            "args": (self.place, key, read, self.change),
        }


def _report(place: str, key: str, read: Callable[[Any], Any], change: Change) -> None:
    """Hand what was chosen on as an assignment; a text that cannot be read goes on as it is and becomes a fault."""
    value = st.session_state[key]
    with suppress(ValueError):
        value = read(value)
    change(f"{place}={json.dumps(value)}")


def form_of(setting: Setting) -> str:
    """Which control suits a setting."""
    schema, type_ = setting.schema, setting.schema.get("type")
    if setting.choices is not None or "enum" in schema:
        options = _options(setting)
        is_short = len(options) <= FEW_OPTIONS and sum(len(title) for title in options.values()) <= FEW_LETTERS
        return "segmented" if is_short else "select"
    if type_ == "array":
        return "pills" if "enum" in schema.get("items", {}) else "list"
    if type_ == "number" and not setting.is_optional:
        return _form_of_number(setting)
    return {"boolean": "toggle", "integer": "number", "number": "number"}.get(str(type_), "text")


def _form_of_number(setting: Setting) -> str:
    """Shares are drawn on a straight slider, what spans many orders of size on one with round numbers."""
    default = setting.schema.get("default") or 0.0
    if setting.low < 0 or setting.high == math.inf:
        return "number"
    if setting.high > 1 or 0 < default < 0.001:
        return "select_slider"
    return "slider" if round(default, 2) == default else "number"


def _options(setting: Setting) -> dict[Any, str]:
    named = setting.choices or {name: words.option_title(name) for name in setting.schema["enum"]}
    return {None: words.AUTOMATIC, **named} if setting.is_optional and None not in named else dict(named)


def _draw_toggle(setting: Setting) -> None:
    st.toggle(value=setting.value is True, **setting.common())


def _draw_segmented(setting: Setting) -> None:
    options = _options(setting)
    common, default = setting.common(_index_in(options)), _places(options, [setting.value])
    st.segmented_control(
        options=range(len(options)),
        default=default[0] if default else None,
        format_func=list(options.values()).__getitem__,
        required=bool(default),
        width="stretch",
        **common,
    )


def _draw_select(setting: Setting) -> None:
    options = _options(setting)
    index = _places(options, [setting.value])
    st.selectbox(
        options=range(len(options)),
        index=index[0] if index else None,
        format_func=list(options.values()).__getitem__,
        placeholder=str(setting.value),
        **setting.common(_index_in(options)),
    )


def _draw_pills(setting: Setting) -> None:
    """Several of a few; they keep the order in which they are declared."""
    names = list(setting.schema["items"]["enum"])
    st.pills(
        options=names,
        default=[name for name in names if name in (setting.value or ())],
        selection_mode="multi",
        format_func=words.option_title,
        **setting.common(lambda chosen: [name for name in names if name in chosen]),
    )


def _draw_list(setting: Setting) -> None:
    """Several numbers, with commas between them."""
    text = ", ".join(str(item) for item in setting.value or ())
    st.text_input(value=text, **setting.common(lambda text: json.loads(f"[{text}]")))


def _draw_text(setting: Setting) -> None:
    value = "" if setting.value is None else str(setting.value)
    placeholder = words.AUTOMATIC if setting.is_optional else None
    empty = None if setting.is_optional else ""
    st.text_input(value=value, placeholder=placeholder, **setting.common(lambda text: text.strip() or empty))


def _draw_number(setting: Setting) -> None:
    """A field with + and −. What may be empty goes in by the session: only so can a person empty it again."""
    is_whole = setting.schema.get("type") == "integer"
    cast: Callable[[Any], int | float] = int if is_whole else float
    low, high = _reached(setting)
    common, value = setting.common(), None if setting.number is None else cast(setting.number)
    if setting.is_optional:
        st.session_state.setdefault(common["key"], value)
        value = None
    bounds: dict[str, Any] = {
        "min_value": cast(low) if math.isfinite(low) else None,
        "max_value": cast(high) if math.isfinite(high) else None,
        "step": cast(_step(setting)),
        "value": value,
    }
    display = "%d" if is_whole else "%g"
    st.number_input(format=display, placeholder=words.empty(setting.name), **bounds, **common)


def _step(setting: Setting) -> float:
    """What one press on + adds: a tenth of the order of a whole number, the last digit of a share, else a tenth."""
    value = setting.schema.get("default")
    if setting.schema.get("type") == "integer":
        return max(1, 10 ** (len(str(abs(int(setting.number or 1)))) - 2))
    if setting.high - setting.low <= 1 and value:
        return float(10.0 ** -len(f"{value:g}".partition(".")[2]))
    return 0.1


def _reached(setting: Setting) -> tuple[float, float]:
    """The bounds of a field: a bound that must not be reached lies a little further in, but never beyond the value."""
    low, high = setting.low, setting.high
    value = setting.number
    if "exclusiveMinimum" in setting.schema:
        low = min(low + 0.001, value or math.inf)
    if "exclusiveMaximum" in setting.schema:
        high = max(high - _step(setting), value or -math.inf)
    return low, high


def _draw_slider(setting: Setting) -> None:
    """A share in hundredths; a bound that must not be reached is left out."""
    low = setting.low if "minimum" in setting.schema else setting.low + 0.01
    high = setting.high if "maximum" in setting.schema else setting.high - 0.01
    value = min(max(float(setting.number), low), high)
    st.slider(min_value=float(low), max_value=float(high), value=value, step=0.01, format="%g", **setting.common())


def _draw_ladder(setting: Setting) -> None:
    """Round numbers over many orders of size, and the present value among them, however it was set."""
    value = float(setting.number)
    rungs = sorted({*ladder(setting.schema), value})
    st.select_slider(options=rungs, value=value, format_func=words.short_number, **setting.common())


def ladder(schema: Schema) -> list[float]:
    """Round numbers from well below the default to the upper bound; zero first where it is allowed."""
    lowest = math.floor(math.log10(min(schema.get("default") or 0.001, 0.001))) - 2
    highest = schema.get("maximum", schema.get("exclusiveMaximum"))
    decades = range(lowest, math.ceil(math.log10(highest)) + 1)
    rungs = [float(f"{digit}e{decade}") for decade in decades for digit in LADDER]
    zero = [0.0] if schema.get("minimum") == 0 else []
    return [*zero, *(rung for rung in rungs if rung <= highest)]


def _index_in(options: Mapping[Any, str]) -> Callable[[Any], Any]:
    """From the place of an option to its value: places tell apart what only looks alike, such as empty and a name."""
    values = list(options)
    return lambda place: None if place is None else values[place]


def _places(options: Mapping[Any, str], values: Sequence[Any]) -> list[int]:
    return [place for place, option in enumerate(options) if option in values]


DRAWERS: dict[str, Callable[[Setting], None]] = {
    "toggle": _draw_toggle,
    "segmented": _draw_segmented,
    "select": _draw_select,
    "pills": _draw_pills,
    "list": _draw_list,
    "text": _draw_text,
    "number": _draw_number,
    "slider": _draw_slider,
    "select_slider": _draw_ladder,
}
