"""Concepts held against chance: a planted one is found, a random one is not, and Captum agrees on the scores."""

from pathlib import Path

import numpy as np
import pytest
import torch
from captum.concept import TCAV, Classifier, Concept
from scipy import stats
from torch import nn
from torch.utils.data import DataLoader

import explorer as ex
from explorer.engine.inline import look
from explorer.engine.looking_desk import LookingDesk
from explorer.errors import EngineError, ExperimentError
from explorer.lenses import KINDS
from explorer.lenses.attribution.concept_test import Seen, against_chance, direction_of, probability
from explorer.lenses.attribution.concepts import RANDOM, concepts_of, has_concept
from explorer.lenses.base import Scene
from explorer.lenses.request import Example, LookRequest
from explorer.network import build
from explorer.runs import Run
from explorer.validation import check

SIZE, FEATURES = 80, 12


@pytest.fixture(scope="module")
def iris(tmp_path_factory: pytest.TempPathFactory) -> Run:
    small = ["recipe.steps=60", "recipe.evaluate_every=30"]
    return ex.train(ex.preset("iris").with_(*small), tmp_path_factory.mktemp("iris") / "iris.run")


def planted(seed: int, strength: float) -> Seen:
    """Activations of which the first half lean along one direction, in which every answer rises."""
    chance = torch.Generator().manual_seed(seed)
    values = torch.randn(2 * SIZE, FEATURES, generator=chance, dtype=torch.float64)
    values[:SIZE, 0] += strength
    slopes = 0.3 * torch.randn(64, FEATURES, generator=chance, dtype=torch.float64)
    slopes[:, 0] += 1
    return Seen(values @ values.T, slopes @ values.T)


def p_of(seen: Seen, n_with: int | None, seed: int) -> float:
    drawn = against_chance(seen, n_with, 20, 32, torch.Generator().manual_seed(seed))
    return probability(drawn.concept, drawn.random)


def test_a_planted_concept_is_significant() -> None:
    for seed in range(5):
        seen = planted(seed, 3.0)
        drawn = against_chance(seen, SIZE, 20, 32, torch.Generator().manual_seed(seed))
        assert drawn.concept.mean() > 0.95
        assert 0.8 < drawn.accuracy.mean() < 0.95  # the best there can be is 0.93, a normal variable below 1.5
        assert probability(drawn.concept, drawn.random) < 1e-4


def test_chance_is_significant_no_more_often_than_the_level_says() -> None:
    """Of 60 tests at 5 % 3 are wrong on average, and more than 9 in less than one of a thousand repetitions."""
    found = [p_of(planted(seed, 0.0), None, seed) for seed in range(60)]
    assert sum(p < 0.05 for p in found) <= 9


def test_the_test_is_welchs_and_knows_what_never_varies() -> None:
    one, other = np.array([0.4, 0.6, 0.7]), np.array([0.1, 0.3, 0.2, 0.5])
    assert probability(one, other) == pytest.approx(stats.ttest_ind(one, other, equal_var=False).pvalue)
    assert probability(np.ones(5), np.ones(5)) == 1
    assert probability(np.ones(5), np.zeros(5)) == 0


class Ridge(Classifier):
    """The classifier of the lens, as Captum trains one."""

    def __init__(self) -> None:
        """Nothing is kept before it is trained."""

    def train_and_eval(self, dataloader: DataLoader, **settings: object) -> dict:
        batches = list(dataloader)
        values, labels = (torch.cat([batch[part] for batch in batches]).double() for part in (0, 1))
        values = values.flatten(1)
        first, second = ((labels == label).nonzero()[:, 0] for label in labels.unique())
        found = direction_of(values @ values.T, first, second)
        self.direction = (found.weights[:, None] * values[found.places]).sum(0)
        return {"accs": torch.tensor(1.0)}

    def weights(self) -> torch.Tensor:
        return torch.stack([self.direction, -self.direction])

    def classes(self) -> list[int]:
        return [0, 1]


