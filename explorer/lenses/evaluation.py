"""How good the network is on held-out examples, and which classes it takes for which."""

from typing import ClassVar

import numpy as np
from pydantic import Field

from explorer.lenses.base import Array, Lens, Picture, Scene
from explorer.training.evaluation import evaluate
from explorer.training.objectives import loss_for
from explorer.validation import Checked


class Evaluation(Lens):
    """Every metric of the task on held-out examples, and the confusion matrix where there are few classes."""

    kind: ClassVar[str] = "evaluation"
    title: ClassVar[str] = "Scores"
    shows: ClassVar[str] = "How well the network answers on held-out examples, and which classes it takes for which."
    hides: ClassVar[str] = "It does not show how sure the answers are, nor how the examples beyond the first ones fare."

    examples: int = Field(512, ge=16, le=4096, description="Held-out examples that are looked at, from the first on.")

    @classmethod
    def is_applicable(cls, checked: Checked) -> bool:
        return True

    def look(self, scene: Scene) -> Picture:
        device = next(scene.network.parameters()).device
        held_out = scene.data.test.take(slice(self.examples)).to(device)
        loss = loss_for(scene.data.task, scene.checked.experiment.recipe.loss)
        found = evaluate(scene.network, held_out, scene.data.task, loss)
        picture = {name: Array(np.array(value, np.float32), ()) for name, value in found.metrics.items()}
        if found.confusion_matrix is not None:
            picture["confusion"] = Array(np.array(found.confusion_matrix, np.int32), ("true", "predicted"))
        return picture
