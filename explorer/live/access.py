"""Who is answered at all: pages of this same server, and clients that are no browser."""

from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

from explorer.errors import EngineError


def demand_same_origin(connection: HTTPConnection) -> None:
    """Raise EngineError where a browser asks for a page of another server; a client that is no browser names none."""
    origin = connection.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != connection.headers.get("host"):
        raise EngineError("the page is from another server; open the app itself.")
