"""Pictures as those who watch receive them. Nothing here needs torch."""

from explorer.lenses.picture import Picture
from explorer.lenses.request import LookRequest
from explorer.live.frames import pack


def frame(picture: Picture, run_id: str, request: LookRequest, step: int, notes: tuple[str, ...] = ()) -> bytes:
    """A picture with what it shows; its id is the lens, until a reader gives it another."""
    example = request.example.model_dump(exclude_none=True, exclude={"picture"})
    return pack(picture, {**_about(run_id, request), "example": example, "step": step, "notes": notes})


def error_frame(run_id: str, request: LookRequest, sentence: str) -> bytes:
    """What those who watch receive instead of a picture that cannot be made."""
    return pack({}, {**_about(run_id, request), "error": sentence})


def _about(run_id: str, request: LookRequest) -> dict[str, str]:
    return {"id": request.lens, "run": run_id, "lens": request.lens}
