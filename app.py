"""The app: Streamlit pages and live routes in one ASGI application, with the engine beside them."""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.middleware import Middleware

from explorer.live.routes import routes
from explorer.live.visitors import Visitors
from explorer.ui.service import close_engine, engine


@asynccontextmanager
async def lifespan(app: st.App) -> AsyncIterator[dict[str, Any]]:
    """Start the engine before the first page, and let its workers write their runs at the end."""
    engine().wait_ready()  # so that the first click finds warm workers
    gc.collect()
    gc.freeze()  # Streamlit collects garbage after every rerun; what is imported by now need not be walked again
    yield {}
    close_engine()


shell = Path(__file__).resolve().parent / "explorer" / "ui" / "shell.py"
app = st.App(shell, lifespan=lifespan, routes=routes(engine), middleware=[Middleware(Visitors)])
