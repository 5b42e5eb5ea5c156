"""The cookie by which a visitor is known again."""

import asyncio
from http.cookies import SimpleCookie

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from explorer.live.visitors import COOKIE, Visitors, new_secret, secret_in


def answer(path: str, scheme: str = "http", **headers: str) -> dict[str, list[str]]:
    """The headers that an app behind the middleware answers with."""

    async def page(request: Request) -> Response:
        return HTMLResponse("<p>a page")

    async def data(request: Request) -> Response:
        return JSONResponse({})

    async def kept(request: Request) -> Response:
        return Response(status_code=304)

    app = Visitors(Starlette(routes=[Route("/", page), Route("/data", data), Route("/kept", kept)]))
    found: dict[str, list[str]] = {}

    async def receive() -> dict:
        return {"type": "http.request"}

    async def send(message) -> None:
        for name, value in message.get("headers", []):
            found.setdefault(name.decode(), []).append(value.decode())

    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": raw, "scheme": scheme}
    asyncio.run(app(scope, receive, send))
    return found


def test_a_first_page_gives_a_secret_that_no_page_can_read():
    headers = answer("/")
    (given,) = headers["set-cookie"]
    cookie = SimpleCookie(given)[COOKIE]
    assert secret_in({COOKIE: cookie.value}) == cookie.value
    assert len(cookie.value) * 6 >= 128  # bits: 64 letters of the alphabet hold 6 each
    assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["secure"]) == (True, "Lax", "/", "")
    assert headers["cache-control"] == ["no-store"]
    assert SimpleCookie(answer("/")["set-cookie"][0])[COOKIE].value != cookie.value


def test_over_https_the_secret_never_travels_in_the_clear():
    assert "Secure" in answer("/", "https")["set-cookie"][0]


def test_who_has_a_secret_keeps_it():
    assert "set-cookie" not in answer("/", cookie=f"other=1; {COOKIE}={new_secret()}")


@pytest.mark.parametrize("value", ["", "short", "x" * 33, "x" * 31 + "!", "x" * 31 + " "])
def test_a_secret_that_is_none_is_replaced(value):
    assert secret_in({COOKIE: value}) == ""
    assert "set-cookie" in answer("/", cookie=f"{COOKIE}={value}")


def test_only_pages_give_secrets():
    assert "set-cookie" not in answer("/data")
    assert "set-cookie" not in answer("/kept")
    assert "set-cookie" in answer("/kept", accept="text/html,*/*")
