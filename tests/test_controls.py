"""Every declared setting has a control, and what is chosen there becomes an assignment that the declaration accepts."""

import json
from typing import Any

import pytest
from pydantic import BaseModel

from explorer import layers
from explorer.errors import Fault
from explorer.experiment import Augmentation, Recipe, Stop
from explorer.training import optimizers, schedules
from explorer.ui import workbench
from explorer.ui.controls import properties
from explorer.ui.drawers import ladder
from explorer.ui.session import Session
from tests.bench import Bench

DECLARATIONS: dict[str, type[BaseModel]] = {
    **{f"layer {kind}": each for kind, each in layers.KINDS.items()},
    **{f"optimizer {kind}": each for kind, each in optimizers.KINDS.items()},
    **{f"schedule {kind}": each for kind, each in schedules.KINDS.items()},
    "augmentation": Augmentation,
    "stop": Stop,
    "recipe": Recipe,
}
CASES = [
    (declaration, name)
    for declaration, model in DECLARATIONS.items()
    for name, schema in properties(model.model_json_schema()).items()
    if "properties" not in schema  # a part of its own, with rows of its own
]


def page(place, schema, value):  # runs as a script of its own, so it brings its imports and no annotations
    from explorer.ui.controls import draw_setting

    draw_setting(place, schema, value)


@pytest.fixture
def assigned(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was handed to the workbench."""
    found: list[str] = []
    monkeypatch.setattr(workbench, "change", found.append)
    return found


def draw(schema: dict[str, Any], value: Any, session: Session | None = None) -> Bench:
    return Bench(session or Session(), page, place="some.place", schema=schema, value=value)


def another(control: Any) -> Any:
    """A value that this control does not show."""
    kind, value = type(control).__name__, control.value
    if kind == "Toggle":
        return not value
    if kind == "NumberInput":
        return (
            max(control.min or 0, 0) + control.step
            if value is None
            else value + control.step * (1 if value < control.max else -1)
        )
    if kind == "Slider":
        return 0.25
    if kind == "SelectSlider":
        return next(float(option) for option in control.options if float(option) > 0 and float(option) != value)
    if kind == "Selectbox":
        return next(option for option in range(len(control.options)) if option != value)
    if kind == "ButtonGroup":
        is_multiple = isinstance(value, list)
        return value[:-1] if is_multiple else next(place for place in range(len(control.options)) if place != value)
    return {"-1": "4, -1"}.get(value, "test.loss")


@pytest.mark.parametrize(("declaration", "name"), CASES, ids=[" ".join(case) for case in CASES])
def test_every_setting_has_a_control_that_assigns_what_the_declaration_accepts(
    declaration: str, name: str, assigned: list[str]
):
    model = DECLARATIONS[declaration]
    schema = properties(model.model_json_schema())[name]
    before = model().model_dump(mode="json")[name]
    bench = draw(schema, before)
    control = bench.control("some.place")
    assert control.help == schema["description"]
    bench.set("some.place", another(control))
    (assignment,) = assigned
    key, _, text = assignment.partition("=")
    value = json.loads(text)
    assert key == "some.place"
    assert value != before
    assert model.model_validate({name: value}).model_dump(mode="json")[name] == value


@pytest.mark.parametrize(
    ("schema", "given", "chosen", "expected"),
    [
        ({"anyOf": [{"type": "integer", "minimum": 1}, {"type": "null"}], "default": 3}, 3, None, None),
        ({"anyOf": [{"type": "string"}, {"type": "null"}], "default": None}, "loss", " ", None),
        ({"type": "array", "items": {"type": "integer"}}, [4, 4], "2, 8", [2, 8]),
        ({"type": "array", "items": {"type": "integer"}}, [4, 4], "many", "many"),
        ({"type": "array", "items": {"enum": ["a", "b", "c"], "type": "string"}}, ["a"], ["c", "a"], ["a", "c"]),
        ({"anyOf": [{"enum": ["a", "b"]}, {"type": "null"}]}, "a", 0, None),
    ],
    ids=["empty number", "empty text", "numbers", "no numbers", "several", "automatic"],
)
def test_what_is_chosen_becomes_json(schema: dict, given: Any, chosen: Any, expected: Any, assigned: list[str]):
    draw(schema, given).set("some.place", chosen)
    assert json.loads(assigned[0].partition("=")[2]) == expected


@pytest.mark.parametrize("value", [0.0123, 3.3e-7, 99.5])
def test_a_value_between_the_round_numbers_stays_on_the_slider(value: float, assigned: list[str]):
    bench = draw(properties(Recipe.model_json_schema())["learning_rate"], value)
    assert bench.control("some.place").value == value
    assert assigned == []


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"type": "integer", "minimum": 1, "maximum": 8, "default": 2}, 99),
        ({"type": "integer", "minimum": 1, "maximum": 8, "default": 2}, "<b>"),
        ({"type": "number", "exclusiveMinimum": 0, "maximum": 100, "default": 0.003}, -5),
        ({"type": "number", "minimum": 0, "exclusiveMaximum": 1, "default": 0.5}, 1),
        ({"type": "string", "enum": ["a", "b"], "default": "a"}, "c"),
        ({"type": "string", "enum": ["one of many", "another of many"], "default": "a"}, "c"),
        ({"type": "array", "items": {"enum": ["a"], "type": "string"}, "default": ["a"]}, ["z"]),
        ({"type": "boolean", "default": True}, "perhaps"),
    ],
)
def test_a_wrong_value_is_told_in_words_at_its_control(schema: dict, value: Any, assigned: list[str]):
    faults = (
        Fault("some.place (layer a)", "<i>few</i>", repr(value), "take fewer"),
        Fault("some.placement", "nothing of this", "it"),
    )
    bench = draw(schema, value, Session(faults=faults))
    assert r"Expected \<i\>few\<\/i\>".replace(r"\/", "/") in bench.said()
    assert "nothing of this" not in bench.said()
    assert assigned == []


def test_the_round_numbers_reach_from_below_the_default_to_the_bound():
    found = ladder({"minimum": 0, "maximum": 10, "default": 0.0})
    assert found[:5] == [0.0, 1e-5, 2e-5, 5e-5, 1e-4]
    assert found[-3:] == [2.0, 5.0, 10.0]
    assert ladder({"exclusiveMinimum": 0, "maximum": 1, "default": 1e-8})[0] == 1e-10
