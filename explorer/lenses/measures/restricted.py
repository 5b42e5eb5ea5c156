"""Restricted and excluded loss: what the answers are worth with nothing but, or without, the key frequencies.

The logits of all pairs are a picture over a and b. Of its two-dimensional waves, those that belong to a key frequency k
are the products of cos or sin of ka and kb, which span cos k(a + b) and sin k(a + b) (Nanda et al. 2023, section 5.1).
"""

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from explorer.datasets.arithmetic import Modular
from explorer.datasets.base import Data, Dataset, Split
from explorer.lenses.measures.base import Measure, Take
from explorer.lenses.measures.fourier import PAPER, key_frequencies
from explorer.network import Network
from explorer.training.evaluation import predict


def filtered(logits: Tensor, keys: list[int], keeps: bool) -> Tensor:
    """The logits with the constant and the key waves alone, or without the key waves: (p, p, V) -> (p, p, V)."""
    p = len(logits)
    is_key = torch.zeros(p, p, dtype=torch.bool)
    for key in keys:
        both = torch.tensor([key, p - key])
        is_key[both[:, None], both] = True
    chosen = is_key if keeps else ~is_key
    chosen[0, 0] = True
    waves = torch.fft.fft2(logits, dim=(0, 1)) * chosen[..., None].to(logits.device)
    return torch.fft.ifft2(waves, dim=(0, 1)).real


def filtered_loss(network: Network, dataset: Dataset, split: Split, keys: list[int] | None, keeps: bool) -> float:
    """The loss of the filtered logits at the pairs of a split; the key frequencies are its own where none are told."""
    assert isinstance(dataset, Modular)
    p = dataset.modulus
    logits = predict(network, dataset.make_table().to(split.targets.device)).double().unflatten(0, (p, p))
    logits = filtered(logits, keys or key_frequencies(network, p), keeps)
    a, b = split.inputs[0][:, 0], split.inputs[0][:, 1]
    return cross_entropy(logits[a, b], split.targets).item()


def take_restricted(network: Network, data: Data, dataset: Dataset, keys: list[int] | None = None) -> float:
    """The loss at held-out pairs with the key frequencies alone."""
    return filtered_loss(network, dataset, data.test, keys, keeps=True)


def take_excluded(network: Network, data: Data, dataset: Dataset, keys: list[int] | None = None) -> float:
    """The loss at training pairs without the key frequencies."""
    return filtered_loss(network, dataset, data.train, keys, keeps=False)


def with_final_keys(take: Callable[..., float]) -> Callable[[Network, Dataset], Take]:
    """The same with the frequencies that the trained network uses."""

    def in_hindsight(final: Network, dataset: Dataset) -> Take:
        assert isinstance(dataset, Modular)
        return partial(take, keys=key_frequencies(final, dataset.modulus))

    return in_hindsight


def is_sum(dataset: Dataset) -> bool:
    """Whether the answer is a wave over the numbers themselves, as it is for sums and differences."""
    return isinstance(dataset, Modular) and dataset.operation != "multiply"


RESTRICTED_LOSS = Measure(
    name="restricted_loss",
    title="Restricted loss",
    shows="The held-out loss when the logits keep nothing but their mean and the waves of the key frequencies.",
    hides="It does not show anything before the end: which frequencies are key is known in hindsight only.",
    formula=r"-\operatorname{mean}_{\text{test}} \log \operatorname{softmax} \left( P_K\, y \right)_{a \pm b}, \quad "
    r"P_K \text{ on } 1 \text{ and } \{\cos, \sin\}(w_k a) \{\cos, \sin\}(w_k b),\ k \in K",
    paper=PAPER,
    take=take_restricted,
    datasets=(Modular,),
    needs=torch.nn.Embedding,
    fits=is_sum,
    in_hindsight=with_final_keys(take_restricted),
)
EXCLUDED_LOSS = Measure(
    name="excluded_loss",
    title="Excluded loss",
    shows="The training loss when the waves of the key frequencies are taken out: it rises as memory is given up.",
    hides="It does not show how good held-out answers are.",
    formula=r"-\operatorname{mean}_{\text{train}} \log \operatorname{softmax} \left( y - Q_K\, y \right)_{a \pm b}, "
    r"\quad Q_K \text{ on } \{\cos, \sin\}(w_k a) \{\cos, \sin\}(w_k b),\ k \in K",
    paper=PAPER,
    take=take_excluded,
    datasets=(Modular,),
    needs=torch.nn.Embedding,
    fits=is_sum,
    in_hindsight=with_final_keys(take_excluded),
)
