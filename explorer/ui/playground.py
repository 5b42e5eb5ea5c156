"""The first page: data on the left, the network in the middle, the answer on the right, time below."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from explorer import gallery
from explorer.errors import ExplorerError
from explorer.ui import address, canvas, words, workbench
from explorer.ui.data_panel import draw_data
from explorer.ui.drafts import preset_in_hand
from explorer.ui.gallery_dialog import show_gallery
from explorer.ui.guard import plain
from explorer.ui.network_panel import draw_network
from explorer.ui.recipe_panel import draw_recipe
from explorer.ui.session import session
from explorer.ui.share import draw_share

WATCHABLE = 200  # steps a second at which a decision surface is seen to bend
PANELS: dict[str, Callable[[], None]] = {"data": draw_data, "network": draw_network, "recipe": draw_recipe}


def open_page() -> None:
    """Follow the address when a person arrives, and have a run in hand."""
    mine = session()
    if mine.is_open:
        mine.step = address.step_in(st.query_params.to_dict())  # the timeline writes it there
    else:
        mine.is_open = True
        _follow(address.read(st.query_params.to_dict()))
    workbench.ensure_run()
    workbench.follow_run()


def _follow(asked: address.Asked) -> None:
    mine = session()
    mine.hidden, mine.notes = asked.hidden, list(asked.ignored)
    mine.preset, mine.experiment = asked.preset, asked.experiment
    mine.example, mine.span = asked.example, asked.span
    if asked.run_id:
        try:
            workbench.open_run(asked.run_id)
            mine.step = asked.step
        except ExplorerError as error:
            mine.notes.append(str(error))
    elif not asked.has_keys:
        workbench.return_to_last()
    if not mine.run_id and workbench.picture() is None:  # the keys fit one by one, but not together
        mine.notes += [words.ignored(fault.place, str(fault)) for fault in workbench.faults_of_draft()]
        mine.experiment = gallery.preset(mine.preset).experiment


def remember() -> None:
    """Keep the browser's address true to what is in hand."""
    wanted = address.write(session())
    if st.query_params.to_dict() != wanted:
        st.query_params.from_dict(wanted)


def draw_notes() -> None:
    """What a person should know before anything else; each sentence once."""
    mine = session()
    for note in mine.notes:
        st.warning(plain(note), icon=":material/link_off:")
    mine.notes = []
    for fault in mine.faults:
        if not fault.place:
            st.error(plain(fault.got), icon=":material/error:")


def draw_top() -> None:
    """Where to begin, how to steer, the way back, and how to share."""
    mine = session()
    with st.container(key="bench_top", horizontal=True, vertical_alignment="center"):
        if "gallery" not in mine.hidden:
            st.button(
                words.GALLERY, icon=":material/apps:", help=words.GALLERY_HELP, key="gallery", on_click=show_gallery
            )
        with st.container(key="bench_transport"):
            canvas.draw("transport", picture_data(pace=_pace()), command=_obey)
        st.button("", icon=":material/undo:", help=words.UNDO, key="undo", on_click=workbench.undo,
                  disabled=not workbench.can_undo(), type="tertiary")  # fmt: skip
        st.button("", icon=":material/redo:", help=words.REDO, key="redo", on_click=workbench.redo,
                  disabled=not workbench.can_redo(), type="tertiary")  # fmt: skip
        if "share" not in mine.hidden:
            draw_share()


def draw_panel() -> None:
    """One of the panels of settings."""
    offered = [name for name in PANELS if name not in session().hidden]
    if not offered:
        return
    with st.container(key="bench_panel"):
        chosen = st.segmented_control("Panel", offered, default=offered[0], format_func=words.PANELS.__getitem__,
                                      key="panel", label_visibility="collapsed", width="stretch")  # fmt: skip
        with st.container(key="bench_settings"):
            PANELS[chosen or offered[0]]()


def draw_stage() -> None:
    """The network, with what to watch above it and time below it."""
    mine = session()
    with st.container(key="bench_hint"):
        if (preset := preset_in_hand()) is not None:
            st.caption(f"**{plain(preset.title)}.** {preset.watch}", help=f"{words.EXPECT}: {preset.expect}")
    with st.container(key="bench_stage"):
        canvas.draw("stage", picture_data(may_edit="network" not in mine.hidden), edit=_edit)
    draw_timeline("bench_timeline")


def draw_timeline(key: str) -> None:
    """Time, which all pictures of a page follow."""
    if "timeline" not in session().hidden:
        with st.container(key=key):
            canvas.draw("timeline", picture_data(), branch=lambda sent: workbench.branch(int(sent["step"])))


def draw_result() -> None:
    """The answer, and the curves below it."""
    with st.container(key="bench_result"):
        canvas.draw("result", picture_data())
    if "curves" not in session().hidden:
        with st.container(key="bench_curves"):
            canvas.draw("curves", picture_data())


def picture_data(**more: Any) -> dict[str, Any]:
    """What every live picture is told: which run, and what to leave out. The rest it asks for itself."""
    mine = session()
    return {"run": mine.run_id, "token": mine.token or None, "step": mine.step, "hidden": sorted(mine.hidden), **more}


def _pace() -> int | None:
    """Steps a second at first: a network on the plane is done in the blink of an eye, so it begins slower."""
    found = workbench.picture()
    return WATCHABLE if found is not None and found["diagram"]["view"] == "points" else None


def _obey(sent: dict[str, Any]) -> None:
    """What the transport cannot tell the run itself."""
    if sent["do"] == "new_seed":
        workbench.new_seed()


def _edit(sent: dict[str, Any]) -> None:
    """The plus, minus and cross of a column."""
    workbench.edit(sent["do"], sent.get("layer") or sent.get("after") or "", int(sent.get("by", 0)))
