"""The live routes over a real engine on a free port of this machine, and the lines that a page opens to them."""

import json
import socket
import struct
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from starlette.applications import Starlette
from websockets.sync.client import ClientConnection, connect

from explorer.engine.local import LocalEngine
from explorer.live.routes import routes

PATIENCE = 120.0  # seconds that only something broken takes
SMALL_BUFFER = 16 * 1024  # bytes that the system keeps for somebody who does not read


class Server:
    """The routes alone, without Streamlit."""

    def __init__(self, engine: LocalEngine):
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SMALL_BUFFER)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.listen()  # who comes before the server is ready waits
        self.host = f"127.0.0.1:{self.socket.getsockname()[1]}"
        app = Starlette(routes=routes(lambda: engine))
        self.server = uvicorn.Server(uvicorn.Config(app, log_level="error", ws="websockets-sansio", lifespan="off"))
        self.thread = threading.Thread(target=self.server.run, args=([self.socket],), daemon=True)

    def __enter__(self) -> "Server":
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.should_exit = self.server.force_exit = True
        self.thread.join(PATIENCE)
        self.socket.close()

    def get(self, path: str, origin: str | None = None, **parameters: Any) -> tuple[int, bytes, dict[str, str]]:
        """(status, body, headers) of a GET request."""
        address = f"http://{self.host}/live/{path}"
        request = urllib.request.Request(f"{address}?{urllib.parse.urlencode(parameters)}" if parameters else address)
        if origin:
            request.add_header("Origin", origin)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                return answer.status, answer.read(), dict(answer.headers)
        except urllib.error.HTTPError as refusal:
            with refusal:
                return refusal.code, refusal.read(), dict(refusal.headers)

    @contextmanager
    def line(self, run_id: str, token: str = "", **options: Any) -> Iterator["Line"]:
        """A WebSocket as a page opens it."""
        query = urllib.parse.urlencode({"token": token})
        address = f"ws://{self.host}/live/{urllib.parse.quote(run_id, safe='')}?{query}"
        with connect(address, open_timeout=PATIENCE, compression=None, **options) as opened:
            yield Line(opened)


class Line:
    """What came over a WebSocket, and how to ask."""

    def __init__(self, opened: ClientConnection):
        self.opened = opened
        self.status: dict[str, Any] = {}
        self.curves: dict[str, Any] = {}
        self.frames: dict[str, list[dict[str, Any]]] = {}  # headers by id
        self.answers: dict[int, dict[str, Any]] = {}
        self.number = 1_000

    def send(self, **message: Any) -> None:
        """One message to the server."""
        self.opened.send(json.dumps(message))

    def ask(self, doing: str, **fields: Any) -> dict[str, Any]:
        """A command and the server's answer."""
        self.number += 1
        self.send(do=doing, request=self.number, **fields)
        self.until(lambda: self.number in self.answers)
        return self.answers[self.number]

    def watch(self, *names: str, **fields: Any) -> None:
        """Follow the stage under these ids."""
        self.send(watch=[{"id": name, "lens": "stage", **fields} for name in names], rate=30)

    def until(self, is_so: Callable[[], object], seconds: float = PATIENCE) -> None:
        """Read until it is so; fail after a time that only something broken takes."""
        end = time.monotonic() + seconds
        while not is_so():
            self.read(max(0.0, end - time.monotonic()))

    def read(self, seconds: float = PATIENCE) -> None:
        """Take in the next message."""
        message = self.opened.recv(timeout=seconds)
        if isinstance(message, bytes):
            about = header(message)
            self.frames.setdefault(about["id"], []).append(about)
            return
        told = json.loads(message)
        self.status = told.get("status", self.status)
        self.curves = told.get("curves", self.curves)
        if "answer" in told:
            self.answers[told["answer"]] = told

    def newest(self, name: str = "stage") -> int:
        """The step of the last frame under an id; -1 before the first."""
        return self.frames[name][-1]["step"] if name in self.frames else -1


def header(frame: bytes) -> dict[str, Any]:
    """What a frame says of itself."""
    (length,) = struct.unpack_from("<I", frame)
    return dict(json.loads(frame[4 : 4 + length]))


def film_frames(film: bytes) -> list[bytes]:
    """The frames of a film, each behind its length."""
    frames, place = [], 0
    while place < len(film):
        (length,) = struct.unpack_from("<I", film, place)
        frames.append(film[place + 4 : place + 4 + length])
        place += 4 + length
    return frames
