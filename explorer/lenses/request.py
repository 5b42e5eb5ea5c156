"""What is asked of a lens, as plain JSON. Nothing here needs torch."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field

from explorer.experiment import Settings


class Example(Settings):
    """Which input a lens looks at: one of the run's own examples."""

    split: Literal["train", "test"] = Field("test", description="Which split the example is from.")
    index: int = Field(0, ge=0, description="Its place in the split.")


class LookRequest(Settings):
    """A look as plain JSON: the lens and its settings, the step (empty: now, or the last) and the example."""

    lens: str
    settings: Mapping[str, Any] = Field(default_factory=dict)
    step: int | None = Field(None, ge=0)
    example: Example = Example()
