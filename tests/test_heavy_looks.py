"""Looks that take long: nobody's quick look waits behind one, and a look ends with whoever asked for it.

A worker is held still by the system's own signal, so that a look lasts exactly as long as a test wants.
"""

import http.client
import os
import signal
import threading
import urllib.parse

import numpy as np
import pytest

from explorer.engine.framing import frame
from explorer.engine.heavy import MOST_WAITING
from explorer.errors import EngineError
from explorer.lenses.request import Example, LookRequest
from explorer.live.frames import unpack
from tests.engines import ENDLESS, SMALL, eventually, finished, numbers
from tests.live_server import film_frames, header

QUICK, HEAVY = LookRequest(lens="stage"), LookRequest(lens="attribution")
LONG = LookRequest(lens="landscape", settings={"dimensions": 2, "places": 51, "examples": 1024})
TRAINED = SMALL.with_("recipe.steps=1000", "recipe.evaluate_every=50")
TWO = (  # what two people ask, each about an example of their own
    HEAVY.model_copy(update={"step": 8, "settings": {"baseline": "random"}}),
    HEAVY.model_copy(update={"step": 8, "settings": {"method": "GradientShap"}, "example": Example(index=1)}),
)
FOREIGN = "the page is from another server; open the app itself."


@pytest.fixture
def run_id(engine):
    """A run at step 8."""
    helm = engine.start(ENDLESS, begin=False)
    helm.take_steps(8)
    eventually(lambda: engine.status(helm.run_id).step == 8)
    return helm.run_id


@pytest.fixture
def held(engine, run_id):
    """The worker for heavy looks, held still."""
    engine.look(run_id, HEAVY)
    pid = engine._crew.heavy.pid
    os.kill(pid, signal.SIGSTOP)
    yield pid
    if engine._crew.heavy.pid == pid:
        os.kill(pid, signal.SIGCONT)


def worker(engine) -> int | None:
    return engine._crew.heavy.pid


@pytest.mark.parametrize("request_", [QUICK, HEAVY], ids=["quick", "heavy"])
@pytest.mark.parametrize("step", [None, 0], ids=["now", "kept"])
def test_a_frame_shows_what_a_look_shows(engine, server, run_id, request_, step):
    asked = {"lens": request_.lens} | ({} if step is None else {"step": step})
    code, body, headers = server.get(f"{run_id}/look", **asked)
    assert (code, headers["content-type"]) == (200, "application/octet-stream")
    picture, about = unpack(film_frames(body)[-1])
    assert (about["lens"], about["step"], about["run"]) == (request_.lens, 8 if step is None else 0, run_id)
    seen = engine.look(run_id, request_.model_copy(update={"step": step}))
    expected, _ = unpack(frame(seen, run_id, request_, about["step"]))
    assert list(picture) == list(expected)
    for name, array in picture.items():
        np.testing.assert_array_equal(array.values, expected[name].values)


@pytest.mark.parametrize(
    ("asked", "code", "sentence"),
    [
        ({}, 400, "expected"),
        ({"lens": "telescope"}, 400, "expected one of"),
        ({"lens": "stage", "step": "soon"}, 400, "expected a lens"),
        ({"lens": "attribution", "settings": '{"method": "Guessing"}'}, 400, "Guessing"),
    ],
)
def test_a_look_that_cannot_be_taken_says_why(server, run_id, asked, code, sentence):
    found, body, _ = server.get(f"{run_id}/look", **asked)
    assert (found, sentence in body.decode()) == (code, True)


def test_other_pages_and_unknown_runs_are_refused(server, run_id):
    assert server.get(f"{run_id}/look", origin="http://elsewhere.test", lens="stage")[:2] == (403, FOREIGN.encode())
    assert server.get("0" * 32 + "/look", lens="stage")[0] == 404


def test_a_quick_look_does_not_wait_behind_a_heavy_one(engine, run_id, held):
    heavy = engine.frame(run_id, HEAVY)
    assert engine.look(run_id, QUICK)
    assert engine.frame(run_id, QUICK.model_copy(update={"step": 0})).result()
    assert not heavy.answer.done()
    os.kill(held, signal.SIGCONT)
    assert heavy.result()
    assert worker(engine) == held


def test_cancel_ends_the_worker_that_is_at_it_and_the_next_look_is_taken(engine, run_id, held):
    first, second = engine.frame(run_id, HEAVY), engine.frame(run_id, HEAVY)
    eventually(lambda: engine._crew.heavy.is_busy)
    first.cancel()
    with pytest.raises(EngineError, match="cancelled"):
        first.result()
    assert second.result()
    assert worker(engine) != held


def test_cancelling_a_look_that_waits_leaves_the_one_before_it_alone(engine, run_id, held):
    first, second, third = (engine.frame(run_id, HEAVY) for _ in range(3))
    second.cancel()
    os.kill(held, signal.SIGCONT)
    assert first.result()
    assert third.result()
    assert worker(engine) == held


def test_cancelling_what_is_answered_ends_nobody(engine, run_id):
    look = engine.frame(run_id, HEAVY)
    assert look.result()
    pid = worker(engine)
    look.cancel()
    assert engine.frame(run_id, HEAVY).result() == look.result()
    assert worker(engine) == pid


def test_a_request_that_is_closed_takes_its_look_with_it(engine, server, run_id, held):
    line = http.client.HTTPConnection(server.host)
    line.request("GET", f"/live/{run_id}/look?{urllib.parse.urlencode({'lens': 'attribution'})}")
    eventually(lambda: engine._crew.heavy.is_busy)
    line.close()
    eventually(lambda: worker(engine) not in (held, None))
    assert engine.look(run_id, HEAVY)


