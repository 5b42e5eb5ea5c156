"""In-context against in-weights: which labels does a network know, those of the prompt or those of its training?"""

from collections.abc import Callable

import numpy as np
import torch
from torch import Generator

from explorer.datasets.base import Data, Dataset, Split
from explorer.datasets.in_context_classes import InContextClassification, known_centres, shows_answer
from explorer.layers.attention import AttentionWithin
from explorer.lenses.measures.base import Measure, Take
from explorer.lenses.recording import recording
from explorer.network import Network
from explorer.training.evaluation import predict

CHAN = "Chan et al. 2022, Data distributional properties drive emergent in-context learning, arXiv:2205.05055"
REDDY = "Reddy 2024, The mechanistic basis of data dependence and abrupt learning, arXiv:2312.03002"
SEED = 2022  # any fixed one: the same prompts for every network


def accuracy_over(draw: Callable[[InContextClassification, Data, Generator], Split]) -> Take:
    """The share of right answers to prompts that are drawn, the same ones for every network."""

    def take(network: Network, data: Data, dataset: Dataset) -> float:
        assert isinstance(dataset, InContextClassification)
        prompts = draw(dataset, data, Generator().manual_seed(SEED)).to(data.test.targets.device)
        return (predict(network, prompts).argmax(-1) == prompts.targets).float().mean().item()

    return take


def draw_novel(dataset: InContextClassification, data: Data, generator: Generator) -> Split:
    """New classes with random labels."""
    return dataset.make_novel(dataset.n_test, generator)


def draw_swapped(dataset: InContextClassification, data: Data, generator: Generator) -> Split:
    """Known classes whose labels were changed."""
    return dataset.make_swapped(known_centres(data), dataset.n_test, generator)


def draw_in_weights(dataset: InContextClassification, data: Data, generator: Generator) -> Split:
    """Known classes that the prompt does not show."""
    return dataset.make_in_weights(known_centres(data), dataset.n_test, generator)


def take_attention(network: Network, data: Data, dataset: Dataset) -> np.ndarray:
    """Of each head, the mean attention from the question to the tokens that show its label: (heads,)."""
    assert isinstance(dataset, InContextClassification)
    prompts = draw_novel(dataset, data, Generator().manual_seed(SEED)).to(data.test.targets.device)
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
    take=accuracy_over(draw_novel),
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
    take=accuracy_over(draw_swapped),
    datasets=(InContextClassification,),
)
IN_WEIGHTS = Measure(
    name="in_weights_accuracy",
    title="In-weights accuracy",
    shows="The share of right labels for known classes that do not stand in the prompt: only knowing by heart helps.",
    hides="It does not show whether the prompt would be followed if it did help.",
    formula=r"\operatorname{mean} \left[ \arg\max_l y_l = l^\ast \right] \text{ over prompts without the class}",
    paper=CHAN,
    take=accuracy_over(draw_in_weights),
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
