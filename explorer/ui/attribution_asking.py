"""What is asked of an attribution: the method with its settings, what is explained, and what it is compared with."""

from typing import Any

import streamlit as st

from explorer.ui import attribution_words as words
from explorer.ui import look_bar
from explorer.ui.guard import plain
from explorer.ui.lens_settings import draw_declared, settings_of
from explorer.ui.service import engine
from explorer.ui.unit_in_hand import draw_choice, layers

OFFERED = ("right", "approximate")
FIRST = "IntegratedGradients"
KEPT = "attribution"  # where the choices of this page are kept


def methods() -> dict[str, dict[str, Any]]:
    """Every method with what it declares, and its verdict on the network in hand."""
    verdicts = look_bar.description()["methods"]
    return {name: each | verdicts[name] for name, each in engine().catalogue()["methods"].items()}


def offered() -> dict[str, dict[str, Any]]:
    """The methods that may be used on the network in hand."""
    return {name: each for name, each in methods().items() if each["verdict"] in OFFERED}


def draw_asked() -> dict[str, Any]:
    """All choices of one attribution; the settings of its lens."""
    known = offered()
    name = _draw_method(known)
    return {"method": name, **_method_settings(name), **draw_shared(), **_seed(known[name])}


def draw_shared() -> dict[str, Any]:
    """What all methods have in common: the target and the baseline."""
    target, baseline = _draw_target(), _draw_baseline()
    return {key: value for key, value in (("target", target), ("baseline", baseline)) if value is not None}


def draw_not_offered() -> None:
    """Methods that would mislead or cannot work here, each with its reason."""
    left_out = {name: each for name, each in methods().items() if each["verdict"] not in OFFERED}
    if not left_out:
        return
    with st.expander(words.NOT_OFFERED):
        for each in left_out.values():
            colour, verdict = words.COLOURS[each["verdict"]], words.VERDICTS[each["verdict"]]
            st.markdown(
                f":gray[**{plain(each['title'])}**] :{colour}-badge[{verdict}]  \n:gray[{plain(each['reason'])}]"
            )


def _draw_method(known: dict[str, dict[str, Any]]) -> str:
    name = _select("method", words.METHOD, list(known), FIRST,
                   lambda each: words.menu(known[each]["title"], known[each]["verdict"]))  # fmt: skip
    about = known[name]
    colour, verdict = words.COLOURS[about["verdict"]], words.VERDICTS[about["verdict"]]
    st.markdown(f":{colour}-badge[{verdict}] :small[{plain(about['reason'])}]")
    return str(name)


def _method_settings(name: str) -> dict[str, Any]:
    schema = engine().catalogue()["methods"][name]["schema"]
    if not schema.get("properties"):
        return {}
    with st.popover(words.SETTINGS, icon=":material/tune:", width="stretch"):
        settings = draw_declared(f"method_{name}", schema)
    return {"settings": settings} if settings else {}


def _seed(about: dict[str, Any]) -> dict[str, Any]:
    if not about["is_sampled"]:
        return {}
    seed = int(st.number_input(words.SEED, 0, 2**31 - 1, 0, key="attribution_seed", help=words.SEED_HELP))
    return {"seed": seed} if seed else {}


def _draw_target() -> str | None:
    """As the lens reads it: a label, an entry, a difference, with a place in a sequence, or a unit."""
    aims = list(words.AIMS)
    aim = _select("aim", words.TARGET, aims, aims[0], words.AIMS.__getitem__, words.AIM_HELP)
    if aim == "unit":
        with st.container(horizontal=True, vertical_alignment="center"):
            layer, unit = draw_choice(layers())
        return f"{layer}:{unit}"
    names, place = _answers(), _draw_place()
    if aim == "predicted":
        return place or None
    entry = _select("entry", words.ENTRY, range(len(names)), 0, names.__getitem__)
    if aim == "difference":
        versus = _select("versus", words.VERSUS, range(len(names)), min(1, len(names) - 1), names.__getitem__)
        return f"{entry}-{versus}{place}"
    labels = look_bar.description()["diagram"]["task"]["labels"]
    return labels[entry] if entry < len(labels) and not place else f"{entry}{place}"  # a label may look like a number


def _draw_place() -> str:
    """The step of a sequence that is explained, as `@3`."""
    shape = look_bar.description()["layers"][-1]["output"]["shape"]
    if len(shape) != 2:
        return ""
    key = "attribution_place"
    place = st.number_input(words.PLACE, 0, shape[0] - 1, None, key=key, placeholder=words.LAST)
    return "" if place is None else f"@{int(place)}"


def _answers() -> list[str]:
    """What the entries of the answer are called."""
    about = look_bar.description()
    count = about["layers"][-1]["output"]["shape"][-1]
    names = about["diagram"]["task"]["labels"] or about["diagram"]["token_names"] or []
    return [str(names[index]) if index < len(names) else words.output(index) for index in range(count)]


def _draw_baseline() -> str | None:
    """As the lens reads it; empty for what suits the input."""
    drawn = look_bar.description()["diagram"]
    shape, tokens = drawn["inputs"][0]["shape"], drawn["token_names"]
    is_tokens = drawn["inputs"][0]["axes"] == ["time"]
    kinds = ["mean", "zeros", "random", "example", "token"] if is_tokens else ["zeros", "mean", "random", "example"]
    if len(shape) == 3:
        kinds.insert(2, "blurred")
    titles = words.BASELINES | ({"mean": words.TOKEN_MEAN} if is_tokens else {})
    kind = _select("baseline", words.BASELINE, kinds, kinds[0], titles.__getitem__, words.BASELINE_HELP)
    if kind == "example":
        return f"example:{int(st.number_input(words.WHICH, 0, 1_000_000, 0, key='attribution_against'))}"
    if kind == "token":
        names = [str(name) for name in tokens or ()]
        return f"token:{_select('token', words.WHICH, range(len(names)), 0, names.__getitem__)}"
    return None if kind == kinds[0] else str(kind)


def _select(name: str, label: str, options: Any, default: Any, title: Any, note: str | None = None) -> Any:
    """A menu whose choice is kept for the visit; what another network does not have falls back."""
    kept, listed = settings_of(KEPT), list(options)
    value = kept.get(name, default)
    index = listed.index(value) if value in listed else (listed.index(default) if default in listed else 0)
    chosen = st.selectbox(label, listed, index=index, format_func=title, help=note,
                          key=f"attribution_{name}_{len(listed)}")  # fmt: skip
    kept[name] = chosen
    return chosen
