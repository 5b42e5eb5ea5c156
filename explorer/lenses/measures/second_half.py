"""Second-half accuracy: is a block of tokens repeated correctly, where it can be known from the first time?"""

from explorer.datasets.base import Data, Dataset
from explorer.datasets.tokens import Repeated, repeated_positions
from explorer.lenses.measures.base import Measure
from explorer.lenses.measures.seen import answers
from explorer.network import Network


def take(network: Network, data: Data, dataset: Dataset) -> float:
    """The share of right tokens in the second block of the held-out sequences."""
    assert isinstance(dataset, Repeated)
    places = repeated_positions(dataset.test_period, dataset.length)
    found = answers(network, data.test).argmax(-1)  # (B, T)
    return (found == data.test.targets)[:, places].float().mean().item()


SECOND_HALF_ACCURACY = Measure(
    name="second_half_accuracy",
    title="Second-half accuracy",
    shows="The share of right next tokens in the second block, all of which follow from the first block.",
    hides="It does not show by what means: with a fixed period, looking back by distance is enough.",
    formula=r"\operatorname{mean}_{t} \left[ \arg\max_v y_{t,v} = x_{t+1} \right], \quad p < t < 2p",
    paper="Olsson et al. 2022, In-context learning and induction heads, arXiv:2209.11895",
    take=take,
    datasets=(Repeated,),
)
