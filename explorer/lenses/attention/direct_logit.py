"""Direct logit attribution: what each head and layer adds to an answer, past all later layers."""

from typing import ClassVar

import torch
from pydantic import Field
from torch import Tensor

from explorer.lenses.attention.heads import attentions, has_attention, tracks
from explorer.lenses.attention.stream import by_head, has_stream, take_apart
from explorer.lenses.base import Lens, Scene, named, row
from explorer.lenses.picture import Picture
from explorer.validation import Checked


class DirectLogit(Lens):
    """The shares of one entry of the answer, with the last norm frozen (Elhage et al. 2021, "direct path")."""

    kind: ClassVar[str] = "direct_logit"
    title: ClassVar[str] = "Direct logit attribution"
    shows: ClassVar[str] = (
        "How much each head and each layer adds by itself to one entry of the answer, and how loudly."
    )
    hides: ClassVar[str] = (
        "It does not show what a head does through the layers behind it: a share of 0 may matter much."
    )

    position: int | None = Field(None, ge=0, le=4095, description="The place that answers; empty means the last.")
    target: int | None = Field(None, ge=0, description="The entry of the answer; empty means the greatest.")

    @classmethod
    def is_applicable(cls, checked: Checked) -> bool:
        return has_attention(checked) and has_stream(checked)

    @torch.no_grad()
    def look(self, scene: Scene) -> Picture:
        layers = attentions(scene.network)
        taken = take_apart(scene.network, scene.one(), tuple(f"{path}.head_output" for path in layers))
        reading, stream = taken.reading, taken.stream
        answers = taken.output[0] if taken.output.dim() == 3 else taken.output  # (T, outputs), or the one answer
        place = row(answers, self.position)
        chosen = answers[place]
        target = int(chosen.argmax()) if self.target is None else min(self.target, len(chosen) - 1)

        def share(part: Tensor) -> Tensor:  # (N, T, C) -> (N,)
            found = reading.share(scene.network, part, stream.expand_as(part))
            return found[:, place, target] if found.dim() == 3 else found[:, target]

        constant = reading.constant(scene.network, stream)
        constant = constant[0, place] if constant.dim() == 3 else constant[0]
        picture = tracks(scene) | {
            "place": named(place),
            "target": named(target),
            "answer": named(chosen[target]),
            "constant": named(constant[target]),
        }
        for name, part in taken.parts.items():
            if name in layers:
                heads = by_head(taken.caught, layers[name].mix.bias, name)[0]  # (H + 1, T, C)
                shares = share(heads)
                picture[f"{name}.heads"] = named(shares[:-1], "head")
                picture[f"{name}.bias"] = named(shares[-1])
                picture[f"{name}.norms"] = named(heads[:-1].norm(dim=-1), "head", "query")
            else:
                picture[f"{name}.share"] = named(share(part)[0])
                picture[f"{name}.norm"] = named(part[0].norm(dim=-1), "query")
        return picture
