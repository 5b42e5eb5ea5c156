"""A page's line to a run over a real engine: what it is told, every command, and who may only look."""

import json
from dataclasses import replace

import pytest
from websockets.exceptions import ConnectionClosed

from explorer.engine.framing import frame
from explorer.lenses.request import LookRequest
from explorer.live.bulletins import Bulletins
from explorer.live.frames import unpack, with_id

COMMANDS = {
    "begin": {},
    "pause": {},
    "steps": {"n": 3},
    "epoch": {},
    "pace": {"steps_per_second": 10},
    "rewind": {},
    "roll_back": {},
    "set": {"assignments": ["recipe.learning_rate=0.5"]},
    "set_weight": {"tensor": "linear1.weight", "index": [0, 1], "value": 0.25},
}


# Following


def test_a_run_that_stops_sends_every_point_of_its_curves(server, helm):
    with server.line(helm.run_id, helm.token) as line:
        line.ask("begin")
        line.until(lambda: line.status.get("state") == "training" and line.status["step"] > 100)
        line.ask("pause")
        line.until(lambda: line.curves and line.curves["train"]["loss"][0][-1] == line.status["step"] > 100)
    assert len(line.curves["train"]["loss"][0]) > 100  # statuses alone would have told ten a second


def test_a_page_is_told_curves_status_and_frames(server, helm):
    with server.line(helm.run_id, helm.token) as line:
        line.watch("stage")
        line.ask("steps", n=5)
        line.until(lambda: line.newest() == 5 and line.status["step"] == 5 and line.status["state"] == "paused")
    assert line.status["may_steer"] is True
    assert "experiment" not in line.status
    with server.line(helm.run_id, helm.token) as line:
        line.until(lambda: line.curves)
    assert line.curves["train"]["loss"][0] == [0, 1, 2, 3, 4, 5]


def test_frames_carry_the_id_that_the_page_gave(server, helm):
    with server.line(helm.run_id) as line:
        line.watch("mine", "stage")
        line.until(lambda: {"mine", "stage"} <= set(line.frames))
        assert line.frames["mine"][0] == line.frames["stage"][0] | {"id": "mine"}
        line.watch("mine", example={"split": "train", "index": 3})
        line.until(lambda: line.frames["mine"][-1]["example"] == {"split": "train", "index": 3})


def test_another_id_leaves_the_numbers_of_a_frame_alone(engine, helm):
    request = LookRequest(lens="stage")
    picture = engine.look(helm.run_id, request)
    packed = frame(picture, helm.run_id, request, 0)
    renamed = with_id(packed, "a name of another length")
    assert with_id(packed, "stage") is packed
    for one, other in zip(unpack(packed)[0].values(), unpack(renamed)[0].values(), strict=True):
        assert one.values.tobytes() == other.values.tobytes()


def test_two_lines_follow_one_run(server, helm):
    with server.line(helm.run_id, helm.token) as leader, server.line(helm.run_id) as follower:
        follower.watch("stage")
        assert leader.ask("steps", n=4)["ok"]
        follower.until(lambda: follower.newest() == 4 and follower.status["step"] == 4)
        leader.until(lambda: leader.status["step"] == 4)
    assert (leader.status["may_steer"], follower.status["may_steer"]) == (True, False)
    assert leader.status | {"may_steer": False} == follower.status


def test_a_status_is_written_once_for_all_who_follow(engine, helm):
    bulletins, status = Bulletins(), engine.status(helm.run_id)
    text = bulletins.text(helm.run_id, status, may_steer=False)
    assert bulletins.text(helm.run_id, status, may_steer=False) is text
    assert json.loads(bulletins.text(helm.run_id, status, may_steer=True))["status"]["may_steer"] is True
    broken = replace(status, step=1, metrics={"train": {"loss": float("nan")}, "test": {}})
    told = json.loads(bulletins.text(helm.run_id, broken, may_steer=False))["status"]
    assert (told["step"], told["metrics"]["train"]["loss"]) == (1, None)


def test_a_run_that_is_thrown_away_closes_its_lines(server, helm):
    with server.line(helm.run_id) as line:
        line.watch("stage")
        line.until(lambda: line.newest() == 0)
        helm.forget()
        with pytest.raises(ConnectionClosed) as closed:
            line.until(lambda: False)
    assert closed.value.rcvd.code == 4403
    assert "not found here" in closed.value.rcvd.reason


# Steering


def test_begin_trains_and_pause_stops(server, helm):
    with server.line(helm.run_id, helm.token) as line:
        assert line.ask("begin") == {"answer": 1_001, "ok": True}
        line.until(lambda: line.status["state"] == "training" and line.status["step"] > 3)
        assert line.ask("pause")["ok"]
        line.until(lambda: line.status["state"] == "paused")


