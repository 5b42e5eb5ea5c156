"""How far to trust an attribution: controls that a good map must differ from, and checks that it must pass."""

from copy import deepcopy
from dataclasses import dataclass, replace

import numpy as np
import torch
from captum.metrics import infidelity, sensitivity_max
from scipy.stats import rankdata
from torch import Tensor, nn

from explorer.lenses.attribution.asking import Setting, completeness_error, scores_of
from explorer.lenses.attribution.base import CHUNK, Method, Question
from explorer.lenses.attribution.baselines import Baseline
from explorer.lenses.attribution.guard import undisturbed
from explorer.lenses.telling import Tell, tell_nobody
from explorer.network import Network, build

SOUND, FAIR = 0.01, 0.05  # completeness errors below which the light is green, or yellow
SUBSETS = 64  # random subsets by which infidelity is measured
SHAKES, RADIUS = 8, 0.02  # nearby examples, and how near, as a share of the input's range
FRACTIONS = 11  # points of a deletion or insertion curve
MAPS = ("method", "model_free", "random_weights")


@dataclass(frozen=True)
class Trust:
    """An attribution's controls and checks; every map has the shape of the scores."""

    scores: np.ndarray
    completeness_error: float
    random_weights: np.ndarray  # the same method on weights drawn anew (Adebayo et al. 2018, arXiv:1810.03292)
    random_weights_correlation: float
    model_free: np.ndarray  # |example - baseline|, which knows no network
    model_free_correlation: float
    second: np.ndarray  # the same method from another baseline
    second_baseline: str
    agreement: float  # rank correlation of the maps from both baselines
    spread: float  # how much a sampled method varies over seeds, as a share of its largest score
    infidelity: float  # Yeh et al. 2019, arXiv:1901.09392; a share of the squared change of the answer
    sensitivity: float  # largest relative change of the map near the example (Yeh et al. 2019)
    deletion: np.ndarray  # (map, fraction): answers while parts are taken away, the highest scores first
    insertion: np.ndarray  # (map, fraction): answers while parts are put into the baseline

    @property
    def light(self) -> str:
        """The completeness error as a light."""
        error = self.completeness_error
        return "green" if error < SOUND else "yellow" if error < FAIR else "red"


def examine(setting: Setting, method: Method, seeds: int = 3, tell: Tell = tell_nobody) -> Trust:
    """Every control and check of one attribution; costs some ten to thirty times the attribution itself."""
    with undisturbed(setting.seed, type(method).__name__):
        question = setting.question()
        setting = replace(setting, target=question.subject.target)
        scores = scores_of(question, method)
        layer = method.scored_layer(question)
        scored = question if layer is None else replace(setting, layer=layer).question()
        tell(1 / 8, "on random weights")
        drawn_anew = _on_random_weights(setting, method, seeds)
        free = model_free(scored)
        tell(3 / 8, "from a second baseline")
        second_baseline = another(setting)
        second = scores_of(replace(setting, baseline=second_baseline).question(), method)
        tell(4 / 8, "deletion and insertion")
        deletion, insertion = curves(scored, [scores, free, drawn_anew[0]])
        tell(5 / 8, "spread, infidelity and sensitivity")
        return Trust(
            scores=scores.cpu().numpy(),
            completeness_error=completeness_error(scores, method.change(question)),
            random_weights=drawn_anew[0].cpu().numpy(),
            random_weights_correlation=float(np.mean([rank_correlation(scores.abs(), m.abs()) for m in drawn_anew])),
            model_free=free.cpu().numpy(),
            model_free_correlation=rank_correlation(scores.abs(), free),
            second=second.cpu().numpy(),
            second_baseline=str(second_baseline) if isinstance(second_baseline, Baseline) else "its own mean",
            agreement=rank_correlation(scores, second),
            spread=_spread(setting, method, seeds) if method.is_sampled else 0.0,
            infidelity=_infidelity(question, scored, method) if method.adds_up else float("nan"),
            sensitivity=_sensitivity(question, method),
            deletion=deletion,
            insertion=insertion,
        )


def randomised(network: nn.Module, seed: int) -> nn.Module:
    """The same network with weights drawn anew."""
    if isinstance(network, Network):
        first = next(network.parameters())
        return build(network.plan, seed).to(first)
    copy = deepcopy(network)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        for module in copy.modules():
            if callable(reset := getattr(module, "reset_parameters", None)):
                reset()
    return copy


def another(setting: Setting) -> Baseline | Tensor:
    """A second baseline, to compare with: zeros, or where the first one is zeros, a mean."""
    if not (isinstance(setting.baseline, Baseline) and setting.baseline.kind == "zeros"):
        return Baseline(kind="zeros")
    if setting.data is None and not setting.signal.is_tokens:
        return torch.full_like(setting.inputs, float(setting.inputs.mean()))
    return Baseline(kind="mean")


