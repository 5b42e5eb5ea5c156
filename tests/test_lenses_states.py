"""Lenses on recurrent networks: gates as torch computes them, spans that match, and how far gradients reach."""

import numpy as np
import pytest
import torch

from explorer.errors import ExperimentError
from explorer.lenses.base import Scene
from explorer.lenses.components import principal_components
from explorer.lenses.states.correlation import StateCorrelation
from explorer.lenses.states.gates import Gates
from explorer.lenses.states.match import StateMatch, exact, matches, suggested
from explorer.lenses.states.quantities import quantities
from explorer.lenses.states.reach import GradientReach, reach
from explorer.lenses.states.states import States
from explorer.lenses.states.trajectories import StatePca
from tests.scenes import scene

every_kind = pytest.mark.parametrize("kind", ["rnn", "lstm", "gru"])


def series(kind: str = "lstm", data: str = "brackets", **settings: object) -> Scene:
    layers = [{"kind": kind, "name": "memory", "units": 5, **settings}]
    is_one_answer = data in ("adding", "first_bit")
    last = [{"kind": "last_over_time", "name": "last"}] if is_one_answer else []
    return scene(data, [*layers, *last, {"kind": "linear", "name": "answer"}])


def letters(kind: str = "gru") -> Scene:
    layers = [{"kind": "embedding", "name": "embed", "features": 6}, {"kind": kind, "name": "memory", "units": 5}]
    return scene({"kind": "grammar", "context": 16}, [*layers, {"kind": "linear", "name": "answer"}])


@every_kind
def test_states_are_those_of_torch_with_input_target_and_prediction_beside_them(kind: str) -> None:
    found = series(kind)
    picture = States().look(found)
    memory = found.network.get_submodule("memory")
    expected, _ = memory.core(*found.inputs())
    assert picture["memory.hidden"].axes == ("unit", "time")
    assert np.allclose(picture["memory.hidden"].values, expected[0].T.detach(), atol=1e-6)
    assert ("memory.cell" in picture) == (kind == "lstm")
    assert np.array_equal(picture["target"].values, found.target()[0])
    assert np.array_equal(picture["prediction"].values, found.network(*found.inputs())[0].argmax(-1))
    assert picture["input"].axes == ("time", "feature")


def test_cells_at_every_step_are_those_of_torch() -> None:
    found = series("lstm")
    memory, (inputs,) = found.network.get_submodule("memory"), found.inputs()
    picture = Gates().look(found)
    assert picture["memory.cell"].axes == ("layer", "direction", "time", "unit")
    for step in (0, 11, 29):
        _, (_, cell) = memory.core(inputs[:, : step + 1])
        assert np.allclose(picture["memory.cell"].values[0, 0, step], cell[0, 0].detach(), atol=1e-6)


def test_the_gates_of_an_lstm_make_its_cell_and_its_state() -> None:
    gates = {
        key.removeprefix("memory."): array.values[0, 0]
        for key, array in Gates().look(series()).items()
        if key.startswith("memory.")
    }
    before = np.vstack([np.zeros((1, 5)), gates["cell"][:-1]])
    assert np.allclose(
        gates["cell"], gates["forget_gate"] * before + gates["input_gate"] * gates["candidate"], atol=1e-6
    )
    assert np.allclose(gates["hidden"], gates["output_gate"] * np.tanh(gates["cell"]), atol=1e-6)


def test_units_of_all_layers_and_directions_stand_in_one_row() -> None:
    found = series("gru", layers=2, bidirectional=True)
    picture, gates = States().look(found), Gates().look(found)["memory.hidden"].values
    assert picture["memory.hidden"].values.shape == (20, 30)
    assert np.array_equal(picture["memory.hidden"].values[15:], gates[1, 1].T)


def test_units_on_exactly_in_a_span_are_off_beside_it() -> None:
    is_on = torch.tensor([[0, 1, 1], [1, 1, 1], [1, 1, 0], [0, 1, 0]], dtype=torch.bool)  # (T, units)
    assert exact(is_on, 1, 2, ends_too=True).tolist() == [True, False, False]
    assert exact(is_on, 1, 2, ends_too=False).tolist() == [True, True, False]
    assert exact(is_on, 0, 3, ends_too=True).tolist() == [False, True, False]


def test_a_span_is_found_wherever_the_same_units_are_on() -> None:
    is_on = torch.zeros(2, 8, 3, dtype=torch.bool)
    is_on[0, 2:4, :2] = True
    is_on[1, 5:7, 0] = True
    shares = matches(is_on, torch.tensor([True, True, False]), 2, ends_too=True)
    assert shares[0, 2] == 1
    assert shares[1, 5] == 0.5
    assert shares.sum() == 1.5


@pytest.mark.parametrize("ends_too", [True, False])
def test_the_places_that_match_hold_by_hand(ends_too: bool) -> None:
    found = series("gru")
    picture = StateMatch(start=2, end=3, threshold=0.0, ends_too=ends_too, most=5).look(found)
    states = found.network.get_submodule("memory").core(*found.held_out(256).inputs)[0].detach().numpy()
    chosen = picture["units"].values.astype(bool)
    assert chosen.any()
    for example, start, share in zip(
        *(picture[f"match_{part}"].values for part in ("example", "start", "share")), strict=True
    ):
        on = states[example, :, chosen] >= 0.0  # (chosen, T)
        fits = on[:, start : start + 2].all(1)
        if ends_too:
            fits &= ~on[:, start - 1] if start else True
            fits &= ~on[:, start + 2] if start + 2 < 30 else True
        assert fits.mean() == pytest.approx(share)
        assert (example, start) != (0, 2)
    assert picture["match_input"].values.shape == (5, 30, 2)
    assert picture["match_prediction"].axes == ("match", "time")


