"""A held-out text, continued by the network."""

from typing import ClassVar

import numpy as np
import torch
from pydantic import Field
from torch import Tensor, nn

from explorer.lenses.base import Array, Lens, Picture, Scene
from explorer.validation import Checked


class Generation(Lens):
    """Tokens drawn one after the other, each read again as input for the next."""

    kind: ClassVar[str] = "generation"
    title: ClassVar[str] = "Text"
    shows: ClassVar[str] = "How the network continues a held-out text, token by token."
    hides: ClassVar[str] = (
        "It shows one draw; another seed gives another text, and none shows what was learned by heart."
    )

    temperature: float = Field(
        0.7, ge=0, le=5, description="Divides the scores before a token is drawn; 0 always takes the likeliest."
    )
    length: int = Field(48, ge=1, le=256, description="Tokens that are drawn.")
    seed: int = Field(0, ge=0, le=2**31 - 1, description="Where chance starts; the same seed draws the same tokens.")

    @classmethod
    def is_applicable(cls, checked: Checked) -> bool:
        return checked.description.task.kind == "next_token" and len(checked.description.signals) == 1

    @torch.no_grad()
    def look(self, scene: Scene) -> Picture:
        (window,) = scene.inputs()
        generator = torch.Generator().manual_seed(self.seed)
        steps = scene.data.signals[0].shape[0]
        tokens = continue_text(scene.network, window[0], self.length, self.temperature, generator, steps)
        return {
            "tokens": Array(tokens.to(torch.int32).cpu().numpy(), ("time",)),
            "prompt_length": Array(np.array(window.shape[1], np.int32), ()),
        }


def continue_text(
    network: nn.Module,
    window: Tensor,
    length: int,
    temperature: float,
    chance: torch.Generator,
    steps: int | None = None,
) -> Tensor:
    """The tokens of `window` (T,) and `length` more; the network always reads the last T, or `steps`, of them."""
    steps = steps or len(window)
    tokens = window
    for _ in range(length):
        scores = network(tokens[None, -steps:])[0, -1].double().cpu()  # (vocabulary,)
        tokens = torch.cat([tokens, _draw(scores, temperature, chance).to(tokens)])
    return tokens


def _draw(scores: Tensor, temperature: float, chance: torch.Generator) -> Tensor:
    """One token, (1,); from scores that are no numbers, any token that chance gives."""
    if temperature == 0:
        return scores.argmax(keepdim=True)
    shares = (scores / temperature).softmax(0)
    if not shares.isfinite().all():
        shares = torch.ones_like(shares)
    return torch.multinomial(shares, 1, generator=chance)
