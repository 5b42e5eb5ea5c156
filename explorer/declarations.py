"""Holding plain JSON against a declaration: settings out, or faults that name their place."""

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from explorer.errors import ExperimentError, Fault, unknown
from explorer.experiment import Experiment, Part, Settings

S = TypeVar("S", bound=Settings)
SHOWN = 60  # characters of a wrong value that a sentence repeats
OPENINGS = ("Value error, ", "Input should be ", "String should have ")  # of pydantic's messages; ours say "expected"


def read_part(table: Mapping[str, type[S]], part: Part, place: str) -> S:
    """The settings of a part, checked by its kind; raises ExperimentError with every fault below `place`."""
    if part.kind not in table:
        raise ExperimentError([unknown(f"{place}.kind", part.kind, table)])
    declaration = table[part.kind]
    try:
        return declaration.model_validate(part.settings)
    except ValidationError as error:
        raise ExperimentError(faults_of(error, declaration, place)) from None


def faults_of(error: ValidationError, declaration: type[BaseModel], place: str = "") -> list[Fault]:
    """pydantic's findings as faults with dotted places."""
    return [_fault(details, declaration, place) for details in error.errors(include_url=False)]


def read_experiment(source: str | bytes | Mapping[str, Any]) -> Experiment:
    """An experiment from JSON or plain data; raises ExperimentError with every fault of its structure."""
    try:
        if isinstance(source, str | bytes):
            return Experiment.model_validate_json(source)
        return Experiment.model_validate(source)
    except ValidationError as error:
        raise ExperimentError(faults_of(error, Experiment)) from None


def assign(experiment: Experiment, *assignments: str) -> Experiment:
    """A copy with dotted keys set; raises ExperimentError for a key that leads nowhere or a value out of bounds."""
    try:
        return experiment.with_(*assignments)
    except ValidationError as error:
        raise ExperimentError(faults_of(error, Experiment)) from None
    except ValueError as error:
        raise ExperimentError([Fault(", ".join(assignments), "a key of this experiment", str(error))]) from None


def written(settings: Settings, kind: str) -> Part:
    """A part with every setting written out, defaults included."""
    return Part.model_validate({"kind": kind, **settings.model_dump(mode="json")})


def _fault(details: ErrorDetails, declaration: type[BaseModel], place: str) -> Fault:
    location = [str(step) for step in details["loc"]]
    where = ".".join(filter(None, [place, *location]))
    if details["type"] == "extra_forbidden":
        known = ", ".join(sorted(_model_at(declaration, details["loc"][:-1]).model_fields)) or "no settings"
        return Fault(where, f"one of {known}", f"the unknown setting {location[-1]!r}")
    if details["type"] == "missing":
        return Fault(where, "a value", "nothing", "give one")
    message = details["msg"].rstrip(".")
    for opening in OPENINGS:
        message = message.removeprefix(opening)
    return Fault(where, message, _shown(details["input"]))


def _model_at(declaration: type[BaseModel], location: tuple[int | str, ...]) -> type[BaseModel]:
    """The model that a location inside a declaration leads to, as far as fields of models go."""
    model = declaration
    for step in location:
        field = model.model_fields.get(str(step))
        if field is None or not (isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel)):
            return model
        model = field.annotation
    return model


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"