def rank_correlation(first: Tensor, second: Tensor) -> float:
    """Spearman's coefficient; 0 where one of the maps is flat."""
    ranks = [rankdata(each.detach().cpu().numpy().ravel()) for each in (first, second)]
    if any(np.ptp(each) == 0 for each in ranks):
        return 0.0
    return float(np.corrcoef(*ranks)[0, 1])


def curves(question: Question, maps: list[Tensor]) -> tuple[np.ndarray, np.ndarray]:
    """Answers while parts are taken away, and while they are put in, in the order of each map: two (map, fraction).

    Petsiuk et al. 2018, arXiv:1806.07421. They tell a good map from a bad one only beside both controls.
    """
    parts = question.parts(1)
    n = int(parts.max()) + 1
    counts = torch.linspace(0, n, FRACTIONS).round().long()
    deleted, inserted = [], []
    for each in maps:
        by_part = torch.zeros(n, dtype=each.dtype, device=each.device)
        full = each.unsqueeze(-1).expand(question.inputs.shape[1:]) if each.dim() < parts.dim() - 1 else each
        by_part.index_add_(0, parts[0].flatten(), full.flatten())
        rank = by_part.argsort(descending=True, stable=True).argsort()[parts[0]]  # (...), 0 for the highest score
        is_top = rank < counts.to(rank.device).reshape(-1, *[1] * rank.dim())  # (fraction, ...)
        deleted.append(question.answers(torch.where(is_top, question.baseline, question.inputs)))
        inserted.append(question.answers(torch.where(is_top, question.inputs, question.baseline)))
    return torch.stack(deleted).cpu().numpy(), torch.stack(inserted).cpu().numpy()


def _on_random_weights(setting: Setting, method: Method, seeds: int) -> list[Tensor]:
    return [
        scores_of(replace(setting, network=randomised(setting.network, setting.seed + 1 + i)).question(), method)
        for i in range(seeds)
    ]


def model_free(question: Question) -> Tensor:
    """|example - baseline|, a map that knows no network."""
    moved = (question.inputs - question.baseline).abs()[0]
    return moved.sum(-1) if question.is_tokens else moved


def _spread(setting: Setting, method: Method, seeds: int) -> float:
    maps = []
    for i in range(max(seeds, 2)):
        with undisturbed(setting.seed + i, type(method).__name__):
            maps.append(scores_of(setting.question(), method))
    every = torch.stack(maps)
    return float(every.std(0).mean() / every.mean(0).abs().max().clamp(min=1e-12))


def _infidelity(asked: Question, question: Question, method: Method) -> float:
    """Squared gap between what removed parts were said to add and what the answer loses, as a share of its square."""
    scores = method.attribute(asked).detach()
    parts = question.parts(1)
    n = int(parts.max()) + 1
    losses = []

    def remove(inputs: Tensor, baselines: Tensor) -> tuple[Tensor, Tensor]:
        is_out = (torch.rand(len(inputs), n, device=inputs.device) < 0.5)[:, parts[0]]
        changed = torch.where(is_out, baselines, inputs)
        losses.append(question.answers(inputs[:1]) - question.answers(changed))
        return is_out.to(inputs), changed

    gap = infidelity(
        question.subject,
        remove,
        question.inputs,
        scores,
        baselines=question.baseline,
        n_perturb_samples=SUBSETS,
        max_examples_per_batch=CHUNK,
    )
    return float(gap / torch.cat(losses).square().mean().clamp(min=1e-12))


def _sensitivity(question: Question, method: Method) -> float:
    reach = RADIUS * (float(question.inputs.max() - question.inputs.min()) or 1.0)

    def explain(inputs: tuple[Tensor, ...] | Tensor) -> tuple[Tensor, ...]:
        values = inputs if isinstance(inputs, Tensor) else inputs[0]
        torch.manual_seed(question.seed)  # sampled methods by the same samples, so that only the example differs
        nearby = [replace(question, inputs=one.detach()) for one in values.split(1)]
        return (torch.cat([method.attribute(each).detach() for each in nearby]),)

    def shake(inputs: Tensor, radius: float) -> Tensor:
        noise = torch.Generator().manual_seed(question.seed)
        return inputs + radius * (2 * torch.rand(inputs.shape, generator=noise).to(inputs) - 1)

    found = sensitivity_max(
        explain,
        question.inputs,
        perturb_func=shake,
        perturb_radius=reach,
        n_perturb_samples=SHAKES,
        max_examples_per_batch=SHAKES,
    )
    return float(found)
