"""The routes beside the pages: pictures of runs as they train, what a page fetches of a run, and the canvas's files.

These routes know no Streamlit session. Looking needs a run's id; steering needs the token that its owner was given.
"""

from collections.abc import Callable
from pathlib import Path

from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocket

from explorer.engine.base import Engine
from explorer.live import pages
from explorer.live.bulletins import Bulletins
from explorer.live.connection import Connection
from explorer.live.looks import look

ASSETS = Path(__file__).resolve().parents[2] / "assets"
PAGES = {
    "diagram": pages.diagram,
    "events": pages.events,
    "course": pages.course,
    "film": pages.film,
    "file": pages.file,
}


def routes(engine: Callable[[], Engine]) -> list[BaseRoute]:
    """The routes over an engine, which is asked for when the first request comes."""
    bulletins = Bulletins()

    async def live(socket: WebSocket) -> None:
        await Connection(socket, engine(), bulletins).serve()

    return [
        WebSocketRoute("/live/{run_id}", live),
        *(Route(f"/live/{{run_id}}/{name}", pages.page(engine, answer)) for name, answer in PAGES.items()),
        Route("/live/{run_id}/look", look(engine)),
        Mount("/assets", StaticFiles(directory=ASSETS), name="assets"),
    ]