@pytest.mark.parametrize(
    ("rows", "span"),
    [
        (["01110000", "01110010", "00000110"], (1, 3)),  # where most units are on together
        (["01110000", "00001111"], (4, 7)),  # the longer of two
        (["00100000", "00100000", "11111111", "00011000"], (3, 4)),  # neither a single step nor everything
        (["00100000", "11111111"], (0, 7)),
        (["00000000"], (0, 7)),
    ],
)
def test_the_span_that_most_units_keep_to_is_suggested(rows: list[str], span: tuple[int, int]) -> None:
    assert suggested(torch.tensor([[mark == "1" for mark in row] for row in rows]).T) == span


def test_a_span_without_units_matches_nothing() -> None:
    picture = StateMatch(threshold=9.0).look(series())
    assert not picture["units"].values.any()
    assert picture["match_example"].values.size == 0


def test_a_state_that_counts_correlates_with_depth_and_the_untrained_one_does_not() -> None:
    found = series("rnn", nonlinearity="relu")
    core = found.network.get_submodule("memory").core
    with torch.no_grad():
        for weight in core.parameters():
            weight.zero_()
        core.weight_hh_l0[2, 2] = 1
        core.weight_ih_l0[2] = torch.tensor([1.0, -1.0])  # adds what opens, takes away what closes
    picture = StateCorrelation().look(found)
    assert picture["memory.hidden.depth"].values[2] == pytest.approx(1)
    assert picture["memory.hidden.depth"].values[0] == 0
    assert abs(picture["memory.hidden.depth.untrained"].values[2]) < 0.99
    depth, unit = (picture[f"memory.hidden.depth.{name}"].values for name in ("known", "follower"))
    assert np.allclose(depth, unit, atol=1e-4)
    assert (depth.mean(), depth.std()) == pytest.approx((0, 1), abs=1e-5)


@pytest.mark.parametrize(
    ("data", "names"),
    [
        ("brackets", {"depth"}),
        ("adding", {"sum_so_far", "markers_so_far", "marker"}),
        ("flip_flop", {"last_pulse_1", "last_pulse_2"}),
        ("first_bit", {"first_bit"}),
    ],
)
def test_every_memory_task_has_known_quantities(data: str, names: set[str]) -> None:
    found = series(data=data)
    known = quantities(found.checked.dataset, found.held_out(3), found.data)
    assert set(known) == names | {"step"}
    assert {tuple(value.shape) for value in known.values()} == {(3, found.data.signals[0].shape[0])}


def test_what_is_known_of_the_tasks_agrees_with_their_targets() -> None:
    adding, bits = series(data="adding"), series(data="first_bit")
    split = adding.held_out(4)
    total = quantities(adding.checked.dataset, split, adding.data)["sum_so_far"][:, -1]
    assert torch.allclose(total, split.targets[:, 0])
    split = bits.held_out(4)
    assert ((quantities(bits.checked.dataset, split, bits.data)["first_bit"][:, -1] > 0) == split.targets.bool()).all()


def test_letters_count_from_the_last_line_and_the_last_blank() -> None:
    found = letters()
    split = found.held_out(2)
    known = quantities(found.checked.dataset, split, found.data)
    text = "".join(found.data.names[token] for token in split.inputs[0][0])
    for step, letter in enumerate(text):
        if letter == " ":
            assert known["since_blank"][0, step] == 0
        if step and letter != " ":
            assert known["since_blank"][0, step] == known["since_blank"][0, step - 1] + 1


def test_components_are_those_of_the_covariance() -> None:
    points = torch.randn(50, 4) * torch.tensor([5.0, 3.0, 1.0, 0.1])
    found = principal_components(points, 2)
    values = torch.linalg.eigvalsh(points.T.cov()).flip(0)
    assert torch.allclose(found.shares, values[:2] / values.sum(), atol=1e-5)
    assert torch.allclose(found.project(points).T.cov().diagonal(), values[:2], rtol=1e-4)
    assert torch.allclose(found.directions @ found.directions.T, torch.eye(2), atol=1e-5)


def test_the_way_of_a_state_is_one_of_the_ways_of_all() -> None:
    picture = StatePca(components=3).look(series())
    assert picture["way"].axes == ("time", "component")
    assert np.allclose(picture["way"].values, picture["ways"].values[0], atol=1e-5)


def test_the_reach_of_a_linear_memory_is_the_power_of_its_weight() -> None:
    found = series("rnn", data="first_bit", nonlinearity="relu", units=1)
    core, answer = found.network.get_submodule("memory").core, found.network.get_submodule("answer")
    with torch.no_grad():
        for weight in core.parameters():
            weight.zero_()
        core.bias_ih_l0.fill_(50.0)  # always on the straight part
        core.weight_hh_l0.fill_(0.8)
        core.weight_ih_l0.fill_(1.0)
        answer.weight.copy_(torch.tensor([[3.0], [0.0]]))
    reached = reach(found.network, found.held_out(2), None)
    assert np.allclose(reached, np.tile(3 * 0.8 ** np.arange(19, -1, -1), (2, 1)), rtol=1e-4)


def test_an_answer_in_the_middle_feels_nothing_that_comes_later() -> None:
    for found in (series("gru"), letters()):
        picture = GradientReach(position=6).look(found)
        assert picture["reach"].values[:7].min() > 0
        assert picture["reach"].values[7:].max() == 0
        assert all(parameter.grad is None for parameter in found.network.parameters())
        assert all(not module._forward_hooks for module in found.network.modules())


def test_a_layer_without_states_is_refused() -> None:
    with pytest.raises(ExperimentError, match=r"lens.layer: expected one of memory, got 'answer'"):
        States(layer="answer").look(series())
