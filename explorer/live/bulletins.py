"""Where a run stands as text: written once for everybody who follows it, whenever it changes."""

import json
from typing import Any

from explorer.engine.base import Status

LEFT_OUT = ("experiment",)  # it changes seldom, and the pages have it already


class Bulletins:
    """The last bulletin of each run, for those who may steer it and for those who look."""

    def __init__(self) -> None:
        self._texts: dict[str, tuple[Status, dict[bool, str]]] = {}

    def text(self, run_id: str, status: Status, may_steer: bool) -> str:
        """The message about a status."""
        last, texts = self._texts.get(run_id, (None, {}))
        if last is not status:
            texts = {}
            self._texts[run_id] = status, texts
        if may_steer not in texts:
            told = {name: value for name, value in vars(status).items() if name not in LEFT_OUT}
            texts[may_steer] = as_json({"status": told | {"may_steer": may_steer}})
        return texts[may_steer]

    def forget(self, run_id: str) -> None:
        """Nobody follows the run any more."""
        self._texts.pop(run_id, None)


def as_json(message: Any) -> str:
    """JSON in which what is not a number stands as null, as browsers demand."""
    text = json.dumps(message)
    if "NaN" in text or "Infinity" in text:
        text = json.dumps(json.loads(text, parse_constant=lambda _: None))
    return text
