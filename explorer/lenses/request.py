"""What is asked of a lens, as plain JSON. Nothing here needs torch."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field, ValidationError

from explorer.declarations import faults_of
from explorer.errors import ExperimentError
from explorer.experiment import Settings
from explorer.own_input import OwnInput


class Example(OwnInput):
    """Which input a lens looks at: one of the data's examples, unless an input of one's own is given."""

    split: Literal["train", "test"] = Field("test", description="Which split the example is from.")
    index: int = Field(0, ge=0, description="Its place in the split.")


def read_example(given: int | Example | Mapping[str, Any]) -> Example:
    """An example as a person gives it: a number is a held-out one; raises ExperimentError where it is none."""
    if isinstance(given, Example):
        return given
    try:
        return Example.model_validate({"index": given} if isinstance(given, int) else given)
    except ValidationError as error:
        raise ExperimentError(faults_of(error, Example, "example")) from None


class LookRequest(Settings):
    """A look as plain JSON: the lens and its settings, the step (empty: now, or the last) and the example."""

    lens: str
    settings: Mapping[str, Any] = Field(default_factory=dict)
    step: int | None = Field(None, ge=0)
    example: Example = Example()
