"""A small server that speaks the live contract with synthetic frames, and a page laid out like the app's."""

import asyncio
import contextlib
import json
import socket
import threading
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocket, WebSocketDisconnect

from explorer.live.frames import pack, sized
from tests.canvas_scenes import SCENES, Scene

ASSETS = Path(__file__).resolve().parents[1] / "assets"
STEPS, EPOCH, EVERY = 600, 20, 4  # steps of a run and of an epoch; steps between two snapshots
PAGE = (Path(__file__).parent / "canvas_page.html").read_text()


class LiveServer:
    """Everything that a page of one synthetic run asks for; what was asked is kept for the tests."""

    def __init__(self, scene: str = "small", rate: float = 30.0):
        self.scene: Scene = SCENES[scene]()
        self.rate, self.port = rate, 0  # any that is free; the same again when the server comes back
        self.state, self.step, self.sentence = "paused", 0, ""
        self.may_steer = True
        self.commands: list[dict[str, Any]] = []
        self.requests: list[str] = []
        self.watches: list[list[dict[str, Any]]] = []
        self.sent = 0
        self.sockets: dict[WebSocket, list[dict[str, Any]]] = {}
        self.refuse: str | None = None
        self.is_hiding = False  # the diagram is not to be had

    # Running

    def __enter__(self) -> "LiveServer":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        app = Starlette(
            routes=[
                Route("/", self.page),
                WebSocketRoute("/live/{run}", self.live),
                Route("/live/{run}/film", self.film),
                Route("/live/{run}/look", self.look),
                Route("/live/{run}/diagram", self.diagram),
                Route("/live/{run}/events", self.events),
                Mount("/assets", StaticFiles(directory=ASSETS)),
            ]
        )
        listening = socket.socket()
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.1", self.port))
        listening.listen()  # who comes before the server is ready waits
        self.port = listening.getsockname()[1]
        config = uvicorn.Config(app, log_level="error", ws="websockets-sansio", lifespan="off")
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(target=self.server.run, args=([listening],), daemon=True)
        self.thread.start()

    def stop(self) -> None:
        """End as a killed server does: connections drop."""
        self.server.force_exit = self.server.should_exit = True
        self.thread.join(20)
        self.sockets.clear()

    # Answers

    async def page(self, request: Request) -> HTMLResponse:
        options = json.loads(request.query_params.get("options", "{}"))
        data = {"run": "synthetic", "token": "key", **options}
        return HTMLResponse(PAGE.replace("__DATA__", json.dumps(data).replace("<", "\\u003c")))

    async def diagram(self, request: Request) -> Response:
        self.requests.append("diagram")
        return Response(status_code=503) if self.is_hiding else JSONResponse(self.scene.diagram)

    async def events(self, request: Request) -> JSONResponse:
        self.requests.append("events")
        changed = {"step": 90, "kind": "setting_changed", "details": {"settings": ["recipe.learning_rate=0.01"]}}
        return JSONResponse(
            [{"step": 0, "kind": "created", "details": {}}, changed, {"step": 210, "kind": "phase", "details": {}}]
        )

    async def film(self, request: Request) -> Response:
        lens = request.query_params["lens"]
        self.requests.append(f"film {lens}")
        watch = {"id": lens, "lens": lens}
        frames = [self.frame(watch, step) for step in range(0, self.step + 1, EVERY)]
        return Response(b"".join(map(sized, frames)))

    async def look(self, request: Request) -> Response:
        lens = request.query_params["lens"]
        self.requests.append(f"look {lens}")
        return Response(sized(self.frame({"id": lens, "lens": lens}, self.step)))

    async def live(self, connection: WebSocket) -> None:
        await connection.accept()
        self.sockets[connection] = []
        telling = asyncio.create_task(self.tell(connection))
        try:
            await connection.send_json({"curves": self.curves(), "may_steer": self.may_steer})
            while True:
                await self.obey(connection, await connection.receive_json())
        except (WebSocketDisconnect, RuntimeError):
            pass
        finally:
            telling.cancel()
            self.sockets.pop(connection, None)

    async def tell(self, connection: WebSocket) -> None:
        """A frame of everything watched, thirty times a second; statuses more seldom."""
        count = 0
        with contextlib.suppress(WebSocketDisconnect, RuntimeError):
            while True:
                if self.state == "training" and connection is next(iter(self.sockets)):
                    self.step = min(STEPS, self.step + 1)
                    self.state = "finished" if self.step == STEPS else "training"
                for watch in self.sockets.get(connection, []):
                    await connection.send_bytes(self.frame(watch, self.step))
                    self.sent += 1
                if count % 3 == 0:
                    await connection.send_json({"status": self.status()})
                count += 1
                await asyncio.sleep(1 / self.rate)

    async def obey(self, connection: WebSocket, message: dict[str, Any]) -> None:
        if "watch" in message:
            self.watches.append(message["watch"])
            self.sockets[connection] = message["watch"]
            return None
        self.commands.append(message)
        number = message.get("request")
        if self.refuse:
            return await connection.send_json({"answer": number, "error": self.refuse})
        self.do(message)
        return await connection.send_json({"answer": number, "ok": True})

    def do(self, message: dict[str, Any]) -> None:
        if message["do"] in ("begin", "pause"):
            self.state = "training" if message["do"] == "begin" else "paused"
        elif message["do"] == "roll_back":
            self.state, self.step, self.sentence = "training", self.step // 2, "Rolled back."
        elif message["do"] == "rewind":
            self.state, self.step = "paused", 0
        elif message["do"] == "steps":
            self.step += message["n"]
        elif message["do"] == "epoch":
            self.step += EPOCH
        elif message["do"] == "set_weight":
            self.scene.typed[message["tensor"], tuple(message["index"])] = message["value"]

    @property
    def orders(self) -> list[dict[str, Any]]:
        """What a person ordered: the speed is told by the page itself when it opens a run."""
        return [command for command in self.commands if command["do"] != "pace"]

    # What is told

    def frame(self, watch: dict[str, Any], step: int) -> bytes:
        return pack(
            self.scene.picture(watch["lens"], step),
            {"id": watch["id"], "lens": watch["lens"], "step": step, "target": 7},
        )

    def status(self) -> dict[str, Any]:
        return {
            "state": self.state,
            "step": self.step,
            "steps": STEPS,
            "steps_in_epoch": EPOCH,
            "seconds": self.step / 90,
            "device": "cpu",
            "metrics": self.metrics(self.step),
            "sentence": self.sentence,
            "parameters": 42,
            "may_steer": self.may_steer,
        }

    def metrics(self, step: int) -> dict[str, dict[str, float]]:
        wave = 0.03 * float(abs((step * 7) % 13 - 6)) / 6
        loss = 0.69 * 2.718 ** (-step / 160) + wave
        return {"train": {"loss": loss}, "test": {"loss": loss + 0.04, "accuracy": 1 - 0.5 * 2.718 ** (-step / 120)}}

    def curves(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for step in range(self.step + 1):
            for split, named in self.metrics(step).items():
                for name, value in named.items():
                    steps, values = found.setdefault(f"{split}.{name}", [[], []])
                    steps.append(step)
                    values.append(value)
        return found
