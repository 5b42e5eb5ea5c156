"""Passing on what is in hand: links, the run file, and a version for a lesson."""

from dataclasses import replace
from urllib.parse import urlencode, urlsplit

import streamlit as st

from explorer.ui import address, words
from explorer.ui.session import Session, session

PARTS = {**words.PANELS, **words.HIDDEN_PARTS}


def draw_share() -> None:
    """The button, and what it opens."""
    mine = session()
    with st.popover("", icon=":material/share:", help=words.SHARE_HELP, type="tertiary", key="share"):
        st.markdown(f"**{words.LINK_EXPERIMENT}**", help=words.LINK_EXPERIMENT_HELP)
        if address.is_whole(mine):
            st.code(link(mine), language=None, wrap_lines=True)
        else:
            st.info(words.TOO_LONG)
        st.markdown(f"**{words.LINK_RUN}**", help=words.LINK_RUN_HELP)
        st.code(f"{root()}?{urlencode({'run': mine.run_id})}", language=None, wrap_lines=True)
        st.link_button(words.DOWNLOAD, f"{root()}live/{mine.run_id}/file", icon=":material/download:", width="stretch")
        st.markdown(f"**{words.LINK_LESSON}**", help=words.LINK_LESSON_HELP)
        hidden = st.multiselect(words.HIDE, PARTS, format_func=PARTS.__getitem__, key="hide")
        if hidden and address.is_whole(mine):
            lesson = replace(mine, hidden=frozenset(hidden))
            st.code(link(lesson), language=None, wrap_lines=True)


def link(mine: Session) -> str:
    """The whole address of the experiment in hand."""
    return f"{root()}?{urlencode(address.write(mine, with_run=False), safe=',:/')}"


def root() -> str:
    """The address of the app, as the browser sees it."""
    parts = urlsplit(st.context.url or "")
    folder = parts.path.rsplit("/", 1)[0]
    return f"{parts.scheme}://{parts.netloc}{folder}/" if parts.netloc else "/"
