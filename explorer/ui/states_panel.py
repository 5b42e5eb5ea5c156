"""The hidden states page: every unit over time, its gates, what it follows, and how far back an answer reaches."""

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from explorer import gallery
from explorer.ui import look_bar, workbench
from explorer.ui import look_words as words
from explorer.ui.guard import noted
from explorer.ui.lens_view import draw_lens
from explorer.ui.service import engine
from explorer.ui.session import session
from explorer.ui.states_match import draw_matches
from explorer.ui.visitor import visitor

LENS = "states"
PRESETS = ("brackets-lstm", "adding-rnn", "adding-lstm", "adding-gru", "flip-flop", "agreement")
SIDE_BY_SIDE = ("adding-rnn", "adding-lstm", "adding-gru")
HIGH = 470  # pixels
MOST_UNITS, BAR = 20, 22
UNTRAINED = ".untrained"

# The parts of the page in order: the lenses each looks through, and what draws it.
PARTS: dict[str, tuple[Sequence[str], Callable[[], None]]] = {
    "states": ((LENS, "state_match"), lambda: _draw_sheet()),
    "gates": (("gates",), lambda: _draw_gates()),
    "follow": (("state_correlation",), lambda: _draw_correlations()),
    "ways": (("state_pca",), lambda: _draw_ways()),
    "reach": (("gradient_reach",), lambda: _draw_reach()),
    "compare": ((), lambda: _draw_comparison()),
}


def draw_states() -> None:
    """The page for the run in hand, or the way to one that carries a state."""
    if not look_bar.draw():
        return
    offered = set(look_bar.offered())
    if LENS not in offered:
        look_bar.draw_presets(words.NO_STATES, PRESETS)
        return
    names = [name for name, (lenses, _) in PARTS.items() if offered.issuperset(lenses)]
    with st.container(horizontal=True, vertical_alignment="center"):
        part = st.segmented_control(words.PART, names, default=names[0], format_func=words.STATE_PARTS.__getitem__,
                                    key="state_part", label_visibility="collapsed", required=True)  # fmt: skip
        if len(layers()) > 1:
            key = f"state_layer_{session().run_id}"
            st.selectbox(words.LAYER, layers(), key=key, label_visibility="collapsed", width=200)
    PARTS[part or names[0]][1]()
    look_bar.draw_timeline()


def layers() -> list[str]:
    """The recurrent layers, in order of computation."""
    return [name.removesuffix(".hidden") for name in look_bar.shapes("gates") if name.endswith(".hidden")]


def layer() -> str:
    """The layer that is looked at: the one chosen, else the first."""
    chosen = st.session_state.get(f"state_layer_{session().run_id}")
    return chosen if chosen in layers() else layers()[0]


def _steps() -> int:
    return look_bar.shapes("gates")[f"{layer()}.hidden"][2]  # (layer, direction, time, unit)


def _gates() -> list[str]:
    start = f"{layer()}."
    return [name.removeprefix(start) for name in look_bar.shapes("gates") if name.startswith(start)]


def _draw_sheet() -> None:
    """Units over time with the input beneath, and beside it what a chosen span of steps tells."""
    shown = [value for value in words.VALUES if value in _gates()]
    left, right = st.columns([64, 36], gap="medium")
    with right:
        place = st.container(gap="small")
        threshold = st.slider(words.THRESHOLD, -1.0, 1.0, 0.3, 0.05, key="state_threshold")
        ends_too = st.toggle(words.ENDS, value=True, help=words.ENDS_HELP, key="state_ends")
        start, end = session().span or (None, None)
        settings = {"layer": layer(), "start": start, "end": end, "threshold": threshold, "ends_too": ends_too}
        picture = look_bar.look("state_match", **settings)
        span = tuple(map(int, picture["span"].values))
        with place:
            _draw_span(*span)
        draw_matches(picture)
    with left:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{words.STATES_TITLE}**", help=words.SPAN_HELP)
            value = st.segmented_control(words.VIEW, shown, default=shown[0], format_func=words.VALUES.__getitem__,
                                         key="state_value", label_visibility="collapsed", required=True)  # fmt: skip
        options = {"array": f"{layer()}.{value or shown[0]}", "span": list(span)}
        draw_lens("states", LENS, {"layer": layer()}, "sheet", options, HIGH,
                  span=lambda sent: _choose_span(int(sent["start"]), int(sent["stop"])))  # fmt: skip