def test_a_long_look_tells_how_far_it_is(engine, run_id):
    look = engine.frame(run_id, LONG)
    eventually(lambda: look.standing is not None)
    share, doing = look.standing["share"], look.standing["doing"]
    look.cancel()
    row, of = doing.removeprefix("row ").split(" of ")
    assert (share, of) == ((int(row) - 1) / 51, "51")


@pytest.mark.parametrize(("step", "last"), [(0, "attribution"), (12345, "expected a step with a snapshot")])
def test_whoever_waits_is_told_so_and_then_gets_the_frame_or_why_there_is_none(
    engine, server, run_id, held, step, last
):
    first = engine.frame(run_id, HEAVY)
    eventually(lambda: engine._crew.heavy.is_busy)
    line = http.client.HTTPConnection(server.host)
    line.request("GET", f"/live/{run_id}/look?{urllib.parse.urlencode({'lens': 'attribution', 'step': step})}")
    answer = line.getresponse()
    told = answer.read(4)
    told += answer.read(int.from_bytes(told, "little"))
    assert (answer.status, header(film_frames(told)[0])) == (200, {"waiting": 1, "arrays": []})
    os.kill(held, signal.SIGCONT)
    about = header(film_frames(answer.read())[-1])
    line.close()
    assert first.result()
    assert last in about.get("error", about["lens"])


def test_a_heavy_lens_that_is_watched_delays_nobody_and_ends_with_whoever_watches(engine, run_id, held):
    request = HEAVY.model_copy(update={"step": 0})
    with engine.watch(run_id, request) as first, engine.watch(run_id, request) as second:
        eventually(lambda: engine._crew.heavy.is_busy)
        assert engine.look(run_id, QUICK.model_copy(update={"step": 0}))
        first.close()
        os.kill(held, signal.SIGCONT)
        assert header(second.wait(60))["step"] == 0
        assert worker(engine) == held
    os.kill(held, signal.SIGSTOP)
    with engine.watch(run_id, request):
        eventually(lambda: engine._crew.heavy.is_busy)
    eventually(lambda: worker(engine) not in (held, None))


def test_the_film_of_a_heavy_lens_delays_nobody(engine, run_id, held):
    frames: list[bytes] = []
    film = threading.Thread(target=lambda: frames.extend(engine.film(run_id, HEAVY)))
    film.start()
    eventually(lambda: engine._crew.heavy.is_busy)
    assert engine.look(run_id, QUICK.model_copy(update={"step": 0}))
    assert not frames
    os.kill(held, signal.SIGCONT)
    film.join(60)
    assert [header(each)["step"] for each in frames] == engine.run(run_id).steps()


def test_a_worker_that_dies_answers_with_a_sentence_and_is_replaced(engine, run_id, held):
    look = engine.frame(run_id, HEAVY)
    eventually(lambda: engine._crew.heavy.is_busy)
    os.kill(held, signal.SIGKILL)
    with pytest.raises(EngineError, match="started again"):
        look.result()
    assert engine.look(run_id, HEAVY)


def test_too_many_who_wait_are_told_to_come_back(engine, run_id, held):
    looks = [engine.frame(run_id, HEAVY)]
    eventually(lambda: engine._crew.heavy.is_busy)
    looks += [engine.frame(run_id, HEAVY) for _ in range(MOST_WAITING)]
    with pytest.raises(EngineError, match="wait for theirs"):
        engine.frame(run_id, HEAVY)
    for look in looks:
        look.cancel()
    assert engine.look(run_id, HEAVY)


def test_two_who_attribute_while_a_run_trains_see_what_they_see_alone_and_change_nothing(engine):
    unseen, seen = engine.start(TRAINED), engine.start(TRAINED, begin=False)
    eventually(lambda: finished(engine, unseen.run_id))
    seen.take_steps(8)
    eventually(lambda: engine.status(seen.run_id).step == 8)
    pictures = _looked_at_by_two_until_the_end(engine, seen)
    for request, mine in zip(TWO, pictures, strict=True):
        assert any(8 < step < 1000 for step, _ in mine), "nobody looked while it trained"
        alone = engine.look(seen.run_id, request)
        for _, picture in mine:
            assert list(picture) == list(alone)
            for name, array in picture.items():
                np.testing.assert_array_equal(array.values, alone[name].values)
    watched, unwatched = engine.run(seen.run_id), engine.run(unseen.run_id)
    assert numbers(watched.path) == numbers(unwatched.path)
    for name, weight in unwatched.snapshot(1000).items():
        assert weight.equal(watched.snapshot(1000)[name]), name


def _looked_at_by_two_until_the_end(engine, helm) -> list[list[tuple[int, dict]]]:
    """For both, the step that the run had reached after each look, and the picture; training begins after the first."""
    found: list[list[tuple[int, dict]]] = [[] for _ in TWO]

    def attribute(number: int) -> None:
        while not finished(engine, helm.run_id):
            picture = engine.look(helm.run_id, TWO[number])
            found[number].append((engine.status(helm.run_id).step, picture))

    people = [threading.Thread(target=attribute, args=(number,), daemon=True) for number in range(len(TWO))]
    for each in people:
        each.start()
    eventually(lambda: all(found))
    helm.begin()
    for each in people:
        each.join(60)
    return found
