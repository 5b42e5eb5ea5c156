"""Attributions of modules with several inputs: each gets scores of its own, as Captum called bare gives them."""

import captum.attr
import numpy as np
import pytest
import torch
from torch import Tensor, nn

import explorer as ex

N = 3
METHODS = {
    "IntegratedGradients": {"n_steps": 64, "method": "riemann_middle"},
    "Saliency": {"abs": False},
    "InputXGradient": {},
    "DeepLift": {},
    "FeatureAblation": {},
}


class Pair(nn.Module):
    """Two rows of numbers; the second stretches what the first gives."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second, self.relu = nn.Linear(4, 5), nn.Linear(3, 5), nn.ReLU()
        self.last = nn.Linear(5, 2)

    def forward(self, first: Tensor, second: Tensor) -> Tensor:  # (B, 4), (B, 3) -> (B, 2)
        return self.last(self.relu(self.first(first) + self.second(second)))


class Mixed(nn.Module):
    """Tokens of a sequence beside a row of numbers, as tables with categories have them."""

    def __init__(self) -> None:
        super().__init__()
        self.words, self.numbers, self.last = nn.Embedding(7, 4), nn.Linear(3, 4), nn.Linear(4, 2)

    def forward(self, tokens: Tensor, numbers: Tensor) -> Tensor:  # (B, 5), (B, 3) -> (B, 2)
        return self.from_words(self.words(tokens), numbers)

    def from_words(self, words: Tensor, numbers: Tensor) -> Tensor:
        return self.last(torch.tanh(words.sum(1) * self.numbers(numbers)))


def pair() -> tuple[Pair, tuple[Tensor, Tensor]]:
    torch.manual_seed(0)
    return Pair().double(), (torch.randn(N, 4, dtype=torch.float64), torch.randn(N, 3, dtype=torch.float64))


def mixed() -> tuple[Mixed, tuple[Tensor, Tensor]]:
    torch.manual_seed(0)
    return Mixed().double(), (torch.randint(7, (N, 5)), torch.randn(N, 3, dtype=torch.float64))


@pytest.mark.filterwarnings("ignore")  # Captum announces its hooks
@pytest.mark.parametrize("method", METHODS)
def test_scores_of_two_inputs_are_those_of_captum_called_bare(method: str) -> None:
    network, inputs = pair()
    found = ex.attribute(network, inputs, method, target=1)
    needs_baseline = method not in ("Saliency", "InputXGradient")
    more = {"baselines": tuple(torch.zeros_like(each) for each in inputs)} if needs_baseline else {}
    bare = getattr(captum.attr, method)(network).attribute(inputs, target=1, **more, **METHODS[method])
    for ours, theirs in zip(found.scores, bare, strict=True):
        assert np.allclose(ours, theirs.detach().numpy())


def test_tokens_and_numbers_are_scored_together_and_add_up_to_the_change() -> None:
    network, inputs = mixed()
    baseline = torch.zeros(1, 5, dtype=torch.long), torch.zeros(1, 3, dtype=torch.float64)
    found = ex.attribute(network, inputs, target=1, baseline=baseline, path_steps=512)
    against = tuple(each.expand_as(one) for each, one in zip(baseline, inputs, strict=True))
    rows = [(network.words(one[0]).detach(), one[1]) for one in (inputs, against)]
    method = captum.attr.IntegratedGradients(network.from_words)
    bare = method.attribute(rows[0], rows[1], 1, n_steps=512, method="riemann_middle")
    assert [each.shape for each in found.scores] == [(N, 5), (N, 3)]
    assert np.allclose(found.scores[0], bare[0].sum(-1).detach().numpy())
    assert np.allclose(found.scores[1], bare[1].detach().numpy())
    whole = (
        network(*inputs)[:, 1]
        - network(*(each.expand_as(one) for each, one in zip(baseline, inputs, strict=True)))[:, 1]
    )
    assert np.allclose(found.scores[0].sum(1) + found.scores[1].sum(1), whole.detach().numpy(), atol=1e-4)


def test_a_token_is_taken_away_as_one() -> None:
    network, (tokens, numbers) = mixed()
    found = ex.attribute(network, (tokens[:1], numbers[:1]), "FeatureAblation", target=0)
    other = network.words(tokens[:1]).index_copy(1, torch.tensor([2]), network.words.weight.mean(0)[None, None])
    lost = network(tokens[:1], numbers[:1]) - network.from_words(other, numbers[:1])
    assert np.isclose(found.scores[0][0, 2], lost[0, 0].item())
    sampled = ex.attribute(network, (tokens[:1], numbers[:1]), "ShapleyValueSampling", target=0, orders=2)
    assert sampled.completeness_error < 1e-5


def test_tokens_that_two_embeddings_read_are_refused_in_a_sentence() -> None:
    network, inputs = mixed()
    twice = nn.ModuleDict({"one": network, "two": mixed()[0]})
    twice.forward = lambda *given: twice["one"](*given) + twice["two"](*given)
    with pytest.raises(ex.ExplorerError, match="one embedding that reads the tokens of input 1"):
        ex.attribute(twice, inputs)


def test_a_unit_inside_is_explained_by_both_inputs_and_the_module_is_left_as_it_was() -> None:
    network, inputs = pair()
    network.train()
    found = ex.attribute(network, inputs, "InputXGradient", target="second:1")
    assert found.target == "second:1"
    assert not found.scores[0].any(), "it does not read the first"
    assert np.allclose(found.scores[1], (inputs[1] * network.second.weight[1]).detach().numpy())
    assert network.training
    assert not any(module._forward_pre_hooks or module._forward_hooks for module in network.modules())


@pytest.mark.parametrize(
    ("inputs", "more", "sentence"),
    [
        ((torch.zeros(2, 4), torch.zeros(3, 3)), {}, "as many examples in each"),
        ((torch.zeros(2, 4, dtype=torch.long), torch.zeros(2, 3)), {}, "an error from it"),
        ((torch.zeros(2, 4), torch.zeros(2, 3)), {"baseline": (torch.zeros(1, 4),)}, "one for each input"),
        ((torch.zeros(2, 4), torch.zeros(2, 3)), {"baseline": "mean"}, "expected zeros, or one for each"),
        ((torch.zeros(2, 4), torch.zeros(2, 3)), {"method": "Occlusion"}, "use FeatureAblation"),
        ((torch.zeros(2, 9), torch.zeros(2, 3)), {}, "expected inputs that the module takes"),
    ],
)
def test_what_cannot_be_read_is_told_in_a_sentence(inputs: tuple, more: dict, sentence: str) -> None:
    with pytest.raises(ex.ExplorerError, match=sentence):
        ex.attribute(pair()[0], inputs, **more)


def test_a_run_has_one_input(run: str) -> None:
    with pytest.raises(ex.ExplorerError, match="expected one input"):
        ex.attribute(ex.open_run(run), (torch.zeros(1, 2), torch.zeros(1, 2)))
