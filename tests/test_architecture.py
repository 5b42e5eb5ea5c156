"""The shape of the house: who may import whom, what stays out of which room, and how large anything may grow."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import networkx as nx
import pytest

ROOT = Path(__file__).parent.parent
SOURCES = sorted((ROOT / "explorer").rglob("*.py"))
PAGES = sorted((ROOT / "pages").glob("*.py"))
MOST_LINES, MOST_FUNCTION_LINES, PAGE_LINES = 300, 60, (10, 50)

GROUND = "errors signals experiment declarations limits addressing own_input picture_files grid"
BELOW_TRAINING = f"{GROUND} datasets layers network"
ROOMS = {  # each may import itself and what its row names; a name with a dot is a file that stands apart in its room
    **dict.fromkeys(GROUND.split(), GROUND),
    "datasets": GROUND,
    "layers": GROUND,
    "gallery": GROUND,
    "layer_list": GROUND,
    "network": f"{GROUND} layers",
    "cost": f"{GROUND} layers network",
    "diagram": f"{BELOW_TRAINING} cost",
    "training.optimizers": GROUND,
    "training.schedules": GROUND,
    "training.boxes": GROUND,
    "training.transcripts": GROUND,
    "training.objectives": f"{GROUND} training.boxes",
    "training.devices": f"{BELOW_TRAINING} cost validation",
    "training.evaluation": f"{BELOW_TRAINING} training.objectives training.boxes training.transcripts",
    "validation": f"{BELOW_TRAINING} training.optimizers training.schedules training.objectives",
    "environment": f"{GROUND} training.devices",
    "training": f"{BELOW_TRAINING} cost validation training.evaluation training.objectives training.optimizers",
    "lenses.recording": "",
    "lenses.measures": f"{BELOW_TRAINING} lenses.recording training.evaluation training.objectives "
    "training.transcripts",
    "runs": f"{BELOW_TRAINING} training.evaluation training.objectives lenses.measures",
    "lenses": f"{BELOW_TRAINING} cost diagram validation runs training.evaluation training.objectives "
    "training.boxes training.transcripts lenses.recording lenses.measures",
    "live.frames": "lenses",
    "engine": f"{BELOW_TRAINING} cost diagram validation environment runs lenses lenses.measures live.frames training "
    "training.devices training.evaluation training.objectives training.optimizers training.schedules "
    "training.transcripts transitions lenses.recording",
    "live": f"{GROUND} engine lenses live.frames",
    "transitions": "",
    "charts": "",
    "progress": f"{GROUND} engine",
    "terminal": "",
    "truth": f"{BELOW_TRAINING} lenses training.boxes training.objectives training.transcripts",
    "cli_attribution": f"{GROUND} runs lenses truth terminal cli_looking",
    "cli_measuring": f"{GROUND} runs engine progress terminal transitions",
    "cli_looking": f"{GROUND} runs engine lenses terminal",
    "cli": f"{GROUND} gallery validation environment runs engine progress terminal "
    "cli_attribution cli_looking cli_measuring",
    "": f"{GROUND} gallery lenses.measures runs engine lenses progress transitions",
    "__main__": "cli",
    "ui": f"{GROUND} gallery layer_list runs lenses engine live charts transitions",
}


def module_name(path: Path) -> str:
    """The dotted name by which a file of ours is imported."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def tree(path: Path) -> ast.Module:
    """A file, parsed."""
    return ast.parse(path.read_text())


