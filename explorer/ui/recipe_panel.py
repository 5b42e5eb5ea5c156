"""How the network is trained: what people change most on top, the rest behind headings; all of it while it trains."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from explorer.signals import FIRST_METRICS
from explorer.ui import network_words as words
from explorer.ui import service, workbench
from explorer.ui.controls import draw_setting, draw_settings, properties
from explorer.ui.session import session

Schema = Mapping[str, Any]
Recipe = Mapping[str, Any]

METRICS = tuple(f"{split}.{name}" for split in ("test", "train") for name in ("loss", *FIRST_METRICS))
PICTURE = 3  # axes of a picture
OF_PICTURES = ("shift", "flip")


def draw_recipe() -> None:
    """The recipe of the draft."""
    experiment = session().experiment.model_dump(mode="json")
    recipe, catalogue, described = experiment["recipe"], service.engine().catalogue(), workbench.picture()
    schemas = properties(catalogue["recipe"])
    _draw(schemas, recipe, "learning_rate")
    _draw_kind("optimizer", catalogue["optimizers"], schemas, recipe)
    left, right = st.columns(2, gap="xsmall")
    with left:
        _draw(schemas, recipe, "batch_size")
    with right:
        _draw(schemas, recipe, "steps")
    _draw(schemas, recipe, "weight_decay")
    _draw_part("optimizer", words.OPTIMIZER_SETTINGS, ":material/tune:", catalogue["optimizers"], recipe)
    with st.expander(words.SCHEDULE_SETTINGS, icon=":material/trending_down:", type="compact"):
        _draw_kind("schedule", catalogue["schedules"], schemas, recipe)
        _draw_settings_of("schedule", catalogue["schedules"], recipe)
    with st.expander(words.REGULARISATION, icon=":material/balance:", type="compact"):
        for name in ("l1", "l2", "clip_norm"):
            _draw(schemas, recipe, name)
        _draw_dropout(experiment["network"]["layers"], catalogue["layers"])
    with st.expander(words.AUGMENTATION, icon=":material/blur_on:", type="compact"):
        hidden = () if _has_pictures(described) else OF_PICTURES
        draw_settings("recipe.augmentation", schemas["augmentation"], recipe["augmentation"], leave_out=hidden)
    with st.expander(words.STOP, icon=":material/flag:", type="compact"):
        _draw_loss(schemas["loss"], recipe, catalogue["losses"], described)
        _draw(schemas, recipe, "evaluate_every")
        _draw_stop(schemas["stop"], recipe["stop"])
    st.caption(words.LIVE)


def _draw(schemas: Mapping[str, Schema], recipe: Recipe, name: str) -> None:
    draw_setting(f"recipe.{name}", schemas[name], recipe[name])


def _draw_kind(name: str, kinds: Mapping[str, Any], schemas: Mapping[str, Schema], recipe: Recipe) -> None:
    """Which optimizer or schedule; another one has other settings."""
    titles = {kind: about["title"] for kind, about in kinds.items()}
    schema = {"type": "string", "description": schemas[name].get("description")}
    draw_setting(f"recipe.{name}.kind", schema, recipe[name]["kind"], _turn_to_kind, choices=titles)


def _turn_to_kind(assignment: str) -> None:
    workbench.change(assignment)
    session().generation += 1  # settings of one name may stand elsewhere for the other kind


def _draw_part(name: str, title: str, icon: str, kinds: Mapping[str, Any], recipe: Recipe) -> None:
    about = kinds.get(recipe[name]["kind"])
    if about and properties(about["schema"]):
        with st.expander(title, icon=icon, type="compact"):
            _draw_settings_of(name, kinds, recipe)


def _draw_settings_of(name: str, kinds: Mapping[str, Any], recipe: Recipe) -> None:
    about = kinds.get(recipe[name]["kind"])
    if about:
        st.caption(about["about"])
        draw_settings(f"recipe.{name}", about["schema"], recipe[name])


def _draw_loss(schema: Schema, recipe: Recipe, losses: Mapping[str, Any], described: Mapping[str, Any] | None) -> None:
    """The losses that fit the task; the first is the task's own."""
    fitting = list(losses) if described is None else described["losses"]
    titles = {None: words.THE_TASKS_OWN, **{name: losses[name]["title"] for name in fitting}}
    draw_setting("recipe.loss", schema, recipe["loss"], choices=titles)


def _draw_dropout(layers: list[dict[str, Any]], kinds: Mapping[str, Any]) -> None:
    """The rates of the network's dropout layers, each under the name of its layer."""
    schema = properties(kinds["dropout"]["schema"])["rate"]
    for index, layer in enumerate(layers):
        if layer["kind"] == "dropout":
            value = layer.get("rate", schema["default"])
            draw_setting(f"network.layers.{index}.rate", schema, value, title=words.dropout_of(layer["name"]))


def _draw_stop(schema: Schema, stop: Mapping[str, Any]) -> None:
    metrics = dict.fromkeys([*METRICS, *filter(None, [stop["metric"]])])
    titles = {None: words.NO_METRIC, **{name: words.metric_title(name) for name in metrics}}
    draw_setting("recipe.stop.metric", properties(schema)["metric"], stop["metric"], choices=titles)
    draw_settings("recipe.stop", schema, stop, leave_out=("metric",))


def _has_pictures(described: Mapping[str, Any] | None) -> bool:
    return described is None or any(len(each["shape"]) == PICTURE for each in described["diagram"]["inputs"])
