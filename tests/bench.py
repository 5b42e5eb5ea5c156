"""Panels under test: a workbench whose engine describes experiments in this process and trains nothing."""

from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from explorer.engine.looking_desk import LookingDesk
from explorer.ui import drafts, service, workbench
from explorer.ui.session import KEY, Session

KINDS = (
    "button",
    "toggle",
    "number_input",
    "slider",
    "select_slider",
    "selectbox",
    "multiselect",
    "button_group",
    "text_input",
)


class Bench:
    """A panel in an app of its own, and what was asked of the workbench."""

    def __init__(self, session: Session, draw: Callable[..., None], **arguments: Any):
        self.app = AppTest.from_function(draw, default_timeout=60, kwargs=arguments)
        self.app.session_state[KEY] = session
        self.run()

    @property
    def session(self) -> Session:
        """What the person in the app has in hand."""
        return self.app.session_state[KEY]

    @property
    def layers(self) -> list[str]:
        """The names of the draft's layers."""
        return [layer.name for layer in self.session.experiment.network.layers]

    def run(self) -> "Bench":
        """Draw it again; whatever was raised fails the test."""
        self.app.run()
        assert not self.app.exception, self.app.exception
        return self

    def control(self, place: str) -> Any:
        """The control of a setting, or the button of this key."""
        wanted = (place, f"{place}@{self.session.generation}")
        return next(each for kind in KINDS for each in self.app.get(kind) if each.key in wanted)

    def places(self) -> set[str]:
        """The places that have a control."""
        keys = (each.key for kind in KINDS for each in self.app.get(kind))
        return {key.partition("@")[0] for key in keys if key and "@" in key}

    def set(self, place: str, value: Any) -> "Bench":
        """Give a control another value."""
        self.control(place).set_value(value)
        return self.run()

    def press(self, key: str) -> "Bench":
        """Press the button of this key."""
        self.control(key).click()
        return self.run()

    def said(self) -> str:
        """Every text on the page."""
        return "\n".join(each.value for kind in ("markdown", "caption", "latex") for each in self.app.get(kind))


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """An engine that only describes; gives the experiments that would have begun a run."""
    begun: list[Any] = []
    here = LookingDesk()
    monkeypatch.setattr(service, "engine", lambda: here)
    monkeypatch.setattr(workbench, "engine", lambda: here)
    monkeypatch.setattr(drafts, "engine", lambda: here)
    monkeypatch.setattr(workbench, "start", begun.append)
    return begun
