"""The panel of data: datasets are chosen, files are brought and refused, and what is refused changes nothing."""

import os
import time
from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest

from explorer.datasets import KINDS
from explorer.ui import data_words as words
from explorer.ui import uploads
from explorer.ui.service import close_engine, engine
from explorer.ui.session import KEY, Session
from tests.engines import eventually
from tests.user_files import ALBUM, TABLE, TEXT, picture, zipped

pytestmark = pytest.mark.xdist_group("engine")
PATIENCE = 120  # seconds that only something broken takes
PEOPLE = b"name,age,kind\n" + b"".join(f"p{n},{n % 9},{'xyz'[n % 3]}\n".encode() for n in range(30))
STEPS = 5
FAMILY_OF = {"csv": "Tables", "text_file": "Text", "pictures": "Pictures"}

GOOD = {
    "a table": ("csv", "flowers.csv", TABLE),
    "a table with a column of text": ("csv", "people.csv", PEOPLE),
    "a table with semicolons and decimal commas": ("csv", "werte.csv", b"a;b\n" + b"1,5;2\n2,5;4\n3,5;7\n4,5;9\n" * 5),
    "a text": ("text_file", "fox.txt", TEXT),
    "a text in UTF-16": ("text_file", "fox.txt", TEXT.decode().encode("utf-16")),
    "pictures": ("pictures", "album.zip", ALBUM),
}
BAD = {
    "an empty table": ("csv", "t.csv", b"", "an empty one"),
    "a ragged table": ("csv", "t.csv", b"a,b\n1,2\n3\n", "t.csv, line 3: expected 2 values, got 1"),
    "a table of one column": ("csv", "t.csv", b"a\n1\n2\n", "at least two columns"),
    "a table that is a picture": ("csv", "t.csv", picture(), "in none of UTF-8, UTF-16 and Latin-1"),
    "a table with the same name twice": ("csv", "t.csv", b"a,a\n1,2\n3,4\n", "'a' twice"),
    "an empty text": ("text_file", "t.txt", b"", "an empty one"),
    "a text of a few letters": ("text_file", "t.txt", b"short", "use a longer text"),
    "a text that is a picture": ("text_file", "t.txt", picture(), "in none of UTF-8"),
    "a zip that is none": ("pictures", "p.zip", b"PK no zip", "neither"),
    "a zip of no pictures": ("pictures", "p.zip", zipped({"a/x.exe": b"MZ", "b/y.png": picture()}), "only pictures"),
    "a zip with a path outside": (
        "pictures",
        "p.zip",
        zipped({"../../a/x.png": picture(), "b/y.png": picture()}),
        "a path that leads outside",
    ),
    "a zip made to swell": ("pictures", "p.zip", zipped({"a/x.png": bytes(2**26)}), "made to swell"),
    "a broken picture": (
        "pictures",
        "p.zip",
        zipped({"a/x.png": picture()[:40], "b/y.png": picture()}),
        "expected a picture, got one that is broken",
    ),
    "a picture with too many pixels": (
        "pictures",
        "p.zip",
        zipped({"a/x.png": picture(size=(6000, 6000)), "b/y.png": picture()}),
        "pixels",
    ),
    "pictures in no folders": ("pictures", "p.zip", zipped({"x.png": picture()}), "in the folder of its class"),
}


@pytest.fixture(scope="module", autouse=True)
def _engine() -> Iterator[None]:
    yield
    close_engine()


@pytest.fixture
def panel() -> AppTest:
    return AppTest.from_function(_draw, default_timeout=PATIENCE).run()


def _draw() -> None:
    import streamlit as st

    from explorer.ui.data_panel import choose, draw_data
    from explorer.ui.draw_points import receive

    if kind := st.session_state.pop("tapped", None):
        choose(kind)
    if sent := st.session_state.pop("sent", None):
        receive(sent)
    draw_data()


def in_hand(panel: AppTest) -> Session:
    assert not panel.exception, panel.exception
    return panel.session_state[KEY]


def open_family(panel: AppTest, name: str) -> AppTest:
    return panel.pills[0].set_value(name).run()


