"""What one person has in hand: kept for the browser session, reached through one accessor."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import streamlit as st

from explorer import gallery

if TYPE_CHECKING:
    from explorer.errors import Fault
    from explorer.experiment import Experiment

KEY = "explorer_session"
FIRST = "circle"  # the preset that a newcomer meets


@dataclass
class Session:
    """The draft that all controls show, the run it is about, and the way back.

    `generation` grows whenever the draft changes from elsewhere than a control of its own: as part of every control's
    key it makes the control show the new value.
    """

    experiment: "Experiment" = field(default_factory=lambda: gallery.preset(FIRST).experiment)
    preset: str = FIRST  # where the draft came from; empty for a run from elsewhere
    run_id: str = ""
    token: str = ""  # empty: somebody else's run, to look at only
    faults: "tuple[Fault, ...]" = ()  # of the draft; the run in hand goes on without them
    notes: list[str] = field(default_factory=list)  # sentences for the top of the page
    generation: int = 0
    keeps_weights: bool = False
    done: "list[Experiment]" = field(default_factory=list)
    undone: "list[Experiment]" = field(default_factory=list)
    hidden: frozenset[str] = frozenset()  # controls that a lesson's link leaves out
    step: int | None = None  # the past step that a link shows
    example: dict[str, Any] = field(default_factory=lambda: {"split": "test", "index": 0})  # what all lenses look at
    span: tuple[int, int] | None = None  # steps chosen of the hidden states; none: those the lens suggests
    own_fault: str = ""  # why the last input of one's own was not taken
    looked: int = 0  # grows whenever the example changes from elsewhere than its own control
    is_open: bool = False  # whether the address was read
    described: "tuple[str, dict[str, Any]] | None" = None  # the draft's fingerprint, and what the engine says of it


def session() -> Session:
    """This browser session's own object, made when it is first asked for."""
    if KEY not in st.session_state:
        st.session_state[KEY] = Session()
    found: Session = st.session_state[KEY]
    return found
