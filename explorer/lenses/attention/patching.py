"""Patching: what comes back of another example's answer when one head behaves as it did there."""

from typing import ClassVar

import torch
from pydantic import Field
from torch import Tensor

from explorer.datasets.base import Split
from explorer.lenses.attention.heads import attentions, has_attention, points, tracks
from explorer.lenses.attention.parts import Piece, merged
from explorer.lenses.base import Lens, Scene, named, row
from explorer.lenses.picture import Picture
from explorer.lenses.recording import replacing
from explorer.validation import Checked

SEARCHED = 256  # held-out examples among which another one is looked for


class Patching(Lens):
    """Share of the difference of two logits that a head's output from another example restores (Wang et al. 2022)."""

    kind: ClassVar[str] = "patching"
    title: ClassVar[str] = "Patching heads"
    shows: ClassVar[str] = "How much of another example's answer each head brings along when its output is put in here."
    hides: ClassVar[str] = "It shows this pair of examples and answers only; heads that act together are counted apart."
    is_live: ClassVar[bool] = False

    other: int | None = Field(
        None, ge=0, description="Held-out example to take from; empty: one with the same token in this place."
    )
    position: int | None = Field(
        None, ge=0, le=4095, description="The place that answers; empty: the last that counts."
    )

    @classmethod
    def is_applicable(cls, checked: Checked) -> bool:
        task = checked.description.task
        return has_attention(checked) and task.is_discrete and task.is_aligned

    @torch.no_grad()
    def look(self, scene: Scene) -> Picture:
        network, here = scene.network, scene.one()
        place = self._place(scene, here)
        number = self._other(scene, here, place)
        there = scene.data.test.take(slice(number, number + 1)).begun(here).to(scene.device)
        names = [f"{path}.head_output" for path in attentions(network)]
        own = _answer(network(*here.inputs), place)
        output, caught = points(network, there, names)
        wanted = _answer(output, place)
        first = int(wanted.argmax())
        second = int(own.argmax()) if int(own.argmax()) != first else int(own.topk(2).indices[1])

        def difference(answer: Tensor) -> Tensor:
            return answer[first] - answer[second]

        def restored(pieces: list[Piece]) -> Tensor:
            changes = merged([(part.address, part.put(caught[part.address])) for part in pieces])
            with replacing(network, changes):
                patched = difference(_answer(network(*here.inputs), place))
            gap = difference(wanted) - difference(own)
            return (patched - difference(own)) / gap if gap.abs() > 1e-6 else torch.zeros(())

        picture = tracks(scene) | {
            "other_example": named(number),
            **{
                f"other_{name}": named(part[0], *signal.axes)
                for name, part, signal in zip(scene.data.input_names, there.inputs, scene.data.signals, strict=True)
            },
            "place": named(place),
            "answers": named(torch.tensor([first, second]), "answer"),
            "difference": named(difference(own)),
            "difference_there": named(difference(wanted)),
            "all_restored": named(restored([Piece(name) for name in names])),
        }
        for path, module in attentions(network).items():
            each = [restored([Piece(f"{path}.head_output", 1, head)]) for head in range(module.n_heads)]
            picture[f"{path}.restored"] = named(torch.stack(each), "head")
        return picture

    def _place(self, scene: Scene, here: Split) -> int:
        """The place asked for, or the last that counts."""
        return row(here.targets.reshape(-1), scene.answer_step() if self.position is None else self.position)

    def _other(self, scene: Scene, here: Split, place: int) -> int:
        """The example asked for, or one that stands the same in this place, best with another answer."""
        test = scene.data.test
        if self.other is not None:
            return min(self.other, len(test) - 1)
        own = -1 if scene.number is None else scene.number
        searched = scene.held_out(SEARCHED).begun(here)
        numbers = torch.arange(len(searched), device=scene.device)
        fits = numbers != own
        for part, mine in zip(searched.inputs, here.inputs, strict=True):
            at = place if here.targets.dim() == 2 else part.shape[1] - 1
            is_same = part[:, at] == mine[:, at]
            fits &= is_same if is_same.dim() == 1 else is_same.all(-1)
        mine = _answer(scene.network(*here.inputs), place).argmax()
        output = scene.network(*searched.inputs)
        answers = (output[:, place] if output.dim() == 3 else output).argmax(-1)
        for candidates in (fits & (answers != mine), fits, numbers != own):
            if candidates.any():
                return int(candidates.nonzero()[0])
        return max(own, 0)


def _answer(output: Tensor, place: int) -> Tensor:
    """The logits of one example at a place: (1, T, outputs) or (1, outputs) -> (outputs,)."""
    return output[0, place] if output.dim() == 3 else output[0]
