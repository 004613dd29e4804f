"""What mypy leaves unread of libraries gives none of our expressions its type."""

import ast
import importlib
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
MYPY = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["mypy"]
READ = {
    pattern: override["follow_imports"] != "skip"
    for override in MYPY["overrides"]
    if "follow_imports" in override
    for pattern in override["module"]
    if not pattern.startswith("ray.")  # a framework that takes any function
}
"""Whether mypy reads the modules of a pattern."""


def is_read(module):
    """Tell by the longest pattern, as mypy does; a module of no pattern is read."""
    matching = [p for p in READ if f"{module}.".startswith(f"{p.removesuffix('*').strip('.')}.")]
    exact = [p for p in matching if p.endswith("*") or p == module]
    return READ[max(exact, key=len)] if exact else True


def used():
    """Yield what our checked files import of such libraries, and what they reach by its dots."""
    tops = {pattern.split(".")[0] for pattern in READ}
    dotted = re.compile(rf"\b(?:{'|'.join(sorted(tops))})(?:\.\w+)+")
    for place in MYPY["files"]:
        path = ROOT / place
        for file in path.rglob("*.py") if path.is_dir() else [path]:
            text = file.read_text("utf-8")
            yield from ((module, "") for module in dotted.findall(text))
            for node in ast.walk(ast.parse(text)):
                if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in tops:
                    yield from ((node.module, alias.name) for alias in node.names)


def home(module, name):
    """Return the module that defines what is used."""
    thing = getattr(importlib.import_module(module), name) if name else None
    return getattr(thing, "__module__", None) or module


@pytest.mark.parametrize(
    ("module", "read"),
    [
        ("torch", True),
        ("torch.nn.functional", True),
        ("torch.fx", False),
        ("transformers.models.clip.modeling_clip", False),
        ("transformers.models.auto.modeling_auto", True),
        ("transformers.trainer", False),
        ("transformers.trainer_utils", True),
    ],
)
def test_the_longest_pattern_tells_what_is_read(module, read):
    assert is_read(module) == read


def test_nothing_that_we_use_is_left_unread():
    homes = {home(module, name) for module, name in used()}

    assert any(home.startswith("transformers.models.idefics3") for home in homes)
    assert sorted(home for home in homes if not is_read(home)) == []
