"""What all pages of lenses share: the run, the example and the step that are looked at, chosen once for all of them."""

import json
from collections.abc import Sequence
from typing import Any

import streamlit as st

from explorer import gallery
from explorer.errors import ExplorerError
from explorer.experiment import Experiment
from explorer.lenses.picture import Picture
from explorer.lenses.request import LookRequest
from explorer.ui import canvas, held_run, look_words, own_panel, own_words, playground, words, workbench
from explorer.ui.guard import noted, plain
from explorer.ui.pages import FOLDER
from explorer.ui.service import engine
from explorer.ui.session import session
from explorer.ui.visitor import visitor

OWN = "own"
LEFT_OUT = ("rewind", "epoch", "seed", "speed", "help")  # of the transport, which has little room here
ENDLESS = 1_000_000  # examples of a dataset that is drawn as it is asked for


def draw() -> bool:
    """The run in hand, its transport and the example; False, with the way to a run, where there is none."""
    playground.open_page()
    if session().run_id:
        own_panel.settle()
        _settle_example()
    playground.draw_notes()
    if not session().run_id:
        st.info(words.NO_RUN, icon=":material/lightbulb:")
        st.page_link(FOLDER / "playground.py", label=words.TO_PLAYGROUND, icon=":material/arrow_forward:")
        return False
    with st.container(key="look_bar", horizontal=True, vertical_alignment="center"):
        _draw_run()
        with st.container(key="look_transport"):
            hidden = sorted({*session().hidden, *LEFT_OUT})
            canvas.draw("transport", playground.picture_data(hidden=hidden), command=lambda sent: None)
        _draw_example()
    if own_panel.is_chosen():
        own_panel.draw()
    playground.remember()
    return True


def draw_timeline() -> None:
    """Time, at the foot of the page: all pictures above it follow."""
    playground.draw_timeline("look_timeline")


def draw_presets(sentence: str, names: Sequence[str]) -> None:
    """Why there is nothing to see for the network in hand, and experiments of the gallery where there is."""
    st.info(sentence, icon=":material/lightbulb:")
    st.caption(look_words.OPEN_ONE)
    with st.container(horizontal=True, key="look_presets"):
        for name in names:
            preset = gallery.preset(name)
            st.button(plain(preset.title), key=f"fitting_{name}", icon=":material/arrow_forward:", help=preset.about,
                      on_click=workbench.open_preset, args=(name,))  # fmt: skip


def offered() -> list[str]:
    """The lenses that have something to see in the run in hand."""
    kinds: list[str] = description()["lenses"]
    return kinds


def description() -> dict[str, Any]:
    """What the engine says of the experiment of the run in hand, whatever the draft has become meanwhile."""
    if (found := workbench.picture()) is not None:
        return found
    return engine().describe(Experiment.model_validate(engine().status(session().run_id).experiment))


def has_classes() -> bool:
    """Whether the network in hand answers with classes or tokens, and not with numbers."""
    return description()["diagram"]["task"]["kind"] not in ("regression", "in_context_regression")


def example() -> dict[str, Any]:
    """The example that all pictures look at, as components and looks are told of it."""
    return dict(session().example)


def choose_example(index: int, split: str = "test") -> None:
    """Look at another example from now on, on every page."""
    session().example = {"split": split, "index": index}
    session().looked += 1


def look(lens: str, **settings: Any) -> Picture:
    """The numbers of a lens for the example in hand, at the step the page shows."""
    mine = session()
    request = {"lens": lens, "settings": settings, "step": mine.step, "example": mine.example}
    return engine().look(mine.run_id, LookRequest.model_validate(request))


def step_now() -> int:
    """The step that the run in hand has reached."""
    return engine().status(session().run_id).step


def shapes(lens: str) -> dict[str, tuple[int, ...]]:
    """How large each array of a lens is for the run and the input in hand; asked once, for training changes no size."""
    known = st.session_state.setdefault("look_shapes", {})
    key = session().run_id, lens, json.dumps(session().example) if own_panel.is_chosen() else ""
    if key not in known:
        known[key] = {name: array.values.shape for name, array in look(lens).items()}
    found: dict[str, tuple[int, ...]] = known[key]
    return found


def draw_sentences(lens: str) -> None:
    """What a lens shows and what it does not, once for several pictures of it."""
    about = engine().catalogue()["lenses"][lens]
    st.caption(plain(f"{about['shows']} {about['hides']}"))


def my_runs() -> dict[str, str]:
    """What my runs are called, by id, the latest first."""
    return {run.id: run.title for run in engine().runs(visitor()) if not run.note}


def _draw_run() -> None:
    """My runs by name, and the one in hand, which may be somebody else's."""
    mine = session()
    names = my_runs()
    if mine.run_id not in names:
        names = {mine.run_id: held_run.title_of(mine.run_id), **names}
    key, ids = f"look_run_{mine.run_id}", list(names)
    st.selectbox(look_words.RUN, ids, index=ids.index(mine.run_id), key=key, width=240, label_visibility="collapsed",
                 format_func=look_words.run_names(names),
                 on_change=lambda: _open(st.session_state[key]))  # fmt: skip


def _open(run_id: str) -> None:
    with noted():
        held_run.open_run(run_id)


def _settle_example() -> None:
    """A number that no example of the run in hand has gives way to the last one, and the page says so."""
    mine = session()
    last = _last(mine.example["split"])
    if mine.example["index"] > last:
        mine.notes.append(look_words.beyond(mine.example["index"], last))
        mine.example = {**mine.example, "index": last}


def _draw_example() -> None:
    """Which split, and which example of it; or an input of one's own."""
    mine = session()
    split, index = mine.example["split"], mine.example["index"]
    last = _last(split)
    is_own = own_panel.is_chosen()
    names = {**look_words.SPLITS, OWN: own_words.OWN}
    split_key, index_key = f"look_split_{mine.looked}", f"look_index_{mine.looked}_{split}"
    st.selectbox(look_words.SPLIT, names, index=list(names).index(OWN if is_own else split), key=split_key,
                 format_func=names.__getitem__, label_visibility="collapsed", width=112,
                 on_change=lambda: _choose(st.session_state[split_key]))  # fmt: skip
    if not is_own:
        st.number_input(look_words.EXAMPLE, 0, last, index, key=index_key, label_visibility="collapsed",
                        width=130,
                        on_change=lambda: mine.example.update(index=int(st.session_state[index_key])))  # fmt: skip
        st.button(
            own_words.OWN, icon=":material/edit:", key="look_begin_own", help=own_words.BEGIN, on_click=own_panel.choose
        )


def _choose(place: str) -> None:
    """A split, at its first example unless one of it was in hand; or one's own input, begun with that example."""
    before = session().example
    if place == OWN:
        own_panel.choose()
    else:
        choose_example(before["index"] if own_panel.is_chosen() and place == before["split"] else 0, place)


def _last(split: str) -> int:
    """The greatest number that an example of a split has."""
    try:
        count = description()["diagram"]["sizes"][split]
    except ExplorerError:
        count = None
    return ENDLESS if count is None else max(0, count - 1)
