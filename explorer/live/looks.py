"""One look, with how far it is on the way there, for as long as whoever asked is still there."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from explorer.engine.base import Engine
from explorer.engine.framing import error_frame
from explorer.engine.heavy import Look
from explorer.errors import EngineError, ExplorerError
from explorer.lenses.request import LookRequest
from explorer.live.access import demand_same_origin
from explorer.live.frames import pack, sized
from explorer.live.pages import UNCHANGED, read_request, refusal

CLIENT_LEFT = 499  # nobody reads it
TELL_EVERY = 0.1  # seconds between two words on how far a look is


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
            wanted = read_request(request.query_params)
            asked = await run_in_threadpool(engine().frame, run_id, wanted)
            return await _answered(request, asked, run_id, wanted)
        except ExplorerError as error:
            return refusal(error, 400)

    return fetch


async def _answered(request: Request, asked: Look, run_id: str, wanted: LookRequest) -> Response:
    """What there is to tell, piece by piece; raises where the look fails before anything was told."""
    pieces = _pieces(asked)
    leaving, first = asyncio.create_task(_left(request)), asyncio.create_task(anext(pieces))
    await asyncio.wait({leaving, first}, return_when=asyncio.FIRST_COMPLETED)
    leaving.cancel()
    if not first.done():
        asked.cancel()
        first.cancel()
        return Response(status_code=CLIENT_LEFT)
    return _Told(asked, _all(first.result(), pieces, lambda error: error_frame(run_id, wanted, str(error))))


async def _pieces(asked: Look) -> AsyncGenerator[bytes]:
    """How far the look is, whenever that changed, and last its frame; raises what the look raised."""
    over, loop = asyncio.Event(), asyncio.get_running_loop()

    def tell(_: object) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(over.set)

    asked.answer.add_done_callback(tell)
    told = None
    while not over.is_set():
        if (standing := asked.standing) != told and standing is not None:
            told = standing
            yield pack({}, standing)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(over.wait(), TELL_EVERY)
    yield asked.result()


async def _all(
    first: bytes, pieces: AsyncIterator[bytes], fault: Callable[[ExplorerError], bytes]
) -> AsyncIterator[bytes]:
    """Every piece behind its length; an error that comes late is the last of them."""
    yield sized(first)
    try:
        async for piece in pieces:
            yield sized(piece)
    except ExplorerError as error:
        yield sized(fault(error))


class _Told(StreamingResponse):
    """Pieces of a look, which is left when nobody reads on."""

    def __init__(self, asked: Look, pieces: AsyncIterator[bytes]):
        super().__init__(pieces, media_type="application/octet-stream", headers=UNCHANGED)
        self._asked = asked

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._asked.cancel()


async def _left(request: Request) -> None:
    """Return when whoever asked has closed the request."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
