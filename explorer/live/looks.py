"""One look as one frame, for as long as whoever asked is still there."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from explorer.engine.base import Engine
from explorer.engine.heavy import Look
from explorer.errors import EngineError, ExplorerError
from explorer.live.access import demand_same_origin
from explorer.live.pages import UNCHANGED, read_request, refusal

CLIENT_LEFT = 499  # nobody reads it


def look(engine: Callable[[], Engine]) -> Callable[[Request], Awaitable[Response]]:
    """The route's function; a request that is closed takes its look with it."""

    async def fetch(request: Request) -> Response:
        try:
            demand_same_origin(request)
        except EngineError as error:
            return refusal(error, 403)
        run_id = request.path_params["run_id"]
        try:
            await run_in_threadpool(engine().status, run_id)
        except ExplorerError as error:
            return refusal(error, 404)
        try:
            asked = await run_in_threadpool(engine().frame, run_id, read_request(request.query_params))
            return await _answered(request, asked)
        except ExplorerError as error:
            return refusal(error, 400)

    return fetch


async def _answered(request: Request, asked: Look) -> Response:
    """The frame, or the end of waiting for it."""
    over = asyncio.Event()
    loop = asyncio.get_running_loop()

    def tell(_: object) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(over.set)

    asked.answer.add_done_callback(tell)
    leaving = asyncio.create_task(_left(request))
    waiting = asyncio.create_task(over.wait())
    try:
        await asyncio.wait({leaving, waiting}, return_when=asyncio.FIRST_COMPLETED)
        if not asked.answer.done():
            return Response(status_code=CLIENT_LEFT)
        return Response(asked.result(), media_type="application/octet-stream", headers=UNCHANGED)
    finally:
        asked.cancel()
        leaving.cancel()
        waiting.cancel()


async def _left(request: Request) -> None:
    """Return when whoever asked has closed the request."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
