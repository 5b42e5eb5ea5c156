"""Has a recogniser left the blanks: how many frames say nothing, and how wrong the phones are that it tells?"""

from explorer.datasets.base import Data, Dataset
from explorer.datasets.utterances import Utterances
from explorer.lenses.measures.base import Measure
from explorer.lenses.measures.seen import answers
from explorer.network import Network
from explorer.training.transcripts import blank_share, transcript_scores

PAPER = "Graves et al. 2006, Connectionist temporal classification, ICML, doi:10.1145/1143844.1143891"


def take_blanks(network: Network, data: Data, dataset: Dataset) -> float:
    """The share of held-out frames in which the blank is likeliest."""
    return blank_share(answers(network, data.test))


def take_errors(network: Network, data: Data, dataset: Dataset) -> float:
    """The phone error rate over the held-out utterances."""
    return transcript_scores(answers(network, data.test), data.test.targets)["phone_error_rate"].item()


BLANK_FRACTION = Measure(
    name="blank_fraction",
    title="Blank fraction",
    shows="The share of frames in which the network says nothing; 1 is a network that has found only the blank.",
    hides="It does not show whether the phones are right; silence and the frames between spikes stay blank for good.",
    formula=r"\operatorname{mean}_{t} \left[ \arg\max_k y_{t,k} = \varnothing \right]",
    paper=PAPER,
    take=take_blanks,
    datasets=(Utterances,),
)
PHONE_ERROR_RATE = Measure(
    name="phone_error_rate",
    title="Phone error rate",
    shows="How many phones must be put in, taken out or changed, as a share of those that were said.",
    hides="It does not show what is learnt before a whole phone is right: some of its jump lies in the counting.",
    formula=r"\sum_n \operatorname{edits}(\hat{z}_n, z_n) / \sum_n |z_n|",
    paper=PAPER,
    take=take_errors,
    datasets=(Utterances,),
)
