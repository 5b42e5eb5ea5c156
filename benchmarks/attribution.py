"""An attribution asked of the engine, against the same call of Captum on the same network in this process.

Both take Integrated Gradients with the same points, chunks, input and baseline; the scores must be equal. Both let
others go first on a busy machine, as the engine's workers do. The engine also reads the weights, judges the method,
gives the answer and the change that the scores must add up to, and sends the picture from one process to another.
"""

import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from statistics import median

import torch
from captum import attr
from torch import Tensor, nn

from benchmarks.engine import engine_of_its_own
from explorer import gallery
from explorer.engine.local import LocalEngine
from explorer.engine.worker import NICENESS
from explorer.lenses.attribution.base import CHUNK
from explorer.lenses.request import LookRequest
from explorer.runs import Run

TURNS = 21  # of each, one after the other
STEPS = 20  # of training: enough for weights that are no longer those of the start
PLACE, ENTRY = 10, 3  # what is explained: one output, and of a sequence at one step
POINTS = {"digits-cnn": 2048, "induction-heads": 512}  # by preset, so that one call takes about a tenth of a second


def figures() -> dict[str, float]:
    """Milliseconds of both by preset, and their ratio."""
    torch.set_num_threads(1)
    found: dict[str, float] = {}
    with engine_of_its_own() as engine, ThreadPoolExecutor(1, initializer=_yield_to_others) as thread:
        for preset, points in POINTS.items():
            run = _trained(engine, preset)
            asked, by_hand = _ours(engine, run, points), _bare(run, points)

            def bare(call: Callable[[], Tensor] = by_hand) -> Tensor:
                return thread.submit(call).result()

            torch.testing.assert_close(asked(), bare(), msg="the two did not compute the same")
            ours, theirs = _times(asked, bare)
            found[f"attribution: {preset}, bare Captum, median ms"] = theirs
            found[f"attribution: {preset}, through the engine, median ms"] = ours
            found[f"attribution: {preset}, through the engine over bare Captum"] = ours / theirs
    return found


def _yield_to_others() -> None:
    """Of this thread alone, on Linux."""
    if hasattr(os, "nice"):
        os.nice(NICENESS)


def _trained(engine: LocalEngine, preset: str) -> Run:
    helm = engine.start(gallery.preset(preset).experiment.with_(f"recipe.steps={STEPS}", "recipe.stop={}"))
    while engine.status(helm.run_id).state != "finished":
        time.sleep(0.01)
    return engine.run(helm.run_id)


def _ours(engine: LocalEngine, run: Run, points: int) -> Callable[[], Tensor]:
    is_tokens = not run.data().test.inputs[0].is_floating_point()
    settings = {
        "settings": {"path_steps": points},
        "target": f"{ENTRY}@{PLACE}" if is_tokens else str(ENTRY),
        "baseline": "token:0" if is_tokens else "zeros",
    }
    request = LookRequest(lens="attribution", settings=settings, step=STEPS)
    return lambda: torch.from_numpy(engine.look(run.id, request)["scores"].values)


def _bare(run: Run, points: int) -> Callable[[], Tensor]:
    """As one writes it by hand: tokens are attributed at the rows of their embedding."""
    network, inputs = run.model(STEPS).eval(), run.data().test.inputs[0][:1]
    baseline = torch.zeros_like(inputs)
    target: int | tuple[int, int] = ENTRY
    if is_tokens := not inputs.is_floating_point():
        name, table = next((name, each) for name, each in network.named_modules() if isinstance(each, nn.Embedding))
        inputs, baseline, target = table(inputs).detach(), table(baseline).detach(), (PLACE, ENTRY)
        network.set_submodule(name, nn.Identity())
    method = attr.IntegratedGradients(network)

    def attribute() -> Tensor:
        scores = method.attribute(inputs, baseline, target, n_steps=points, method="riemann_middle",
                                  internal_batch_size=CHUNK)[0].detach()  # fmt: skip
        return scores.sum(-1) if is_tokens else scores

    return attribute


def _times(*calls: Callable[[], Tensor]) -> list[float]:
    """The median milliseconds of each; they take turns, so that what else the machine does befalls all alike."""
    found: list[list[float]] = [[] for _ in calls]
    for _ in range(TURNS):
        for call, times in zip(calls, found, strict=True):
            started = time.perf_counter()
            call()
            times.append(1_000 * (time.perf_counter() - started))
    return list(map(median, found))
