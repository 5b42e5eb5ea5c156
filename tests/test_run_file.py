"""A run file: what is written is read back."""

import math
from pathlib import Path

import pytest
import torch
from safetensors.torch import save

from explorer.errors import RunFileError
from explorer.limits import limits
from explorer.runs import Event, Resume, Run, RunWriter, open_run
from explorer.runs.tensors import pack, unpack
from tests.run_files import experiment, state, train, weights, written


def test_what_is_written_is_read_back(tmp_path: Path):
    path = tmp_path / "first.run"
    with RunWriter.create(path, experiment(noise=0.1), {"torch": "2", "threads": 1}) as writer:
        writer.add_event(0, "started", device="cpu")
        writer.add_metrics(1, "train", {"loss": 0.5, "accuracy": 0.25})
        writer.add_metrics(1, "test", {"loss": 0.75})
        writer.add_metrics(2, "train", {"loss": 0.125})
        writer.add_snapshot(0, weights(0))
        writer.add_snapshot(2, weights(2))
        writer.add_event(2, "paused", sentence="Enough.")
        writer.commit(Resume(2, weights(2), {"position": 3}))
    run = open_run(path)
    assert (run.id, run.path, run.experiment) == ("first", path, experiment(noise=0.1))
    assert run.environment == {"torch": "2", "threads": 1}
    assert run.metrics().to_dict("split")["data"] == [
        [1, "test", "loss", 0.75],
        [1, "train", "accuracy", 0.25],
        [1, "train", "loss", 0.5],
        [2, "train", "loss", 0.125],
    ]
    assert run.latest() == {"train": {"loss": 0.125, "accuracy": 0.25}, "test": {"loss": 0.75}}
    assert run.series("train", "loss") == [(1, 0.5), (2, 0.125)]
    started, paused = run.events()
    assert (started.step, started.kind, started.details) == (0, "started", {"device": "cpu"})
    assert paused == Event(2, paused.time, "paused", {"sentence": "Enough."})
    assert run.steps() == [0, 2]
    assert run.snapshot()["answer.weight"].equal(torch.full((2, 2), 2.0))
    assert run.snapshot(0)["answer.weight"].equal(torch.zeros(2, 2))
    resume = run.resume()
    assert resume is not None
    assert (resume.step, resume.details) == (2, {"position": 3})
    assert resume.tensors["answer.bias"].equal(torch.zeros(2))


def test_a_run_just_begun_is_empty_but_sound(tmp_path: Path):
    with RunWriter.create(tmp_path / "a.run", experiment(), {}):
        run = open_run(tmp_path / "a.run")
        assert (len(run.metrics()), run.latest(), run.events(), run.steps()) == (0, {}, [], [])
        assert run.resume() is None
        with pytest.raises(RunFileError, match="expected a snapshot, got none yet"):
            run.snapshot()


def test_values_that_are_no_numbers_come_back(tmp_path: Path):
    values = {"loss": math.nan, "norm": math.inf, "least": -math.inf}
    with RunWriter.create(tmp_path / "a.run", experiment(), {}) as writer:
        writer.add_metrics(1, "train", values)
        writer.add_event(1, "diverged", norm=math.inf)
        writer.commit(state(1))
    run = open_run(tmp_path / "a.run")
    for found in (run.latest()["train"], run.metrics().set_index("name")["value"].to_dict()):
        assert {name: repr(value) for name, value in found.items()} == {"loss": "nan", "norm": "inf", "least": "-inf"}
    assert run.events()[0].details == {"norm": math.inf}


def test_every_kind_of_tensor_comes_back_bit_for_bit_and_is_safetensors():
    tensors = {
        "scalar": torch.tensor(3),
        "bool": torch.tensor([True, False, True]),
        "bytes": torch.arange(5, dtype=torch.uint8),
        "brain": torch.randn(3, 2).bfloat16(),
        "half": torch.randn(3).half(),
        "turned": torch.randn(3, 4).t(),
        "empty": torch.empty(0, 3),
        "wanting": torch.randn(2, requires_grad=True),
        "double": torch.tensor([math.nan, math.inf]).double(),
    }
    again = unpack(pack(tensors))
    assert again.keys() == tensors.keys()
    for name, tensor in tensors.items():
        assert (again[name].dtype, again[name].shape) == (tensor.dtype, tensor.shape)
        assert again[name].equal(tensor.detach()) or torch.isnan(again[name][0])
    plain = {name: tensor.detach().contiguous() for name, tensor in tensors.items()}
    assert unpack(save(plain))["brain"].equal(again["brain"])


