"""The error after each number of examples, over prompts as in training or shifted away from them."""

from typing import ClassVar

import torch
from pydantic import Field

from explorer.datasets.in_context import error_by_position, ridge_predictions
from explorer.lenses.base import Scene, named
from explorer.lenses.in_context.prompts import LEAST_SQUARES, SEED, InPrompt, dataset_of
from explorer.lenses.picture import Picture


class PromptErrors(InPrompt):
    """How far from the truth the network is after 0, 1, 2 and more examples (Garg et al. 2022, sections 4 and 5)."""

    kind: ClassVar[str] = "prompt_errors"
    title: ClassVar[str] = "Error by number of examples"
    shows: ClassVar[str] = (
        "The mean squared error after each number of examples, over fresh prompts; to know nothing of a prompt as in "
        "training costs 1. Ridge regression has the prior of training, also where the prompts are shifted."
    )
    hides: ClassVar[str] = "It does not show single prompts, nor what a learner that was told of the shift would do."

    prompts: int = Field(256, ge=16, le=2048, description="Prompts that are drawn, the same ones at every step.")

    @torch.no_grad()
    def look(self, scene: Scene) -> Picture:
        dataset = dataset_of(scene)
        drawn = self.draw(scene, self.prompts, SEED)
        answers = {
            "network": scene.network(drawn.inputs),
            "ridge": ridge_predictions(drawn.inputs, dataset.noise),
            "least_squares": ridge_predictions(drawn.inputs, LEAST_SQUARES),
        }
        unit = dataset.dimensions * self.scale**2
        return {
            name: named(error_by_position(answer, drawn.clean, 1) / unit, "examples")
            for name, answer in answers.items()
        }
