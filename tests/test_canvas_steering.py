"""What a person does to a run by hand: types weights, presses keys, changes layers; and who may not."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.canvas_browser import canvas_page, colours, drawn, edge, units, until, wait_for
from tests.canvas_server import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
REFUSAL = "weight: expected a number below 1,000, got 5,000; type a smaller one."


@pytest.fixture
def server() -> Iterator[LiveServer]:
    with LiveServer() as found:
        yield found


@pytest.fixture
def page(browser: Browser, server: LiveServer) -> Iterator[Page]:
    with canvas_page(browser, server, may_edit=True) as found:
        yield found


def open_weight(page: Page) -> None:
    """Click the line from x2 to the last unit of the first hidden layer."""
    page.mouse.click(*edge(page, "features", 1, "hidden1", 3))
    expect(page.locator(".nx-editor")).to_be_visible()


def test_a_weight_is_typed_at_its_line_and_kept(page: Page, server: LiveServer) -> None:
    open_weight(page)
    shown = float(page.locator(".nx-editor input").input_value().replace("−", "-"))
    assert shown == pytest.approx(server.scene.look(0)["hidden1.weight"].values[3, 1], abs=0.005)
    page.keyboard.type("-2,5")
    page.keyboard.press("Enter")
    expect(page.locator(".nx-editor")).to_be_hidden()
    wanted = {"do": "set_weight", "tensor": "hidden1.weight", "index": [3, 1], "value": -2.5}
    assert wanted.items() <= server.orders[-1].items()
    wait_for(page, "() => window.store.frame('stage').arrays.get('hidden1.weight').values[7] === -2.5")


@pytest.mark.parametrize("typed", ["abc", "1e999", "", "1 2"])
def test_what_is_no_number_is_answered_with_a_sentence_and_not_sent(page: Page, server: LiveServer, typed: str) -> None:
    open_weight(page)
    page.locator(".nx-editor input").fill(typed)
    page.keyboard.press("Enter")
    expect(page.locator(".nx-fault")).to_have_text("A number is needed, such as 0.5.")
    assert server.orders == []
    page.keyboard.press("Escape")
    expect(page.locator(".nx-editor")).to_be_hidden()


def test_a_refused_weight_shows_the_servers_sentence_where_it_was_typed(page: Page, server: LiveServer) -> None:
    server.refuse = REFUSAL
    open_weight(page)
    page.keyboard.type("5000")
    page.keyboard.press("Enter")
    expect(page.locator(".nx-fault")).to_have_text(REFUSAL)
    expect(page.locator(".nx-banner")).to_contain_text(REFUSAL)


def test_a_refused_command_gives_the_button_back(page: Page, server: LiveServer) -> None:
    server.refuse = "run: expected one that trains, got a finished one; continue from a snapshot."
    page.keyboard.press("Space")
    expect(page.locator(".nx-banner")).to_contain_text(server.refuse)
    expect(page.locator(".nx-main")).to_have_attribute("title", "Train (Space)")


def test_space_trains_and_pauses(page: Page, server: LiveServer) -> None:
    page.keyboard.press("Space")
    wait_for(page, "() => window.store.isTraining && window.store.status.step > 3")
    expect(page.locator(".nx-main")).to_have_attribute("title", "Pause (Space)")
    page.keyboard.press("Space")
    until(page, lambda: server.state == "paused")
    assert [command["do"] for command in server.orders] == ["begin", "pause"]


def test_keys_step_and_rewind(page: Page, server: LiveServer) -> None:
    page.keyboard.press("s")
    page.keyboard.press("e")
    until(page, lambda: server.step == 21)
    page.keyboard.press("r")
    until(page, lambda: server.step == 0)


def test_the_stage_is_walked_by_keys_and_a_bias_is_typed_without_a_pointer(page: Page, server: LiveServer) -> None:
    page.locator("#stage canvas").focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowDown", "ArrowDown"):
        page.keyboard.press(key)
    assert page.evaluate("window.store.selected") == {"layer": "hidden1", "index": 2}
    expect(page.locator(".nx-card strong")).to_have_text("hidden1 · unit 3")
    expect(page.locator("#stage [aria-live=polite]")).to_contain_text("hidden1 · unit 3")
    page.keyboard.press("Enter")
    page.keyboard.type("0.75")
    page.keyboard.press("Enter")
    until(page, lambda: server.orders)
    assert server.orders[0]["tensor"] == "hidden1.bias"
    assert (server.orders[0]["index"], server.orders[0]["value"]) == ([2], 0.75)
    expect(page.locator(".nx-editor")).to_be_hidden()
    page.keyboard.press("Escape")
    assert page.evaluate("window.store.selected") is None


def test_whoever_only_looks_cannot_steer(browser: Browser, server: LiveServer) -> None:
    server.may_steer = False
    with canvas_page(browser, server) as page:
        expect(page.locator(".nx-banner")).to_contain_text("Only its owner can steer it.")
        for title in ("Train (Space)", "One step (S)", "One epoch (E)"):
            expect(page.get_by_title(title)).to_be_disabled()
        page.keyboard.press("Space")
        page.keyboard.press("s")
        open_weight(page)
        page.keyboard.type("3")
        page.keyboard.press("Enter")
        assert page.locator(".nx-layer-tools button").count() == 0
        drawn(page)
        assert server.orders == []


def test_the_page_goes_on_when_the_server_comes_back(page: Page, server: LiveServer) -> None:
    page.keyboard.press("Space")
    wait_for(page, "() => window.store.status.step > 3")
    server.stop()
    expect(page.locator(".nx-state")).to_have_text("The connection is lost. It is tried again by itself.")
    expect(page.locator(".nx-main")).to_be_disabled()
    assert colours(page, "stage") > 100  # what was drawn stays
    reached = page.evaluate("window.store.status.step")
    server.start()
    wait_for(page, "(reached) => window.store.connection === 'open' && window.store.status.step > reached + 3", reached)
    expect(page.locator(".nx-state")).to_have_text("Training")
    assert server.requests.count("diagram") == 1


def test_a_diagram_that_could_not_be_had_is_asked_for_again_with_the_next_line(
    browser: Browser, server: LiveServer
) -> None:
    server.is_hiding = True
    page = browser.new_page()
    page.goto(server.address)
    page.wait_for_function("window.isReady && window.store.connection === 'open'")
    assert page.evaluate("window.store.diagram") is None
    server.stop()
    server.is_hiding = False
    server.start()
    wait_for(page, "() => window.store.diagram")
    wait_for(page, "() => document.querySelector('#stage canvas').ariaLabel.startsWith('Network of 4 layers')")
    page.close()


def test_all_pictures_of_a_run_share_one_diagram_and_one_line(page: Page, server: LiveServer) -> None:
    assert server.requests.count("diagram") == 1
    assert len(server.sockets) == 1


@pytest.mark.parametrize(
    ("label", "edit"),
    [
        ("One unit more in hidden1", {"do": "units", "layer": "hidden1", "by": 1}),
        ("One unit fewer in hidden2", {"do": "units", "layer": "hidden2", "by": -1}),
        ("Add a layer after hidden1", {"do": "add", "after": "hidden1"}),
        ("Remove hidden2", {"do": "remove", "layer": "hidden2"}),
    ],
)
def test_buttons_over_the_layers_change_the_network(page: Page, label: str, edit: dict) -> None:
    page.get_by_role("button", name=label).click()
    assert page.evaluate("window.triggers") == [["edit", edit]]


def test_the_answers_layer_stays_and_a_layer_keeps_its_last_unit(browser: Browser) -> None:
    with LiveServer("small") as server:
        server.scene.diagram["layers"][1]["kind"] = "gru"
        with canvas_page(browser, server, may_edit=True) as page:
            labels = page.locator(".nx-layer-tools button").evaluate_all("(all) => all.map((each) => each.title)")
            assert "One unit more in hidden1" in labels
            assert not [label for label in labels if "answer" in label]
            assert "One unit more in features" not in labels


def test_the_buttons_stand_over_their_layers_and_are_reached_by_tab(page: Page) -> None:
    button = page.get_by_role("button", name="One unit more in hidden2")
    box, at = button.bounding_box(), units(page)["hidden2"][0]
    assert box is not None
    assert abs(box["x"] + box["width"] / 2 - at["x"]) < 40
    page.get_by_role("button", name="One unit fewer in hidden2").focus()
    page.keyboard.press("Tab")
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    assert page.evaluate("window.triggers") == [["edit", {"do": "units", "layer": "hidden2", "by": 1}]]