def pick(panel: AppTest, family: str, kind: str) -> AppTest:
    return open_family(panel, family).radio[0].set_value(kind).run()


def tap(panel: AppTest, kind: str) -> AppTest:
    panel.session_state["tapped"] = kind
    return panel.run()


def bring(panel: AppTest, kind: str, name: str, content: bytes) -> AppTest:
    pick(panel, FAMILY_OF[kind], kind)
    return panel.file_uploader[0].upload(name, content).run()


def said(panel: AppTest) -> str:
    return " ".join(each.value for each in [*panel.error, *panel.caption]).replace("\\", "")


def trains(panel: AppTest) -> bool:
    """Whether a run of the draft does its first steps."""
    mine = in_hand(panel)
    assert mine.faults == ()
    helm = engine().start(mine.experiment.with_(f"recipe.steps={STEPS}"))
    eventually(lambda: engine().status(helm.run_id).state in ("finished", "failed", "diverged"))
    return engine().status(helm.run_id).state == "finished"


def test_every_dataset_is_in_one_family():
    found = [kind for kinds in words.families(list(KINDS)).values() for kind in kinds]
    assert sorted(found) == sorted(KINDS)
    assert words.OTHER not in words.families(list(KINDS))


def test_a_dataset_that_no_family_names_is_offered_too():
    assert words.families(["circle", "stripes"]) == {words.POINTS: ["circle"], words.OTHER: ["stripes"]}


@pytest.mark.parametrize(("family", "kinds"), words.FAMILIES[1:], ids=[name for name, _ in words.FAMILIES[1:]])
def test_every_dataset_of_a_family_trains_when_it_is_picked(panel: AppTest, family: str, kinds: tuple[str, ...]):
    for kind in [kind for kind in kinds if kind not in FAMILY_OF]:
        pick(panel, family, kind)
        assert in_hand(panel).experiment.data.kind == kind
        assert panel.error == []
    assert trains(panel)


def test_points_keep_the_noise_and_the_network_that_a_person_has_set(panel: AppTest):
    before = in_hand(panel).experiment
    in_hand(panel).experiment = before.with_("data.noise=0.2", "network.layers.hidden1.units=5")
    tap(panel, "spiral")
    after = in_hand(panel).experiment
    assert after.data.settings["noise"] == 0.2
    assert next(layer.settings.get("units") for layer in after.network.layers if layer.kind == "linear") == 5
    assert after.recipe == before.recipe


def test_another_view_brings_a_network_and_a_recipe_that_suit_it(panel: AppTest):
    before = in_hand(panel).experiment
    pick(panel, "Pictures", "digits")
    after = in_hand(panel).experiment
    assert "conv2d" in [layer.kind for layer in after.network.layers]
    assert after.recipe != before.recipe


def test_opening_a_family_changes_nothing(panel: AppTest):
    before = in_hand(panel).experiment
    for name, _ in words.FAMILIES:
        open_family(panel, name)
        assert in_hand(panel).experiment == before


@pytest.mark.parametrize("case", GOOD.values(), ids=GOOD.keys())
def test_a_file_of_ones_own_is_taken_and_trains(panel: AppTest, case: tuple[str, str, bytes]):
    kind, name, content = case
    bring(panel, kind, name, content)
    assert [error.value for error in panel.error] == []
    data = in_hand(panel).experiment.data
    assert data.kind == kind
    assert uploads.is_kept(data.settings["path"])
    assert name in said(panel)
    assert trains(panel)


@pytest.mark.parametrize("case", BAD.values(), ids=BAD.keys())
def test_a_bad_file_is_told_in_one_sentence_and_nothing_is_lost(panel: AppTest, case: tuple[str, str, bytes, str]):
    kind, name, content, sentence = case
    before, kept = in_hand(panel).experiment, set(uploads.folder().glob("*/*"))
    bring(panel, kind, name, content)
    assert len(panel.error) == 1
    told = panel.error[0].value.replace("\\", "")
    assert sentence in told
    assert told.count("\n") == 0
    assert "data." not in told
    assert in_hand(panel).experiment == before
    assert set(uploads.folder().glob("*/*")) == kept