def _draw_span(start: int, end: int) -> None:
    """The span that is looked at: one's own, or the one that is suggested until there is one."""
    if _steps() < 2:
        return
    key = f"span_{session().run_id}_{start}_{end}"
    st.slider(words.SPAN, 0, _steps() - 1, (start, end), key=key, help=words.SPAN_HELP,
              on_change=lambda: _choose_span(*st.session_state[key]))  # fmt: skip
    if session().span is None:
        st.caption(words.SUGGESTED)
    else:
        st.button(words.SUGGEST, key="suggest_span", help=words.SUGGEST_HELP, type="tertiary",
                  icon=":material/lightbulb:", on_click=_forget_span)  # fmt: skip


def _choose_span(start: int, end: int) -> None:
    session().span = (start, end)


def _forget_span() -> None:
    session().span = None


def _draw_gates() -> None:
    """Two gates or values of the layer side by side."""
    gates = _gates()
    first = [*(name for name in gates if name.endswith("_gate")), *gates]
    for place, column in enumerate(st.columns(2, gap="medium")):
        with column:
            name = st.selectbox(words.GATE, gates, index=gates.index(first[min(place, len(first) - 1)]),
                                format_func=words.gate, key=f"gate_{place}_{session().run_id}_{layer()}",
                                label_visibility="collapsed")  # fmt: skip
            options = {"array": f"{layer()}.{name}"}
            draw_lens(f"gate_{place}", "gates", {}, "sheet", options, HIGH, has_caption=False)
    look_bar.draw_sentences("gates")


def _draw_correlations() -> None:
    """Units and something known of the task, and the same before the first step."""
    found = look_bar.shapes("state_correlation")
    known = [name for name in found if not name.endswith((UNTRAINED, *words.FOLLOWERS))]
    name = st.selectbox(words.QUANTITY, known, format_func=_quantity, width=320, key=f"quantity_{session().run_id}",
                        index=min(1, len(known) - 1), help=words.FOLLOW_HELP)  # fmt: skip
    sides = {words.TRAINED: name, words.UNTRAINED: f"{name}{UNTRAINED}"}
    high = BAR * min(MOST_UNITS, found[name][0]) + BAR if known else HIGH
    for (title, array), column in zip(sides.items(), st.columns(2, gap="medium"), strict=True):
        with column:
            st.markdown(f"**{title}**")
            options = {"array": array, "is_sorted": True, "most": MOST_UNITS, "peak": 1}
            draw_lens(f"follow_{title}", "state_correlation", {"layer": layer()}, "bars", options, high,
                      has_caption=False)  # fmt: skip
    look_bar.draw_sentences("state_correlation")
    lines = {f"{name}{ending}": label for ending, label in words.FOLLOWERS.items()}
    if lines.keys() <= found.keys():
        st.markdown(f"**{words.FOLLOWED}**")
        options = {"arrays": list(lines), "labels": lines, "axis": "time"}
        draw_lens("followed", "state_correlation", {"layer": layer()}, "lines_over", options, 240, has_caption=False)
        st.caption(words.FOLLOWED_CAPTION)


def _quantity(name: str) -> str:
    _, value, known = name.split(".", 2)
    return f"{words.quantity(known)} · {words.VALUES[value]}"


