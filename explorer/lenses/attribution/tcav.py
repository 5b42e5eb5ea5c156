"""How a concept sways an answer, layer by layer, held against chance (TCAV, Kim et al. 2018)."""

from typing import ClassVar

import torch
from pydantic import Field
from torch import Tensor

from explorer.errors import EngineError
from explorer.lenses.attribution.aims import aimed
from explorer.lenses.attribution.base import CHUNK
from explorer.lenses.attribution.concept_test import Drawn, Seen, against_chance, probability
from explorer.lenses.attribution.concepts import RANDOM, concepts_of, has_concept
from explorer.lenses.attribution.guard import undisturbed
from explorer.lenses.attribution.lens import has_one_input
from explorer.lenses.attribution.structure import cut_layers
from explorer.lenses.attribution.subject import Subject
from explorer.lenses.attribution.targets import Target, read_target
from explorer.lenses.attribution.through import catching
from explorer.lenses.base import Lens, Scene, named
from explorer.lenses.choices import Choices
from explorer.lenses.picture import Picture
from explorer.lenses.telling import counted
from explorer.validation import Checked

POOL = 256  # examples with the concept, and without, that sets are drawn from
MOST_LAYERS = 8
LEVEL = 0.05  # of significance, over all layers together
LEAST = 8  # examples of a concept below which nothing can be said


class Tcav(Lens):
    """The share of examples whose answer rises in the direction of a concept, against random concepts.

    Every direction is computed anew from the weights that are looked at.
    """

    kind: ClassVar[str] = "concept"
    title: ClassVar[str] = "Concepts"
    shows: ClassVar[str] = "For how many examples a step towards a concept raises the answer, at every layer."
    hides: ClassVar[str] = (
        "It does not prove that the network uses the concept: whatever goes along with it in these examples counts too."
    )
    is_live: ClassVar[bool] = False

    concept: str | None = Field(
        None, description="Examples that share something, or random ones; empty: the first that fits."
    )
    target: str | int | None = Field(
        None, description="The answer that is swayed, such as 3 or 3-5; empty means the one predicted for the example."
    )
    sets: int = Field(20, ge=5, le=200, description="Draws of examples, each with a direction of its own.")
    size: int = Field(32, ge=4, le=128, description="Examples of each kind in a draw.")
    examples: int = Field(64, ge=8, le=512, description="Held-out examples of which the answer is followed.")
    seed: int = Field(0, ge=0, le=2**31 - 1, description="Where chance starts for the draws.")

    @classmethod
    def is_applicable(cls, checked: Checked) -> bool:
        return has_one_input(checked) and bool(cut_layers(checked.plan))

    @classmethod
    def choices(cls, checked: Checked) -> Choices:
        return {"concept": concepts_of(checked.description)}

    def look(self, scene: Scene) -> Picture:
        concept = self.concept or next(
            each for each in concepts_of(scene.checked.description) if _is_common(each, has_concept(each, scene.data))
        )
        with_it, without = self._pools(concept, scene)
        target = self._target(scene)
        followed = self._followed(scene, target)
        layers = cut_layers(scene.checked.plan, target.layer)[-MOST_LAYERS:]
        if not layers:
            raise EngineError(f"lens.target: expected one with a layer before it, got {target}; choose a later one.")
        found: Picture = {"target": named(torch.tensor(-1 if target.entry is None else target.entry))}
        for layer in counted(layers, scene.tell, "layer"):
            seen = see(scene, layer, target, followed, torch.cat([with_it, without]))
            chance = torch.Generator().manual_seed(self.seed)
            n_with = None if concept == RANDOM else len(with_it)
            drawn = against_chance(seen, n_with, self.sets, self.size, chance)
            found |= {f"{layer}.{name}": value for name, value in _told(drawn, len(layers)).items()}
        return found

    def _pools(self, concept: str, scene: Scene) -> tuple[Tensor, Tensor]:
        """Places of training examples with the concept, and of others."""
        chance = torch.Generator().manual_seed(self.seed)
        has = has_concept(concept, scene.data)
        if not _is_common(concept, has):
            raise EngineError(
                f"lens.concept: expected at least {LEAST} training examples with {concept} and {LEAST} without, got "
                f"{int(has.sum())} and {int((~has).sum())}; choose another."
            )
        order = torch.randperm(len(has), generator=chance)
        with_it = order[has[order]][:POOL]
        return with_it, order[POOL : 2 * POOL] if concept == RANDOM else order[~has[order]][:POOL]

    def _target(self, scene: Scene) -> Target:
        """What is asked of every example; what is left open is chosen by the answer to the one in hand."""
        one = scene.one()
        target = read_target(self.target, scene.data.task.labels)
        target = aimed(target, scene.data.task, scene.network, one.inputs[0], one.targets)
        subject = Subject(scene.network, scene.data.signals[0], target)
        subject.settle(subject.enter(one.inputs[0]), scene.answer_step())
        return subject.target

    def _followed(self, scene: Scene, target: Target) -> Tensor:
        """Held-out examples of the class in question, or of any where there are no classes."""
        split = scene.data.test
        if scene.data.task.kind == "classification" and target.entry is not None:
            split = split.take(split.targets == target.entry)
        if not len(split):
            raise EngineError(f"lens.target: expected a class with held-out examples, got {target}; choose another.")
        return split.inputs[0][: self.examples].to(scene.device)


def _is_common(concept: str, has: Tensor) -> bool:
    """Whether there are enough training examples with a concept, and without."""
    return concept == RANDOM or min(int(has.sum()), int((~has).sum())) >= LEAST


def _told(drawn: Drawn, tests: int) -> Picture:
    """As arrays; the probability that chance does it is multiplied by the number of tests (Bonferroni)."""
    p = min(1.0, tests * probability(drawn.concept, drawn.random))
    return {
        "concept": named(float(drawn.concept.mean())),
        "random": named(float(drawn.random.mean())),
        "accuracy": named(float(drawn.accuracy.mean())),
        "p": named(p),
        "is_significant": named(torch.tensor(int(p < LEVEL))),
        "concept_scores": named(torch.from_numpy(drawn.concept), "set"),
        "random_scores": named(torch.from_numpy(drawn.random), "set"),
    }


def see(scene: Scene, layer: str, target: Target, followed: Tensor, pool: Tensor) -> Seen:
    """Look at one layer, through a private copy of the network."""
    with undisturbed(0, "concepts"):
        subject = Subject(scene.network, scene.data.signals[0], target)
        module = subject.network.get_submodule(layer)
        values, gradients = [], []
        for chunk in scene.data.train.inputs[0][pool].to(followed.device).split(CHUNK):
            with torch.no_grad(), catching(module) as caught:
                subject(subject.enter(chunk))
            values.append(caught[0].flatten(1))
        for chunk in followed.split(CHUNK):
            with catching(module) as caught:
                answers = subject(subject.enter(chunk).requires_grad_())
            gradients.append(torch.autograd.grad(answers.sum(), caught[0])[0].flatten(1))
    held, slopes = torch.cat(values).double(), torch.cat(gradients).double()
    if not (held.isfinite().all() and slopes.isfinite().all()):
        raise EngineError(f"concept: expected finite values in {layer}, got others; the training may have diverged.")
    return Seen(held @ held.T, slopes @ held.T)
