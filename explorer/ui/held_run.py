"""The run in hand: begun, taken, left, branched; one's own to steer, or somebody else's to look at."""

from typing import TYPE_CHECKING

from explorer import gallery
from explorer.addressing import are_live, assignments
from explorer.declarations import assign
from explorer.experiment import Experiment
from explorer.ui import words
from explorer.ui.drafts import picture, title
from explorer.ui.service import engine
from explorer.ui.session import session
from explorer.ui.visitor import visitor

if TYPE_CHECKING:
    from explorer.engine.helm import Helm


def helm() -> "Helm":
    """The right to steer the run in hand; raises EngineError for somebody else's."""
    return engine().helm(session().run_id, session().token)


def start(experiment: Experiment) -> None:
    """Begin a run; it takes the place of the run in hand, which stays on disk if it ever trained."""
    mine = session()
    before = engine().status(mine.run_id) if mine.token and mine.run_id else None
    keep = (mine.run_id, None) if before and mine.keeps_weights else None
    begin = before is not None and before.state == "training"
    found = engine().start(experiment, title=title(), begin=begin, owner=visitor(), keep=keep)
    if before is not None:
        _leave(before.step)
    take(found)


def take(found: "Helm") -> None:
    """Have this run in hand from now on."""
    mine = session()
    mine.run_id, mine.token, mine.step = found.run_id, found.token, None


def let_go() -> None:
    """Have no run in hand, so that the next one is another run whatever this one could be turned into."""
    mine = session()
    if mine.token and mine.run_id:
        _leave(engine().status(mine.run_id).step)
    mine.run_id = mine.token = ""


def _leave(step: int) -> None:
    former = helm()
    if step == 0:
        former.discard()
    else:
        former.stop()


def branch(step: int) -> None:
    """Go on from a past step of the run in hand, in a run of one's own."""
    mine = session()
    found = engine().branch(mine.run_id, step, title=words.branched(title(), step), owner=visitor())
    if mine.token:
        helm().stop()
    take(found)
    _show_run()


def open_run(run_id: str) -> None:
    """Have a run in hand that is there already: to steer it where it is one's own, else to look."""
    mine = session()
    engine().status(run_id)  # raises where there is no such run
    if mine.token and mine.run_id and mine.run_id != run_id and engine().status(mine.run_id).step == 0:
        helm().discard()
    mine.run_id, mine.step = run_id, None
    mine.token = engine().token(run_id, visitor()) if engine().owns(run_id, visitor()) else ""
    called = title_of(run_id)
    mine.preset = next((name for name, preset in gallery.PRESETS.items() if preset.title == called), "")
    _show_run()


def return_to_last() -> None:
    """Who comes back without a link finds the run that they trained last."""
    last = next((run for run in engine().runs(visitor()) if run.step > 0 and not run.note), None)
    if last is not None:
        open_run(last.id)


def title_of(run_id: str) -> str:
    """What a run is called."""
    return engine().run(run_id).title()


def _show_run() -> None:
    """Let the draft be the experiment of the run in hand."""
    mine = session()
    mine.experiment = Experiment.model_validate(engine().status(mine.run_id).experiment)
    mine.faults = ()
    mine.generation += 1


def follow_run() -> None:
    """Take over what changed in the run itself: more steps, or the learning rate after a roll-back."""
    mine = session()
    if not mine.token or mine.faults or (found := picture()) is None:
        return
    running = Experiment.model_validate(engine().status(mine.run_id).experiment)
    keys = assignments(found["experiment"], running)
    if keys and are_live(running, keys):
        mine.experiment = assign(mine.experiment, *keys)
        mine.generation += 1
