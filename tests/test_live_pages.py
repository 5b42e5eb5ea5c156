"""What a page fetches of a run, who is refused, and what stays inside."""

import json
import tempfile
import urllib.request

import pytest
from websockets.exceptions import ConnectionClosed

from explorer.engine.framing import frame
from explorer.experiment import Experiment
from explorer.lenses.request import Example, LookRequest
from explorer.live.pages import file_name
from explorer.live.routes import ASSETS
from explorer.runs import open_run
from tests.engines import ENDLESS, SMALL, eventually, finished
from tests.live_server import film_frames, header

FOREIGN = "the page is from another server; open the app itself."
PAGES = ("diagram", "events", "course?names=weight_norm", "film?lens=stage", "file")


# Pages of a run


def test_a_film_has_one_frame_for_each_snapshot_and_shows_what_a_look_shows(server, engine, helm):
    helm.take_steps(40)
    eventually(lambda: engine.status(helm.run_id).step == 40)
    settings, example = {"grid": 8}, Example(split="train", index=2)
    asked = {"lens": "stage", "settings": json.dumps(settings), "token": "x"}
    asked["example"] = example.model_dump_json(exclude_none=True)
    code, body, headers = server.get(f"{helm.run_id}/film", **asked)
    assert (code, headers["content-type"]) == (200, "application/octet-stream")
    frames = film_frames(body)
    steps = engine.run(helm.run_id).steps()
    assert [header(each)["step"] for each in frames] == steps == [0, 8, 16, 24, 32, 40]
    for step, each in zip(steps, frames, strict=True):
        request = LookRequest(lens="stage", settings=settings, step=step, example=example)
        assert each == frame(engine.look(helm.run_id, request), helm.run_id, request, step)


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({}, "expected one of"),
        ({"lens": "telescope"}, "expected one of"),
        ({"lens": "stage", "settings": "{"}, "expected a lens"),
        ({"lens": "stage", "settings": "[" * 5_000}, "expected a lens"),
        ({"lens": "stage", "settings": " " * 9_000}, "expected a lens"),
        ({"lens": "stage", "settings": '{"grid": 9999}'}, "grid"),
        ({"lens": "stage", "example": '{"index": -1}'}, "expected a lens"),
        ({"lens": "stage", "example": '{"split": "all"}'}, "expected a lens"),
    ],
)
def test_a_film_that_cannot_be_made_says_why(server, helm, asked, sentence):
    code, body, _ = server.get(f"{helm.run_id}/film", **asked)
    assert (code, sentence in body.decode()) == (400, True)


def test_the_diagram_of_a_run_is_that_of_its_experiment(server, engine, helm):
    code, body, _ = server.get(f"{helm.run_id}/diagram")
    found = json.loads(body)
    assert code == 200
    assert found == json.loads(json.dumps(engine.describe(ENDLESS)["diagram"]))
    assert found["sizes"] == {"train": 250, "test": 250}
    assert len(found["points"]["train"]["x"]) == len(found["points"]["train"]["target"]) == 250


def test_the_events_of_a_run_tell_what_happened_up_to_now(server, helm):
    helm.take_steps(2)
    found = json.loads(server.get(f"{helm.run_id}/events")[1])
    assert [event["kind"] for event in found][:2] == ["created", "started"]
    assert set(found[0]) == {"step", "time", "kind", "details"}


def test_the_course_of_a_run_is_told_again_only_when_it_has_changed(server, engine, helm):
    helm.take_steps(16)
    eventually(lambda: engine.course(helm.run_id, "weight_norm")["steps"] == [0, 8, 16])
    names = "weight_norm,test.loss,nonsense"
    eventually(lambda: json.loads(server.get(f"{helm.run_id}/course", names=names)[1])["courses"]["nonsense"]["fault"])
    told = json.loads(server.get(f"{helm.run_id}/course", names=names)[1])
    assert told["courses"]["weight_norm"] == json.loads(json.dumps(engine.course(helm.run_id, "weight_norm")))
    assert told["courses"]["test.loss"]["steps"] == engine.curves(helm.run_id)["test"]["loss"][0]
    again = json.loads(server.get(f"{helm.run_id}/course", names=names, known=told["version"])[1])
    assert again == {"version": told["version"], "is_whole": told["is_whole"]}


