"""What a preset declares: an experiment with a name, what to watch, what to expect, and the figures it is held to."""

from typing import Any, Self

from pydantic import Field, model_validator

from explorer.experiment import Experiment, Settings

NAME = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"
MEASURE = r"^((train|test)\.)?[a-z][a-z0-9_]*$"


class Figure(Settings):
    """A bound that a trained preset keeps: on a metric of a split, such as test.accuracy, or on a progress measure."""

    measure: str = Field(pattern=MEASURE, description="The metric, as split.name, or the name of the measure.")
    at_least: float | None = Field(None, description="Smallest value allowed; empty means no bound.")
    at_most: float | None = Field(None, description="Greatest value allowed; empty means no bound.")

    @model_validator(mode="after")
    def _is_bounded(self) -> Self:
        if self.at_least is None and self.at_most is None:
            raise ValueError("expected a bound: at_least, at_most or both.")
        return self

    def is_met(self, value: float) -> bool:
        """Whether a value keeps the bounds; what is not a number keeps none."""
        return (self.at_least is None or value >= self.at_least) and (self.at_most is None or value <= self.at_most)

    def __str__(self) -> str:
        name = self.measure.replace(".", " ").replace("_", " ")
        bounds = {"at least": self.at_least, "at most": self.at_most}
        return f"{name} " + " and ".join(f"{word} {bound:g}" for word, bound in bounds.items() if bound is not None)


class Preset(Settings):
    """A named experiment for a newcomer to start from."""

    name: str = Field(pattern=NAME, description="How commands and links call it.")
    title: str = Field(min_length=1, description="How menus call it.")
    about: str = Field(min_length=1, description="What is learnt, in one sentence.")
    watch: str = Field(min_length=1, description="What to look at while it trains, in one or two sentences.")
    expect: str = Field(min_length=1, description="What will happen, and whether at once or gradually.")
    control: str | None = Field(None, description="The preset that shows, by failing, what this one depends on.")
    budget_seconds: float = Field(gt=0, description="Seconds of one CPU core that training may take.")
    figures: tuple[Figure, ...] = Field(min_length=1, description="What holds after training, for every seed tried.")
    experiment: Experiment = Field(description="What is trained.")


def experiment(data: dict[str, Any], layers: list[dict[str, Any]], recipe: dict[str, Any]) -> Experiment:
    """An experiment from plain data."""
    return Experiment.model_validate({"data": data, "network": {"layers": layers}, "recipe": recipe})


def at_least(measure: str, value: float) -> Figure:
    """A figure with a smallest value."""
    return Figure(measure=measure, at_least=value)


def at_most(measure: str, value: float) -> Figure:
    """A figure with a greatest value."""
    return Figure(measure=measure, at_most=value)