def test_an_epoch_ends_where_the_examples_have_been_seen(server, helm):
    with server.line(helm.run_id, helm.token) as line:
        for steps in (7, 14):  # 250 examples in batches of 32
            line.ask("epoch")
            line.until(lambda steps=steps: (line.status["step"], line.status["state"]) == (steps, "paused"))
        line.ask("steps", n=2)
        line.until(lambda: line.status["step"] == 16)
        line.ask("epoch")
        line.until(lambda: line.status["step"] == 21)


def test_a_pace_is_told_and_taken_back(server, helm):
    with server.line(helm.run_id, helm.token) as line:
        line.ask("pace", steps_per_second=20)
        line.until(lambda: line.status.get("pace") == 20)
        line.ask("begin")
        line.until(lambda: line.status["step"] >= 3)
        line.ask("pace", steps_per_second=None)
        line.until(lambda: line.status["pace"] is None)


def test_settings_and_weights_change_at_the_next_step(server, engine, helm):
    with server.line(helm.run_id, helm.token) as line:
        assert line.ask("set", assignments=["recipe.learning_rate=0.5"])["ok"]
        assert line.ask("set_weight", tensor="linear1.weight", index=[0, 1], value=0.25)["ok"]
    assert engine.status(helm.run_id).experiment["recipe"]["learning_rate"] == 0.5
    assert engine.look(helm.run_id, LookRequest(lens="stage"))["linear1.weight"].values[0, 1] == 0.25
    kinds = [event["kind"] for event in engine.events(helm.run_id)]
    assert kinds == ["created", "setting_changed", "weight_set"]


def test_a_run_rewinds_and_a_diverged_one_rolls_back(server, engine, helm):
    with server.line(helm.run_id, helm.token) as line:
        line.ask("steps", n=9)
        line.until(lambda: line.status["step"] == 9)
        assert line.ask("rewind")["ok"]
        line.until(lambda: (line.status["step"], line.status["state"]) == (0, "paused"))
        assert "expected a run that diverged" in line.ask("roll_back")["error"]
        line.ask("set", assignments=["recipe.optimizer.kind=sgd", "recipe.learning_rate=100"])
        line.ask("set_weight", tensor="linear2.weight", index=[0, 0], value=3e38)
        line.ask("begin")
        line.until(lambda: line.status["state"] == "diverged")
        assert line.ask("set_weight", tensor="linear2.weight", index=[0, 0], value=0.0)["ok"]
        assert line.ask("roll_back")["ok"]
    assert engine.status(helm.run_id).experiment["recipe"]["learning_rate"] == 50


@pytest.mark.parametrize("doing", COMMANDS)
def test_who_only_looks_is_refused_every_command(server, engine, helm, doing):
    before = engine.status(helm.run_id), engine.events(helm.run_id)
    for token in ("", "x", helm.run_id):
        with server.line(helm.run_id, token) as line:
            assert "may only look" in line.ask(doing, **COMMANDS[doing])["error"]
            line.until(lambda line=line: line.status)
            assert line.status["may_steer"] is False
    assert (engine.status(helm.run_id), engine.events(helm.run_id)) == before


@pytest.mark.parametrize(
    ("message", "sentence"),
    [
        ("no JSON", "no command"),
        ("[1]", "no command"),
        ('{"do": "fly", "request": 1}', "expected one of begin"),
        ('{"do": "steps", "n": 0}', "no command"),
        ('{"do": "pace", "steps_per_second": 0, "request": 1}', "expected above 0"),
        ('{"do": "set", "assignments": ["data.noise=1"], "request": 1}', "start a new run"),
        (
            '{"do": "set_weight", "tensor": "linear9.weight", "index": [0], "request": 1}',
            "expected a weight",
        ),
        ('{"watch": [{"lens": "stage", "settings": {}, "id": 5}]}', "no command"),
        ('{"unknown": true}', "no command"),
        ('{"do": "' + "x" * 1_100_000 + '"}', "at most 1 MiB"),
        (b"\x00\x01", "at most 1 MiB"),
    ],
)
def test_what_is_no_command_is_answered_with_a_sentence_and_the_line_lives(server, helm, message, sentence):
    with server.line(helm.run_id, helm.token) as line:
        line.opened.send(message)
        line.until(lambda: line.answers)
        (answer,) = line.answers.values()
        assert sentence in answer["error"]
        assert line.ask("pause")["ok"]


def test_a_lens_that_does_not_fit_says_so_in_its_own_frame(server, helm):
    with server.line(helm.run_id) as line:
        line.send(watch=[{"id": "far", "lens": "telescope"}])
        line.until(lambda: "far" in line.frames)
    assert "expected one of" in line.frames["far"][0]["error"]
