"""The previous-token score: the first half of an induction circuit is a head that looks one step back."""

import numpy as np

from explorer.datasets.base import Data, Dataset
from explorer.datasets.in_context import InContextRegression
from explorer.datasets.text import Text
from explorer.datasets.tokens import Repeated, Transcript
from explorer.layers.attention import AttentionWithin
from explorer.lenses.measures.base import Measure
from explorer.lenses.measures.seen import mean_patterns
from explorer.network import Network


def take(network: Network, data: Data, dataset: Dataset) -> np.ndarray:
    """Of each head, the mean attention from a token to the one before it: (heads,)."""
    return mean_patterns(network, data.test).diagonal(-1, 1, 2).mean(1).cpu().numpy()


PREVIOUS_TOKEN = Measure(
    name="previous_token",
    title="Previous-token score",
    shows="How much of its attention a head gives to the token before, over all places but the first.",
    hides="It does not show whether another head reads what this one brings.",
    formula=r"\max_h \operatorname{mean}_{q > 0} A^{(h)}_{q,\, q - 1}",
    paper="Olsson et al. 2022, In-context learning and induction heads, arXiv:2209.11895",
    take=take,
    datasets=(Repeated, Transcript, Text, InContextRegression),
    needs=AttentionWithin,
    axes=("head",),
)
