"""Training examples that mattered: against the closed form, against Captum's TracIn, and over a run's snapshots."""

from pathlib import Path

import numpy as np
import pytest
import torch
from captum.influence import TracInCP
from torch import nn
from torch.utils.data import TensorDataset

import explorer as ex
from explorer.datasets.base import Split
from explorer.engine.inline import look
from explorer.errors import EngineError
from explorer.lenses import KINDS
from explorer.lenses.attribution.influence import Rates, products, spread_out
from explorer.lenses.base import Scene
from explorer.lenses.request import Example
from explorer.runs import Event, Run
from explorer.training.objectives import loss_for, squared_error
from explorer.validation import check
from tests.attribution_nets import NAMES, family


@pytest.fixture(scope="module")
def iris(tmp_path_factory: pytest.TempPathFactory) -> Run:
    small = ["recipe.steps=12", "recipe.evaluate_every=4", "recipe.schedule.kind=linear"]
    return ex.train(ex.preset("iris").with_(*small), tmp_path_factory.mktemp("iris") / "iris.run")


def test_on_a_linear_model_influence_is_the_closed_form() -> None:
    """For (w.x - y)^2 the gradient is 2 (w.x - y) x, so that the product is 4 e e' x.x'."""
    network = nn.Linear(3, 1, bias=False).double()
    x, y = torch.randn(7, 3).double(), torch.randn(7, 1).double()
    found = products(network, squared_error, Split((x,), y), Split((x[2:3],), y[2:3]))
    errors = (network(x) - y).detach()[:, 0]
    assert found.allclose(4 * errors * errors[2] * (x @ x[2]))


@pytest.mark.parametrize("name", NAMES)
def test_a_product_is_that_of_two_gradients_in_every_family(name: str) -> None:
    network, data = family(name)
    loss, many, one = loss_for(data.task), as_double(data.train.take(slice(3))), as_double(data.test.take(slice(1)))
    found = products(network, loss, many, one)

    def gradient(split: Split) -> torch.Tensor:
        parts = torch.autograd.grad(loss(network(*split.inputs), split.targets), list(network.parameters()))
        return torch.cat([part.flatten() for part in parts])

    expected = torch.stack([gradient(many.take(slice(i, i + 1))) @ gradient(one) for i in range(len(many))])
    assert found.allclose(expected, rtol=1e-6, atol=1e-12)


def as_double(split: Split) -> Split:
    values = [part.double() if part.is_floating_point() else part for part in (*split.inputs, split.targets)]
    return Split(tuple(values[:-1]), values[-1])


@pytest.mark.filterwarnings("ignore")  # what Captum announces
def test_the_lens_gives_the_scores_of_captum_on_the_same_snapshots(iris: Run, tmp_path: Path) -> None:
    data, network, steps = iris.data(), iris.model(), iris.steps()
    train = TensorDataset(data.train.inputs[0], data.train.targets)
    bare = TracInCP(
        network,
        train,
        [str(step) for step in steps],
        checkpoints_load_func=lambda module, step: load(iris, module, int(step)),
        loss_fn=nn.CrossEntropyLoss(reduction="none"),
        batch_size=len(train),
    )
    expected = bare.influence((data.test.inputs[0][4:5], data.test.targets[4:5]))[0].detach().numpy()
    picture = look(iris, "influence", steps[-1], {"index": 4}, {"snapshots": 64, "examples": 8192})
    assert np.allclose(picture["scores"].values, expected, rtol=1e-3, atol=1e-6)
    order = np.argsort(-expected)
    assert np.array_equal(np.sort(picture["helped.example"].values), np.sort(order[:6]))
    assert np.allclose(picture["hurt.score"].values, expected[order[::-1][:6]], rtol=1e-3, atol=1e-6)
    assert np.allclose(picture["helped.by_step"].values.sum(1), picture["helped.score"].values, atol=1e-5)
    assert np.array_equal(picture["helped.input"].values, data.train.inputs[0][picture["helped.example"].values])


def load(run: Run, module: nn.Module, step: int) -> float:
    module.load_state_dict(run.snapshot(step))
    return 0.0 if step == 12 else run.experiment.recipe.learning_rate * (1 - step / 12)


def test_only_snapshots_up_to_the_step_that_is_looked_at_count_and_progress_is_told(iris: Run) -> None:
    told = []
    checked = check(iris.experiment)
    scene = Scene(iris.model(4), checked, iris.data(), 4, Example(), iris, lambda *each: told.append(each))
    picture = KINDS["influence"](snapshots=3).look(scene)
    kept = [step for step in iris.steps() if step <= 4]
    assert picture["steps"].values.tolist() == spread_out(kept, 3)
    assert [share for share, _ in told] == [0, 1 / 3, 2 / 3]
    assert told[1][1] == "snapshot 2 of 3"


def test_without_a_run_the_weights_in_hand_are_the_one_snapshot(iris: Run) -> None:
    alone = KINDS["influence"]().look(Scene(iris.model(4), check(iris.experiment), iris.data(), 4, Example()))
    assert alone["steps"].values.tolist() == [4]
    every = look(iris, "influence", 4, 0, {"snapshots": 64})
    assert np.allclose(alone["scores"].values, look(iris, "influence", 4, 0, {"snapshots": 1})["scores"].values)
    assert not np.allclose(alone["scores"].values, every["scores"].values)


def test_an_input_of_ones_own_without_a_right_answer_is_refused(iris: Run) -> None:
    data = iris.data()
    own = Example.model_validate(data.own_form.write(data.test.take(slice(1)).inputs).model_dump())
    with pytest.raises(EngineError, match="expected an example whose right answer is known"):
        KINDS["influence"]().look(Scene(iris.model(4), check(iris.experiment), iris.data(), 4, own))


def test_an_example_that_is_in_the_training_data_helps_itself(iris: Run) -> None:
    picture = look(iris, "influence", None, {"split": "train", "index": 3}, {})
    assert picture["scores"].values[3] > 0


@pytest.mark.parametrize(("most", "found"), [(9, [0, 2, 4, 6, 8]), (3, [0, 4, 8]), (2, [0, 8]), (1, [8])])
def test_snapshots_are_spread_over_the_run(most: int, found: list[int]) -> None:
    assert spread_out([0, 2, 4, 6, 8], most) == found


def test_the_learning_rate_is_the_one_in_force_at_each_step() -> None:
    changed = {"settings": ["recipe.learning_rate=0.5"]}
    events = [
        Event(10, 0.0, "setting_changed", changed),
        Event(20, 0.0, "rolled_back", {"diverged_at": 25, "learning_rate": 0.25}),
        Event(3, 0.0, "paused", {}),
    ]
    begun = check(ex.preset("iris").with_("recipe.learning_rate=1", "recipe.steps=100"))
    rates = Rates(begun, events)
    assert [rates.at(step) for step in (0, 9, 10, 19, 20, 99)] == [1, 1, 0.5, 0.5, 0.25, 0.25]
    assert Rates(begun, [*events, Event(0, 0.0, "rewound", {"left_at": 30})]).at(0) == 0.25
