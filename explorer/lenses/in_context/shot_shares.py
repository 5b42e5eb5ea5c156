"""Which shots carried one answer: the Shapley value of each."""

from typing import ClassVar

import torch
from pydantic import Field
from torch import Generator, Tensor

from explorer.lenses.base import Scene, named
from explorer.lenses.in_context.few_shots import OfShots
from explorer.lenses.in_context.kinds_of_shots import shots_of
from explorer.lenses.in_context.prompts import SEED
from explorer.lenses.in_context.shots import Network, Shots
from explorer.lenses.picture import Picture


class ShotShares(OfShots):
    """What each of the first shots adds to one answer, shared out as Shapley 1953 does."""

    kind: ClassVar[str] = "shot_shares"
    title: ClassVar[str] = "Share of each shot"
    shows: ClassVar[str] = (
        "What each shot adds to this answer, on average over orders in which they join, beside what it adds before "
        "training."
    )
    hides: ClassVar[str] = (
        "The orders are a sample: the sum is exact, the split is not. It is one answer, and not how often it is right."
    )

    shots: int | None = Field(None, ge=0, le=64, description="How many are shown, from the first; empty means all.")
    orders: int = Field(32, ge=1, le=512, description="Random orders in which the shots join.")

    @torch.no_grad()
    def look(self, scene: Scene) -> Picture:
        one = shots_of(scene.one(), scene.checked.dataset)
        networks = {"network": scene.network, "untrained": scene.untrained()}
        n = one.most if self.shots is None else min(self.shots, one.most)
        meant = one.answers(scene.network, one.first(n))[0]
        parts = {name: shapley(one, network, n, self.orders, meant) for name, network in networks.items()}
        names = one.names(scene.data.task.labels)[:n]
        target = {"target": named(one.targets[0].squeeze())} if scene.has_target else {}
        return {
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
