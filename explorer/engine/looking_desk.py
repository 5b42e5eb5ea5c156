"""A worker's reading side: looks at run files through any lens, however long it takes, and describes experiments."""

import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from torch import Tensor

from explorer.cost import costs
from explorer.datasets.base import Data
from explorer.diagram import data_shown, diagram
from explorer.engine.base import Curves
from explorer.engine.catalogue import catalogue
from explorer.engine.courses import Asked, Taken
from explorer.engine.framing import frame
from explorer.engine.looking import lens_of, look
from explorer.engine.measuring_desk import measured_on, offered
from explorer.engine.planning import Grid, combinations
from explorer.engine.previews import Preview, preview
from explorer.engine.shelf import Shelf
from explorer.errors import DataError, RunFileError
from explorer.experiment import Experiment, Part
from explorer.lenses import KINDS
from explorer.lenses.attention.parts import unit_counts
from explorer.lenses.attribution.offer import verdicts
from explorer.lenses.base import Scene
from explorer.lenses.picture import Picture
from explorer.lenses.request import Example, LookRequest
from explorer.lenses.telling import Tell, tell_nobody
from explorer.network import Network, build
from explorer.own_input import FORMS
from explorer.runs import Run, open_run
from explorer.runs.carried import data_at_hand
from explorer.runs.folder import beside
from explorer.runs.rebuild import load_weights
from explorer.runs.tensors import unpack
from explorer.training.evaluation import evaluate
from explorer.training.objectives import loss_for, losses_for
from explorer.training.state import network_weights
from explorer.validation import Checked, check

KEPT = 16  # runs whose networks stay built
FILM_SECONDS = 0.1  # of a film at a time: whoever else wants to look gets in between
Weights = tuple[int, bytes]  # a step and the weights then, where no file holds them yet


@dataclass
class Opened:
    """A run's network and data, ready to be given the weights of any step."""

    run: Run
    checked: Checked
    network: Network


