"""Who may steer a run: whoever holds the token that was given out when the run was started."""

import hashlib
import hmac
import secrets
from contextlib import suppress
from pathlib import Path

from explorer.errors import EngineError


class Owners:
    """One small file a run beside its run file, with the token's digest: the token itself is never kept."""

    def __init__(self, folder: Path):
        self._folder = folder

    def grant(self, run_id: str) -> str:
        """A new token for a new run."""
        token = secrets.token_urlsafe(24)
        self._folder.mkdir(parents=True, exist_ok=True)
        self._path(run_id).write_text(_digest(token))
        return token

    def demand(self, run_id: str, token: str) -> None:
        """Raise EngineError unless this is the run's token."""
        try:
            expected = self._path(run_id).read_text()
        except OSError:
            expected = ""
        if not hmac.compare_digest(expected, _digest(token)):
            raise EngineError(
                f"run {run_id}: expected its owner, got somebody who may only look; start a run of your own."
            )

    def forget(self, run_id: str) -> None:
        """Nobody owns it any more."""
        with suppress(OSError):
            self._path(run_id).unlink()

    def _path(self, run_id: str) -> Path:
        return self._folder / f"{run_id}.owner"


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
