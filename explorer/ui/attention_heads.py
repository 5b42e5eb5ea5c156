"""The heads of the network in hand, and the one that is looked at."""

import streamlit as st

from explorer.ui import look_bar

KEY = "attention_head"
PATTERN = ".pattern"


def heads() -> dict[str, int]:
    """How many heads each attention has, by its address."""
    found = look_bar.shapes("attention")
    return {name.removesuffix(PATTERN): shape[0] for name, shape in found.items() if name.endswith(PATTERN)}


def places() -> tuple[int, int]:
    """How many places ask, and how many are read from, in the head that is looked at."""
    _, asking, read = look_bar.shapes("attention")[f"{chosen()[0]}{PATTERN}"]
    return asking, read


def chosen() -> tuple[str, int]:
    """The address of an attention and the number of one of its heads: the one last chosen, else the first."""
    known = heads()
    path, index = st.session_state.get(KEY, ("", 0))
    return (path, index) if index < known.get(path, 0) else (next(iter(known)), 0)


def choose(path: str, index: int) -> None:
    """Look at another head from now on."""
    st.session_state[KEY] = (path, index)


def parts_off() -> list[str]:
    """Every head as an address that can be switched off, such as block1.attention:2."""
    return [f"{path}:{head}" for path, count in heads().items() for head in range(count)]
