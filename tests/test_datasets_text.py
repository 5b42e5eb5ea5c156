"""Text in windows: what is predicted, what is held out, and which files are refused."""

import random
import sys

import pytest
import torch

from explorer.datasets.corpus import MOST_WINDOWS, UNKNOWN, build_corpus, draw_windows, spread_windows, tokenise
from explorer.datasets.grammar import ADJECTIVES, NOUNS, VERBS, make_sentence
from explorer.datasets.text import SOURCES, Documentation, Grammar, TextFile, read_topics
from explorer.errors import DataError, LimitError

RHYME = "".join(f"{number} green bottles hanging on the wall,\n" for number in range(100, 0, -1))


@pytest.fixture
def rhyme(tmp_path):
    path = tmp_path / "rhyme.txt"
    path.write_text(RHYME, encoding="utf-8")
    return path


def spell(names, ids):
    return "".join(names[i] for i in ids)


def test_every_target_is_the_token_after_its_input(rhyme):
    data = TextFile(path=str(rhyme), context=20).load(0)
    for split in (data.train, data.test, data.draw(10)):
        (inputs,) = split.inputs
        assert torch.equal(inputs[:, 1:], split.targets[:, :-1])
        for row, target in zip(inputs.tolist(), split.targets.tolist(), strict=True):
            assert spell(data.names, [*row, target[-1]]) in RHYME


def test_held_out_windows_join_up_to_the_end_of_the_text_and_training_stays_before_it(rhyme):
    data = TextFile(path=str(rhyme), context=20, test_fraction=0.25).load(0)
    cut = len(RHYME) - round(len(RHYME) * 0.25)
    held_out = spell(data.names, data.test.inputs[0].flatten().tolist())
    assert RHYME[cut:].startswith(held_out)
    assert len(RHYME) - cut - len(held_out) <= 20
    assert spell(data.names, data.draw.args[0].tolist()) == RHYME[:cut]


def test_training_windows_start_everywhere_and_end_inside_the_text():
    split = draw_windows(torch.arange(100), 10, 2000, torch.Generator().manual_seed(0))  # the token's id is its place
    assert set(split.inputs[0][:, 0].tolist()) == set(range(90))
    assert split.targets.max() == 99


def test_of_a_long_text_held_out_windows_are_spread_evenly_and_do_not_overlap():
    split = spread_windows(torch.arange(30_001), 20)  # the token's id is its place
    starts = split.inputs[0][:, 0]
    assert len(split) == MOST_WINDOWS
    assert starts[0] == 0
    assert set(starts.diff().tolist()) == {40, 60}
    assert 29_900 < split.targets.max() <= 30_000


def test_words_marks_and_line_ends_are_tokens_of_their_own():
    assert tokenise("It's 3.5,\nnaïve-ish!", "word") == ["It's", "3", ".", "5", ",", "\n", "naïve", "-", "ish", "!"]


def test_the_commonest_words_are_kept_and_the_others_are_unknown():
    text = "b b b a a c " * 9 + "d"
    corpus = build_corpus(text, "word", 3, 0.1)
    assert corpus.names == (UNKNOWN, "a", "b")
    words = [name if name in ("a", "b") else UNKNOWN for name in text.split()]
    assert [corpus.names[i] for i in (*corpus.train, *corpus.test)] == words


def test_a_word_that_only_the_held_out_part_has_is_unknown():
    corpus = build_corpus("a b " * 10 + "new", "word", 100, 0.1)
    assert corpus.names == (UNKNOWN, "a", "b")
    assert corpus.test.tolist() == [2, 0]


def test_no_entry_is_called_unknown_where_every_token_is_known():
    assert build_corpus("abcabcabc", "character", 100, 0.3).names == ("a", "b", "c")


