"""What works on the CPU works on an accelerator: on a pretended one everywhere, and on a real one where it is there."""

import shutil
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

import explorer as ex
from explorer.engine.branching import branch
from explorer.engine.crew import Crew
from explorer.engine.host import HostedRun
from explorer.errors import DeviceError
from explorer.experiment import Experiment
from explorer.lenses.measures import measures
from explorer.network import build
from explorer.runs.measuring import rows_of
from explorer.training.devices import device_for, n_processes
from explorer.validation import check, read_experiment
from tests.elsewhere import ELSEWHERE
from tests.small import small

RECIPE = {"batch_size": 8, "steps": 100, "evaluate_every": 2, "l2": 0.001, "clip_norm": 1.0}
DENSE = [{"kind": "linear", "units": 4}, {"kind": "tanh"}, {"kind": "linear"}]
CONVOLUTION = [{"kind": "conv2d", "channels": 3}, {"kind": "batch_norm"}, {"kind": "relu"}]
TOKENS = [{"kind": "embedding"}, {"kind": "transformer_block", "heads": 2, "causal": True}, {"kind": "linear"}]
FAMILIES: dict[str, tuple[dict, list[dict], dict]] = {  # by name: data, layers, and what else the recipe says
    "points": ({"kind": "circle", "size": 60}, DENSE, {}),
    "numbers": ({"kind": "plane", "size": 60}, DENSE, {"optimizer": {"kind": "sgd", "momentum": 0.9}}),
    "pictures": (
        {"kind": "digits", "size": 8},
        [*CONVOLUTION, {"kind": "flatten"}, {"kind": "linear"}],
        {"augmentation": {"shift": 1, "flip": True}},
    ),
    "series": ({"kind": "brackets"}, [{"kind": "lstm", "units": 4}, {"kind": "linear"}], {}),
    "tokens": ({"kind": "repeated"}, TOKENS, {}),
    "phones": ({"kind": "utterances"}, [{"kind": "gru", "units": 4}, {"kind": "linear"}], {}),
    "boxes": (
        {"kind": "scenes"},
        [
            {**CONVOLUTION[0], "padding": 1},
            {"kind": "max_pool", "kernel": 4},
            {"kind": "conv2d", "channels": 8, "kernel": 1},
        ],
        {},
    ),
}


def experiment_of(family: str) -> Experiment:
    data, layers, more = FAMILIES[family]
    return read_experiment({"data": data, "network": {"layers": layers}, "recipe": RECIPE | more})


def train(hosted: HostedRun, steps: int) -> dict[str, list[float]]:
    """The values of every metric after so many more steps."""
    hosted.begin()
    hosted.advance(steps=steps)
    return {f"{split}.{name}": each.values.tolist() for (split, name), each in hosted.writer.series().items()}


def same(found: dict[str, list[float]]) -> dict[str, object]:
    """These values, but for what another order of additions makes of them."""
    return {name: pytest.approx(values, rel=2e-3, abs=2e-3) for name, values in found.items()}


@pytest.mark.parametrize("family", FAMILIES)
def test_a_run_comes_to_the_numbers_of_the_cpu_and_goes_on_after_a_kill_here_or_there(
    family: str, accelerator: str, tmp_path: Path
) -> None:
    experiment = experiment_of(family)
    whole, few = check(experiment).dataset.load(experiment.seed), slice(24)
    data = replace(whole, train=whole.train.take(few), test=whole.test.take(few))
    on_cpu = HostedRun.start(experiment, tmp_path / "cpu.run", "cpu", data)
    killed = HostedRun.start(experiment, tmp_path / "killed.run", accelerator, data)
    assert train(killed, 3) == same(train(on_cpu, 3))
    killed.commit()
    killed.writer.close()
    expected = same(train(on_cpu, 3))
    for device in (accelerator, "cpu"):
        path = shutil.copy(tmp_path / "killed.run", tmp_path / f"{device.partition(':')[0]}-again.run")
        resumed = HostedRun.resume(path, device, data)
        assert str(resumed.trainer.device) == device
        assert train(resumed, 3) == expected
        resumed.close()


