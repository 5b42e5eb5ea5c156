"""The frame around every page: what the browser's tab says, and the menu."""

import streamlit as st

from explorer.ui.pages import FOLDER, all_pages

STYLES = [FOLDER.parent / "assets" / name for name in ("pages.css", "panels.css", "looking.css")]
ICON = FOLDER.parent / "assets" / "icon.svg"  # a named icon would be fetched from another host

if __name__ == "__main__":
    st.set_page_config(page_title="Neural explorer", page_icon=str(ICON), layout="wide")
    st.html(f"<style>{''.join(style.read_text() for style in STYLES)}</style>")
    st.navigation(all_pages(), position="top").run()
