"""Progress measures over a run's snapshots, taken little by little while somebody looks, and kept. No torch here."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from explorer.errors import ExplorerError
from explorer.transitions import Transition, find_transition

SECONDS = 0.15  # of measuring at a time: whoever else waits for the worker gets in between
SHARE, CROWDED = 0.5, 0.1  # of the time is spent on measuring while runs train: with a core to spare, and without
LINGER = 6.0  # seconds for which a measure is taken on after somebody asked
REST = 0.3  # seconds between two looks for new snapshots
AGAIN = 5.0  # seconds after which what failed is tried again
JUDGE_EVERY = 1.0  # seconds between two verdicts on a course that grows
MOST = 256  # measures of runs that are kept; those asked for longest ago are taken again


@dataclass(frozen=True)
class Stand:
    """How far a run is: after a rewind it comes to the same step in other seconds."""

    step: int
    seconds: float


@dataclass(frozen=True)
class Asked:
    """What a worker is to measure: whose values are known, and what the run was like when they were taken."""

    name: str
    known: tuple[int, ...]
    final: int | None  # the step that knows the end, where a measure is taken in hindsight
    past: int  # how often the run was led back or changed by hand
    is_over: bool
    seconds: float


@dataclass(frozen=True)
class Taken:
    """What it measured: a row of values by step; `is_fresh` where what was known before holds no longer."""

    rows: dict[int, list[float]]
    names: tuple[str, ...]
    n_left: int
    final: int | None
    past: int
    is_fresh: bool
    fault: str = ""  # why it cannot be taken


@dataclass
class Course:
    """One measure of a run, as far as it was taken."""

    run_id: str
    name: str
    asked_at: float = 0.0
    used: float = 0.0  # seconds of the worker's time
    rows: dict[int, list[float]] = field(default_factory=dict)
    names: tuple[str, ...] = ()
    measured_at: Stand | None = None  # where the run stood when all of its snapshots were measured
    rests_until: float = 0.0
    final: int | None = None
    past: int = 0
    fault: str = ""
    judged: tuple[int, Transition] | None = None  # of how many values, and the verdict
    judged_at: float = 0.0

    def add(self, taken: Taken) -> None:
        """Take in what a worker measured."""
        if taken.is_fresh:
            self.rows, self.judged = {}, None
        self.rows |= taken.rows
        self.names = taken.names if taken.rows else self.names
        self.final, self.past, self.fault = taken.final, taken.past, taken.fault


class Courses:
    """Every course that was asked for. A thread has those taken that somebody still looks at, in turn.

    `measure` has a worker take a part; `stand` tells how far a run is and whether it trains; `n_free` how many cores
    those that train leave over, None where nothing trains.
    """

    def __init__(
        self,
        measure: Callable[[str, Sequence[Asked]], Sequence[Taken]],
        stand: Callable[[str], tuple[Stand, bool]],
        n_free: Callable[[], int | None],
    ):
        self._measure, self._stand, self._n_free = measure, stand, n_free
        self._courses: OrderedDict[tuple[str, str], Course] = OrderedDict()
        self._changed = threading.Condition()
        self._is_closing = False
        self._thread: threading.Thread | None = None

    def course(self, run_id: str, name: str) -> dict[str, Any]:
        """What is known by now: `steps`, `values` by name, the `transition`, and whether it `is_whole`."""
        stand, is_training = self._stand(run_id)
        with self._changed:
            course = self._kept(run_id, name)
            course.asked_at = time.monotonic()
            if self._thread is None and not self._is_closing:
                self._thread = threading.Thread(target=self._serve, name="courses", daemon=True)
                self._thread.start()
            self._changed.notify_all()
            rows, names = dict(course.rows), course.names
        steps = sorted(rows)
        values = {each: [rows[step][place] for step in steps] for place, each in enumerate(names)}
        is_whole = (course.measured_at == stand and not is_training) or bool(course.fault)
        return _told(course, steps, values, is_whole)

    def noted(self, run_id: str, name: str, steps: list[int], values: list[float]) -> dict[str, Any]:
        """The same of a metric, whose values were noted while the run trained."""
        with self._changed:
            course = self._kept(run_id, name)
        return _told(course, steps, {name: values}, not self._stand(run_id)[1])

    def close(self) -> None:
        """Take no more."""
        with self._changed:
            self._is_closing = True
            self._changed.notify_all()

    def _kept(self, run_id: str, name: str) -> Course:
        course = self._courses.setdefault((run_id, name), Course(run_id, name))
        self._courses.move_to_end((run_id, name))
        while len(self._courses) > MOST:
            self._courses.popitem(last=False)
        return course

    def _serve(self) -> None:
        while not self._is_closing:
            courses = self._next()
            if not courses:
                with self._changed:
                    self._changed.wait(REST)
                continue
            started = time.monotonic()
            self._take(courses)
            spent = time.monotonic() - started
            for course in courses:
                course.used += spent / len(courses)
            self._rest(spent)

    def _next(self) -> list[Course]:
        """Of the runs that somebody looks at, the courses of the one that had least, so far as they may have more."""
        now = time.monotonic()
        with self._changed:
            looked_at = [each for each in self._courses.values() if now - each.asked_at < LINGER]
        waiting = [course for course in looked_at if course.rests_until < now and self._has_more(course)]
        turn = min(waiting, key=lambda course: course.used, default=None)
        return [course for course in waiting if turn and course.run_id == turn.run_id]

    def _has_more(self, course: Course) -> bool:
        try:
            return course.measured_at != self._stand(course.run_id)[0]
        except ExplorerError:  # deleted meanwhile
            return False

    def _take(self, courses: list[Course]) -> None:
        """Take a part of courses of one run together."""
        run_id = courses[0].run_id
        try:
            stand, is_training = self._stand(run_id)
            asked = [
                Asked(each.name, tuple(sorted(each.rows)), each.final, each.past, not is_training, SECONDS)
                for each in courses
            ]
            taken = self._measure(run_id, asked)
        except ExplorerError as error:
            for course in courses:
                course.fault, course.rests_until = str(error), time.monotonic() + AGAIN
            return
        with self._changed:
            for course, each in zip(courses, taken, strict=True):
                course.add(each)
                course.measured_at = None if each.n_left or each.fault else stand
                pause = AGAIN if each.fault else 0.0 if each.n_left else REST
                course.rests_until = time.monotonic() + pause

    def _rest(self, spent: float) -> None:
        """Leave the machine to those that train, the more the fewer cores there are."""
        if (n_free := self._n_free()) is not None:
            share = SHARE if n_free > 0 else CROWDED
            with self._changed:
                self._changed.wait_for(lambda: self._is_closing, spent * (1 / share - 1))


def _told(course: Course, steps: list[int], values: dict[str, list[float]], is_whole: bool) -> dict[str, Any]:
    """What is told of a course; while it grows the verdict is made anew now and then, and at the end."""
    n_judged, transition = course.judged or (-1, None)
    if transition is None or (
        n_judged != len(steps) and (is_whole or time.monotonic() > course.judged_at + JUDGE_EVERY)
    ):
        transition = find_transition(zip(steps, values.get(course.name, ()), strict=False))
        course.judged, course.judged_at = (len(steps), transition), time.monotonic()
    return {
        "steps": steps,
        "values": values,
        "is_whole": is_whole,
        "fault": course.fault,
        "transition": vars(transition),
    }
