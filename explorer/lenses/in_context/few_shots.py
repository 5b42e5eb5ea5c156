"""Few shots: how good the answers are with the first shots of a prompt, and which shots carried one answer."""

from typing import ClassVar

import torch
from pydantic import Field
from torch import Generator, Tensor

from explorer.datasets.in_context import InContextRegression
from explorer.datasets.in_context_classes import InContextClassification
from explorer.lenses.base import Lens, Scene, named
from explorer.lenses.in_context.prompts import SEED
from explorer.lenses.in_context.shots import Network, Shots, shots_of
from explorer.lenses.picture import Picture
from explorer.validation import Checked


class FewShots(Lens):
    """The score after 0, 1, 2 and more shots, and the Shapley value of every shot for one answer (Shapley 1953)."""

    kind: ClassVar[str] = "few_shots"
    title: ClassVar[str] = "Few shots"
    shows: ClassVar[str] = (
        "How good the answers are with the first shots alone, over held-out prompts, and what each shot adds to this "
        "answer, on average over orders in which they join. The network before training is the control."
    )
    hides: ClassVar[str] = (
        "The orders are a sample: the sum is exact, the split is not. A shot left out is a shorter prompt; classes "
        "never had one in training, and their places stay empty."
    )

    shots: int | None = Field(None, ge=0, le=64, description="How many are shown, from the first; empty means all.")
    examples: int = Field(128, ge=16, le=1024, description="Held-out prompts that are answered, from the first on.")
    orders: int = Field(32, ge=1, le=512, description="Random orders in which the shots join.")

    @classmethod
    def is_applicable(cls, checked: Checked) -> bool:
        return isinstance(checked.dataset, InContextRegression | InContextClassification)

    @torch.no_grad()
    def look(self, scene: Scene) -> Picture:
        dataset, networks = scene.checked.dataset, {"network": scene.network, "untrained": scene.untrained()}
        many, one = shots_of(scene.held_out(self.examples), dataset), shots_of(scene.one(), dataset)
        shown = [many.first(k) for k in range(many.most + 1)]
        curves = {
            name: torch.stack([many.score(many.answers(network, is_in)) for is_in in shown])
            for name, network in networks.items()
        }
        curves["reference"] = torch.stack([many.reference(is_in) for is_in in shown])
        n = one.most if self.shots is None else min(self.shots, one.most)
        meant = one.answers(scene.network, one.first(n))[0]
        parts = {name: shapley(one, network, n, self.orders, meant) for name, network in networks.items()}
        names = one.names(scene.data.task.labels)[:n]
        target = {"target": named(one.targets[0].squeeze())} if scene.has_target else {}
        return {
            **{name: named(curve, "shots") for name, curve in curves.items()},
            "shots": named(n),
            **({"answer": named(meant.argmax())} if scene.data.task.is_discrete else {}),
            **target,
            "value": named(one.value(meant[None], meant)[0]),
            "value_without": named(one.value(one.answers(scene.network, one.first(0)), meant)[0]),
            **{
                f"{place + 1}: {told}.{name}": named(part[place])
                for place, told in enumerate(names)
                for name, part in parts.items()
            },
        }


def shapley(prompt: Shots, network: Network, n: int, orders: int, meant: Tensor) -> Tensor:
    """What each of the first `n` shots of the first prompt adds, a mean over the same random orders each time: (n,).

    The sum over the shots is the value with all `n` less the value with none (Castro et al. 2009).
    """
    generator = Generator().manual_seed(SEED)
    rank = torch.rand(orders, n, generator=generator).argsort(1).to(prompt.shots.device)  # when each shot joins
    prompts, is_in = prompt.repeated(orders), prompt.first(0).repeat(orders, 1)
    values = []
    for joined in range(n + 1):
        is_in[:, :n] = rank < joined
        values.append(prompts.value(prompts.answers(network, is_in), meant))
    gains = torch.stack(values, 1).diff(dim=1)  # (orders, n), by when a shot joins
    return gains.gather(1, rank).mean(0)
