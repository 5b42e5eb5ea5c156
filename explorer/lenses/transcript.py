"""What a recogniser hears in one utterance, frame by frame, beside what was said."""

from typing import ClassVar

import torch
from torch import Tensor

from explorer.lenses.base import Lens, Scene, named
from explorer.lenses.picture import Picture
from explorer.signals import BLANK
from explorer.training.objectives import sequence_losses
from explorer.training.transcripts import edits, sequences, transcripts
from explorer.validation import Checked


class Transcript(Lens):
    """The probability of every phone in every frame, the phones that are read from it, and those that were said."""

    kind: ClassVar[str] = "transcript"
    title: ClassVar[str] = "Phones over frames"
    shows: ClassVar[str] = "How likely each phone is in each frame, and the phones that the likeliest path gives."
    hides: ClassVar[str] = (
        "A spike need not lie where the phone sounds: only the order was learnt (Graves et al. 2006). "
        "The likeliest path need not be the likeliest sequence."
    )

    @classmethod
    def is_applicable(cls, checked: Checked) -> bool:
        return checked.description.task.kind == "ctc"

    @torch.no_grad()
    def look(self, scene: Scene) -> Picture:
        one = scene.one()
        output = scene.network(*one.inputs)  # (1, T, K)
        (heard,) = transcripts(output)
        path = output[0].argmax(-1)
        is_new = torch.cat([path.new_ones(1, dtype=torch.bool), path[1:] != path[:-1]])
        begins = (is_new & (path != BLANK)).nonzero()[:, 0]
        return {
            **scene.pictured(one),
            "shares": named(output[0].softmax(-1), "time", "class"),
            "heard": named(torch.tensor(heard, dtype=torch.int32), "place"),
            "begins": named(begins, "place"),
            **(compared(output, one.targets) if scene.has_target else {}),
        }


def compared(output: Tensor, target: Tensor) -> Picture:
    """What was said, and how far the network is from it: (1, T, K), (1, L)."""
    (said,), (heard,) = sequences(target), transcripts(output)
    return {
        "said": named(torch.tensor(said, dtype=torch.int32), "entry"),
        "edits": named(edits(heard, said)),
        "loss": named(sequence_losses(output, target)[0]),
    }