def test_a_run_is_steered_where_it_trains(accelerator: str, tmp_path: Path) -> None:
    hosted = HostedRun.start(small(), tmp_path / "run.run", accelerator)
    first = train(hosted, 4)
    hosted.set("recipe.learning_rate=0.5", "recipe.batch_size=7")
    hosted.set_weight("linear1.weight", (0, 0), 0.25)
    train(hosted, 2)
    hosted.set("recipe.learning_rate=0.03", "recipe.batch_size=10")
    hosted.rewind()
    assert train(hosted, 4) == same(first)
    hosted.trainer.network.get_submodule("linear1").weight.data.fill_(torch.inf)
    train(hosted, 1)
    assert hosted.trainer.divergence is not None
    hosted.roll_back()
    assert hosted.trainer.state == "training"
    hosted.pause()
    hosted.commit()
    branched = branch(hosted.run(), 0, tmp_path / "branch.run", accelerator)
    train(branched, 1)
    assert str(branched.trainer.device) == accelerator
    for each in (branched, hosted):
        each.close()


def test_seeds_trained_together_are_those_trained_alone(accelerator: str, tmp_path: Path) -> None:
    experiment = small("recipe.steps=12", "recipe.evaluate_every=4", "recipe.clip_norm=1.0", "recipe.l2=0.001")
    together = ex.train_seeds(experiment, range(3), tmp_path, accelerator, together=True)
    for seed, run in enumerate(together):
        alone = ex.train(experiment.with_(f"seed={seed}"), tmp_path / f"{seed}.run", "cpu")
        assert "trained_together" in [event.kind for event in run.events()]
        assert run.environment["device"] == accelerator
        assert run.metrics()["value"].tolist() == pytest.approx(alone.metrics()["value"].tolist(), rel=1e-3, abs=1e-3)


@pytest.mark.parametrize("name", ["grokking", "agreement"])
def test_measures_are_taken_where_the_network_lies(name: str, accelerator: str) -> None:
    checked = check(ex.preset(name))
    data, network = checked.dataset.load(0), build(checked.plan, 0).eval()
    taken = {measure: rows_of(measure, network, data, checked.dataset) for measure in _measures(network, checked)}
    device = torch.device(accelerator)
    there = replace(data, train=data.train.to(device), test=data.test.to(device))
    network.to(device)
    for measure, rows in taken.items():
        for (name, value), expected in zip(rows_of(measure, network, there, checked.dataset), rows, strict=True):
            assert (name, value) == (expected[0], pytest.approx(expected[1], rel=1e-3, abs=1e-4, nan_ok=True))


def _measures(network, checked):
    return [each.knowing(network, checked.dataset) for each in measures(network, checked.dataset)]


@pytest.mark.parametrize(
    ("change", "seeds", "chosen"),
    [
        ((), 1, "cpu"),
        (("data.size=1000", "recipe.batch_size=500", "network.layers.0.units=2000"), 1, str(ELSEWHERE)),
        (("data.size=1000", "recipe.batch_size=500", "network.layers.0.units=200"), 1, "cpu"),
        (("data.size=1000", "recipe.batch_size=500", "network.layers.0.units=200"), 16, str(ELSEWHERE)),
    ],
)
def test_auto_takes_an_accelerator_where_there_is_work_enough_for_it(
    change: tuple[str, ...], seeds: int, chosen: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("explorer.training.devices.available", lambda: [str(ELSEWHERE), "cpu"])
    checked = check(small(*change))
    assert str(device_for(checked, networks=seeds)) == chosen
    assert [str(device_for(checked, name)) for name in ("cpu", str(ELSEWHERE))] == ["cpu", str(ELSEWHERE)]
    monkeypatch.setattr("explorer.training.devices.available", lambda: ["cpu"])
    assert str(device_for(checked, networks=seeds)) == "cpu"
    with pytest.raises(DeviceError, match="expected one of auto, cpu on this machine, got 'cuda'"):
        device_for(checked, "cuda")


@pytest.mark.parametrize(
    ("gigabytes", "asked", "n"), [(None, None, 6), (8, None, 4), (1, None, 1), (80, None, 6), (8, 5, 5)]
)
def test_as_many_workers_train_as_cores_and_the_memory_of_an_accelerator_allow(
    gigabytes: int | None, asked: int | None, n: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    about = SimpleNamespace(total_memory=(gigabytes or 0) * 2**30)
    monkeypatch.setattr("torch.cuda.is_available", lambda: gigabytes is not None)
    monkeypatch.setattr("torch.cuda.get_device_properties", lambda _: about)
    monkeypatch.setattr("explorer.engine.crew.n_cores", lambda: 6)
    ready = SimpleNamespace(wait=lambda *_: True)
    link = SimpleNamespace(room=n_processes(), ready=ready, close=lambda: None)
    monkeypatch.setattr(Crew, "_link", lambda self, kind: link)
    crew = Crew(asked, print, print)
    crew.wait_ready()
    crew.close()
    assert len(crew.trainers) == n
