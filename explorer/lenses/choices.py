"""Settings that name something of the network at hand, such as a layer: what there is to choose. Needs no torch."""

from collections.abc import Mapping, Sequence
from typing import Any

from explorer.errors import ExperimentError, unknown

Choices = Mapping[str, Sequence[str]]  # by setting: the values that it may have here


def narrowed(schema: Mapping[str, Any], choices: Choices) -> dict[str, Any]:
    """The schema of a declaration with the choices of this network filled in."""
    known = dict(schema.get("properties", {}))
    known |= {name: {**known[name], "enum": list(values)} for name, values in choices.items()}
    return {**schema, "properties": known} if known else dict(schema)


def demand_among(settings: Any, choices: Choices, place: str) -> None:
    """Raise ExperimentError for every setting that names what is not there; one that is left empty is none."""
    values = {name: getattr(settings, name) for name in choices}
    faults = [
        unknown(f"{place}.{name}", value, choices[name])
        for name, value in values.items()
        if value is not None and value not in choices[name]
    ]
    if faults:
        raise ExperimentError(faults)
