"""What the command line refuses: a sentence for each fault, no traceback, and nothing lost."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from explorer.cli import main
from explorer.runs import RunWriter


@pytest.fixture
def refusal(capfd: pytest.CaptureFixture[str]):
    """Runs a verb that is refused and reads its sentences on stderr; stdout stays empty."""

    def ask(*argv: str) -> str:
        capfd.readouterr()
        try:
            status = main(argv)
        except SystemExit as end:  # argparse ends the process itself
            status = end.code
        out, err = capfd.readouterr()
        assert (status, out) == (2, "")
        assert "Traceback" not in err
        return err.strip()

    return ask


def contents(run: str) -> list[str]:
    """Everything in a run file, as SQL."""
    with closing(sqlite3.connect(run)) as connection:
        return list(connection.iterdump())


REFUSED = {
    "no verb": ([], "required: VERB"),
    "unknown verb": (["tarin"], "invalid choice: 'tarin'"),
    "unknown option": (["train", "circle", "--fast"], "unrecognized arguments: --fast"),
    "unknown preset": (["train", "circel"], "'circel'; perhaps circle is meant"),
    "known presets": (["train", "nothing-like-it"], "expected one of adding-gru, "),
    "no number": (["train", "circle", "--steps", "many"], "invalid int value: 'many'"),
    "no steps": (["train", "circle", "--steps", "0"], "recipe.steps: expected"),
    "no equals sign": (["train", "circle", "--set", "seed"], "expected KEY=VALUE, such as"),
    "unknown key": (["train", "circle", "--set", "recipe.lr=1"], "recipe.lr: expected one of augmentation, "),
    "unknown place": (["train", "circle", "--set", "network.layers.9.units=1"], "network.layers.9: not found"),
    "unknown setting": (["train", "circle", "--set", "data.nois=1"], "data.nois: expected one of "),
    "out of bounds": (["train", "circle", "--set", "recipe.learning_rate=-1"], "recipe.learning_rate: expected"),
    "no such device": (["train", "circle", "--device", "tpu"], "device: expected one of auto, "),
    "shapes that do not fit": (
        ["train", "article-cnn", "--set", "data.size=28"],
        "(layer fc1): expected 2304 inputs, got 1600; set in_features to 1600",
    ),
    "over a limit": (["train", "circle", "--steps", "2000000"], "recipe.steps: expected at most 1,000,000 steps"),
    "no such run": (["show", "{folder}/none.run"], "none.run: expected a run file, got no file"),
    "a folder": (["evaluate", "{folder}"], "expected a run file, got a folder"),
    "no run at all": (["train", "{folder}/text.run"], "text.run: expected a run file, got another kind of file"),
    "no such experiment": (["train", "{folder}/none.json"], "none.json: No such file"),
    "text that is no JSON": (["train", "{folder}/text.json"], "text.json: expected an experiment as JSON"),
    "JSON that is no experiment": (["train", "{folder}/list.json"], "expected an experiment as a JSON object, got [1]"),
    "no such folder's owner": (["train", "circle", "--out", "{folder}/text.run/a.run"], "text.run"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_bad_input_is_refused_in_one_sentence(refusal, tmp_path: Path, monkeypatch, case: str):
    monkeypatch.chdir(tmp_path)
    argv, wanted = REFUSED[case]
    (tmp_path / "text.run").write_text("no run " * 1_000)
    (tmp_path / "text.json").write_text("{no JSON")
    (tmp_path / "list.json").write_text("[1]")
    before = sorted(tmp_path.iterdir())
    sentence = refusal(*(word.format(folder=tmp_path) for word in argv))
    assert wanted in sentence
    assert len(sentence.splitlines()) == 1
    assert sorted(tmp_path.iterdir()) == before


def test_several_faults_are_told_one_a_line(refusal, tmp_path: Path):
    source = tmp_path / "faulty.json"
    layers = [{"kind": "linaer"}, {"kind": "linear", "units": 0}]
    source.write_text(json.dumps({"data": {"kind": "cirle"}, "network": {"layers": layers}}))
    lines = refusal("train", str(source)).splitlines()
    assert [line.partition(":")[0] for line in lines] == [
        "data.kind",
        "network.layers.0.kind",
        "network.layers.1.units",
    ]


def test_a_file_that_exists_is_never_written_over(refusal, run: str):
    before = Path(run).read_bytes()
    assert "expected a new file, got one that exists" in refusal("train", "circle", "--out", run)
    assert Path(run).read_bytes() == before


@pytest.mark.parametrize(
    ("argv", "wanted"),
    [
        (["--out", "b.run"], "--out: expected nothing with"),
        (["--steps", "5"], "--steps: expected at least the 12 steps already done, got 5"),
        (["--set", "data.noise=0.3"], "data.noise: expected a setting of the recipe"),
        (["--set", "recipe.optimizer.kind=adma"], "recipe.optimizer.kind: expected one of adam, "),
    ],
)
def test_what_a_run_cannot_do_is_refused_and_the_run_stays(refusal, run: str, argv: list[str], wanted: str):
    before = contents(run)
    assert wanted in refusal("train", run, *argv)
    assert contents(run) == before


def test_a_run_that_is_being_written_is_refused(refusal, run: str):
    writer = RunWriter.reopen(run)
    assert "expected a run that nobody writes" in refusal("train", run)
    writer.close()


def test_a_step_without_a_snapshot_names_the_nearest(refusal, run: str):
    assert "expected a step with a snapshot, got 999; the nearest are 10, 11, 12" in refusal(
        "evaluate", run, "--step", "999"
    )