def imports(node: ast.AST) -> Iterator[str]:
    """Dotted names that code imports when it runs, inside functions too; imports for types only are left out."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            continue
        if isinstance(child, ast.Import):
            yield from (alias.name for alias in child.names)
        elif isinstance(child, ast.ImportFrom) and child.module:
            yield from (_imported(child.module, alias.name) for alias in child.names)
        else:
            yield from imports(child)


def _imported(module: str, name: str) -> str:
    path = ROOT.joinpath(*module.split("."), name)
    is_module = path.is_dir() or path.with_suffix(".py").exists()
    return f"{module}.{name}" if is_module else module


def room(module: str) -> str:
    """The row of the table that a module belongs to: the longest name that leads to it."""
    name = module.removeprefix("explorer").removeprefix(".")
    return max((row for row in ROOMS if name == row or name.startswith(f"{row}.")), key=len, default=f"{name}?")


def loaded(stages: list[tuple[list[str], list[str]]]) -> str:
    """Which modules, imported in one fresh interpreter, are the first to load what their stage must not, and what."""
    script = (
        "import importlib, sys\n"
        f"for modules, unwanted in {stages!r}:\n"
        "    for name in modules:\n"
        "        importlib.import_module(name)\n"
        "        for package in set(unwanted) & set(sys.modules): sys.exit(f'{name} loads {package}')\n"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=120)
    return done.stderr.strip()


def modules_outside(*rooms: str) -> list[str]:
    names = [module_name(path) for path in SOURCES if path.stem != "__main__"]
    return [name for name in names if not any(f"{name}.".startswith(f"explorer.{room}.") for room in rooms)]


DESCRIBING = [
    "errors",
    "signals",
    "experiment",
    "declarations",
    "limits",
    "own_input",
    "picture_files",
    "gallery",
    "cli",
    "terminal",
    "transitions",
]
SERVING = ["ui.service", "engine.local", "engine.framing", "live.routes", "live.frames", "live.visitors"]


def test_torch_and_the_screen_are_loaded_by_their_own_rooms_only():
    """What describes an experiment and what serves pages load no torch; nothing outside its rooms loads the screen."""
    without_torch = ["explorer", *(f"explorer.{name}" for name in (*DESCRIBING, *SERVING))]
    found = loaded(
        [
            (without_torch, ["torch", "streamlit", "plotly"]),
            (modules_outside("ui", "charts"), ["streamlit", "plotly"]),
            (modules_outside("ui"), ["streamlit"]),
        ]
    )
    assert found == ""


@pytest.mark.parametrize(
    ("package", "allowed"),
    [
        ("streamlit", ("explorer/ui/", "pages/", "app.py")),
        ("plotly", ("explorer/charts/", "explorer/ui/", "pages/")),
        ("captum", ("explorer/lenses/attribution",)),
    ],
)
def test_a_library_of_one_room_is_imported_nowhere_else(package: str, allowed: tuple[str, ...]):
    for path in [*SOURCES, *PAGES, ROOT / "app.py"]:
        place = path.relative_to(ROOT).as_posix()
        if not place.startswith(allowed):
            assert package not in {name.partition(".")[0] for name in imports(tree(path))}, place


def test_pages_and_their_drawing_do_not_import_torch():
    for path in [*PAGES, ROOT / "app.py", *(ROOT / "explorer" / "ui").glob("*.py")]:
        assert "torch" not in {name.partition(".")[0] for name in imports(tree(path))}, path


def test_no_module_leads_back_to_itself():
    graph = nx.DiGraph()
    for path in SOURCES:
        graph.add_edges_from((module_name(path), name) for name in imports(tree(path)) if name != module_name(path))
    assert [group for group in nx.strongly_connected_components(graph) if len(group) > 1] == []


@pytest.mark.parametrize("path", SOURCES, ids=[module_name(path).removeprefix("explorer.") for path in SOURCES])
def test_a_room_imports_only_what_its_row_names(path: Path):
    own = room(module_name(path))
    assert own in ROOMS, f"{own} has no row in the table of rooms"
    ours = [name for name in imports(tree(path)) if name.partition(".")[0] == "explorer"]
    allowed = {own, *ROOMS[own].split()}
    assert {name for name in ours if room(name) not in allowed} == set()


def test_the_arrows_between_rooms_point_one_way():
    ground = set(GROUND.split())
    arrows = [(own, other) for own, others in ROOMS.items() for other in others.split() if own != other]
    graph = nx.DiGraph([arrow for arrow in arrows if not ground.issuperset(arrow)])
    assert nx.is_directed_acyclic_graph(graph)


def test_every_page_is_in_the_list_of_pages_and_stays_thin():
    listed = re.findall(r'FOLDER / "(\w+\.py)"', (ROOT / "explorer" / "ui" / "pages.py").read_text())
    assert sorted(listed) == [path.name for path in PAGES]
    for path in PAGES:
        fewest, most = PAGE_LINES
        assert fewest <= len(path.read_text().splitlines()) <= most, path


def test_nothing_is_swollen():
    paths = [*SOURCES, *PAGES, ROOT / "app.py", *(ROOT / "tests").glob("*.py"), *(ROOT / "benchmarks").glob("*.py")]
    assert [path.name for path in paths if len(path.read_text().splitlines()) > MOST_LINES] == []
    functions = [
        (path.name, node.name, 1 + (node.end_lineno or 0) - node.lineno)
        for path in paths
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    assert [function for function in functions if function[2] > MOST_FUNCTION_LINES] == []


def test_nothing_is_loaded_from_another_host():
    """Addresses of this machine, and names of XML dialects, which nobody fetches."""
    own = re.compile(r"(127\.0\.0\.1|localhost|www\.w3\.org)\b")
    folders = ("assets", "pages", "explorer/ui", "explorer/live", "explorer/charts", ".streamlit")
    places = [path for folder in folders for path in (ROOT / folder).rglob("*")]
    for path in [*places, ROOT / "app.py"]:
        if path.suffix in (".py", ".js", ".css", ".html", ".svg", ".toml", ".md"):
            hosts = re.findall(r"(?:https?|wss?)://([^\s\"'`<>)]*)", path.read_text())
            assert [host for host in hosts if host and not host.startswith("{") and not own.match(host)] == [], path
