"""One lens on a page: its picture by any of the views, and below it what it shows and what it does not."""

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from explorer.ui import canvas
from explorer.ui.guard import plain
from explorer.ui.service import engine
from explorer.ui.session import session

HEIGHTS = {"numbers": 130, "bars": 300, "lines_over": 300, "wall": 480, "lines": 460}  # pixels
HEIGHT = 400


def draw_lens(
    key: str,
    lens: str,
    settings: Mapping[str, Any],
    view: str,
    options: Mapping[str, Any] | None = None,
    height: int | None = None,
    *,
    step: int | None = None,
    example: Mapping[str, Any] | None = None,
    run: str | None = None,
    has_caption: bool = True,
    **triggers: Callable[[Any], None],
) -> None:
    """Show what a lens sees of the run in hand, or of another; without a step or an example it follows the page's own.

    Each trigger is called with what a click, a key or a drag over the picture told.
    """
    mine, about = session(), engine().catalogue()["lenses"][lens]
    data = {
        "run": run or mine.run_id or None,
        "token": mine.token or None if run in (None, mine.run_id) else None,
        "step": step,
        "example": dict(mine.example if example is None else example),
        "lens": lens,
        "settings": dict(settings),
        "is_live": about["is_live"],
        "view": view,
        "options": dict(options or {}),
        "height": height or HEIGHTS.get(view, HEIGHT),
    }
    canvas.draw("lens", data, key=key, **triggers)
    if has_caption:
        st.caption(plain(f"{about['shows']} {about['hides']}"))