@pytest.mark.parametrize("source", [*SOURCES, "all"])
def test_topics_of_the_documentation_are_long_enough_and_hold_no_paragraph_twice(source):
    text = read_topics(source)
    paragraphs = text.rstrip("\n").split("\n\n")
    assert len(text) > 10_000
    assert len(set(paragraphs)) == len(paragraphs)
    assert Documentation(source=source).describe().n_test > 50


def test_a_python_without_its_documentation_is_refused_with_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "pydoc_data.topics", None)
    with pytest.raises(DataError, match=r"data.source: expected .*pydoc_data.* install Python's full"):
        read_topics("all")


def test_every_sentence_follows_the_grammar_and_its_verb_agrees_with_its_subject():
    rng = random.Random(0)
    numbers = {word: number for pair in (*NOUNS, *VERBS) for number, word in enumerate(pair)}
    for _ in range(500):
        sentence = make_sentence(rng)
        words = [word for word in sentence.words if word not in ADJECTIVES]
        subject, *neighbour = [word for word in sentence.words[: sentence.verb_at] if word in numbers]
        verb = sentence.words[sentence.verb_at]
        expected = ["the", subject, *(["near", "the", *neighbour] if neighbour else []), verb, "the", words[-1]]
        assert words == expected
        assert numbers[verb] == numbers[subject] == sentence.is_plural
        assert sentence.has_attractor == any(numbers[word] != numbers[subject] for word in neighbour)
        assert str(sentence) == " ".join(sentence.words) + "."


def test_the_grammar_has_one_vocabulary_for_all_seeds_and_its_known_size():
    for seed in range(3):
        data = Grammar().load(seed)
        assert len(data.names) == 27
        assert 21_000 < len(data.draw.args[0]) < 25_000
    assert Grammar(level="word").load(0).names == Grammar(level="word", sentences=100).load(1).names


def test_held_out_sentences_of_the_grammar_go_on_where_training_ends():
    data = Grammar(sentences=100).load(0)
    rng = random.Random(0)
    text = "".join(f"{make_sentence(rng)}\n" for _ in range(1000))
    train = spell(data.names, data.draw.args[0].tolist())
    assert text.startswith(train + spell(data.names, data.test.inputs[0].flatten().tolist()))
    assert train.count("\n") == 100


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "data.path: expected a file with something in it"),
        (b"too short", r"data.context: expected more than 48 characters in each part of the text, got 8 .* and 1 "),
        (bytes(range(256)) * 20, "data.path: expected a text file"),
        (b"\x81\x8d caf\xe9 " * 200, "data.path: expected a text file"),
    ],
    ids=["empty", "too short", "binary", "wrong encoding"],
)
def test_a_file_that_is_no_use_is_refused_with_the_reason(tmp_path, content, sentence):
    path = tmp_path / "file.txt"
    path.write_bytes(content)
    with pytest.raises(DataError, match=sentence):
        TextFile(path=str(path)).describe()


@pytest.mark.parametrize("path", ["", "/no/such/file.txt"])
def test_a_file_that_is_not_there_is_refused(path):
    with pytest.raises(DataError, match=r"data.path: expected the path of a file"):
        TextFile(path=path).load(0)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_usual_encodings_give_the_same_characters(tmp_path, encoding):
    path = tmp_path / "menu.txt"
    path.write_text("crème brûlée, café\r\n" * 100, encoding=encoding, newline="")
    assert TextFile(path=str(path)).load(0).names == tuple(sorted(set("crème brûlée, café\n")))


def test_a_changed_file_is_read_again(rhyme):
    dataset = TextFile(path=str(rhyme))
    before = dataset.load(0).names
    rhyme.write_text("entirely other\n" * 100, encoding="utf-8")
    assert dataset.load(0).names != before
    assert dataset.files() == (str(rhyme),)


def test_a_text_that_would_not_fit_is_refused_before_it_is_cut():
    with pytest.raises(LimitError, match="dataset bytes"):
        build_corpus("word " * 2_000_000, "word", 100, 0.1)
