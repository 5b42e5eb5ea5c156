"""Who is looking at this page."""

import streamlit as st

from explorer.live.visitors import new_secret, secret_in

KEY = "explorer_visitor"


def visitor() -> str:
    """The visitor's secret: the cookie's, or one for this browser session where there is no cookie."""
    if found := secret_in(st.context.cookies):
        return found
    if KEY not in st.session_state:
        st.session_state[KEY] = new_secret()
    return str(st.session_state[KEY])
