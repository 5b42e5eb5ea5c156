"""A visitor without a browser: a real session of the app, its run, and the live line that its pictures would use.

It speaks Streamlit's own protocol, so that each visitor costs the server what a person costs; pictures are counted and
not decoded.
"""

import asyncio
import json
import re
import time
from dataclasses import dataclass, field
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

PATIENCE = 60.0  # seconds
LARGEST = 64 * 2**20  # bytes of a message
RUN = re.compile(rb'"run":\s*"([^"]+)",\s*"token":\s*"([^"]+)"')
TABS = re.compile(rb"\$\$ID-[0-9a-f]+-panel\b")  # the widget that chooses a panel
STAGE = {"watch": [{"id": "stage", "lens": "stage"}], "rate": 30}


@dataclass
class Visitor:
    """One person: a session, a run of its own, and what came of it."""

    address: str  # host:port
    query: str
    pictures: int = 0
    steps: list[int] = field(default_factory=list)  # the first one told and the last
    reruns: list[float] = field(default_factory=list)  # seconds
    seconds: float = 0.0  # that it looked on
    fault: str = ""

    async def arrive(self) -> None:
        """Open the page, and train as fast as it goes."""
        self._session = await connect(
            f"ws://{self.address}/_stcore/stream", subprotocols=["streamlit"], max_size=LARGEST  # type: ignore[list-item]
        )  # fmt: skip
        seen = await self._run_page()
        run, token = (part.decode() for part in _found(RUN, seen).groups())
        self._tabs = _found(TABS, seen).group().decode()
        self._line = await connect(f"ws://{self.address}/live/{run}?token={token}", max_size=LARGEST, compression=None)
        for order in (STAGE, {"do": "pace", "steps_per_second": None}, {"do": "begin"}):
            await self._line.send(json.dumps(order))
        self._listening = asyncio.create_task(self._listen())

    async def stay(self, seconds: float, first_click: float, every: float) -> None:
        """Look on, and open another panel now and then."""
        self.pictures, self.steps = 0, self.steps[-1:]
        until = time.monotonic() + seconds
        clicking = asyncio.create_task(self._click(first_click, every))
        await asyncio.wait([clicking, self._listening], timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        for task in (clicking, self._listening):
            if task.done():
                self.fault = self.fault or repr(task.exception()) or "the line ended"
        self.seconds = seconds - max(0.0, until - time.monotonic())
        clicking.cancel()

    async def leave(self) -> None:
        """Close both lines."""
        self._listening.cancel()
        for line in (self._line, self._session):
            await line.close()

    async def _listen(self) -> None:
        try:
            async for message in self._line:
                if isinstance(message, bytes):
                    self.pictures += 1
                elif message.startswith('{"status"'):
                    self.told(json.loads(message)["status"])
        except ConnectionClosed as error:
            self.fault = f"live line: {error}"

    def told(self, status: dict[str, Any]) -> None:
        self.steps = [*self.steps[:1], status["step"]]

    async def _click(self, first: float, every: float) -> None:
        await asyncio.sleep(first)
        panels = ["recipe", "data"]
        while True:
            started = time.perf_counter()
            await self._run_page(panel=panels[len(self.reruns) % len(panels)])
            self.reruns.append(time.perf_counter() - started)
            await asyncio.sleep(max(0.0, every - self.reruns[-1]))

    async def _run_page(self, panel: str = "") -> list[bytes]:
        """Ask for a run of the page's script; every message that it sent."""
        asked = BackMsg()
        asked.rerun_script.query_string = self.query
        if panel:
            state = asked.rerun_script.widget_states.widgets.add(id=self._tabs)
            state.string_array_value.data.append(panel)
        await self._session.send(asked.SerializeToString())
        return await asyncio.wait_for(_until_finished(self._session), PATIENCE)


async def _until_finished(session: ClientConnection) -> list[bytes]:
    seen = []
    async for message in session:
        assert isinstance(message, bytes)
        seen.append(message)
        if len(message) < 200 and ForwardMsg.FromString(message).WhichOneof("type") == "script_finished":
            break
    return seen


def _found(pattern: re.Pattern[bytes], messages: list[bytes]) -> re.Match[bytes]:
    found = next(filter(None, map(pattern.search, messages)), None)
    if found is None:
        raise LookupError(f"{pattern.pattern!r}: expected it in what the page sent, found it nowhere")
    return found
