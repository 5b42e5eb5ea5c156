"""Switching parts off: what the loss and the answer lose without heads, layers or units."""

from contextlib import AbstractContextManager
from typing import ClassVar, Literal

import torch
from pydantic import Field
from torch import Tensor

from explorer.datasets.base import Split
from explorer.layers.transformer import TwoMaps
from explorer.lenses.attention.heads import attentions, points, tracks
from explorer.lenses.attention.parts import Piece, merged, piece, unit_counts
from explorer.lenses.base import Lens, Scene, choose, named
from explorer.lenses.picture import Array, Picture
from explorer.lenses.recording import replacing
from explorer.lenses.telling import counted
from explorer.network import Network
from explorer.training.objectives import Loss, loss_for
from explorer.validation import Checked

MOST_UNITS = 256  # of one layer, each switched off in turn


class Ablation(Lens):
    """The change of the loss without each head and each feed-forward network, and without what was chosen."""

    kind: ClassVar[str] = "ablation"
    title: ClassVar[str] = "Switching parts off"
    shows: ClassVar[str] = "How the loss and this answer change when heads, layers or single units fall silent."
    hides: ClassVar[str] = (
        "Other parts may step in for one that is silent: no change does not prove that it did nothing."
    )
    is_live: ClassVar[bool] = False

    off: tuple[str, ...] = Field(
        (),
        max_length=256,
        description="Parts switched off together: block1.attention:2 is a head, block1.feed_forward a layer, "
        "hidden:5 a unit.",
    )
    instead: Literal["zero", "mean"] = Field(
        "zero", description="What a silent part gives out: nothing, or its mean over the held-out examples."
    )
    layer: str | None = Field(None, description="A layer whose units are each switched off in turn; empty: none.")
    examples: int = Field(64, ge=4, le=1024, description="Held-out examples over which the loss is taken.")

    @classmethod
    def is_applicable(cls, checked: Checked) -> bool:
        return len(checked.plan.nodes) > 1

    @torch.no_grad()
    def look(self, scene: Scene) -> Picture:
        network, split, one = scene.network, scene.held_out(self.examples), scene.one()
        loss = loss_for(scene.data.task, scene.checked.experiment.recipe.loss)
        whole = loss(network(*split.inputs), split.targets)
        chosen = [piece(network, text) for text in self.off]
        with _silent(network, chosen, self._means(network, chosen, split)):
            without, answer = loss(network(*split.inputs), split.targets), network(*one.inputs)
        is_discrete = scene.data.task.is_discrete
        picture = tracks(scene) | {
            "loss": named(whole),
            "loss_without": named(without),
            "prediction": _answer(network(*one.inputs), is_discrete),
            "prediction_without": _answer(answer, is_discrete),
        }
        for name, pieces in self._each(scene).items():
            means = self._means(network, pieces, split)
            effects = [
                _loss_without(network, part, means, split, loss) - whole for part in counted(pieces, scene.tell, name)
            ]
            is_one = len(pieces) == 1 and pieces[0].axis is None
            axes = () if is_one else ("head",) if name in attentions(network) else ("unit",)
            picture[f"{name}.effect"] = named(effects[0] if is_one else torch.stack(effects), *axes)
        return picture

    def _each(self, scene: Scene) -> dict[str, list[Piece]]:
        """Every head and feed-forward network, and the units of the layer that was named."""
        network = scene.network
        found = {
            path: [piece(network, f"{path}:{head}") for head in range(module.n_heads)]
            for path, module in attentions(network).items()
        }
        found |= {path: [Piece(path)] for path, module in network.named_modules() if isinstance(module, TwoMaps)}
        if self.layer is not None:
            counts = unit_counts(scene.checked)
            name = choose(self.layer, list(counts))
            found[name] = [piece(network, f"{name}:{unit}") for unit in range(min(counts[name], MOST_UNITS))]
        return found

    def _means(self, network: Network, pieces: list[Piece], split: Split) -> dict[str, Tensor]:
        """The mean over examples of what passes at every piece's place; empty where silence is zero."""
        if self.instead == "zero" or not pieces:
            return {}
        _, caught = points(network, split, {part.address for part in pieces})
        return {address: value.mean(0, keepdim=True) for address, value in caught.items()}


def _silent(network: Network, pieces: list[Piece], means: dict[str, Tensor]) -> AbstractContextManager[None]:
    return replacing(network, merged([(part.address, part.put(means.get(part.address))) for part in pieces]))


def _loss_without(network: Network, part: Piece, means: dict[str, Tensor], split: Split, loss: Loss) -> Tensor:
    with _silent(network, [part], means):
        return loss(network(*split.inputs), split.targets)


def _answer(output: Tensor, is_discrete: bool) -> Array:
    """One example's answer as probabilities or numbers."""
    answer = (output.softmax(-1) if is_discrete else output)[0]
    axes = {1: ("class",), 2: ("time", "class"), 3: ("class", "row", "column")}
    return named(answer, *axes[answer.dim()])
