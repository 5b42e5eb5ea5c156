"""The in-context-learning score: how much better does a network predict late in a sequence than early?"""

from torch.nn.functional import cross_entropy

from explorer.datasets.base import Data, Dataset
from explorer.datasets.tokens import Repeated
from explorer.lenses.measures.base import Measure
from explorer.lenses.measures.seen import answers
from explorer.network import Network


def take(network: Network, data: Data, dataset: Dataset) -> float:
    """Loss at the last token but one of the second block less that in the middle of the first one, in nats."""
    assert isinstance(dataset, Repeated)
    early, late = dataset.test_period // 2, min(2 * dataset.test_period, dataset.length) - 2
    found = answers(network, data.test).transpose(1, 2)  # (B, V, T)
    loss = cross_entropy(found, data.test.targets, reduction="none").mean(0)  # (T,)
    return (loss[late] - loss[early]).item()


IN_CONTEXT_SCORE = Measure(
    name="in_context_score",
    title="In-context-learning score",
    shows="The loss late in the sequence less the loss early, below zero where the context helps in any way.",
    hides="It does not show how the context helps: counting which tokens occur lowers it too, without any induction.",
    formula=r"L_{2p - 2} - L_{\lfloor p / 2 \rfloor}, \quad L_t = -\operatorname{mean} \log p(x_{t+1} \mid x_{\le t})",
    paper="Olsson et al. 2022, In-context learning and induction heads, arXiv:2209.11895",
    take=take,
    datasets=(Repeated,),
)
