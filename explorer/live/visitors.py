"""Who comes back: a cookie with a secret that no page can read, from which the tokens of a visitor's runs follow."""

import re
import secrets
from collections.abc import Mapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE = "explorer_visitor"
SECRET_BYTES = 24  # of chance
SECRET = re.compile(r"[A-Za-z0-9_-]{32}")
YEAR = 365 * 24 * 3600  # seconds


def secret_in(cookies: Mapping[str, str]) -> str:
    """The visitor's secret among cookies; empty where there is none."""
    found = cookies.get(COOKIE)
    return found if isinstance(found, str) and SECRET.fullmatch(found) else ""


def new_secret() -> str:
    """192 random bits as text."""
    return secrets.token_urlsafe(SECRET_BYTES)


class Visitors:
    """Gives whoever opens a page without a secret one of their own."""

    def __init__(self, app: ASGIApp):
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_known = scope["type"] != "http" or secret_in(cookie_parser(Headers(scope=scope).get("cookie", "")))
        if is_known:
            return await self._app(scope, receive, send)

        async def give(message: Message) -> None:
            if message["type"] == "http.response.start" and _is_page(scope, message):
                headers = MutableHeaders(scope=message)
                headers.append("set-cookie", _cookie(scope["scheme"] == "https"))
                headers["cache-control"] = "no-store"  # nobody else may be given this answer
            await send(message)

        return await self._app(scope, receive, give)


def _is_page(scope: Scope, answer: Message) -> bool:
    """Whether an answer shows a page, also one that the browser has kept from before."""
    if answer["status"] == 304:
        return "text/html" in Headers(scope=scope).get("accept", "")
    return Headers(raw=answer["headers"]).get("content-type", "").startswith("text/html")


def _cookie(is_secure: bool) -> str:
    """SameSite is Lax: a Strict one stays behind when a link from elsewhere leads here, and would be replaced."""
    parts = [f"{COOKIE}={new_secret()}", "Path=/", f"Max-Age={YEAR}", "HttpOnly", "SameSite=Lax"]
    return "; ".join([*parts, "Secure"] if is_secure else parts)
