"""Layers that carry a state from step to step: the plain RNN, the LSTM and the GRU.

They train by torch's own kernels, which hide everything but the output; `gates` works the rest out again.
"""

from collections.abc import Callable
from typing import ClassVar, Literal

import torch
from pydantic import Field
from torch import Tensor, nn

from explorer.layers.base import Layer, require_sequence
from explorer.signals import Signal

FORGET = Field(0.0, ge=-10, le=10, description="Added to the bias of the gate that keeps memory, before training.")


class RecurrentLayer(Layer):
    """What all recurrent layers can be set to."""

    units: int = Field(32, ge=1, le=1_024, description="Numbers in the state of each layer and direction.")
    layers: int = Field(1, ge=1, le=8, description="Layers, each reading the states of the one before.")
    bidirectional: bool = Field(False, description="Read the sequence backwards as well, side by side.")

    def output(self, *inputs: Signal) -> Signal:
        steps, _ = require_sequence(inputs[0])
        return Signal((steps, self.units * (1 + self.bidirectional)))

    def _sizes(self, signal: Signal) -> dict[str, int | bool]:
        return {
            "input_size": signal.shape[-1],
            "hidden_size": self.units,
            "num_layers": self.layers,
            "bidirectional": self.bidirectional,
            "batch_first": True,
        }


class PlainRNN(RecurrentLayer):
    """The state is a squashed sum of the input and the state before."""

    kind: ClassVar[str] = "rnn"
    title: ClassVar[str] = "Plain RNN"
    equation: ClassVar[str] = r"h_t = \varphi(W x_t + b + U h_{t-1} + c), \quad \varphi = \tanh \text{ or ReLU}"

    nonlinearity: Literal["tanh", "relu"] = Field("tanh", description="The function that squashes the state.")

    def build(self, *inputs: Signal) -> nn.Module:
        core = nn.RNN(**self._sizes(inputs[0]), nonlinearity=self.nonlinearity)
        return Recurrent(core, tanh_step if self.nonlinearity == "tanh" else relu_step)


class LSTM(RecurrentLayer):
    """Gates decide what the cell keeps, takes in and shows."""

    kind: ClassVar[str] = "lstm"
    title: ClassVar[str] = "LSTM"
    equation: ClassVar[str] = (
        r"(i,f,o)_t = \sigma(W x_t + b + U h_{t-1} + c), \quad g_t = \tanh(W_g x_t + b_g + U_g h_{t-1} + c_g), \quad "
        r"c_t = f_t \odot c_{t-1} + i_t \odot g_t, \quad h_t = o_t \odot \tanh c_t"
    )

    forget_gate_bias: float = FORGET

    def build(self, *inputs: Signal) -> nn.Module:
        core = nn.LSTM(**self._sizes(inputs[0]))
        raise_second_gate(core, self.forget_gate_bias)
        return Recurrent(core, lstm_step)


class GRU(RecurrentLayer):
    """One gate decides what the state keeps, another what the candidate sees of it."""

    kind: ClassVar[str] = "gru"
    title: ClassVar[str] = "GRU"
    equation: ClassVar[str] = (
        r"(r,z)_t = \sigma(W x_t + b + U h_{t-1} + c), \quad "
        r"n_t = \tanh(W_n x_t + b_n + r_t \odot (U_n h_{t-1} + c_n)), \quad "
        r"h_t = (1 - z_t) \odot n_t + z_t \odot h_{t-1}"
    )

    forget_gate_bias: float = FORGET

    def build(self, *inputs: Signal) -> nn.Module:
        core = nn.GRU(**self._sizes(inputs[0]))
        raise_second_gate(core, self.forget_gate_bias)
        return Recurrent(core, gru_step)


def raise_second_gate(core: nn.RNNBase, amount: float) -> None:
    """Add to the bias of the gate that torch stores second: forget in an LSTM, update in a GRU."""
    second = slice(core.hidden_size, 2 * core.hidden_size)
    with torch.no_grad():
        for name, bias in core.named_parameters():
            if name.startswith("bias_ih"):
                bias[second] += amount


State = dict[str, Tensor]  # every inner value of one step, each (B, units)
Step = Callable[[Tensor, Tensor, State], State]  # from input, from hidden state, the step before


