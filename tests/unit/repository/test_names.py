"""One name for one thing: each class has a name of its own, and a year one pattern."""

import ast
import re
from collections import defaultdict
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PACKAGES = ("rag", "ingest", "service", "ui", "commands", "pagelight", "training")


MODULES = {
    str(path.relative_to(ROOT)): path.read_text("utf-8")
    for top in PACKAGES
    for path in sorted((ROOT / top).rglob("*.py"))
}


@pytest.fixture(scope="module")
def classes():
    """Return the modules that define a class of each name, wherever in the file."""
    modules = defaultdict(set)
    for module, text in MODULES.items():
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.ClassDef):
                modules[node.name].add(module)
    return modules


def test_no_two_modules_define_a_class_of_one_name(classes):
    twins = {name: sorted(where) for name, where in classes.items() if len(where) > 1}

    assert twins == {}


def test_classes_are_found(classes):
    assert classes["Pipeline"] == {"rag/answer/pipeline.py"}


def test_the_pattern_of_a_year_is_told_in_one_place():
    centuries = re.compile(r"19\|20|\[5-9\]\|20|\[12\]\\d")

    assert [name for name, text in MODULES.items() if centuries.search(text)] == ["rag/text.py"]
