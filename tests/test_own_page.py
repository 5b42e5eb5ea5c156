"""An input of one's own on the pages of lenses: begun with an example, kept in the link, refused in a sentence."""

import pytest
from streamlit.testing.v1 import AppTest

from explorer.lenses.request import read_example
from explorer.own_input import write_own
from explorer.ui import address, own_words, words
from explorer.ui.guard import plain
from tests.test_pages import mine, opened, run, said, visit

FORMS = {
    "brackets-lstm": "text",
    "induction-heads": "text",
    "iris": "row",
    "circle": "point",
    "digits-cnn": "picture",
    "adding-gru": "numbers",
}

pytestmark = [pytest.mark.xdist_group("engine"), pytest.mark.usefixtures("running_engine")]


def own(app: AppTest) -> AppTest:
    """Choose an input of one's own where examples are chosen."""
    app.selectbox(key=f"look_split_{mine(app).looked}").set_value("own")
    return run(app)


def written(app: AppTest) -> str:
    """The input of one's own in hand, on one line."""
    return write_own(read_example(mine(app).example))


@pytest.mark.parametrize("preset", FORMS)
def test_an_input_of_ones_own_begins_with_the_example_in_hand_and_travels_in_the_link(preset: str) -> None:
    app = own(visit(opened(preset=preset, example="test:2"), "activations.py"))
    assert FORMS[preset] in mine(app).example
    there = visit(opened(preset=preset, example=app.query_params["example"]), "attribution.py")
    assert written(there) == written(app)
    assert mine(there).example["index"] == 0
    assert not there.warning
    assert not there.error


def test_a_row_is_changed_by_its_features_and_stays_from_page_to_page() -> None:
    app = own(visit(opened(preset="iris"), "activations.py"))
    app.number_input(key=f"own_petal width (cm)_{mine(app).looked}").set_value(2.25)
    run(app)
    assert mine(app).example["row"]["petal width (cm)"] == 2.25
    visit(app, "attribution.py")
    assert mine(app).example["row"]["petal width (cm)"] == 2.25
    app.selectbox(key=f"look_split_{mine(app).looked}").set_value("train")
    assert mine(run(app)).example == {"split": "train", "index": 0}


@pytest.mark.parametrize(
    ("preset", "given", "sentence"),
    [
        ("iris", "row:1,2", "Expected 4 numbers (sepal length (cm)"),
        ("brackets-lstm", "text:(]", "Expected ( or ) at every step, got ']'; write others."),
        ("digits-cnn", "picture:AAAA", "Expected a picture, got one that is broken"),
        ("adding-gru", "numbers:1;2", "Expected 2 numbers at every step (number, marker), got 1"),
        ("circle", "text:hello", "Expected point for this data, got text"),
    ],
)
def test_an_input_that_does_not_fit_gives_way_to_an_example_and_the_page_says_why(
    preset: str, given: str, sentence: str
) -> None:
    app = visit(opened(preset=preset, example=given), "activations.py")
    assert plain(own_words.dropped(f"example.: {sentence}")) in said(app)
    assert mine(app).example == {"split": "test", "index": 0}


@pytest.mark.parametrize("given", ["point:1,2,3", "point:1,nan", f"text:{'(' * 5000}", "wave:1"])
def test_what_is_no_input_at_all_is_left_out_of_a_link(given: str) -> None:
    asked = address.read({"example": given})
    assert asked.example == {"split": "test", "index": 0}
    assert asked.ignored == (words.ignored("example", words.NOT_AN_EXAMPLE),)


@pytest.mark.parametrize(
    ("given", "span"), [("3-7", (3, 7)), ("7-3", None), ("-1", None), ("a-b", None), ("1-²", None)]
)
def test_a_span_of_steps_travels_in_a_link_and_nonsense_is_told(given: str, span: tuple[int, int] | None) -> None:
    asked = address.read({"span": given})
    assert asked.span == span
    assert asked.ignored == (() if span else (words.ignored("span", words.NOT_A_SPAN),))
