"""What somebody who watches holds: the newest frame not seen yet, and a way to wait for it."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import suppress


class Subscription:
    """A slot for one frame. A slow reader misses frames and delays nobody. Close it, or use it in a `with` block."""

    def __init__(self, on_close: Callable[["Subscription"], None]):
        self._on_close = on_close
        self._changed = threading.Condition()
        self._frame: bytes | None = None
        self._is_closed = False
        self._wake: Callable[[], None] | None = None

    def __enter__(self) -> "Subscription":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def latest(self) -> bytes | None:
        """The newest frame, unless it was taken before."""
        with self._changed:
            frame, self._frame = self._frame, None
            return frame

    def wait(self, seconds: float) -> bytes | None:
        """The next frame; None where none came in time."""
        with self._changed:
            self._changed.wait_for(lambda: self._frame is not None or self._is_closed, seconds)
            frame, self._frame = self._frame, None
            return frame

    async def frames(self) -> AsyncIterator[bytes]:
        """Every frame that this reader is quick enough for, in an event loop, until the subscription is closed."""
        loop, arrived = asyncio.get_running_loop(), asyncio.Event()
        with self._changed:
            self._wake = lambda: _call(loop, arrived)
        while not self._is_closed:
            arrived.clear()
            if (frame := self.latest()) is not None:
                yield frame
            elif not self._is_closed:
                await arrived.wait()

    def put(self, frame: bytes) -> None:
        """Offer a newer frame."""
        with self._changed:
            self._frame = frame
            self._notify()

    def close(self) -> None:
        """Stop watching. A second close does nothing."""
        with self._changed:
            if self._is_closed:
                return
            self._is_closed = True
            self._notify()
        self._on_close(self)

    def _notify(self) -> None:
        self._changed.notify_all()
        if self._wake:
            self._wake()


def _call(loop: asyncio.AbstractEventLoop, event: asyncio.Event) -> None:
    with suppress(RuntimeError):  # the loop was closed meanwhile
        loop.call_soon_threadsafe(event.set)
