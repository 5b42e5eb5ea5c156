"""Progress measures over the snapshots of a run."""

import math
from pathlib import Path

import pytest

import explorer as ex
from explorer.lenses.measures.fourier import key_frequencies


@pytest.fixture(scope="module")
def grokked(tmp_path_factory: pytest.TempPathFactory) -> ex.Run:
    experiment = ex.preset("grokking").with_("recipe.steps=40", "data.modulus=11")
    return ex.train(experiment, tmp_path_factory.mktemp("measured") / "a.run", "cpu")


def test_a_run_is_measured_at_its_snapshots(grokked):
    table = grokked.measure("weight_norm")
    assert list(table.columns) == ["step", "name", "value"]
    assert table["step"].tolist() == grokked.steps()
    norms = [
        math.sqrt(sum(value.square().sum().item() for value in grokked.snapshot(step).values()))
        for step in grokked.steps()
    ]
    assert table["value"].tolist() == pytest.approx(norms)


def test_a_measure_that_is_a_row_of_numbers_gives_a_line_for_each(grokked):
    table = grokked.measure("fourier_power", steps=[40, 0])
    assert table["step"].tolist() == [0] * 6 + [40] * 6
    assert table["name"].tolist()[:6] == ["fourier_power", *(f"fourier_power[{index}]" for index in range(5))]
    last = table[table["step"] == 40]["value"]
    assert last.iloc[1:].sum() == pytest.approx(1)
    assert last.iloc[0] == last.iloc[1:].max()


def test_the_key_frequencies_of_a_run_are_those_of_its_last_snapshot(grokked):
    final = key_frequencies(grokked.model(), 11)
    shares = grokked.measure("fourier_power", steps=[0]).set_index("name")["value"]
    expected = sum(shares[f"fourier_power[{key - 1}]"] for key in final)
    assert grokked.measure("key_frequency_share", steps=[0])["value"].tolist() == pytest.approx([expected])


def test_a_metric_of_a_run_is_a_measure_too(grokked):
    noted = grokked.series("test", "accuracy")
    table = grokked.measure("test.accuracy")
    assert list(zip(table["step"], table["value"], strict=True)) == noted


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("weight_nrom", "expected one of"),
        ("prefix_matching", "and self-attention for prefix_matching, .* choose one of"),
        ("test.f2", "test.accuracy"),
    ],
)
def test_what_cannot_be_measured_is_refused_with_what_can(grokked, name, words):
    with pytest.raises(ex.ExperimentError, match=words):
        grokked.measure(name)


def test_a_step_without_a_snapshot_is_refused(grokked):
    with pytest.raises(ex.RunFileError, match="the nearest are"):
        grokked.measure("weight_norm", steps=[999])


def test_measuring_leaves_the_file_as_it_was(run: str):
    before = Path(run).read_bytes()
    ex.open_run(run).measure("weight_norm")
    assert Path(run).read_bytes() == before
