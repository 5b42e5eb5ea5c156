"""Phones without their times: the loss, what is read from an answer, the data, and networks that do not fit."""

from itertools import product

import numpy as np
import pytest
import torch
from torch import Tensor

import explorer as ex
from explorer.datasets.base import Data, Split
from explorer.datasets.utterances import LONGEST, SHORTEST, Utterances, spectra
from explorer.engine.looking import look
from explorer.errors import EngineError, ExperimentError
from explorer.lenses.attribution.aims import aimed, meaning
from explorer.lenses.attribution.marks import marks
from explorer.lenses.attribution.targets import Target, read_target
from explorer.lenses.base import Scene
from explorer.lenses.measures import MEASURES
from explorer.lenses.request import Example
from explorer.lenses.transcript import Transcript
from explorer.network import build
from explorer.signals import BLANK, IGNORED
from explorer.training.objectives import ctc, sequence_losses
from explorer.training.transcripts import edits, sequences, transcript_scores, transcripts
from explorer.validation import check, read_experiment

FRAMES, PHONES = 5, 3  # few enough that every path can be listed


def merged(path: tuple[int, ...]) -> list[int]:
    """What a path says, read slowly."""
    found: list[int] = []
    for place, each in enumerate(path):
        if each != BLANK and (place == 0 or each != path[place - 1]):
            found.append(each)
    return found


def likelihood(shares: Tensor, phones: list[int]) -> float:
    """The probability of a sequence: the sum over every path that says it."""
    paths = [path for path in product(range(shares.shape[1]), repeat=len(shares)) if merged(path) == phones]
    return sum(float(shares[range(len(path)), path].prod()) for path in paths)


@pytest.mark.parametrize("phones", [[1], [1, 2], [2, 2], [1, 2, 1]])
def test_the_loss_is_the_likelihood_of_every_way_to_lay_the_phones_out_in_time(phones: list[int]) -> None:
    output = torch.randn(1, FRAMES, PHONES, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    expected = -np.log(likelihood(output[0].softmax(-1), phones))
    padded = torch.tensor([[*phones, *[IGNORED] * (4 - len(phones))]])
    assert sequence_losses(output, padded).item() == pytest.approx(expected, rel=1e-9)
    assert ctc(output, padded).item() == pytest.approx(expected / len(phones), rel=1e-9)
    assert Target(sequence=tuple(phones)).of(output).item() == pytest.approx(-expected, rel=1e-9)


def test_an_answer_is_read_as_its_likeliest_path_without_blanks_and_repeats() -> None:
    paths = torch.randint(PHONES, (50, 9), generator=torch.Generator().manual_seed(1))
    output = torch.nn.functional.one_hot(paths, PHONES).float()
    assert transcripts(output) == [merged(tuple(path)) for path in paths.tolist()]


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [("kitten", "sitting", 3), ("", "abc", 3), ("flaw", "lawn", 2), ("so", "so", 0)],
)
def test_edits_are_counted_as_levenshtein_did(first: str, second: str, expected: int) -> None:
    assert edits(list(map(ord, first)), list(map(ord, second))) == expected
    assert edits(list(map(ord, second)), list(map(ord, first))) == expected


def test_the_error_rate_counts_edits_over_all_phones_that_were_said() -> None:
    heard = torch.nn.functional.one_hot(torch.tensor([[1, 0, 2, 0], [0, 0, 0, 0]]), PHONES).float()
    said = torch.tensor([[1, 2, IGNORED], [1, 2, 1]])
    found = transcript_scores(heard, said)
    assert found["phone_error_rate"].item() == pytest.approx(3 / 5)
    assert found["exact_match"].item() == 0.5


def test_every_phone_sounds_in_its_own_bands_for_a_stretch_of_frames_with_silence_around() -> None:
    dataset = Utterances(noise=0)
    spoken = dataset.speak(40, torch.Generator().manual_seed(0))
    table = spectra(dataset.phones)
    assert torch.cdist(table, table).fill_diagonal_(9).min() > 0.5
    for frames, phones, places in zip(spoken.frames, sequences(spoken.phones), spoken.places, strict=True):
        assert merged(tuple((places + 1).tolist())) == list(range(1, len(phones) + 1))
        assert (frames[places < 0] == 0).all()
        for place, phone in enumerate(phones):
            here = frames[places == place]
            assert SHORTEST <= len(here) <= LONGEST
            shape = here / here.norm(dim=1, keepdim=True)
            assert torch.allclose(shape, (table[phone - 1] / table[phone - 1].norm()).expand_as(shape), atol=1e-5)


@pytest.mark.parametrize(
    ("layers", "expected"),
    [
        (
            [{"kind": "conv1d", "channels": 9, "stride": 8}],
            r"an answer of 9 or more×9 \(time × feature\) for ctc",
        ),
        ([{"kind": "conv1d", "channels": 9, "stride": 8}], "use smaller strides or less pooling over time"),
        ([{"kind": "linear", "units": 4}], "end the network with a linear layer whose units are left empty"),
        ([{"kind": "last_over_time"}, {"kind": "linear"}], "got 9 "),
    ],
)
def test_a_network_whose_answer_has_no_room_for_the_phones_is_refused_in_words(layers: list, expected: str) -> None:
    with pytest.raises(ExperimentError, match=expected):
        check(read_experiment({"data": {"kind": "utterances"}, "network": {"layers": layers}}))


