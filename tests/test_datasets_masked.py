"""Sequences with hidden tokens: what is hidden, what is asked for, and what is kept apart."""

import pytest
import torch

from explorer.datasets.grammar import ADJECTIVES
from explorer.datasets.masked import AGREEMENT_NAMES, Agreement, Palindromes, has_attractor, is_plural_verb
from explorer.signals import IGNORED


@pytest.mark.parametrize("hidden", [0.01, 0.2, 0.5])
def test_a_palindrome_hides_at_least_one_token_and_never_both_of_a_pair(hidden):
    dataset = Palindromes(length=10, vocabulary=6, hidden=hidden)
    (inputs,), targets = (split := dataset.load(0).test).inputs, split.targets
    is_hidden = inputs == 6
    assert torch.equal(is_hidden, targets != IGNORED)
    assert is_hidden.any(1).all()
    assert not (is_hidden & is_hidden.flip(1)).any()
    whole = torch.where(is_hidden, targets, inputs)
    assert torch.equal(whole, whole.flip(1))


def test_palindromes_hide_the_share_asked_for():
    is_hidden = Palindromes(length=60).make(2000, torch.Generator().manual_seed(0)).targets != IGNORED
    assert is_hidden.float().mean().item() == pytest.approx(0.2, abs=0.01)
    assert is_hidden.float().mean(0).min() > 0.15


def words(split):
    """The whole sentences of a split with hidden words."""
    (inputs,), targets = split.inputs, split.targets
    whole = torch.where(targets == IGNORED, inputs, targets)
    return [tuple(AGREEMENT_NAMES[i] for i in row) for row in whole.tolist()]


def test_held_out_sentences_hide_their_verb_alone_and_were_never_trained_on():
    dataset = Agreement()
    data = dataset.load(0)
    assert ((data.test.targets != IGNORED).sum(1) == 1).all()
    known = {sentence for _ in range(40) for sentence in words(data.draw(1000))}
    assert len(known) > 0.95 * dataset.sentences
    assert not known & set(words(data.test))


def test_hidden_words_are_the_only_targets_and_padding_is_never_hidden():
    split = Agreement(sentences=200).load(0).train
    is_hidden = split.inputs[0] == AGREEMENT_NAMES.index("<mask>")
    assert torch.equal(is_hidden, split.targets != IGNORED)
    assert is_hidden.any(1).all()
    assert (split.targets != AGREEMENT_NAMES.index("<pad>")).all()


def test_an_attractor_is_a_noun_of_the_other_number_before_the_verb():
    test = Agreement().load(0).test
    flagged = has_attractor(test.inputs[0])
    for sentence, flag in zip(words(test), flagged.tolist(), strict=True):
        subject = next(word for word in sentence if word not in ("the", *ADJECTIVES))
        neighbour = sentence[sentence.index("near") + 2] if "near" in sentence else subject
        assert flag == (subject.endswith("s") != neighbour.endswith("s"))
    assert 0.15 < flagged.float().mean() < 0.35


def test_a_verb_counts_as_plural_when_plural_verbs_are_likelier_together():
    test = Agreement().load(0).test
    sure = torch.nn.functional.one_hot(test.targets.clamp(min=0), len(AGREEMENT_NAMES)).float()
    guessed, true = is_plural_verb(10 * sure, test.targets)
    subjects = [next(word for word in sentence if word not in ("the", *ADJECTIVES)) for sentence in words(test)]
    assert torch.equal(guessed, true)
    assert true.tolist() == [subject.endswith("s") for subject in subjects]
    assert torch.equal(is_plural_verb(-10 * sure, test.targets)[0], ~true)