def test_an_unknown_step_is_answered_with_the_nearest(tmp_path: Path):
    run = open_run(written(tmp_path / "a.run", steps=50))
    with pytest.raises(RunFileError, match="expected a step with a snapshot, got 17; the nearest are 10, 20, 30"):
        run.snapshot(17)


def test_the_network_of_a_step_is_private_and_in_eval_mode(tmp_path: Path):
    run = open_run(written(tmp_path / "a.run"))
    model, other = run.model(10), run.model(10)
    assert not model.training
    assert model(torch.ones(1, 2)).tolist() == [[20.0, 20.0]]
    with torch.no_grad():
        next(model.parameters()).zero_()
    assert other(torch.ones(1, 2)).tolist() == [[20.0, 20.0]]


def test_rebuilding_leaves_the_chance_of_others_alone(tmp_path: Path):
    run = open_run(written(tmp_path / "a.run"))
    before = torch.get_rng_state()
    run.model(), run.data()
    assert torch.get_rng_state().equal(before)


def test_evaluation_tells_step_metrics_and_confusion(tmp_path: Path):
    found = open_run(written(tmp_path / "a.run")).evaluate()
    assert found["step"] == 30
    assert {"loss", "accuracy", "precision", "recall", "f1"} <= found["metrics"].keys()
    assert len(found["confusion_matrix"]) == 2


@pytest.mark.parametrize(
    ("tensors", "complaint"),
    [
        ({"answer.weight": torch.zeros(3, 2), "answer.bias": torch.zeros(2)}, r"answer\.weight.*\(2, 2\).*\(3, 2\)"),
        ({"answer.weight": torch.zeros(2, 2)}, r"answer\.bias: expected shape \(2,\) of float32, got no such tensor"),
        ({**weights(0), "extra": torch.zeros(1)}, r"extra: expected no such tensor, got shape \(1,\)"),
        ({**weights(0), "answer.bias": torch.zeros(2).long()}, r"answer\.bias: expected .* of float32.* of int64"),
        ({}, r"answer\.weight: expected shape \(2, 2\)"),
    ],
)
def test_weights_of_another_network_are_refused_by_name_and_shape(tmp_path: Path, tensors: dict, complaint: str):
    with RunWriter.create(tmp_path / "a.run", experiment(), {}) as writer:
        writer.add_snapshot(1, tensors)
        writer.commit(state(1))
    run = open_run(tmp_path / "a.run")
    with pytest.raises(RunFileError, match=complaint):
        run.model()


def test_the_file_stays_small_over_many_steps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("EXPLORER_POINTS", "100")
    limits.cache_clear()
    sizes = []
    with RunWriter.create(tmp_path / "a.run", experiment(), {}) as writer:
        for part in range(5):
            for step in range(part * 20_000, (part + 1) * 20_000):
                writer.add_metrics(step, "train", {"loss": math.sin(step)})
            writer.commit(state(step))
            sizes.append(len(open_run(writer.path).metrics()))
    limits.cache_clear()
    assert max(sizes) <= 202
    assert (tmp_path / "a.run").stat().st_size < 150_000


def test_a_run_that_is_being_written_can_be_read_and_has_one_writer(tmp_path: Path):
    path = tmp_path / "a.run"
    with RunWriter.create(path, experiment(), {}) as writer:
        train(writer, 0, 20)
        run: Run = open_run(path)
        assert run.steps() == [0, 10, 20]
        with pytest.raises(RunFileError, match="got one being written"):
            RunWriter.reopen(path)
        train(writer, 21, 40)
        assert run.steps() == [0, 10, 20, 30, 40]
    assert [file.name for file in tmp_path.iterdir()] == ["a.run"]
    RunWriter.reopen(path).close()
