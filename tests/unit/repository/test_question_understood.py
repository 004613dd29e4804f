"""A question is understood in one place: below it nothing takes one as bare words, or reads it."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[3]
PLACE = {"rag.answer.question", "rag.answer.followup", "rag.answer.wishes"}
"""The rooms in which a question is words."""

MENDING = {"rag.retrieve.spelling", "rag.retrieve.years"}
"""They mend words by what the documents hold, before they are those of a question."""

CALLED = {"question", "questions", "query", "asked"}
"""What a question is called where it is given to something."""

DOORS = {
    ("rag.engine.engine", "telling_words"),  # the words of a question that a page kept
    ("rag.answer.base.scale", "names_scale"),  # which the question itself asks
    ("rag.answer.base.explain", "asked_words"),  # these show a person the words that they asked
    ("rag.answer.compose.render_json", "hits_json"),
    ("rag.answer.compose.render_json", "_why"),
}

WORDS = {"text", "core", "standalone", "dated", "of_passage"}
WORDED = {"search", "finditer", "findall", "words", "stems_of"}
"""What looks for words in any text."""

SEAMS = {
    "read",
    "embed_queries",
    "vector_of",
    "substitute",
    "part",
    "check_length",
    "wish_of",
    "_mend",
}
"""Models and the index know words alone; so does what is told of attachments."""

OF_ANY_TEXT = {"stems_of", "size_of", "unit_of", "label_of", "named", "quality"} | {
    "is_foreign",
    "names_a_document",
    "own_words",
    "script_of",
    "told_language",
    "told_languages",
}
"""Tell of any text what they tell of a question: a cell, a label, a file's name, a sentence."""


def _name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


MODULES = {
    _name(path): path
    for top in ("rag/answer", "rag/retrieve", "rag/engine")
    for path in sorted((ROOT / top).rglob("*.py"))
    if _name(path).rpartition(".")[0] not in PLACE and _name(path) not in MENDING
}


@cache
def _tree(module: str) -> ast.Module:
    return ast.parse(MODULES[module].read_text("utf-8"))


def _parameters(tree: ast.AST) -> Iterator[tuple[str, str, str]]:
    """Yield function, parameter and annotation."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            given = (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
            for one in given:
                if one.annotation is not None:
                    yield node.name, one.arg.lstrip("_"), ast.unparse(one.annotation)


def test_no_question_is_given_as_bare_words():
    taken = {
        (module, function)
        for module in MODULES
        for function, parameter, annotation in _parameters(_tree(module))
        if parameter in CALLED and annotation.startswith(("str", "Sequence[str"))
    }

    assert taken - DOORS == set()


def test_no_words_of_a_question_are_given_on():
    """Not under another name either: `find(asked.text)`."""
    given = [
        (module, ast.unparse(node))
        for module in MODULES
        for node in ast.walk(_tree(module))
        if isinstance(node, ast.Call) and any(map(_are_a_questions, node.args))
    ]

    assert [one for one in given if _called(one[1]) not in SEAMS | WORDED] == []


def _are_a_questions(argument: ast.expr) -> bool:
    if not isinstance(argument, ast.Attribute) or argument.attr not in WORDS:
        return False
    return ast.unparse(argument.value).rpartition(".")[2] in CALLED


def _called(call: str) -> str:
    return call.partition("(")[0].rpartition(".")[2]


@cache
def _read_in_the_place() -> set[str]:
    """Return the functions that take a question, or a text that is one, apart."""
    return {
        node.name
        for room in PLACE
        for path in (ROOT / room.replace(".", "/")).glob("*.py")
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
        for first in node.args.args[:1]
        if first.arg in {"question", "text", "core"}
    }


def test_what_a_question_says_is_asked_of_the_question():
    """Nothing calls `operation(...)` or `standalone(...)` itself."""
    imported = {
        (module, alias.name)
        for module in MODULES
        for node in ast.walk(_tree(module))
        if isinstance(node, ast.ImportFrom) and (node.module or "").rpartition(".")[0] in PLACE
        for alias in node.names
    }

    asked = _read_in_the_place() - OF_ANY_TEXT
    assert {(module, name) for module, name in imported if name in asked} == set()


def test_the_place_itself_is_looked_at():
    assert {"rag.answer.pipeline", "rag.retrieve.retriever", "rag.engine.engine"} <= set(MODULES)
    assert {"operation", "standalone", "library_wish", "picks"} <= _read_in_the_place()
