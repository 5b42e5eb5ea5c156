"""What a recurrent layer recomputes for show, held against what torch computes for training."""

import pytest
import torch
from torch import nn

from explorer.layers import KINDS
from explorer.layers.points import HasGates
from explorer.signals import Signal

B, T, C, UNITS = 3, 6, 5, 4
NAMES = {
    "rnn": {"sum", "hidden"},
    "lstm": {"input_gate", "forget_gate", "output_gate", "candidate", "cell", "hidden"},
    "gru": {"reset_gate", "update_gate", "candidate", "hidden"},
}

every_kind = pytest.mark.parametrize("kind", NAMES)
every_depth = pytest.mark.parametrize(("layers", "bidirectional"), [(1, False), (2, False), (1, True), (2, True)])


def build(kind: str, **settings) -> nn.Module:
    torch.manual_seed(0)
    return KINDS[kind].model_validate({"units": UNITS, **settings}).build(Signal((T, C)))


@every_kind
@every_depth
def test_the_recomputed_states_are_those_of_torch(kind, layers, bidirectional):
    module = build(kind, layers=layers, bidirectional=bidirectional)
    inputs = torch.randn(B, T, C)
    gates = module.gates(inputs)
    directions = 1 + bidirectional
    assert set(gates) == NAMES[kind]
    assert {value.shape for value in gates.values()} == {(B, layers, directions, T, UNITS)}

    output, final = module.core(inputs)
    last = gates["hidden"][:, -1].permute(0, 2, 1, 3).flatten(2)  # (B, T, directions * units)
    torch.testing.assert_close(last, output, atol=1e-6, rtol=1e-5)
    torch.testing.assert_close(module(inputs), output)
    for name, value in zip(("hidden", "cell"), final if kind == "lstm" else (final,), strict=False):
        ends = torch.stack([gates[name][:, :, 0, -1], *([gates[name][:, :, 1, 0]] if bidirectional else [])], 2)
        expected = value.unflatten(0, (layers, directions)).permute(2, 0, 1, 3)  # (B, layer, direction, units)
        torch.testing.assert_close(ends, expected, atol=1e-6, rtol=1e-5)


def test_a_rectified_rnn_recomputes_its_states_too():
    module = build("rnn", nonlinearity="relu")
    inputs = torch.randn(B, T, C)
    torch.testing.assert_close(module.gates(inputs)["hidden"][:, 0, 0], module(inputs), atol=1e-6, rtol=1e-5)


def test_the_cell_of_an_lstm_at_every_step_is_that_of_torch():
    module = build("lstm", layers=2)
    inputs = torch.randn(B, T, C)
    cells = module.gates(inputs)["cell"][:, :, 0]  # (B, layer, T, units)
    for step in range(T):
        _, (_, expected) = module.core(inputs[:, : step + 1])  # (layer, B, units)
        torch.testing.assert_close(cells[:, :, step].transpose(0, 1), expected, atol=1e-6, rtol=1e-5)


@pytest.mark.parametrize(
    ("kind", "kept", "lost"), [("lstm", "forget_gate", "input_gate"), ("gru", "update_gate", "reset_gate")]
)
def test_the_forget_gate_bias_opens_the_gate_that_keeps_memory_and_no_other(kind, kept, lost):
    inputs = torch.zeros(B, T, C)
    plain = build(kind, layers=2, bidirectional=True).gates(inputs)
    biased = build(kind, layers=2, bidirectional=True, forget_gate_bias=2.0).gates(inputs)
    first = (slice(None), 0, 0, 0)  # the first step of the first layer, where no state has come in yet
    torch.testing.assert_close(biased[kept][first].logit() - plain[kept][first].logit(), torch.full((B, UNITS), 2.0))
    torch.testing.assert_close(biased[lost][first], plain[lost][first])
    assert (biased[kept].mean((0, 3, 4)) > plain[kept].mean((0, 3, 4)) + 0.2).all()  # every layer and direction


@every_kind
def test_gates_carry_gradients_to_the_input(kind):
    inputs = torch.randn(B, T, C, requires_grad=True)
    build(kind).gates(inputs)["hidden"][:, :, :, -1].sum().backward()
    assert (inputs.grad.abs().sum((0, 2)) > 0).all()


def test_a_lens_finds_modules_with_gates_by_their_protocol():
    assert isinstance(build("gru"), HasGates)
    assert not isinstance(nn.GRU(C, UNITS), HasGates)
    assert build("lstm").gate_axes == ("batch", "layer", "direction", "time", "unit")


@every_kind
def test_gates_of_another_device_need_no_numbers(kind):
    with torch.device("meta"):
        gates = build(kind).gates(torch.randn(B, T, C))
    assert gates["hidden"].shape == (B, 1, 1, T, UNITS)
