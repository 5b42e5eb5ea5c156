"""The routes beside the pages: pictures of runs as they train, over a WebSocket, and the files that the canvas needs.

These routes know no Streamlit session. Looking needs a run's id; steering needs the token that its owner was given.
A WebSocket is opened only for pages of this same server.
"""

import asyncio
import contextlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.routing import BaseRoute, Mount, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocket, WebSocketDisconnect

from explorer.engine.base import Engine
from explorer.engine.subscription import Subscription
from explorer.errors import EngineError, ExplorerError
from explorer.experiment import Settings
from explorer.lenses.request import LookRequest

ASSETS = Path(__file__).resolve().parents[2] / "assets"
TELL_EVERY = 0.1  # seconds between two looks at a run's status
REFUSED = 4403  # closing code for another origin or an unknown run
MESSAGE_BYTES = 64 * 1024
LOOKS = 16  # lenses watched over one connection
RATE = 30.0  # frames a second


class Order(Settings):
    """What a page may send: lenses to watch instead of those before, or one command."""

    watch: tuple[LookRequest, ...] | None = None
    do: str | None = None
    steps: int | None = None
    assignments: tuple[str, ...] = ()
    request: int | None = None


def routes(engine: Callable[[], Engine]) -> list[BaseRoute]:
    """The routes over an engine, which is asked for when the first request comes."""

    async def live(socket: WebSocket) -> None:
        await Connection(socket, engine()).serve()

    return [
        WebSocketRoute("/live/{run_id}", live),
        Mount("/assets", StaticFiles(directory=ASSETS), name="assets"),
    ]


def is_same_origin(socket: WebSocket) -> bool:
    """Whether a browser opened the socket from a page of this server; a client that is no browser names no origin."""
    origin = socket.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == socket.headers.get("host")


class Connection:
    """One page that looks at one run."""

    def __init__(self, socket: WebSocket, engine: Engine):
        self.socket, self.engine = socket, engine
        self.run_id = socket.path_params["run_id"]
        self.token = socket.query_params.get("token", "")
        self.sending = asyncio.Lock()
        self.watched: dict[str, tuple[Subscription, asyncio.Task]] = {}

    async def serve(self) -> None:
        """Tell and listen until the page goes."""
        try:
            if not is_same_origin(self.socket):
                raise EngineError("the page is from another server; open the app itself.")
            curves = await run_in_threadpool(self.engine.curves, self.run_id)
        except ExplorerError as error:
            await self.socket.close(REFUSED, str(error)[:120])
            return
        await self.socket.accept()
        telling = asyncio.create_task(self._tell_status())
        try:
            await self._send({"curves": curves, "may_steer": await self._may_steer()})
            while True:
                await self._obey(await self.socket.receive_text())
        except (WebSocketDisconnect, RuntimeError):
            pass
        finally:
            telling.cancel()
            self._watch_nothing()

    async def _tell_status(self) -> None:
        told = None
        while True:
            with contextlib.suppress(ExplorerError):
                if (status := self.engine.status(self.run_id)) != told:
                    told = status
                    await self._send({"status": vars(status)})
            await asyncio.sleep(TELL_EVERY)

    async def _obey(self, text: str) -> None:
        number = None
        try:
            if len(text) > MESSAGE_BYTES:
                raise EngineError("the message is too long.")
            order = Order.model_validate_json(text)
            number = order.request
            if order.watch is not None:
                self._watch(order.watch[:LOOKS])
            if order.do is not None:
                await run_in_threadpool(self._steer, order)
            answer: dict[str, Any] = {"answer": number, "ok": True}
        except ValidationError:
            answer = {"answer": number, "error": "the page sent something that is no command; load it again."}
        except ExplorerError as error:
            answer = {"answer": number, "error": str(error)}
        await self._send(answer)

    def _steer(self, order: Order) -> None:
        helm = self.engine.helm(self.run_id, self.token)
        commands: dict[str, Callable[[], None]] = {
            "begin": helm.begin,
            "pause": helm.pause,
            "steps": lambda: helm.take_steps(order.steps or 1),
            "set": lambda: helm.set(*order.assignments),
            "roll_back": helm.roll_back,
        }
        if order.do not in commands:
            raise EngineError(f"command: expected one of {', '.join(sorted(commands))}, got {order.do!r}.")
        commands[order.do]()

    async def _may_steer(self) -> bool:
        try:
            await run_in_threadpool(self.engine.helm, self.run_id, self.token)
        except ExplorerError:
            return False
        return True

    def _watch(self, requests: tuple[LookRequest, ...]) -> None:
        self._watch_nothing()
        for request in requests:
            subscription = self.engine.watch(self.run_id, request, RATE)
            self.watched[request.model_dump_json()] = (subscription, asyncio.create_task(self._forward(subscription)))

    def _watch_nothing(self) -> None:
        for subscription, task in self.watched.values():
            task.cancel()
            subscription.close()
        self.watched.clear()

    async def _forward(self, subscription: Subscription) -> None:
        with contextlib.suppress(WebSocketDisconnect, RuntimeError):
            async for frame in subscription.frames():
                async with self.sending:
                    await self.socket.send_bytes(frame)

    async def _send(self, message: dict[str, Any]) -> None:
        async with self.sending:
            await self.socket.send_text(as_json(message))


def as_json(message: Any) -> str:
    """JSON in which what is not a number stands as null, as browsers demand."""
    text = json.dumps(message)
    if "NaN" in text or "Infinity" in text:
        text = json.dumps(json.loads(text, parse_constant=lambda _: None))
    return text
