"""Loss by position: what is known at each place of a sequence, from all that stands before it."""

import numpy as np
from torch.nn.functional import cross_entropy

from explorer.datasets.base import Data, Dataset
from explorer.datasets.text import Text
from explorer.datasets.tokens import Repeated, Transcript
from explorer.lenses.measures.base import Measure
from explorer.lenses.measures.seen import answers
from explorer.network import Network
from explorer.signals import IGNORED


def take(network: Network, data: Data, dataset: Dataset) -> np.ndarray:
    """Mean loss at every place in nats, NaN where no answer is asked for: (T,)."""
    found = answers(network, data.test).transpose(1, 2)  # (B, V, T)
    targets = data.test.targets  # (B, T)
    losses = cross_entropy(found, targets, reduction="none", ignore_index=IGNORED)  # (B, T), 0 where ignored
    return (losses.sum(0) / (targets != IGNORED).sum(0)).cpu().numpy()


LOSS_BY_POSITION = Measure(
    name="loss_by_position",
    title="Loss by position",
    shows="The loss at every place of the sequence: lower to the right means that what came before is used.",
    hides="It does not show what of the context is used, nor by which part of the network.",
    formula=r"L_t = -\operatorname{mean} \log p(x_{t+1} \mid x_{\le t})",
    paper="Olsson et al. 2022, In-context learning and induction heads, arXiv:2209.11895",
    take=take,
    datasets=(Repeated, Transcript, Text),
    axes=("place",),
    summary=np.nanmean,
)
