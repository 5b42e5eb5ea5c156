"""The embedding of numbers on a clock as waves: which frequencies it is made of (Nanda et al. 2023)."""

from functools import partial

import numpy as np
import torch
from torch import Tensor, nn

from explorer.datasets.arithmetic import Modular
from explorer.datasets.base import Data, Dataset
from explorer.lenses.measures.base import Measure, Take
from explorer.network import Network

PAPER = "Nanda et al. 2023, Progress measures for grokking via mechanistic interpretability, arXiv:2301.05217"
KEY_SHARE = 0.9  # of the power of the trained embedding that its key frequencies make up


def embedded_waves(network: nn.Module, modulus: int) -> Tensor:
    """The discrete Fourier transform of the embedding over the numbers, without its constant: (p // 2, features)."""
    table = next(module for module in network.modules() if isinstance(module, nn.Embedding))
    return torch.fft.rfft(table.weight.detach().double()[:modulus], dim=0)[1:]


def power_shares(waves: Tensor, modulus: int) -> Tensor:
    """Each frequency's share of the power of all but the constant, which sum to 1: (p // 2,)."""
    power = waves.abs().square().sum(1)
    power[: (modulus - 1) // 2] *= 2  # each of these stands for itself and its negative
    return power / power.sum().clamp(min=1e-300)


def key_frequencies(network: nn.Module, modulus: int) -> list[int]:
    """The smallest set of frequencies that makes up most of the embedding's power."""
    shares, order = power_shares(embedded_waves(network, modulus), modulus).sort(descending=True)
    count = int((shares.cumsum(0) < KEY_SHARE).sum()) + 1
    return sorted((order[:count] + 1).tolist())


def gini(sizes: Tensor) -> float:
    """The Gini coefficient: 0 where all sizes are equal, near 1 where few are everything (Hurley & Rickard 2009)."""
    ranked = sizes.sort().values
    n = len(ranked)
    weights = (n - torch.arange(1, n + 1, device=ranked.device) + 0.5) / n
    return float(1 - 2 * (ranked / ranked.sum().clamp(min=1e-300) * weights).sum())


def take_power(network: Network, data: Data, dataset: Dataset) -> np.ndarray:
    """Each frequency's share of the embedding's power, from frequency 1: (p // 2,)."""
    assert isinstance(dataset, Modular)
    return power_shares(embedded_waves(network, dataset.modulus), dataset.modulus).cpu().numpy()


def take_key_share(network: Network, data: Data, dataset: Dataset, keys: list[int] | None = None) -> float:
    """The share of the power at the key frequencies; of this network's own, where the end is not known yet."""
    assert isinstance(dataset, Modular)
    keys = keys or key_frequencies(network, dataset.modulus)
    return float(take_power(network, data, dataset)[[key - 1 for key in keys]].sum())


def take_gini(network: Network, data: Data, dataset: Dataset) -> float:
    """The Gini coefficient of the norms of the embedding's cosine and sine components."""
    assert isinstance(dataset, Modular)
    waves = embedded_waves(network, dataset.modulus)
    return gini(torch.cat([waves.real, waves.imag]).norm(dim=1))


def share_in_hindsight(final: Network, dataset: Dataset) -> Take:
    """The share of the power at the frequencies that the trained network uses."""
    assert isinstance(dataset, Modular)
    return partial(take_key_share, keys=key_frequencies(final, dataset.modulus))


FOURIER_POWER = Measure(
    name="fourier_power",
    title="Fourier power of the embedding",
    shows="How the power of the embedding is spread over the frequencies; a few lines stand out after grokking.",
    hides="It does not show whether the rest of the network computes with these waves.",
    formula=r"\lVert \hat{E}_k \rVert^2 / \sum_{j > 0} \lVert \hat{E}_j \rVert^2, \quad "
    r"\hat{E}_k = \sum_n E_n e^{-2 \pi i k n / p}",
    paper=PAPER,
    take=take_power,
    datasets=(Modular,),
    needs=nn.Embedding,
    axes=("frequency",),
)
KEY_SHARE_OF_POWER = Measure(
    name="key_frequency_share",
    title="Share of the key frequencies",
    shows="How much of the embedding's power lies at the few frequencies that the trained network uses.",
    hides="It does not show anything before the end: which frequencies are key is known in hindsight only.",
    formula=r"\sum_{k \in K} \lVert \hat{E}_k \rVert^2 / \sum_{j > 0} \lVert \hat{E}_j \rVert^2, \quad "
    r"K \text{ the smallest set with } 0.9 \text{ at the end}",
    paper=PAPER,
    take=take_key_share,
    datasets=(Modular,),
    needs=nn.Embedding,
    in_hindsight=share_in_hindsight,
)
FOURIER_GINI = Measure(
    name="fourier_gini",
    title="Gini coefficient of the embedding",
    shows="How unequal the waves in the embedding are: near 0 when all are alike, near 1 when few make up everything.",
    hides="It does not show which frequencies stand out.",
    formula=r"1 - 2 \sum_{i=1}^{N} \frac{x_{(i)}}{\lVert x \rVert_1} \cdot \frac{N - i + 1/2}{N}, \quad "
    r"x = (\lVert \operatorname{Re} \hat{E}_k \rVert, \lVert \operatorname{Im} \hat{E}_k \rVert)_{k > 0}",
    paper=PAPER,
    take=take_gini,
    datasets=(Modular,),
    needs=nn.Embedding,
)
