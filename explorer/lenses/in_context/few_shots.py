"""Few shots: how good the answers are with the first shots of a prompt."""

from typing import ClassVar

import torch
from pydantic import Field

from explorer.lenses.base import Lens, Scene, named
from explorer.lenses.in_context.kinds_of_shots import shots_of, takes_shots
from explorer.lenses.picture import Picture
from explorer.validation import Checked


class OfShots(Lens):
    """The base of lenses that look at the shots of a prompt."""

    @classmethod
    def is_applicable(cls, checked: Checked) -> bool:
        return takes_shots(checked)


class FewShots(OfShots):
    """The score after 0, 1, 2 and more shots (Brown et al. 2020)."""

    kind: ClassVar[str] = "few_shots"
    title: ClassVar[str] = "Few shots"
    shows: ClassVar[str] = (
        "How good the answers are with the first shots alone, over held-out prompts. The network before training is "
        "the control."
    )
    hides: ClassVar[str] = (
        "Fewer shots are a shorter prompt. In training classes never had one, and their places stay empty here; tokens "
        "always came in the order of their block."
    )

    examples: int = Field(128, ge=16, le=1024, description="Held-out prompts that are answered, from the first on.")

    @torch.no_grad()
    def look(self, scene: Scene) -> Picture:
        many, untrained = shots_of(scene.held_out(self.examples), scene.checked.dataset), scene.untrained()
        shown = [many.first(k) for k in range(many.most + 1)]
        curves = {
            "network": [many.score(many.answers(scene.network, is_in)) for is_in in shown],
            "untrained": [many.score(many.answers(untrained, is_in)) for is_in in shown],
            "reference": [many.reference(is_in) for is_in in shown],
        }
        return {name: named(torch.stack(curve), "shots") for name, curve in curves.items()}
