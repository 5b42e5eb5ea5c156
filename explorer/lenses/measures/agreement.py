"""Agreement: does the hidden verb take the number of its subject, even past a noun of the other number?"""

import torch

from explorer.datasets.base import Data, Dataset
from explorer.datasets.masked import Agreement, has_attractor, is_plural_verb
from explorer.lenses.measures.base import Measure
from explorer.lenses.measures.seen import answers
from explorer.network import Network

PAPER = "Linzen, Dupoux and Goldberg 2016, Assessing the ability of LSTMs to learn syntax, arXiv:1611.01368"


def take_all(network: Network, data: Data, dataset: Dataset) -> float:
    """The share of held-out sentences whose verb is given the right number."""
    return _is_right(network, data).float().mean().item()


def take_attractors(network: Network, data: Data, dataset: Dataset) -> float:
    """The same share, of the sentences with an attractor alone."""
    (inputs,) = data.test.inputs
    return _is_right(network, data)[has_attractor(inputs)].float().mean().item()


def _is_right(network: Network, data: Data) -> torch.Tensor:  # (B,)
    guess, truth = is_plural_verb(answers(network, data.test), data.test.targets)
    return guess == truth


AGREEMENT = Measure(
    name="agreement_accuracy",
    title="Agreement",
    shows="The share of hidden verbs for which the right number, singular or plural, is held to be likelier.",
    hides="It does not show whether the verb follows the subject or the nearest noun; most sentences do not tell.",
    formula=r"\operatorname{mean} \left[ P(\text{plural}) > P(\text{singular}) \text{ as in truth} \right]",
    paper=PAPER,
    take=take_all,
    datasets=(Agreement,),
)
ATTRACTORS = Measure(
    name="attractor_accuracy",
    title="Agreement past an attractor",
    shows="Agreement in sentences where a noun of the other number stands between the subject and the verb.",
    hides="It does not show what tells the subject from the other noun.",
    formula=r"\operatorname{mean} \left[ P(\text{plural}) > P(\text{singular}) \text{ as in truth} \mid "
    r"\text{attractor} \right]",
    paper=PAPER,
    take=take_attractors,
    datasets=(Agreement,),
)
