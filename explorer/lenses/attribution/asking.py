"""One attribution from its ingredients to its scores."""

from dataclasses import dataclass, replace
from typing import Generic, TypeVar

import numpy as np
import torch
from pydantic import ValidationError
from torch import Tensor, nn

from explorer.datasets.base import Data, Split
from explorer.declarations import faults_of
from explorer.errors import EngineError, ExperimentError, unknown
from explorer.lenses.attribution.base import Method, Question, Verdict
from explorer.lenses.attribution.baselines import Baseline, Surroundings, make_baseline
from explorer.lenses.attribution.guard import undisturbed
from explorer.lenses.attribution.structure import structure_of
from explorer.lenses.attribution.subject import Subject
from explorer.lenses.attribution.table import METHODS
from explorer.lenses.attribution.targets import Target
from explorer.lenses.choices import demand_among
from explorer.signals import Signal

Scores = TypeVar("Scores", bound=np.ndarray | tuple[np.ndarray, ...])


@dataclass(frozen=True)
class Attribution(Generic[Scores]):
    """How much each part of an input adds to one number of a network, and how far to trust it."""

    scores: Scores  # shaped as the input, each of several, or a layer; one for a token
    completeness_error: float  # |sum of the scores - change of the answer| / |change of the answer|
    baseline: str
    target: int | str
    method: str
    verdict: str
    notes: tuple[str, ...]
    change: float  # what the scores should add up to


@dataclass(frozen=True)
class Setting:
    """What is asked about, before a method is chosen: a network, one example, a target and a baseline."""

    network: nn.Module
    signal: Signal
    inputs: Tensor  # (1, ...), as the network takes them
    target: Target
    baseline: Baseline | Tensor
    data: Data | None = None
    last: int | None = None  # the step of a sequence that is explained where none is named
    layer: str | None = None
    seed: int = 0

    def question(self) -> Question:
        """A private copy of the network, with every choice made."""
        subject = Subject(self.network, self.signal, self.target, self.layer)
        inputs = self.inputs.detach().clone()
        if isinstance(self.baseline, Tensor):
            baseline = subject.enter(self.baseline.to(inputs))
        else:
            baseline = make_baseline(self.baseline, subject, inputs, self.data, self.seed)
        entered = subject.enter(inputs).detach().clone()
        baseline = baseline.detach().expand_as(entered).clone()
        answered = subject.settle(torch.cat([entered, baseline]), self.last)
        around = Surroundings(subject, self.data, inputs, self.seed)
        return Question(subject, entered, baseline, answered, around, self.seed)


def as_long(signal: Signal, data: Data | None, inputs: Tensor) -> tuple[Signal, Data | None]:
    """The signal and the data for inputs (1, ...) that may have fewer steps than theirs."""
    signal = replace(signal, shape=tuple(inputs.shape[1:]))
    if data is None:
        return signal, None
    like = Split((inputs,), inputs)
    return signal, replace(data, train=data.train.begun(like), test=data.test.begun(like))


def read_method(name: str, settings: dict) -> Method:
    """A method with its settings, held against its declaration."""
    if name not in METHODS:
        raise ExperimentError([unknown("method", name, METHODS)])
    try:
        return METHODS[name].model_validate(settings)
    except ValidationError as error:
        raise ExperimentError(faults_of(error, METHODS[name], name)) from None


def verdict_on(method: Method, setting: Setting) -> Verdict:
    """Whether the method is right for this network."""
    structure = structure_of(setting.network, setting.signal, setting.data is not None)
    return method.verdict(replace(structure, has_curved_end=setting.target.sequence is not None))


def allowed(method: Method, setting: Setting) -> Verdict:
    """The same; raises an ExplorerError where the method is refused or names what the network does not have."""
    name, structure = type(method).__name__, structure_of(setting.network, setting.signal, setting.data is not None)
    verdict = method.verdict(structure)
    if verdict.verdict == "refused":
        raise EngineError(f"method: expected one that fits this network, got {name}. {verdict.reason}")
    demand_among(method, method.choices(structure), name)
    return verdict


def ask(setting: Setting, method: Method) -> Attribution[np.ndarray]:
    """The scores of one example; raises EngineError where the method is refused or fails."""
    name, verdict = type(method).__name__, allowed(method, setting)
    with undisturbed(setting.seed, name):
        question = setting.question()
        found, change = scores_of(question, method), method.change(question)
    notes = [] if verdict.verdict == "right" else [f"{verdict.verdict.capitalize()} here: {verdict.reason}"]
    if not method.adds_up:
        notes.append(f"{method.title} does not promise scores that add up to the change of the answer.")
    target = question.subject.target
    is_plain = target.layer is None and target.versus is None and target.place is None and target.entry is not None
    return Attribution(
        scores=found.cpu().numpy(),
        completeness_error=completeness_error(found, change),
        baseline=str(setting.baseline) if isinstance(setting.baseline, Baseline) else "given",
        target=target.entry if is_plain and target.entry is not None else str(target),
        method=name,
        verdict=verdict.verdict,
        notes=tuple(notes),
        change=change,
    )


def scores_of(question: Question, method: Method) -> Tensor:
    """The scores of one example, without its batch axis; the features of a token are summed up."""
    found = method.attribute(question).detach()[0]
    if not torch.isfinite(found).all():
        raise EngineError(
            f"{type(method).__name__}: expected finite scores, got some that are not; try another method."
        )
    return found.sum(-1) if question.is_tokens and not method.of_layer and found.dim() > 1 else found


def completeness_error(scores: Tensor, difference: float) -> float:
    """|sum of the scores - change of the answer| over |change of the answer| (Sundararajan et al. 2017, axiom 1)."""
    rounding = max(1e-12, 1e-6 * float(scores.abs().sum()))  # a smaller change is no change
    return abs(float(scores.sum()) - difference) / max(abs(difference), rounding)


def together(found: list[Attribution[np.ndarray]]) -> Attribution[np.ndarray]:
    """Several examples as one answer; the error is the largest, the targets are listed where they differ."""
    targets = list(dict.fromkeys(each.target for each in found))
    return replace(
        found[0],
        scores=np.stack([each.scores for each in found]),
        completeness_error=max(each.completeness_error for each in found),
        target=targets[0] if len(targets) == 1 else ", ".join(str(each.target) for each in found),
        notes=tuple(dict.fromkeys(note for each in found for note in each.notes)),
        change=sum(each.change for each in found),
    )
