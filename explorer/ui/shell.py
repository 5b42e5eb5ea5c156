"""The frame around every page: what the browser's tab says, and the menu."""

import streamlit as st

from explorer.ui.pages import FOLDER, all_pages

STYLE = FOLDER.parent / "assets" / "pages.css"
ICON = FOLDER.parent / "assets" / "icon.svg"  # a named icon would be fetched from another host

if __name__ == "__main__":
    st.set_page_config(page_title="Neural explorer", page_icon=str(ICON), layout="wide")
    st.html(f"<style>{STYLE.read_text()}</style>")
    st.navigation(all_pages(), position="top").run()
