"""The folders show the architecture: small rooms, no circle, and only named doors between them."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import networkx as nx
import pytest

ROOT = Path(__file__).parents[3]
PACKAGES = ("rag", "ingest", "service", "ui", "commands", "pagelight", "training", "benchmarks")
MOST_MODULES = 15


def _name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {_name(path): path for top in PACKAGES for path in (ROOT / top).rglob("*.py")}
ROOMS = sorted({path.parent for path in MODULES.values()})


def _imported(module: str) -> Iterator[str]:
    """Yield what a module imports of ours, wherever in the file: also for types alone."""
    for node in ast.walk(ast.parse(MODULES[module].read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in MODULES)
        if isinstance(node, ast.ImportFrom) and node.module:
            names = (f"{node.module}.{alias.name}" for alias in node.names)
            yield from (n if n in MODULES else node.module for n in names if _is_ours(node.module))


def _is_ours(name: str) -> bool:
    return name in MODULES


def _room(module: str) -> str:
    return module if MODULES[module].name == "__init__.py" else module.rpartition(".")[0]


ALSO = ("tests", "scripts", "demo")
"""Folders of code that is not installed."""

FOLDERS = sorted({path.parent for top in ALSO for path in (ROOT / top).rglob("*.py")})


@pytest.fixture(scope="module")
def imports():
    """Return who imports whom; a fixture, so that who only collects tests parses nothing."""
    return {(one, other) for one in MODULES for other in _imported(one) if one != other}


def test_a_room_is_small():
    many = {
        str(room.relative_to(ROOT)): count
        for room in ROOMS + FOLDERS
        if (count := len(set(room.glob("*.py")) - {room / "__init__.py"})) > MOST_MODULES
    }

    assert many == {}


SCRIPTS = ROOT / "ui" / "static"
LOOKS = sorted({p.parent for kind in ("css", "js") for p in SCRIPTS.rglob(f"*.{kind}")})


def test_a_room_of_scripts_is_small_and_has_no_others_in_it():
    many = {
        room.name: count
        for room in LOOKS
        if (count := len([p for p in room.iterdir() if p.is_file()])) > MOST_MODULES
    }

    assert {room.parent for room in LOOKS} == {SCRIPTS}
    assert many == {}


def test_rooms_of_scripts_import_one_way():
    rooms = {
        (path.parent.name, other)
        for path in SCRIPTS.rglob("*.js")
        for other in re.findall(r'from "\.\./(\w+)/', path.read_text("utf-8"))
    }

    assert ("chat", "shell") in rooms
    assert _circles(nx.DiGraph(rooms)) == []


def test_no_module_imports_itself_by_way_of_others(imports):
    assert _circles(nx.DiGraph(imports)) == []


def test_no_room_imports_itself_by_way_of_others(imports):
    rooms = ((_room(one), _room(other)) for one, other in imports)

    assert _circles(nx.DiGraph((a, b) for a, b in rooms if a != b)) == []


def _circles(graph: nx.DiGraph) -> list[list[str]]:
    return [sorted(ring) for ring in nx.strongly_connected_components(graph) if len(ring) > 1]


def test_a_room_says_what_it_does_and_what_it_may_use():
    silent = [str(room.relative_to(ROOT)) for room in ROOMS if len(_lines_about(room)) < 2]

    assert silent == []


def _lines_about(room: Path) -> list[str]:
    text = ast.get_docstring(ast.parse((room / "__init__.py").read_text("utf-8"))) or ""
    return [line for line in text.splitlines() if line]


def test_what_others_import_of_a_room_it_exports(imports):
    """Of the rooms within packages; a package's own modules are its doors.

    A measurement may look into any room but those of other measurements.
    """
    closed = []
    for one, other in sorted(imports):
        if one.startswith("benchmarks.") and not other.startswith("benchmarks."):
            continue
        room, _, name = other.rpartition(".")
        if "." in room and _room(one) != room and MODULES[other].name != "__init__.py":
            closed += [f"{one} -> {other}"] if name not in _exported(room) else []

    assert closed == []


@cache
def _exported(room: str) -> set[str]:
    for node in ast.parse(MODULES[room].read_text("utf-8")).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            return set(ast.literal_eval(node.value))
    return set()
