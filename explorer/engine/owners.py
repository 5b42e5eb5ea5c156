"""Who may steer a run: whoever holds its token. A visitor's tokens follow from their secret, so that none is kept."""

import hashlib
import hmac
import secrets
from contextlib import suppress
from pathlib import Path

from explorer.errors import EngineError
from explorer.runs.folder import RUN_ID


class Owners:
    """One small file a run beside its run file, with the token's digest: the token itself is never kept."""

    def __init__(self, folder: Path):
        self._folder = folder
        self._digests: dict[str, str] = {}  # what was read of the files

    def grant(self, run_id: str, owner: str = "") -> str:
        """The token of a new run: its owner's, or one at random."""
        token = self.token(run_id, owner) if owner else secrets.token_urlsafe(32)
        self._folder.mkdir(parents=True, exist_ok=True)
        self._path(run_id).write_text(_digest(token))
        return token

    def token(self, run_id: str, owner: str) -> str:
        """The token that a visitor with this secret has for a run, their own or not: HMAC-SHA256 (RFC 2104)."""
        return hmac.new(owner.encode(), run_id.encode(), hashlib.sha256).hexdigest() if owner else ""

    def owns(self, run_id: str, owner: str) -> bool:
        """Whether a visitor with this secret may steer a run."""
        return self._is_token(run_id, self.token(run_id, owner))

    def demand(self, run_id: str, token: str) -> None:
        """Raise EngineError unless this is the run's token."""
        if not self._is_token(run_id, token):
            raise EngineError(
                f"run {run_id}: expected its owner, got somebody who may only look; start a run of your own."
            )

    def forget(self, run_id: str) -> None:
        """Nobody owns it any more."""
        self._digests.pop(run_id, None)
        with suppress(OSError):
            self._path(run_id).unlink()

    def _is_token(self, run_id: str, token: str) -> bool:
        return bool(token) and hmac.compare_digest(self._kept(run_id), _digest(token))

    def _kept(self, run_id: str) -> str:
        """The digest that stands in the run's file; nothing where there is none."""
        if run_id not in self._digests and RUN_ID.fullmatch(run_id):
            with suppress(OSError, UnicodeDecodeError):
                self._digests[run_id] = self._path(run_id).read_text(encoding="ascii")
        return self._digests.get(run_id, "")

    def _path(self, run_id: str) -> Path:
        return self._folder / f"{run_id}.owner"


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
