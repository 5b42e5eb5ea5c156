"""What a page fetches of a run: how its network is drawn, what happened, the film of a lens, and the file itself."""

import json
import os
import re
import shutil
import tempfile
import unicodedata
from collections.abc import Awaitable, Callable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse

from explorer.engine.base import Engine
from explorer.errors import EngineError, ExplorerError
from explorer.lenses.request import LookRequest
from explorer.live.access import demand_same_origin
from explorer.live.bulletins import as_json
from explorer.live.frames import sized

PIECE = 256 * 1024  # bytes of a file read at a time
SETTINGS_BYTES, EXAMPLE_BYTES = 8 * 1024, 64 * 1024
MOST_COURSES = 16  # measures that one picture draws
UNCHANGED = {  # frames are small already, and compressing them would hold up everybody's
    "Content-Encoding": "identity",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}

Answer = Callable[[Engine, str, Mapping[str, str]], Response]


def page(engine: Callable[[], Engine], answer: Answer) -> Callable[[Request], Awaitable[Response]]:
    """A route's function: refuses other origins and unknown runs with a sentence, else answers in a thread."""

    async def fetch(request: Request) -> Response:
        try:
            demand_same_origin(request)
        except EngineError as error:
            return refusal(error, 403)
        return await run_in_threadpool(_answered, engine(), answer, request)

    return fetch


def _answered(engine: Engine, answer: Answer, request: Request) -> Response:
    run_id = request.path_params["run_id"]
    try:
        engine.status(run_id)
    except ExplorerError as error:
        return refusal(error, 404)
    try:
        return answer(engine, run_id, request.query_params)
    except ExplorerError as error:
        return refusal(error, 400)


def diagram(engine: Engine, run_id: str, asked: Mapping[str, str]) -> Response:
    """The network as it is drawn."""
    return _json(engine.diagram(run_id))


def events(engine: Engine, run_id: str, asked: Mapping[str, str]) -> Response:
    """What happened to the run."""
    return _json(engine.events(run_id))


def course(engine: Engine, run_id: str, asked: Mapping[str, str]) -> Response:
    """Progress measures over the run as far as they are known: the `courses` by name, and their `version`.

    Whoever has the version already is told nothing but that it stands, and whether there is more to come.
    """
    names = [name for name in asked.get("names", "").split(",") if name][:MOST_COURSES]
    found = {name: engine.course(run_id, name) for name in names}
    version = sha256(repr(list(found.items())).encode()).hexdigest()[:16]
    told = {"version": version, "is_whole": all(each["is_whole"] for each in found.values())}
    return _json(told if asked.get("known") == version else told | {"courses": found})


def film(engine: Engine, run_id: str, asked: Mapping[str, str]) -> Response:
    """The frames of all snapshots through one lens, each behind its length."""
    frames = engine.film(run_id, read_request(asked))
    return StreamingResponse(map(sized, frames), media_type="application/octet-stream", headers=UNCHANGED)


def file(engine: Engine, run_id: str, asked: Mapping[str, str]) -> Response:
    """The run file as it stands now, to keep or hand on."""
    folder = Path(tempfile.mkdtemp(prefix="explorer-"))
    try:
        title = engine.export(run_id, folder / "copy.run")
        copy = (folder / "copy.run").open("rb")
    finally:
        shutil.rmtree(folder, ignore_errors=True)  # where a system lets it go, what is open is still read to its end
    size = os.fstat(copy.fileno()).st_size
    about = {"Content-Disposition": f'attachment; filename="{file_name(title)}"', "Content-Length": str(size)}
    pieces = _pieces(copy, folder)
    return StreamingResponse(pieces, media_type="application/octet-stream", headers=UNCHANGED | about)


def file_name(title: str) -> str:
    """A name for a file that every system takes, from any title."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    return f"{re.sub(r'[^A-Za-z0-9]+', '-', plain).strip('-')[:60] or 'run'}.run"


def read_request(asked: Mapping[str, str]) -> LookRequest:
    """The lens, its settings, the example and perhaps the step that a page asks for."""
    try:
        settings = asked.get("settings") or "{}"
        example = asked.get("example") or "{}"
        if len(settings) > SETTINGS_BYTES or len(example) > EXAMPLE_BYTES:
            raise ValueError(settings)
        return LookRequest.model_validate(
            {
                "lens": asked.get("lens", ""),
                "settings": json.loads(settings),
                "step": asked.get("step"),
                "example": json.loads(example),
            }
        )
    except (ValueError, RecursionError):
        raise EngineError("look: expected a lens, its settings and an example, got something else.") from None


def _pieces(copy: BinaryIO, folder: Path) -> Iterator[bytes]:
    with copy:
        while piece := copy.read(PIECE):
            yield piece
    shutil.rmtree(folder, ignore_errors=True)  # where it could not be deleted while it was open


def _json(content: object) -> Response:
    return Response(as_json(content), media_type="application/json", headers={"Cache-Control": "no-store"})


def refusal(error: ExplorerError, code: int) -> Response:
    """Why there is no answer, as a sentence."""
    return PlainTextResponse(str(error), code, headers={"Cache-Control": "no-store"})
