"""In-context against in-weights: which labels does a network know, those of the prompt or those of its training?"""

import numpy as np
import torch
from torch import Generator

from explorer.datasets.base import Data, Dataset, Split
from explorer.datasets.in_context_classes import InContextClassification, known_centres, shows_answer
from explorer.layers.attention import AttentionWithin
from explorer.lenses.measures.base import Measure
from explorer.lenses.recording import recording
from explorer.network import Network
from explorer.training.evaluation import predict

CHAN = "Chan et al. 2022, Data distributional properties drive emergent in-context learning, arXiv:2205.05055"
REDDY = "Reddy 2024, The mechanistic basis of data dependence and abrupt learning, arXiv:2312.03002"
SEED = 2022  # any fixed one: the same prompts for every network


def take_novel(network: Network, data: Data, dataset: Dataset) -> float:
    """The share of right labels for new classes with random labels."""
    assert isinstance(dataset, InContextClassification)
    return accuracy(network, data, dataset.make_novel(dataset.n_test, Generator().manual_seed(SEED)))


def take_swapped(network: Network, data: Data, dataset: Dataset) -> float:
    """The share of labels as the prompt has them, for known classes whose labels were changed."""
    assert isinstance(dataset, InContextClassification)
    centres = known_centres(data)
    return accuracy(network, data, dataset.make_swapped(centres, dataset.n_test, Generator().manual_seed(SEED)))


def take_in_weights(network: Network, data: Data, dataset: Dataset) -> float:
    """The share of right labels for known classes that the prompt does not show."""
    assert isinstance(dataset, InContextClassification)
    centres = known_centres(data)
    return accuracy(network, data, dataset.make_in_weights(centres, dataset.n_test, Generator().manual_seed(SEED)))


def accuracy(network: Network, data: Data, prompts: Split) -> float:
    """The share of right answers."""
    prompts = prompts.to(data.test.targets.device)
    return (predict(network, prompts).argmax(-1) == prompts.targets).float().mean().item()


def take_attention(network: Network, data: Data, dataset: Dataset) -> np.ndarray:
    """Of each head, the mean attention from the question to the tokens that show its label: (heads,)."""
    assert isinstance(dataset, InContextClassification)
    prompts = dataset.make_novel(dataset.n_test, Generator().manual_seed(SEED)).to(data.test.targets.device)
    names = [f"{name}.pattern" for name, module in network.named_modules() if isinstance(module, AttentionWithin)]
    is_shown = shows_answer(prompts.inputs[0], prompts.targets, dataset.dimensions)  # (B, T)
    with recording(network, names) as caught:
        predict(network, prompts)
    attention = torch.cat([caught[name][:, :, -1] for name in names], 1)  # (B, heads, T)
    return (attention * is_shown[:, None]).sum(-1).mean(0).cpu().numpy()


NOVEL_CLASSES = Measure(
    name="novel_class_accuracy",
    title="Novel-class accuracy",
    shows="The share of right labels for classes never seen, whose labels stand in the prompt and are random.",
    hides="It does not show whether known classes are looked up as well, or known by heart.",
    formula=r"\operatorname{mean} \left[ \arg\max_l y_l = l^\ast \right] \text{ over prompts of new classes}",
    paper=CHAN,
    take=take_novel,
    datasets=(InContextClassification,),
)
SWAPPED_LABELS = Measure(
    name="swapped_label_accuracy",
    title="Swapped-label accuracy",
    shows="The share of known classes that get the label of the prompt where it is not the one they had in training.",
    hides="It does not show which label is given instead.",
    formula=r"\operatorname{mean} \left[ \arg\max_l y_l = l^\ast \right] \text{ over prompts with } "
    r"l^\ast = l + s \bmod L,\ s \ne 0",
    paper=REDDY,
    take=take_swapped,
    datasets=(InContextClassification,),
)
IN_WEIGHTS = Measure(
    name="in_weights_accuracy",
    title="In-weights accuracy",
    shows="The share of right labels for known classes that do not stand in the prompt: only knowing by heart helps.",
    hides="It does not show whether the prompt would be followed if it did help.",
    formula=r"\operatorname{mean} \left[ \arg\max_l y_l = l^\ast \right] \text{ over prompts without the class}",
    paper=CHAN,
    take=take_in_weights,
    datasets=(InContextClassification,),
)
LABEL_ATTENTION = Measure(
    name="label_attention",
    title="Attention on the right label",
    shows="How much of its attention a head gives, at the question, to the tokens that show the label asked for.",
    hides="It does not show whether what is found there reaches the answer.",
    formula=r"\max_h \operatorname{mean} \sum_{t:\, l_t = l^\ast} A^{(h)}_{T, t}",
    paper=REDDY,
    take=take_attention,
    datasets=(InContextClassification,),
    needs=AttentionWithin,
    axes=("head",),
)
