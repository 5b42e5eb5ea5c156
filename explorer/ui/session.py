"""What one person has chosen: kept for the browser session, reached through one accessor."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from explorer.engine.helm import Helm

KEY = "explorer_session"


@dataclass
class Session:
    """The run in hand: the right to steer it, and the preset it began from."""

    helm: "Helm | None" = None
    preset: str = ""


def session() -> Session:
    """This browser session's own object, made when it is first asked for."""
    if KEY not in st.session_state:
        st.session_state[KEY] = Session()
    found: Session = st.session_state[KEY]
    return found
