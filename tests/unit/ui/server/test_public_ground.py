"""The page stands on what Gradio offers: nothing of ours names its insides."""

import ast
import re
from pathlib import Path

import pytest

UI = Path(__file__).parents[4] / "ui"
STATIC = UI / "static"
CLASS = re.compile(r"\.([a-zA-Z][\w-]*)")
SELECTORS = re.compile(r"""(?:querySelector(?:All)?|closest|matches)\??\.?\([`"']([^`"']+)""")
MADE = "".join(path.read_text("utf-8") for path in UI.rglob("*.py"))
SCRIPTS = {path: path.read_text("utf-8") for path in STATIC.rglob("*.js")}
NAMED = "".join(
    line
    for text in SCRIPTS.values()
    for line in text.splitlines()
    if re.search(r"className|class[lL]ist|make\(|tool\(", line)
)
OF_MODES = {"dark"}
"""Classes of the whole page that Gradio's themes are documented to go by."""


def bare(css):
    """A style without comments, strings and the values of its declarations."""
    css = re.sub(r'/\*.*?\*/|"[^"]*"', "", css, flags=re.DOTALL)
    return re.sub(r":[^{};]*;|:[^{};]*(?=\})", ";", css)


def foreign(selectors):
    return {name for name in CLASS.findall(selectors) if name not in OF_MODES and not is_ours(name)}


def is_ours(name):
    """Also where a number is filled in."""
    numbered = re.sub(r"\d+$", "{", name)
    return (name != numbered and numbered in MADE) or bool(
        re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", MADE + NAMED)
    )


@pytest.mark.parametrize("path", sorted(STATIC.rglob("*.css")), ids=lambda path: path.name)
def test_a_style_names_classes_of_our_own_alone(path):
    assert foreign(bare(path.read_text("utf-8"))) == set()


@pytest.mark.parametrize("path", sorted(SCRIPTS), ids=lambda path: path.name)
def test_a_script_looks_for_classes_of_our_own_alone(path):
    assert foreign(" ".join(SELECTORS.findall(SCRIPTS[path]))) == set()


def test_a_class_of_gradios_would_be_seen():
    css = ".gradio-container .prose { margin: .5em } #chat .bubble-wrap { color: red; }"

    assert foreign(bare(css)) == {"gradio-container", "prose", "bubble-wrap"}


def test_nothing_is_imported_from_inside_gradio():
    imported = [
        (path.name, node.module if isinstance(node, ast.ImportFrom) else node.names[0].name)
        for path in UI.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    of_gradio = {(name, what) for name, what in imported if (what or "").startswith("gradio")}

    assert {what for _, what in of_gradio} == {"gradio"}
