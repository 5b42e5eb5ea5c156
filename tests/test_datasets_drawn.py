"""What holds for every dataset that is made rather than read: its promise, its shapes and its seeds."""

import pytest
import torch

from explorer.datasets.arithmetic import Modular
from explorer.datasets.in_context import InContextRegression
from explorer.datasets.in_context_classes import InContextClassification
from explorer.datasets.masked import Agreement, Palindromes
from explorer.datasets.memory import Adding, Brackets, FirstBit, FlipFlop
from explorer.datasets.text import Documentation, Grammar
from explorer.datasets.tokens import Copy, Repeated, Reverse
from explorer.signals import IGNORED

ENDLESS = [
    Repeated(),
    Repeated(fixed_period=16),
    Copy(),
    Reverse(length=1),
    Palindromes(),
    Agreement(sentences=200),
    Brackets(),
    Adding(length=3),
    FlipFlop(bits=3),
    FirstBit(),
    InContextRegression(),
    InContextRegression(dimensions=1, examples=2, noise=0.0),
    InContextClassification(),
    InContextClassification(classes=16, burstiness=0.5, held_out="swapped"),
    InContextClassification(pairs=1, copies=1, labels=2, classes=2, held_out="in_weights"),
    Documentation(context=30),
    Documentation(source="statements", level="word", vocabulary=300),
    Grammar(),
    Grammar(level="word", context=512, sentences=100),
]
ALL = [*ENDLESS, Modular(), Modular(operation="multiply", modulus=7, with_equals=True)]


def named(dataset):
    return dataset.kind


def tensors(split):
    return (*split.inputs, split.targets)


def equal(one, other):
    return all(torch.equal(a, b) for a, b in zip(tensors(one), tensors(other), strict=True))


@pytest.mark.parametrize("dataset", ALL, ids=named)
def test_what_is_described_is_what_is_loaded(dataset):
    described, data = dataset.describe(), dataset.load(3)
    assert (data.signals, data.task, data.view) == (described.signals, described.task, described.view)
    assert len(data.test) == described.n_test
    assert described.n_train == (None if data.draw else len(data.train))
    for split in (data.train, data.test):
        (inputs,) = split.inputs
        assert inputs.shape[1:] == data.signals[0].shape
        if data.signals[0].is_tokens:
            assert inputs.dtype == torch.int64
            assert 0 <= inputs.min() <= inputs.max() < data.signals[0].vocabulary == len(data.names)
        else:
            assert inputs.dtype == torch.float32
            assert inputs.shape[-1] == len(data.names)


@pytest.mark.parametrize("dataset", ALL, ids=named)
def test_targets_have_the_shape_and_range_of_the_task(dataset):
    data = dataset.load(0)
    targets, task = data.test.targets, data.task
    if task.is_discrete:
        assert targets.dtype == torch.int64
        assert targets.shape[1:] == (() if task.steps is None else (task.steps,))
        counted = targets[targets != IGNORED]
        assert 0 <= counted.min() <= counted.max() < task.outputs == len(task.labels)
    else:
        assert targets.shape[1:] == task.answer


@pytest.mark.parametrize("dataset", ALL, ids=named)
def test_the_seed_decides_the_data_and_the_global_generator_is_left_alone(dataset):
    before = torch.random.get_rng_state()
    one, again, other = dataset.load(1), dataset.load(1), dataset.load(2)
    assert torch.equal(torch.random.get_rng_state(), before)
    assert equal(one.train, again.train)
    assert equal(one.test, again.test)
    assert not equal(one.train, other.train)
    is_held_out_by_place = isinstance(dataset, Documentation)
    assert equal(one.test, other.test) == is_held_out_by_place


@pytest.mark.parametrize("dataset", ENDLESS, ids=named)
def test_fresh_batches_come_from_the_global_generator(dataset):
    data = dataset.load(0)
    torch.manual_seed(5)
    first, second = data.draw(8), data.draw(8)
    torch.manual_seed(5)
    assert equal(first, data.draw(8))
    assert not equal(first, second)
    assert len(first) == 8
    assert first.inputs[0].shape[1:] == data.signals[0].shape
