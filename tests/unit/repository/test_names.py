"""A class's name is its own: a reader who meets it knows which one is meant."""

import ast
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).parents[3]
PACKAGES = ("rag", "ingest", "service", "ui", "commands", "pagelight", "training")


def _classes() -> dict[str, set[str]]:
    """Return the modules that define a class of each name, wherever in the file."""
    modules = defaultdict(set)
    for path in (path for top in PACKAGES for path in (ROOT / top).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ClassDef):
                modules[node.name].add(str(path.relative_to(ROOT)))
    return modules


CLASSES = _classes()


def test_no_two_modules_define_a_class_of_one_name():
    twins = {name: sorted(where) for name, where in CLASSES.items() if len(where) > 1}

    assert twins == {}


def test_classes_are_found():
    assert CLASSES["Pipeline"] == {"rag/answer/pipeline.py"}