@pytest.mark.filterwarnings("ignore")  # what Captum announces
def test_a_score_is_that_of_captum_for_the_same_sets(tmp_path: Path) -> None:
    network = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 3)).double()
    with_it, without, followed = (torch.randn(20, 4).double() + shift for shift in (1.0, 0.0, 0.5))
    hidden = [network[:2](each).detach() for each in (with_it, without)]
    pool = torch.cat(hidden)
    at = network[:2](followed).detach().requires_grad_()
    slopes = torch.autograd.grad(network[2](at)[:, 1].sum(), at)[0] @ pool.T
    direction = direction_of(pool @ pool.T, torch.arange(20), torch.arange(20, 40))
    concepts = [
        Concept(index, name, DataLoader(each, batch_size=20))
        for index, (name, each) in enumerate([("with", with_it), ("without", without)])
    ]
    bare = TCAV(network, ["1"], classifier=Ridge(), save_path=str(tmp_path), show_progress=False)
    found = bare.interpret(followed, [concepts], target=1)["0-1"]["1"]["sign_count"]
    assert direction.score(Seen(pool @ pool.T, slopes)) == pytest.approx(float(found[0]))


# The lens


def test_what_a_dataset_offers_as_concepts(iris: Run) -> None:
    checked = check(iris.experiment)
    found = concepts_of(checked.description)
    assert found == (*(f"feature:{i}" for i in range(4)), *(f"class:{i}" for i in range(3)), RANDOM)
    data = iris.data()
    assert torch.equal(has_concept("class:2", data), data.train.targets == 2)
    high = data.train.inputs[0][has_concept("feature:1", data), 1]
    assert high.min() > data.train.inputs[0][:, 1].quantile(0.74)
    assert has_concept(RANDOM, data).all()
    tokens = check(ex.preset("agreement"))
    examples = tokens.dataset.load(0)
    assert "token:5" in concepts_of(tokens.description)
    assert torch.equal(has_concept("token:5", examples), (examples.train.inputs[0] == 5).any(1))


def test_the_class_itself_is_a_significant_concept_of_the_class_and_chance_is_none(iris: Run) -> None:
    sure = look(iris, "concept", None, 0, {"concept": "class:2", "target": "2"})
    assert sure["relu1.concept"].values > 0.9
    assert sure["relu1.is_significant"].values == 1
    assert sure["relu1.accuracy"].values > 0.8
    for seed in range(4):
        chance = look(iris, "concept", None, 0, {"concept": RANDOM, "target": "2", "seed": seed})
        assert chance["relu1.p"].values > 0.001
        assert abs(float(chance["relu1.accuracy"].values) - 0.5) < 0.1


def test_directions_are_made_anew_for_every_snapshot_and_nothing_is_kept(iris: Run) -> None:
    desk = LookingDesk()
    request = LookRequest(lens="concept", settings={"concept": "feature:2", "target": "1"})
    looks = [desk.look(iris.path, request.model_copy(update={"step": step})) for step in (0, 60, 0)]
    assert not np.array_equal(looks[0]["relu1.concept_scores"].values, looks[1]["relu1.concept_scores"].values)
    assert np.array_equal(looks[0]["relu1.concept_scores"].values, looks[2]["relu1.concept_scores"].values)


@pytest.mark.parametrize(
    ("settings", "error", "sentence"),
    [
        ({"concept": "feature:99"}, ExperimentError, "lens.concept: expected one of"),
        ({"target": "7"}, EngineError, "target: expected one of the 3 entries"),
    ],
)
def test_a_concept_or_a_target_that_is_not_there_is_refused(
    iris: Run, settings: dict, error: type, sentence: str
) -> None:
    with pytest.raises(error, match=sentence):
        LookingDesk().look(iris.path, LookRequest(lens="concept", settings=settings))


def test_a_concept_with_too_few_examples_says_how_many_there_are() -> None:
    checked = check(ex.preset("char-gpt"))
    scene = Scene(build(checked.plan, 0).eval(), checked, checked.dataset.load(0), 0, Example())
    with pytest.raises(EngineError, match="expected at least 8 training examples with token:0"):
        KINDS["concept"](concept="token:0").look(scene)