def test_a_network_may_answer_for_fewer_frames_than_it_hears() -> None:
    layers = [{"kind": "conv1d", "channels": 8, "stride": 2}, {"kind": "linear"}]
    checked = check(read_experiment({"data": {"kind": "utterances"}, "network": {"layers": layers}}))
    data = checked.dataset.load(0)
    assert ctc(build(checked.plan, 0)(*data.test.inputs), data.test.targets).isfinite()


# A network that knows the spectra, and so what is right


class Knowing(torch.nn.Module):
    """Tells the phone whose spectrum a frame holds; silence is blank."""

    def __init__(self) -> None:
        super().__init__()
        self.least = torch.nn.Parameter(torch.tensor(0.5))

    def forward(self, frames: Tensor) -> Tensor:  # (B, T, bands) -> (B, T, 1 + phones)
        likeness = frames @ torch.nn.functional.normalize(spectra(8), dim=1).T
        return torch.cat([self.least.expand_as(likeness[..., :1]), likeness], -1)


@pytest.fixture(scope="module")
def clean() -> Data:
    return Utterances(noise=0).load(0)


def test_measures_of_a_network_that_knows_the_spectra(clean: Data) -> None:
    spoken = Utterances(noise=0).speak(300, torch.Generator().manual_seed(4))
    data = Data(clean.train, Split((spoken.frames,), spoken.phones), clean.task, clean.signals, clean.view)
    silent = float((spoken.places < 0).float().mean())
    assert MEASURES["phone_error_rate"].take(Knowing(), data, Utterances()) == 0
    assert MEASURES["blank_fraction"].take(Knowing(), data, Utterances()) == pytest.approx(silent)


def test_the_transcript_shows_what_is_heard_where_it_begins_and_what_was_said(clean: Data) -> None:
    checked = check(ex.preset("ctc-recogniser"))
    picture = look(Transcript(), Scene(Knowing(), checked, clean, 0, Example(index=2)))  # type: ignore[arg-type]
    said = sequences(clean.test.targets)[2]
    assert picture["said"].values.tolist() == picture["heard"].values.tolist() == said
    assert picture["edits"].values == 0
    shares = picture["shares"].values
    assert [int(shares[frame].argmax()) for frame in picture["begins"].values] == said
    assert shares.sum(1) == pytest.approx(1, abs=1e-5)


def test_without_a_target_the_phone_that_stands_out_is_explained_and_a_sequence_is_the_one_said(
    clean: Data,
) -> None:
    frames, said = clean.test.inputs[0][:1], clean.test.targets[:1]
    found = aimed(Target(), clean.task, Knowing(), frames, said)
    assert Knowing()(frames).detach()[0, found.place].argmax() == found.entry > BLANK
    assert aimed(Target(sequence=()), clean.task, Knowing(), frames, said).sequence == tuple(sequences(said)[0])
    assert Target(sequence=()).settle(Knowing()(frames).detach()).sequence == tuple(sequences(said)[0])  # what is heard
    assert meaning(Knowing()(frames).detach(), clean.task, found.place).argmax() == found.entry


def test_targets_of_recognisers_are_read_as_people_write_them() -> None:
    labels = ("–", "a", "e")
    assert read_target("e@7", labels) == Target(entry=2, place=7)
    assert read_target("frame:7") == Target(place=7)
    assert read_target("e@frame:7", labels) == read_target("2@frame:7") == Target(entry=2, place=7)
    assert read_target("sequence") == Target(sequence=())
    assert read_target("sequence:1,2") == Target(sequence=(1, 2))
    assert str(Target(sequence=(1, 2))) == "sequence:1,2"


def test_the_frame_that_is_explained_is_marked_among_the_phones_that_are_heard(clean: Data) -> None:
    answer = torch.eye(PHONES)[[0, 2, 2, 1]].unsqueeze(0)
    found = marks(Target(entry=2, place=2), answer, clean.task)
    assert found["path"].values.tolist() == [0, 2, 2, 1]
    assert found["marked"].values.tolist() == [0.5, 0.75]
    assert "marked" not in marks(Target(sequence=(2, 1)), answer, clean.task)


@pytest.mark.parametrize(
    ("phones", "expected"),
    [((1, 1, 1, 1), "fit into 5 frames, got 7"), ((9,), "one of the 3 phones"), ((), "nothing is heard")],
)
def test_a_sequence_that_cannot_be_is_refused(phones: tuple[int, ...], expected: str) -> None:
    silence = torch.tensor([9.0, 0, 0]).expand(1, FRAMES, PHONES)
    with pytest.raises(EngineError, match=expected):
        Target(sequence=phones).settle(silence)