class LookingDesk:
    """Every public method is a command. It hosts no run and changes no file."""

    def __init__(self, tell: Tell = tell_nobody, another: Callable[[Run, str], Run] = beside) -> None:
        self._tell, self._another = tell, another
        self._shelf = Shelf()
        self._opened: OrderedDict[Path, Opened] = OrderedDict()

    def room(self) -> int | None:
        """It looks on the CPU, and shares nothing."""
        return None

    def work(self) -> None:
        """Nothing to do between two commands."""

    def close(self) -> None:
        """Nothing to write."""

    def look(self, path: Path, request: LookRequest, weights: Weights | None = None) -> Picture:
        """What the lens sees at the request's step, at the weights' own, or at the last one kept."""
        return self._look(path, request, weights)[0]

    def own_form(self, path: Path, example: Example) -> dict[str, Any]:
        """How an input of one's own is given to a run, the example as such, and how it fits, with a fault if not."""
        opened = self._open(path)
        form = self._data(opened).own_form
        scene = self._scene(opened, 0, example)
        about = {**form.about(), "accepts": list(form.accepts), "fault": "", "notes": []}
        about["answers"] = "next" if opened.checked.description.task.kind == "next_token" else ""
        try:
            written = example if example.form else form.write(scene.inputs())
            about["notes"] = list(scene.notes)
        except DataError as error:
            written, about["fault"] = example, str(error)
        return {**about, "own": written.model_dump(mode="json", include=set(FORMS), exclude_none=True)}

    def frame(self, path: Path, run_id: str, request: LookRequest, weights: Weights | None = None) -> bytes:
        """The same, packed for those who watch."""
        picture, scene = self._look(path, request, weights)
        return frame(picture, run_id, request, scene.step, scene.notes)

    def film(self, path: Path, run_id: str, request: LookRequest, after: int) -> tuple[list[bytes], int | None]:
        """(frames of the kept steps after one, the last of them), as many as a short while allows; None at the end."""
        started = time.perf_counter()
        opened = self._open(path)
        lens = lens_of(request, opened.checked)
        frames = []
        for step, blob in opened.run.snapshots(after):
            load_weights(opened.network, unpack(blob), f"{path}")
            scene = self._scene(opened, step, request.example)
            frames.append(frame(look(lens, scene), run_id, request, step, scene.notes))
            if time.perf_counter() - started > FILM_SECONDS:
                return frames, step
        return frames, None

    def evaluate(self, path: Path, step: int | None, weights: Weights | None = None) -> dict[str, Any]:
        """Every metric on held-out data, and the confusion matrix where there are classes."""
        opened, step = self._at(path, step, weights)
        data = self._data(opened)
        loss = loss_for(data.task, opened.run.experiment.recipe.loss)
        return {"step": step, **asdict(evaluate(opened.network, data.test, data.task, loss))}

    def describe(self, experiment: Experiment) -> dict[str, Any]:
        """The layers, how they are drawn, and what fits them; raises ExperimentError with all faults."""
        checked = check(experiment)
        layers = [asdict(cost) for cost in costs(checked.plan)]
        return {
            "experiment": checked.experiment,
            "parameters": sum(layer["parameters"] for layer in layers),
            "layers": layers,
            "lenses": [kind for kind, lens in KINDS.items() if lens.is_applicable(checked)],
            "units": unit_counts(checked),
            "methods": verdicts(checked),
            "methods_of_sequence": verdicts(checked, True) if checked.description.task.kind == "ctc" else {},
            "choices": {kind: lens.choices(checked) for kind, lens in KINDS.items() if lens.is_applicable(checked)},
            "losses": list(losses_for(checked.description.task)),
            "diagram": self._diagram(checked),
        }

    def plan(self, experiment: Experiment, grid: Grid, n_seeds: int) -> list[tuple[dict[str, Any], Experiment]]:
        """The values and the experiment of every cell of a grid, checked; raises ExperimentError with all faults."""
        return combinations(experiment, grid, n_seeds) if grid else [({}, check(experiment).experiment)]

    def diagram(self, path: Path) -> dict[str, Any]:
        """How the network of a run is drawn, with what a page shows of its data."""
        return self._diagram(self._open(path).checked)

    def catalogue(self) -> dict[str, Any]:
        """Every kind that an experiment or a picture can be made of, with its settings."""
        return catalogue()

    def preview(self, part: Part, seed: int) -> Preview:
        """The task, the sizes and a few examples of a dataset; raises an ExplorerError where it cannot be used."""
        return preview(part, seed, self._shelf)

    def measures(self, path: Path) -> list[dict[str, str]]:
        """What is said of every progress measure that can be taken of a run."""
        opened = self._open(path)
        return offered(opened.network, opened.checked.dataset)

    def measure(self, path: Path, asked: Sequence[Asked]) -> list[Taken]:
        """Progress measures at some of the kept steps."""
        opened = self._open(path)
        return measured_on(opened.run, opened.network, opened.checked.dataset, self._data(opened), asked)

    def curves(self, path: Path, since: int) -> Curves:
        """The metrics in the file after a step."""
        found: Curves = {}
        run = open_run(path)
        for split, values in run.latest().items():
            for name in values:
                points = [point for point in run.series(split, name) if point[0] > since]
                found.setdefault(split, {})[name] = [step for step, _ in points], [value for _, value in points]
        return found

    def _look(self, path: Path, request: LookRequest, weights: Weights | None) -> tuple[Picture, Scene]:
        opened, step = self._at(path, request.step, weights)
        scene = self._scene(opened, step, request.example)
        return look(lens_of(request, opened.checked), scene), scene

    def _scene(self, opened: Opened, step: int, example: Example) -> Scene:
        about = opened.network, opened.checked, self._data(opened), step, example, opened.run
        return Scene(*about, self._tell, self._another)

    def _at(self, path: Path, step: int | None, weights: Weights | None) -> tuple[Opened, int]:
        """The run's network with the weights of a step."""
        opened = self._open(path)
        if weights is None:
            step, tensors = _kept(opened.run, step)
        else:
            step, tensors = weights[0], unpack(weights[1])
        load_weights(opened.network, tensors, f"{path}")
        return opened, step

    def _data(self, opened: Opened) -> Data:
        return self._shelf.load(opened.checked.dataset, opened.run.experiment.seed)

    def _diagram(self, checked: Checked) -> dict[str, Any]:
        data = self._shelf.load(checked.dataset, checked.experiment.seed)
        return diagram(checked.plan, checked.description) | data_shown(data)

    def _open(self, path: Path) -> Opened:
        if path not in self._opened:
            run = open_run(path)
            part = data_at_hand(path, run.experiment.data)
            checked = check(run.experiment.model_copy(update={"data": part}))
            self._opened[path] = Opened(run, checked, build(checked.plan, seed=0).eval())
        self._opened.move_to_end(path)
        while len(self._opened) > KEPT:
            self._opened.popitem(last=False)
        return self._opened[path]


def _kept(run: Run, step: int | None) -> tuple[int, dict[str, Tensor]]:
    """(step, weights) as kept in the file; without a step, those from which training goes on."""
    if step is not None:
        return step, run.snapshot(step)
    if (last := run.resume()) is not None and (weights := network_weights(last.tensors)):
        return last.step, weights
    if not (kept := run.steps()):
        raise RunFileError(f"{run.path}: expected a snapshot, got none yet; train the run first.")
    return kept[-1], run.snapshot(kept[-1])
