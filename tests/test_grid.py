"""The values of an axis as a person types them."""

import pytest

from explorer.grid import read_values


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("0.1, 0.2", [0.1, 0.2]),
        ("circle,xor", ["circle", "xor"]),
        ("true, false", [True, False]),
        ("[1,2],[3]", [[1, 2], [3]]),
        ("1..4", [1, 2, 3, 4]),
        ("0..1 in 5", [0, 0.25, 0.5, 0.75, 1]),
        ("0.001..1 in 4 log", [0.001, 0.01, 0.1, 1]),
        ("2..64 in 6 log", [2, 4, 8, 16, 32, 64]),
        (".5 .. 1. in 2", [0.5, 1]),
        ("1e-3..1e-1 in 3 LOG", [0.001, 0.01, 0.1]),
        ("a..b", ["a..b"]),
    ],
)
def test_lists_and_ranges_are_written_out(text, values):
    assert read_values(text) == values


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (" ", "got none"),
        ("4..1", "that rise"),
        ("0.5..2", "whole numbers"),
        ("1..9 in 1", "2 to 1,000 values"),
        ("-1..1 in 3 log", "above zero"),
        ("0..2000", "that rise"),
    ],
)
def test_what_is_no_range_is_refused_in_words(text, words):
    with pytest.raises(ValueError, match=words):
        read_values(text)
