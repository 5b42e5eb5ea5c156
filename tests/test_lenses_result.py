"""The lenses of the result panel: scores on held-out data, and text that the network writes."""

import numpy as np
import pytest
import torch

from explorer.engine.looking import look
from explorer.lenses.base import Scene
from explorer.lenses.evaluation import Evaluation
from explorer.lenses.generation import Generation, continue_text
from explorer.lenses.request import Example
from explorer.live.frames import pack, unpack
from explorer.network import build
from explorer.training.evaluation import LABELS_SHOWN
from explorer.validation import check, read_experiment

LINEAR = [{"kind": "linear"}]
SEQUENCE = [{"kind": "embedding", "features": 8}, {"kind": "lstm", "units": 8}, {"kind": "linear"}]
CLASSES, NUMBERS = {"accuracy", "precision", "recall", "f1", "loss"}, {"loss", "r2", "mean_squared_error"}
TASKS = {
    "classification": ({"kind": "iris"}, LINEAR, CLASSES),
    "regression": ({"kind": "diabetes"}, LINEAR, NUMBERS),
    "next_token": ({"kind": "grammar"}, SEQUENCE, CLASSES | {"perplexity", "exact_match"}),
}


def scene_of(data: dict, layers: list[dict], index: int = 0) -> Scene:
    checked = check(read_experiment({"data": data, "network": {"layers": layers}}))
    return Scene(build(checked.plan, 0), checked, checked.dataset.load(0), 0, Example(index=index))


def text_scene(index: int = 0) -> Scene:
    return scene_of({"kind": "text", "context": 12}, SEQUENCE, index)


@pytest.mark.parametrize("task", TASKS)
def test_the_scores_of_every_task_are_named_numbers(task: str) -> None:
    data, layers, names = TASKS[task]
    picture = look(Evaluation(), scene_of(data, layers))
    assert names <= picture.keys()
    assert all(array.values.shape == () for name, array in picture.items() if name != "confusion")


def test_the_confusion_matrix_counts_each_held_out_example_by_its_true_and_its_predicted_class() -> None:
    scene = scene_of({"kind": "iris"}, LINEAR)
    picture = look(Evaluation(), scene)
    expected = np.zeros((3, 3), int)
    for example, true in zip(scene.data.test.inputs[0], scene.data.test.targets, strict=True):
        expected[true, scene.network(example[None])[0].argmax()] += 1
    assert picture["confusion"].axes == ("true", "predicted")
    assert picture["confusion"].values.tolist() == expected.tolist()
    assert picture["accuracy"].values == pytest.approx(expected.trace() / expected.sum())


def test_at_most_so_many_examples_are_scored() -> None:
    scene = scene_of({"kind": "circle", "size": 400}, LINEAR)
    assert len(scene.data.test) > 20
    assert look(Evaluation(examples=20), scene)["confusion"].values.sum() == 20


def test_more_classes_than_fit_on_a_screen_give_scores_without_a_matrix() -> None:
    scene = text_scene()
    assert scene.data.task.outputs > LABELS_SHOWN
    picture = look(Evaluation(examples=16), scene)
    assert "confusion" not in picture
    assert picture["perplexity"].values == pytest.approx(np.exp(picture["loss"].values), rel=1e-5)


@pytest.mark.parametrize("task", ["classification", "regression"])
def test_a_network_that_diverged_still_has_scores(task: str) -> None:
    data, layers, _ = TASKS[task]
    scene = scene_of(data, layers)
    for parameter in scene.network.parameters():
        parameter.data.fill_(torch.nan)
    assert np.isnan(look(Evaluation(), scene)["loss"].values)


def test_text_is_offered_for_the_prediction_of_the_next_token_only() -> None:
    fitting = {
        task: Generation.is_applicable(scene_of(data, layers).checked) for task, (data, layers, _) in TASKS.items()
    }
    assert fitting == {"classification": False, "regression": False, "next_token": True}


def test_a_generated_text_begins_with_the_held_out_prompt() -> None:
    scene = text_scene(index=3)
    picture = look(Generation(length=5), scene)
    prompt = int(picture["prompt_length"].values)
    assert picture["tokens"].values[:prompt].tolist() == scene.data.test.inputs[0][3].tolist()
    assert len(picture["tokens"].values) == prompt + 5


def test_without_temperature_the_likeliest_token_follows_each_time() -> None:
    scene = text_scene()
    written = look(Generation(temperature=0, length=6), scene)["tokens"].values.tolist()
    for end in range(12, 18):
        window = torch.tensor(written[end - 12 : end])
        assert written[end] == scene.network(window[None])[0, -1].argmax()


def test_a_network_that_knows_the_successor_counts_on() -> None:
    class Successor(torch.nn.Module):
        def forward(self, tokens):  # (1, T) -> (1, T, 7)
            return 50.0 * torch.nn.functional.one_hot((tokens + 1) % 7, 7)

    text = continue_text(Successor(), torch.tensor([3, 4]), 6, 1.0, torch.Generator().manual_seed(0))
    assert text.tolist() == [3, 4, 5, 6, 0, 1, 2, 3]


def test_tokens_are_drawn_as_often_as_the_network_says() -> None:
    shares = torch.tensor([0.5, 0.3, 0.2])

    class Memoryless(torch.nn.Module):
        def forward(self, tokens):  # (1, T) -> (1, T, 3)
            return shares.log().expand(1, tokens.shape[1], 3)

    text = continue_text(Memoryless(), torch.tensor([0]), 4_000, 1.0, torch.Generator().manual_seed(1))
    found = torch.bincount(text[1:], minlength=3) / 4_000
    assert found.tolist() == pytest.approx(shares.tolist(), abs=0.03)


def test_the_seed_alone_decides_what_is_written_and_the_runs_own_chance_is_left_alone() -> None:
    scene, before = text_scene(), torch.get_rng_state()
    texts = [look(Generation(temperature=2, seed=seed), scene)["tokens"].values.tolist() for seed in (5, 5, 6)]
    assert texts[0] == texts[1]
    assert texts[0] != texts[2]
    assert torch.get_rng_state().equal(before)


def test_a_score_arrives_in_the_browser_as_one_number_without_axes() -> None:
    picture = look(Evaluation(), scene_of({"kind": "iris"}, LINEAR))
    arrived, _ = unpack(pack(picture, {}))
    assert arrived["accuracy"].values.shape == ()
    assert arrived["accuracy"].values == picture["accuracy"].values
