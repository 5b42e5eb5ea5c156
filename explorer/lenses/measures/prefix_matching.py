"""Prefix matching: does a head attend to what followed the current token when it stood there before?"""

import numpy as np

from explorer.datasets.base import Data, Dataset
from explorer.datasets.tokens import Repeated, induction_offset, repeated_positions
from explorer.layers.attention import AttentionWithin
from explorer.lenses.measures.base import Measure
from explorer.lenses.measures.seen import mean_patterns
from explorer.network import Network


def take(network: Network, data: Data, dataset: Dataset) -> np.ndarray:
    """Of each head, the mean attention from a repeated token to the one after its first occurrence: (heads,)."""
    assert isinstance(dataset, Repeated)
    pattern = mean_patterns(network, data.test)
    shifted = pattern.diagonal(-induction_offset(dataset.test_period), 1, 2)  # (heads, queries from the offset on)
    queries = repeated_positions(dataset.test_period, dataset.length)
    first = queries.start - induction_offset(dataset.test_period)
    return shifted[:, first : first + queries.stop - queries.start].mean(1).cpu().numpy()


PREFIX_MATCHING = Measure(
    name="prefix_matching",
    title="Prefix matching",
    shows="How much of its attention a head gives, at a repeated token, to the token after the first occurrence.",
    hides="It does not show what is done with what is found; at a fixed period, looking back by distance scores too.",
    formula=r"\max_h \operatorname{mean}_q A^{(h)}_{q,\, q - p + 1}, \quad q \text{ in the second block of period } p",
    paper="Olsson et al. 2022, In-context learning and induction heads, arXiv:2209.11895",
    take=take,
    datasets=(Repeated,),
    needs=AttentionWithin,
    axes=("head",),
)
