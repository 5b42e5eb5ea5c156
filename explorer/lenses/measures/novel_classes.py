"""Novel-class accuracy: labels that only the prompt can tell, for classes that were never seen before."""

import torch

from explorer.datasets.base import Data, Dataset
from explorer.datasets.in_context_classes import InContextClassification
from explorer.lenses.measures.base import Measure
from explorer.network import Network
from explorer.training.evaluation import predict

SEED = 2022  # any fixed one: the same prompts for every network


def take(network: Network, data: Data, dataset: Dataset) -> float:
    """The share of right labels for new classes with random labels."""
    assert isinstance(dataset, InContextClassification)
    prompts = dataset.make_novel(dataset.n_test, torch.Generator().manual_seed(SEED))
    prompts = prompts.to(data.test.targets.device)
    return (predict(network, prompts).argmax(-1) == prompts.targets).float().mean().item()


NOVEL_CLASSES = Measure(
    name="novel_class_accuracy",
    title="Novel-class accuracy",
    about="The share of right labels for classes never seen, whose labels stand in the prompt and are random.",
    formula=r"\operatorname{mean} \left[ \arg\max_l y_l = l^\ast \right] \text{ over prompts of new classes}",
    paper="Chan et al. 2022, Data distributional properties drive emergent in-context learning, arXiv:2205.05055",
    take=take,
    datasets=(InContextClassification,),
)
