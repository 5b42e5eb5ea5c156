"""Errors of ours, told as sentences on the page."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from explorer.errors import ExplorerError
from explorer.ui.session import session


@contextmanager
def told() -> Iterator[None]:
    """Show an error of ours where it happens, as text that is never read as markup."""
    try:
        yield
    except ExplorerError as error:
        st.error(plain(str(error)))


@contextmanager
def noted() -> Iterator[None]:
    """Keep an error of ours for the top of the page: a callback runs before there is a place to show it."""
    try:
        yield
    except ExplorerError as error:
        session().notes.append(str(error))


def plain(text: str) -> str:
    """Text that Markdown leaves as it is."""
    return "".join(f"\\{letter}" if letter in r"\`*_{}[]()<>#+-.!|~$:^" else letter for letter in text)