def _draw_ways() -> None:
    """Trajectories in the two directions of greatest variance."""
    left, right = st.columns([3, 2], gap="medium")
    settings = {"layer": layer()}
    with left:
        st.markdown(f"**{words.ALL_WAYS}**", help=words.WAYS_HELP)
        shape = look_bar.shapes("state_pca")["targets"]
        is_one = len(shape) == 1 or (len(shape) == 2 and shape[1] == 1)  # else each step has an answer of its own
        options = {"array": "ways", "is_ways": True, "colour": "targets" if is_one else "none"}
        draw_lens("ways", "state_pca", settings, "scatter", options, HIGH, chosen=_follow_way)
    with right:
        st.markdown(f"**{words.ONE_WAY}**")
        options = {"array": "way", "is_way": True, "colour": "none"}
        draw_lens("way", "state_pca", settings, "scatter", options, 330, has_caption=False)
        st.markdown(f"**{words.VARIANCE}**")
        draw_lens("shares", "state_pca", settings, "bars", {"array": "shares", "peak": 1}, 80, has_caption=False)


def _follow_way(sent: dict[str, Any]) -> None:
    """A click on a way: its example, which is held out, is looked at everywhere."""
    look_bar.choose_example(int(sent["index"]))


def _draw_reach() -> None:
    """The gradient of an answer at every earlier step."""
    has_steps = len(look_bar.shapes("gradient_reach")["prediction"]) > 0
    with st.container(horizontal=True, vertical_alignment="bottom"):
        is_log = st.toggle(words.LOG, value=True, key="reach_log")
        place = None
        if has_steps and _steps() > 1:
            last = _steps() - 1
            place = st.slider(words.ANSWER_STEP, 0, last, last, key=f"reach_step_{session().run_id}", width=340)
    st.markdown(f"**{words.REACH_TITLE}**")
    options = {"arrays": list(words.REACHES), "labels": words.REACHES, "log": is_log, "axis": "time"}
    draw_lens("reach", "gradient_reach", {"position": place}, "lines_over", options, 400)


def _draw_comparison() -> None:
    """The same task for three kinds of memory: each opens in one click, and my newest run of each is shown."""
    st.caption(words.COMPARE)
    mine = sorted(engine().runs(visitor()), key=lambda run: run.modified)
    newest = {run.title: run.id for run in mine if not run.note}
    missing = [name for name in SIDE_BY_SIDE if gallery.preset(name).title not in newest]
    if missing:
        label = words.TRAIN_ALL if len(missing) == len(SIDE_BY_SIDE) else words.TRAIN_REST
        st.button(label, key="train_missing", icon=":material/play_arrow:", type="primary", on_click=_train,
                  args=(missing,))  # fmt: skip
    for name, column in zip(SIDE_BY_SIDE, st.columns(len(SIDE_BY_SIDE), gap="medium"), strict=True):
        preset = gallery.preset(name)
        with column:
            st.button(preset.title, key=f"fitting_{name}", icon=":material/arrow_forward:", help=preset.about,
                      on_click=workbench.open_preset, args=(name,))  # fmt: skip
            if (run_id := newest.get(preset.title)) is not None:
                _draw_run(run_id, f"side_{name}")
    look_bar.draw_sentences(LENS)
    look_bar.draw_sentences("gradient_reach")


def _train(names: Sequence[str]) -> None:
    """Begin runs beside the one in hand."""
    with noted():
        for preset in map(gallery.preset, names):
            engine().start(preset.experiment, title=preset.title, owner=visitor())


def _draw_run(run_id: str, key: str) -> None:
    """The states and the reach of a run that need not be the one in hand."""
    reach = {"arrays": list(words.REACHES), "labels": words.REACHES, "log": True, "axis": "time"}
    scores = {"arrays": list(words.SCORES), "labels": words.SCORES}
    draw_lens(f"{key}_scores", "evaluation", {}, "numbers", scores, 66, run=run_id, has_caption=False)
    draw_lens(key, LENS, {}, "sheet", {}, 270, run=run_id, has_caption=False)
    draw_lens(f"{key}_reach", "gradient_reach", {}, "lines_over", reach, 190, run=run_id, has_caption=False)