class Recurrent(nn.Module):
    """A recurrent kernel of torch that gives the states of its last layer, and every gate on request."""

    gate_axes: ClassVar[tuple[str, ...]] = ("batch", "layer", "direction", "time", "unit")

    def __init__(self, core: nn.RNNBase, step: Step):
        super().__init__()
        self.core = core
        self.step = step
        self.gate_names = GATES[step]

    def forward(self, sequence: Tensor) -> Tensor:  # (B, T, C) -> (B, T, directions * units)
        return self.core(sequence)[0]

    def gates(self, inputs: Tensor) -> dict[str, Tensor]:
        """Every gate, candidate, cell and hidden state at every step, by name: (B, layer, direction, T, units).

        Time runs as in the input for both directions; direction 1 reads it from the end.
        """
        layers = []
        for layer in range(self.core.num_layers):
            directions = [self._walk(inputs, f"l{layer}")]
            if self.core.bidirectional:
                backwards = self._walk(inputs.flip(1), f"l{layer}_reverse")
                directions.append({name: value.flip(1) for name, value in backwards.items()})
            layers.append(directions)
            inputs = torch.cat([values["hidden"] for values in directions], dim=-1)
        return {
            name: torch.stack([torch.stack([d[name] for d in directions], 1) for directions in layers], 1)
            for name in self.gate_names
        }

    def _walk(self, inputs: Tensor, suffix: str) -> State:
        """The inner values of one layer in one direction: each (B, T, units)."""
        w_input, w_hidden, b_input, b_hidden = (
            getattr(self.core, f"{part}_{suffix}") for part in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
        )
        nothing = inputs.new_zeros(len(inputs), self.core.hidden_size)
        state = {"hidden": nothing, "cell": nothing}
        states = []
        for from_input in (inputs @ w_input.T + b_input).unbind(1):  # (B, gates * units)
            state = self.step(from_input, state["hidden"] @ w_hidden.T + b_hidden, state)
            states.append(state)
        return {name: torch.stack([state[name] for state in states], 1) for name in self.gate_names}


def tanh_step(from_input: Tensor, from_hidden: Tensor, before: State) -> State:
    """One step of a plain RNN."""
    total = from_input + from_hidden
    return {"sum": total, "hidden": total.tanh()}


def relu_step(from_input: Tensor, from_hidden: Tensor, before: State) -> State:
    """One step of a plain RNN with rectified states."""
    total = from_input + from_hidden
    return {"sum": total, "hidden": total.relu()}


def lstm_step(from_input: Tensor, from_hidden: Tensor, before: State) -> State:
    """One step of an LSTM; torch stores its gates in this order."""
    entry, forget, candidate, exit_ = (from_input + from_hidden).chunk(4, dim=-1)
    entry, forget, candidate, exit_ = entry.sigmoid(), forget.sigmoid(), candidate.tanh(), exit_.sigmoid()
    cell = forget * before["cell"] + entry * candidate
    return {
        "input_gate": entry,
        "forget_gate": forget,
        "output_gate": exit_,
        "candidate": candidate,
        "cell": cell,
        "hidden": exit_ * cell.tanh(),
    }


def gru_step(from_input: Tensor, from_hidden: Tensor, before: State) -> State:
    """One step of a GRU; torch stores its gates in this order."""
    reset_in, update_in, candidate_in = from_input.chunk(3, dim=-1)
    reset_hidden, update_hidden, candidate_hidden = from_hidden.chunk(3, dim=-1)
    reset = (reset_in + reset_hidden).sigmoid()
    update = (update_in + update_hidden).sigmoid()
    candidate = (candidate_in + reset * candidate_hidden).tanh()
    hidden = (1 - update) * candidate + update * before["hidden"]
    return {"reset_gate": reset, "update_gate": update, "candidate": candidate, "hidden": hidden}


GATES: dict[Step, tuple[str, ...]] = {
    tanh_step: ("sum", "hidden"),
    relu_step: ("sum", "hidden"),
    lstm_step: ("input_gate", "forget_gate", "output_gate", "candidate", "cell", "hidden"),
    gru_step: ("reset_gate", "update_gate", "candidate", "hidden"),
}
