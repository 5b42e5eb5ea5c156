"""`python -m benchmarks [MODULE ...]`: measure, and print one table."""

import argparse
import os
from fnmatch import fnmatch
from importlib import import_module
from pathlib import Path

from rich.console import Console
from rich.table import Table

MODULES = sorted(path.stem for path in Path(__file__).parent.glob("*.py") if not path.stem.startswith("_"))
TARGETS = {  # by name: least and greatest value wanted
    "attribution: *, through the engine over bare Captum": (None, 1.15),
    "training: *, ours over plain": (0.95, None),
    "emergence: induction-heads, second_half_accuracy, min": (0.97, None),
    "emergence: induction-heads, most CPU s": (None, 10),
    "emergence: induction-one-layer, *, max": (None, 0.4),
    "emergence: grokking, test.accuracy, min": (0.95, None),
    "emergence: grokking, most CPU s": (None, 10),
    "emergence: grokking-no-decay, test.accuracy, max": (None, 0.1),
    "emergence: in-context-line, ridge_ratio, max": (None, 2),
    "emergence: in-context-line, most CPU s": (None, 20),
    "emergence: in-context-regression, ridge_ratio, max": (None, 2),
    "emergence: in-context-regression, most CPU s": (None, 60),
    "emergence: in-context-classes, test.accuracy, min": (0.9, None),
    "emergence: in-context-classes, most CPU s": (None, 15),
    "emergence: in-weights-classes, test.accuracy, min": (0.95, None),
    "emergence: *, 16 seeds at once over one by one": (4, None),
    "engine: click to first step, median ms": (None, 100),
    "engine: * runs at once, slowest over fastest": (0.7, None),
    "browser: *, pictures/s drawn": (30, None),
    "browser: *, server ms of processor per picture": (None, 2),
    "browser: Train to first picture, median ms": (None, 300),
    "browser: first page of a new browser usable, median ms": (None, 2_000),
    "browser: training speed while watched over unwatched": (0.9, None),
    "browser: steps per second of the workers' processor, watched over unwatched": (0.9, None),
    "browser: timeline dragged, drawings over turns of the display": (0.95, None),
    "browser: timeline dragged, requests": (None, 0),
    "browser: a tab while training, median ms": (None, 200),
    "looking: *, another example, median ms": (None, 300),
    "looking: *, pictures/s drawn": (15, None),
    "looking: *, a key, median ms": (None, 100),
    "clients: pictures/s of the slowest": (5, None),
    "clients: slowest over fastest learner": (0.5, None),
    "clients: a rerun, 95 of 100 within ms": (None, 500),
    "clients: memory of server and workers, MiB": (None, 6_144),
    "clients: lines lost": (None, 0),
    "run file: time to open, 1,000,000 steps over 1,000": (None, 1.2),
}
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


def main() -> None:
    """Measure module after module, then print what was found."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure what the explorer costs.")
    parser.add_argument("modules", nargs="*", metavar="MODULE", help=f"of {', '.join(MODULES)} (default: all)")
    parser.add_argument("--seconds", type=float, default=30.0, help="how long the clients look on (default: 30)")
    asked = parser.parse_args()
    chosen = asked.modules or MODULES
    if unknown := sorted(set(chosen) - set(MODULES)):
        parser.error(f"expected modules of {', '.join(MODULES)}, got {', '.join(unknown)}")
    os.environ |= ONE_THREAD
    console = Console(markup=False, highlight=False)
    table = Table("figure", "value", "target", "met", box=None, padding=(0, 2, 0, 0))
    for module in chosen:
        with console.status(f"measuring {module}"):
            measure = import_module(f"benchmarks.{module}").figures
            found: dict[str, float] = measure(asked.seconds) if module == "clients" else measure()
        for name, value in found.items():
            table.add_row(name, written(value), *judged(name, value))
    console.print(table)


def written(value: float) -> str:
    """The value to three digits."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def judged(name: str, value: float) -> tuple[str, str]:
    """The target in words, and whether it is met; empty where there is none."""
    least, most = next((bounds for pattern, bounds in TARGETS.items() if fnmatch(name, pattern)), (None, None))
    words = [f"at least {least:g}"] if least is not None else []
    words += [f"at most {most:g}"] if most is not None else []
    is_met = (least is None or value >= least) and (most is None or value <= most)
    return " and ".join(words), ("yes" if is_met else "NO") if words else ""


if __name__ == "__main__":
    main()
