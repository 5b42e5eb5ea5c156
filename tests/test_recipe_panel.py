"""The recipe: every setting of training on one panel, told to the workbench as it is changed."""

import pytest

from explorer import gallery
from explorer.errors import Fault
from explorer.experiment import Augmentation, Experiment, Recipe, Stop
from explorer.training import optimizers, schedules
from explorer.training.objectives import LOSSES
from explorer.ui.session import Session
from tests.bench import Bench, desk

__all__ = ["desk"]  # a fixture


def page():
    from explorer.ui.recipe_panel import draw_recipe

    draw_recipe()


def bench(experiment: Experiment, faults: tuple[Fault, ...] = ()) -> Bench:
    return Bench(Session(experiment=experiment, faults=faults), page)


@pytest.mark.usefixtures("desk")
def test_every_setting_of_the_recipe_has_a_control():
    found = bench(gallery.preset("digits-cnn").experiment).places()
    plain = set(Recipe.model_fields) - {"optimizer", "schedule", "augmentation", "stop"}
    wanted = {f"recipe.{name}" for name in plain}
    wanted |= {f"recipe.augmentation.{name}" for name in Augmentation.model_fields}
    wanted |= {f"recipe.stop.{name}" for name in Stop.model_fields}
    assert wanted | {"recipe.optimizer.kind", "recipe.schedule.kind"} <= found


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize(
    ("part", "kind", "declaration"),
    [
        *(("optimizer", kind, each) for kind, each in optimizers.KINDS.items()),
        *(("schedule", kind, each) for kind, each in schedules.KINDS.items()),
    ],
)
def test_another_optimizer_or_schedule_brings_its_own_settings(part: str, kind: str, declaration: type):
    kinds = list(optimizers.KINDS if part == "optimizer" else schedules.KINDS)
    found = bench(gallery.preset("circle").experiment)
    if getattr(found.session.experiment.recipe, part).kind != kind:
        found.set(f"recipe.{part}.kind", kinds.index(kind))
    assert getattr(found.session.experiment.recipe, part).kind == kind
    assert {f"recipe.{part}.{name}" for name in declaration.model_fields} <= found.places()


@pytest.mark.usefixtures("desk")
def test_a_setting_of_one_kind_does_not_linger_in_another():
    found = bench(gallery.preset("circle").experiment).set("recipe.optimizer.epsilon", 1e-3)
    assert found.session.experiment.recipe.optimizer.settings["epsilon"] == 1e-3
    found.set("recipe.optimizer.kind", list(optimizers.KINDS).index("rmsprop"))
    assert found.control("recipe.optimizer.epsilon").value == 1e-8


@pytest.mark.usefixtures("desk")
def test_an_empty_batch_size_means_all_examples():
    found = bench(gallery.preset("circle").experiment).set("recipe.batch_size", None)
    assert found.session.experiment.recipe.batch_size is None
    assert found.control("recipe.batch_size").placeholder == "all"


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize(
    ("preset", "fitting"),
    [("circle", ["cross_entropy", "squared_error"]), ("plane-regression", ["squared_error", "absolute_error"])],
)
def test_only_losses_that_fit_the_task_are_offered(preset: str, fitting: list[str]):
    found = bench(gallery.preset(preset).experiment)
    options = found.control("recipe.loss").options
    assert options[1:] == [LOSSES[name].title for name in fitting]
    found.set("recipe.loss", 2)
    assert found.session.experiment.recipe.loss == fitting[1]


@pytest.mark.usefixtures("desk")
def test_dropout_rates_of_the_network_stand_among_the_regularisation():
    written = [{"name": "drop", "kind": "dropout"}, {"name": "answer", "kind": "linear"}]
    experiment = Experiment.model_validate({"data": {"kind": "circle"}, "network": {"layers": written}})
    found = bench(experiment).set("network.layers.0.rate", 0.25)
    assert found.session.experiment.network.layers[0].settings["rate"] == 0.25


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize(("preset", "are_offered"), [("circle", False), ("digits-cnn", True)])
def test_shifting_and_mirroring_are_offered_for_pictures_only(preset: str, are_offered: bool):
    found = bench(gallery.preset(preset).experiment).places()
    assert ("recipe.augmentation.flip" in found) is are_offered
    assert "recipe.augmentation.noise" in found


@pytest.mark.usefixtures("desk")
def test_a_fault_of_the_recipe_stands_at_its_control():
    fault = Fault("recipe.loss", "one of cross_entropy", "'hinge'", "leave it empty")
    assert "got 'hinge'; leave it empty" in bench(gallery.preset("circle").experiment, (fault,)).said()