def test_a_good_file_after_a_bad_one_is_taken(panel: AppTest):
    bring(panel, "csv", "bad.csv", b"a,b\n1\n")
    panel.file_uploader[0].set_value(("good.csv", TABLE, "text/csv")).run()
    assert panel.error == []
    assert in_hand(panel).experiment.data.kind == "csv"


def test_a_column_of_text_is_left_out_and_refused_where_it_is_chosen(panel: AppTest):
    bring(panel, "csv", "people.csv", PEOPLE)
    before = in_hand(panel).experiment
    assert before.data.settings["features"] == ["age"]
    assert "hold no numbers: name" in said(panel)
    panel.multiselect[0].set_value(["age", "name"]).run()
    assert "expected a number, got 'p0'; mend it, or leave the column out." in panel.error[0].value.replace("\\", "")
    assert in_hand(panel).experiment == before
    panel.multiselect[0].set_value(["age"]).run()
    assert panel.error == []


def test_no_column_at_all_is_refused(panel: AppTest):
    bring(panel, "csv", "people.csv", PEOPLE)
    before = in_hand(panel).experiment
    panel.multiselect[0].set_value([]).run()
    assert [error.value.replace("\\", "") for error in panel.error] == [words.NO_FEATURES]
    assert in_hand(panel).experiment == before


def test_the_column_to_tell_and_the_task_are_the_persons_choice(panel: AppTest):
    bring(panel, "csv", "flowers.csv", TABLE)
    panel.selectbox[0].set_value("height").run()
    assert in_hand(panel).experiment.data.settings["target"] == "height"
    assert "one of 4 classes" in said(panel)
    panel.segmented_control[0].set_value("regression").run()
    assert "a number (height)" in said(panel)
    assert trains(panel)


def test_a_name_with_markup_is_shown_as_text(panel: AppTest):
    bring(panel, "csv", "**bold** [x](y).csv", TABLE)
    caption = next(each.value for each in panel.caption if "material/description" in each.value)
    assert r"\[" not in caption  # no bracket is left in a kept name
    assert "**" not in caption.replace(r"\*", "")


def test_drawn_points_become_the_data_as_soon_as_there_are_two_classes(panel: AppTest):
    before = in_hand(panel).experiment
    tap(panel, "drawn")
    one = [[0.5 * n - 3, 1.0, 0] for n in range(6)]
    panel.session_state["sent"] = {"points": one, "stroke": 1}
    panel.run()
    assert in_hand(panel).experiment == before
    assert words.UNTIL_POINTS in [each.value for each in panel.caption]
    both = [*one, *([0.5 * n - 3, -1.0, 1] for n in range(6))]
    panel.session_state["sent"] = {"points": both, "stroke": 2}
    panel.run()
    data = in_hand(panel).experiment.data
    assert [list(point) for point in data.settings["points"]] == both
    assert trains(panel)


def test_a_refused_file_is_forgotten_when_another_dataset_is_picked(panel: AppTest):
    bring(panel, "csv", "bad.csv", b"a,b\n1\n")
    panel.radio[0].set_value("iris").run()
    assert panel.error == []
    assert in_hand(panel).experiment.data.kind == "iris"


def test_the_bytes_of_a_file_do_not_stay_in_the_memory_of_the_server(panel: AppTest):
    bring(panel, "csv", "flowers.csv", TABLE)
    assert panel.file_uploader[0].value is None


def test_a_path_of_this_machine_in_the_draft_is_not_read(panel: AppTest):
    mine = in_hand(panel)
    mine.experiment = mine.experiment.model_copy(
        update={"data": type(mine.experiment.data).model_validate({"kind": "text_file", "path": "/etc/passwd"})}
    )
    mine.generation += 1
    panel.run()
    assert "expected a file that was uploaded here" in said(panel)
    assert "root:" not in " ".join(each.value for each in panel.code)


def test_a_file_in_the_draft_counts_as_used(panel: AppTest):
    bring(panel, "csv", "flowers.csv", TABLE)
    path = in_hand(panel).experiment.data.settings["path"]
    os.utime(path, (1, 1))
    panel.run()
    assert time.time() - os.stat(path).st_mtime < PATIENCE
