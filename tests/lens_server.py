"""The synthetic server with a page of one lens, and looks that answer only when a test lets them."""

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response, StreamingResponse

from explorer.live.frames import pack, sized
from tests.canvas_scenes import Scene
from tests.canvas_server import LiveServer

PAGE = (Path(__file__).parent / "lens_page.html").read_text()


class LensServer(LiveServer):
    """Serves one lens of a scene; `gate` holds back what is fetched while it is closed."""

    def __init__(self, make: Callable[[], Scene]):
        super().__init__()
        self.scene = make()
        self.step = 120
        self.gate = threading.Event()
        self.gate.set()
        self.standing = {"share": 0.25, "doing": "place 6 of 21"}  # what is told while the gate is closed
        self.looks: list[dict[str, Any]] = []
        self.left = 0
        self.fault = ""

    def __enter__(self) -> "LensServer":
        self.start()
        return self

    async def page(self, request: Request) -> HTMLResponse:
        data = {"run": "synthetic", "token": "key", **json.loads(request.query_params.get("options", "{}"))}
        return HTMLResponse(PAGE.replace("__DATA__", json.dumps(data).replace("<", "\\u003c")))

    async def look(self, request: Request) -> Response:
        asked = dict(request.query_params)
        self.looks.append(asked)
        if self.fault:
            return PlainTextResponse(self.fault, 400)
        return StreamingResponse(self.pieces(asked))

    async def pieces(self, asked: dict[str, Any]) -> AsyncIterator[bytes]:
        """How far it is while the gate is closed, and the frame when it opens."""
        try:
            if not self.gate.is_set():
                yield sized(pack({}, self.standing))
            while not self.gate.is_set():
                await asyncio.sleep(0.01)
        except asyncio.CancelledError:
            self.left += 1
            raise
        yield sized(self.frame({"id": asked["lens"], "lens": asked["lens"]}, int(asked.get("step", self.step))))
