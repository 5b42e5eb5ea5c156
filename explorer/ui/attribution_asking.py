"""What is asked of an attribution: the method with its settings, what is explained, and what it is compared with."""

from typing import Any

import streamlit as st

from explorer.ui import attribution_words as words
from explorer.ui import look_bar
from explorer.ui.guard import plain
from explorer.ui.lens_settings import draw_declared, settings_of
from explorer.ui.service import engine
from explorer.ui.unit_in_hand import draw_choice, layers, units

OFFERED = ("right", "approximate")
FIRST = "IntegratedGradients"
LENS = "attribution"
KEPT = "attribution"  # where the choices of this page are kept


def methods() -> dict[str, dict[str, Any]]:
    """Every method with what it declares, and its verdict on the network in hand and what is explained."""
    about = look_bar.description()
    is_sequence = settings_of(KEPT).get("aim") == "sequence"
    verdicts = (is_sequence and about["methods_of_sequence"]) or about["methods"]
    return {name: each | verdicts[name] for name, each in engine().catalogue()["methods"].items()}


def offered() -> dict[str, dict[str, Any]]:
    """The methods that may be used on the network in hand."""
    return {name: each for name, each in methods().items() if each["verdict"] in OFFERED}


def draw_asked() -> dict[str, Any]:
    """All choices of one attribution; the settings of its lens."""
    above = st.container()
    shared = draw_shared()  # first: what is explained decides which methods are right
    known = offered()
    with above:
        name = _draw_method(known)
        settings = _method_settings(known[name], name)
    place = {} if "layer" in known[name]["choices"] else _layer()
    return {"method": name, **settings, **shared, **place, **_seed(known[name])}


def scored_layer(settings: dict[str, Any], about: dict[str, Any]) -> str | None:
    """The layer whose units get the scores; None where the parts of the input do."""
    if not about["of_layer"]:
        return settings.get("layer")
    chosen = settings.get("settings", {}).get("layer")
    return str(chosen or about["choices"]["layer"][-1])


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


def _method_settings(about: dict[str, Any], name: str) -> dict[str, Any]:
    if not about["schema"].get("properties"):
        return {}
    with st.popover(words.SETTINGS, icon=":material/tune:", width="stretch"):
        settings = draw_declared(f"method_{name}", about["schema"], choices=about["choices"])
    return {"settings": settings} if settings else {}


def _layer() -> dict[str, Any]:
    """Where the scores belong: to the input, or to the values of a layer through which every way leads."""
    known = look_bar.description()["choices"][LENS]["layer"]
    if not known:
        return {}
    layer = _select("layer", words.SCORED, ["", *known], "", lambda name: name or words.INPUT, words.SCORED_HELP)
    return {"layer": layer} if layer else {}


def _seed(about: dict[str, Any]) -> dict[str, Any]:
    if not about["is_sampled"]:
        return {}
    seed = int(st.number_input(words.SEED, 0, 2**31 - 1, 0, key="attribution_seed", help=words.SEED_HELP))
    return {"seed": seed} if seed else {}


def task() -> str:
    """The kind of task that the network in hand has."""
    return str(look_bar.description()["diagram"]["task"]["kind"])


def is_at_place() -> bool:
    """Whether a frame or a box is explained, which a click on the input chooses."""
    return task() in words.CLICK_OF and settings_of(KEPT).get("aim") not in ("sequence", "unit")


def choose_place(sent: dict[str, Any]) -> None:
    """A click on a frame or a box: it is explained from now on."""
    if (share := sent.get("share")) is not None:
        st.session_state[_place_key()] = int(share * _answer_shape()[0])
    elif sent.get("box", -1) >= 0:
        st.session_state[_place_key()] = sent["box"] + 1


def _draw_target() -> str | None:
    """As the lens reads it: a label, an entry, a difference, with a frame or a box, a sequence, or a unit."""
    titles = words.AIMS_OF.get(task(), words.AIMS)
    aims, note = list(titles), words.AIM_HELP_OF.get(task(), words.AIM_HELP)
    aim = _select("aim", words.TARGET, aims, aims[0], titles.__getitem__, note)
    if aim == "sequence":
        return "sequence"
    if aim == "unit":
        with st.container(horizontal=True, vertical_alignment="center"):
            layer, unit = draw_choice(layers())
        return f"{layer}:{unit}"
    names = _answers()
    if aim == "predicted":
        return _draw_place() or None
    first, second = (1, 0) if task() == "ctc" else (0, min(1, len(names) - 1))  # a phone against the blank
    entry = _select("entry", words.ENTRY, range(len(names)), first, names.__getitem__)
    if aim == "difference":
        versus = _select("versus", words.VERSUS, range(len(names)), second, names.__getitem__)
        return f"{entry}-{versus}{_draw_place()}"
    place, labels = _draw_place(), look_bar.description()["diagram"]["task"]["labels"]
    return labels[entry] if entry < len(labels) and not place else f"{entry}{place}"  # a label may look like a number


def _draw_place() -> str:
    """What of several answers is explained: a step or a frame as `@3`, or a box as `@box:0`."""
    shape, is_box = _answer_shape(), task() == "detection"
    if len(shape) != 2 and not is_box:
        return ""
    first, last = (1, shape[-1] * shape[-2]) if is_box else (0, shape[0] - 1)
    label, hint = words.PLACES_OF.get(task(), (words.PLACE, words.LAST))
    place = st.number_input(label, first, last, None, key=_place_key(), placeholder=hint)
    if place is None:
        return ""
    return f"@box:{int(place) - 1}" if is_box else f"@{int(place)}"


def _place_key() -> str:
    """Another answer has other places."""
    return f"attribution_place_{'x'.join(map(str, _answer_shape()))}"


def _answer_shape() -> list[int]:
    return list(look_bar.description()["layers"][-1]["output"]["shape"])


def _answers() -> list[str]:
    """What the entries of the answer are called."""
    about = look_bar.description()
    names = about["diagram"]["task"]["labels"] or about["diagram"]["token_names"] or []
    if task() == "detection":
        names = [*words.BOX_NUMBERS, *names[len(words.BOX_NUMBERS) :]]
    return [str(names[index]) if index < len(names) else words.output(index) for index in range(units(_answer_shape()))]


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
