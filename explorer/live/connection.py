"""One page that follows one run: statuses and frames go out, orders come in."""

import asyncio
import contextlib
from typing import Any

from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.websockets import WebSocket, WebSocketDisconnect

from explorer.engine.base import Engine, Status
from explorer.engine.subscription import Subscription
from explorer.errors import EngineError, ExplorerError
from explorer.live.access import demand_same_origin
from explorer.live.bulletins import Bulletins, as_json
from explorer.live.frames import with_id
from explorer.live.orders import Order, Watched, obey

TELL_EVERY = 0.1  # seconds between two looks at a run's status
REFUSED = 4403  # closing code for another origin, or for a run that is not here
REASON_BYTES = 120  # of a closing reason; RFC 6455 allows 123
MESSAGE_BYTES = 1024 * 1024  # sixteen looks at a picture of somebody's own
UNREADABLE = "the page sent something that is no command; load it again."


class Connection:
    """A line to a browser. Looking needs the run's id, steering its token as well."""

    def __init__(self, socket: WebSocket, engine: Engine, bulletins: Bulletins):
        self.socket, self.engine, self.bulletins = socket, engine, bulletins
        self.run_id = socket.path_params["run_id"]
        self.token = socket.query_params.get("token", "")
        self.sending = asyncio.Lock()
        self.watched: dict[str, tuple[Subscription, asyncio.Task]] = {}

    async def serve(self) -> None:
        """Tell and listen until the page goes."""
        await self.socket.accept()  # a page is told the closing code only of a line that was opened
        try:
            demand_same_origin(self.socket)
            curves, may_steer = await run_in_threadpool(self._first_look)
        except ExplorerError as error:
            await self._refuse(error)
            return
        telling = asyncio.create_task(self._tell(may_steer))
        try:
            await self._send(as_json({"curves": curves, "may_steer": may_steer}))
            while True:
                message = await self.socket.receive()
                if message["type"] == "websocket.disconnect":
                    return
                await self._send(as_json(await self._answer(message.get("text"))))
        except (WebSocketDisconnect, RuntimeError):
            pass
        finally:
            telling.cancel()
            self._watch_nothing()

    def _first_look(self) -> tuple[Any, bool]:
        self.engine.status(self.run_id)  # read from the file once, not in the event loop
        try:
            self.engine.helm(self.run_id, self.token)
            may_steer = True
        except EngineError:
            may_steer = False
        return self.engine.curves(self.run_id), may_steer

    async def _tell(self, may_steer: bool) -> None:
        told: Status | None = None
        with contextlib.suppress(WebSocketDisconnect, RuntimeError):
            while True:
                try:
                    status = self.engine.status(self.run_id)
                except ExplorerError as error:  # its owner threw it away
                    self.bulletins.forget(self.run_id)
                    return await self._refuse(error)
                if status is not told:
                    has_stopped = told is not None and told.state == "training" != status.state
                    told = status
                    await self._send(self.bulletins.text(self.run_id, status, may_steer))
                    if has_stopped:
                        await self._send_curves()
                await asyncio.sleep(TELL_EVERY)

    async def _send_curves(self) -> None:
        """All that was measured: the statuses told no more than ten points a second of it."""
        with contextlib.suppress(ExplorerError):
            await self._send(as_json({"curves": await run_in_threadpool(self.engine.curves, self.run_id)}))

    async def _answer(self, text: str | None) -> dict[str, Any]:
        number = None
        try:
            if text is None or len(text) > MESSAGE_BYTES:
                raise EngineError("message: expected text of at most 1 MiB, got something else; load the page again.")
            order = Order.model_validate_json(text)
            number = order.request
            if order.watch is not None:
                await self._watch(order.watch, order.rate)
            if order.do is not None:
                await run_in_threadpool(self._steer, order)
        except ValidationError:
            return {"answer": number, "error": UNREADABLE}
        except ExplorerError as error:
            return {"answer": number, "error": str(error)}
        return {"answer": number, "ok": True}

    def _steer(self, order: Order) -> None:
        obey(self.engine.helm(self.run_id, self.token), order)

    async def _watch(self, wanted: tuple[Watched, ...], rate: float) -> None:
        """Follow these lenses and no others; what is followed already goes on."""
        before, self.watched = self.watched, {}
        for each in wanted:
            key = f"{rate} {each.model_dump_json()}"
            if key in self.watched:
                continue
            if key not in before:
                subscription = await run_in_threadpool(self.engine.watch, self.run_id, each.request, rate)
                task = asyncio.create_task(self._forward(subscription, each))
                self.watched[key] = subscription, task
            else:
                self.watched[key] = before.pop(key)
        self._leave(before)

    def _watch_nothing(self) -> None:
        before, self.watched = self.watched, {}
        self._leave(before)

    def _leave(self, watched: dict[str, tuple[Subscription, asyncio.Task]]) -> None:
        for subscription, task in watched.values():
            task.cancel()
            asyncio.get_running_loop().run_in_executor(None, subscription.close)  # it tells a worker, which may be busy

    async def _forward(self, subscription: Subscription, watched: Watched) -> None:
        is_named = watched.id not in ("", watched.lens)  # else frames go out as they came
        with contextlib.suppress(WebSocketDisconnect, RuntimeError):
            async for frame in subscription.frames():
                async with self.sending:
                    await self.socket.send_bytes(with_id(frame, watched.id) if is_named else frame)

    async def _send(self, text: str) -> None:
        async with self.sending:
            await self.socket.send_text(text)

    async def _refuse(self, error: ExplorerError) -> None:
        reason = str(error).encode()[:REASON_BYTES].decode(errors="ignore")
        with contextlib.suppress(WebSocketDisconnect, RuntimeError):
            await self.socket.close(REFUSED, reason)