def test_a_run_is_handed_out_as_one_file(server, engine, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    helm = engine.start(SMALL, title='Räder/../"x"; y\r\n')
    eventually(lambda: finished(engine, helm.run_id))
    code, body, headers = server.get(f"{helm.run_id}/file")
    assert (code, headers["content-disposition"]) == (200, 'attachment; filename="Rader-x-y.run"')
    assert int(headers["content-length"]) == len(body)
    copy = tmp_path / "copy.run"
    copy.write_bytes(body)
    assert open_run(copy).metrics().equals(engine.run(helm.run_id).metrics())
    assert list((tmp_path / "temporary").iterdir()) == []
    helm.forget()


@pytest.mark.parametrize(
    ("title", "name"),
    [("", "run.run"), ("...", "run.run"), ("../../etc/passwd", "etc-passwd.run"), ("Zoë 2", "Zoe-2.run")],
)
def test_a_file_is_named_after_the_run_in_plain_letters(title, name):
    assert file_name(title) == name
    assert len(file_name("x" * 500)) < 70


# Who is refused


@pytest.mark.parametrize("origin", ["http://elsewhere.example", "null", "https://127.0.0.1"])
def test_a_page_of_another_server_is_refused_on_every_route(server, helm, origin):
    with server.line(helm.run_id, helm.token, origin=origin) as line, pytest.raises(ConnectionClosed) as closed:
        line.until(lambda: False)
    assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (
        4403,
        "the page is from another server; open the app itself.",
    )
    assert (line.status, line.curves, line.frames) == ({}, {}, {})
    for page in PAGES:
        code, body, _ = server.get(f"{helm.run_id}/{page}", origin=origin)
        assert (code, body.decode()) == (403, FOREIGN)


def test_a_page_of_this_server_is_answered(server, helm):
    own = f"http://{server.host}"
    with server.line(helm.run_id, helm.token, origin=own) as line:
        assert line.ask("pause")["ok"]
    assert [server.get(f"{helm.run_id}/{page}", origin=own)[0] for page in PAGES] == [200] * len(PAGES)


@pytest.mark.parametrize("run_id", ["unknown", "x" * 65, "..", "..%2f..%2fsecret", "%00", "é"])
def test_an_unknown_run_is_refused_with_a_sentence(server, run_id):
    with server.line(run_id, "x") as line, pytest.raises(ConnectionClosed) as closed:
        line.until(lambda: False)
    assert closed.value.rcvd.code == 4403
    assert "check the link" in closed.value.rcvd.reason
    if run_id.isascii() and run_id != "..":  # two dots are taken off by the client itself
        for page in PAGES:
            code, body, _ = server.get(f"{run_id}/{page}")
            assert code == 404
            assert "check the link" in body.decode() or body == b"Not Found"


def test_nothing_outside_the_assets_is_served(server):
    with urllib.request.urlopen(f"http://{server.host}/assets/live.js", timeout=30) as answer:
        assert answer.read() == (ASSETS / "live.js").read_bytes()
    for path in ("../../assets/%2e%2e/app.py", "../../assets/..%2fapp.py"):
        assert server.get(path)[0] == 404


def test_a_diagram_needs_no_points_where_the_data_are_no_points(engine):
    experiment = Experiment.model_validate(
        {"data": {"kind": "repeated"}, "network": {"layers": [{"kind": "embedding"}, {"kind": "linear"}]}}
    )
    found = engine.describe(experiment)["diagram"]
    assert found["points"] is None
    assert found["sizes"]["train"] is None
    assert found["feature_names"] is None
    assert found["token_names"]
