"""Every regular expression of the packages, and texts that are hard for it.

A text is made of the pattern itself: what an unbounded repeat repeats, many times over, after what
leads to it, alone or together, and before what lets the match fail.
"""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
import re._constants as sre  # the opcodes of a parsed pattern
import re._parser as parser
import string
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

PACKAGES = ("rag", "ingest", "pagelight")
CALLS = {"compile", "search", "match", "fullmatch", "sub", "subn", "split", "findall", "finditer"}
SCANS = "finditer"
"""Tries a text from each of its characters on, as search, sub and split do."""
IN_TUPLES = {
    "rag.understanding.wishes.library_wish._COMPILED": "fullmatch",
    "rag.understanding.wishes.summary_wish._FORMS": "match",
    "ingest.discovery.formats.": "match",
}
"""How patterns are used that a loop takes from a tuple, or from a table of values."""
_CALL = re.compile(rf"\bre\s*\.\s*(?:{'|'.join(CALLS)})\b")

LETTERS = (
    string.ascii_letters
    + string.digits
    + string.punctuation
    + " \n\t\u00e4\u4e00\u2013\u00a0\u2060"
)
MANY = 64
"""A repeat of so many or more is as good as one without an end."""


@dataclass(frozen=True)
class Named:
    """A pattern, where it stands and how it is used: `match`, `fullmatch` or `SCANS`."""

    place: str
    pattern: re.Pattern[str]
    methods: frozenset[str]


def modules() -> Iterator[ModuleType]:
    for name in PACKAGES:
        package = importlib.import_module(name)
        yield package
        for found in pkgutil.walk_packages(package.__path__, f"{name}."):
            if not found.name.endswith("__main__"):
                yield importlib.import_module(found.name)


def patterns() -> list[Named]:
    """Return each pattern of text once: held by a module or class, or written out in a call."""
    places: dict[re.Pattern[str], str] = {}
    uses: dict[re.Pattern[str], set[str]] = {}
    for module in modules():
        tree = _tree(module)
        held = [(name, pattern, set()) for name, pattern in _held(vars(module))]
        for name, pattern, methods in [*held, *_written(tree)]:
            if isinstance(pattern.pattern, str):
                places.setdefault(pattern, f"{module.__name__}.{name}")
                uses.setdefault(pattern, set()).update(methods)
        for pattern, method in _uses(module, tree):
            uses.setdefault(pattern, set()).add(method)
    return [
        Named(place=place, pattern=pattern, methods=frozenset(uses[pattern]) or _in_tuple(place))
        for pattern, place in places.items()
    ]


def _in_tuple(place: str) -> frozenset[str]:
    """Return how a pattern is used that no name of its own holds."""
    return frozenset({next((IN_TUPLES[t] for t in IN_TUPLES if place.startswith(t)), SCANS)})


def _tree(module: ModuleType) -> ast.Module:
    """Return the module as it is written; empty where no pattern can be in it."""
    source = Path(module.__file__ or "")
    text = source.read_text(encoding="utf-8") if source.suffix == ".py" else ""
    named = any(isinstance(value, re.Pattern) for value in vars(module).values())
    return ast.parse(text if named or _CALL.search(text) else "")


def _uses(module: ModuleType, tree: ast.Module) -> Iterator[tuple[re.Pattern[str], str]]:
    """Yield what is done with the patterns that a module names; one handed on may be searched."""
    called = {id(n.value): n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            value = vars(module).get(node.id)
            if isinstance(value, re.Pattern):
                yield value, _method(called.get(id(node), ""))


def _method(attribute: str) -> str:
    return attribute if attribute in ("match", "fullmatch") else SCANS


def _held(names: Any, *, within: str = "") -> Iterator[tuple[str, re.Pattern[str]]]:
    pairs = names.items() if hasattr(names, "items") else enumerate(names)
    for name, value in list(pairs):
        place = f"{within}.{name}" if within else str(name)
        if isinstance(value, re.Pattern):
            yield place, value
        elif isinstance(value, dict | tuple | list | frozenset | set) and not place.startswith(
            "__"
        ):
            yield from _held(value, within=place)
        elif (
            isinstance(value, type)
            and value.__module__.partition(".")[0] in PACKAGES
            and not within
        ):
            yield from _held(vars(value), within=place)


def _written(tree: ast.Module) -> Iterator[tuple[str, re.Pattern[str], set[str]]]:
    """Yield the patterns that are written out in calls such as `re.sub(r"...", ...)`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args and (call := _call_of_re(node.func)):
            first = node.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                methods = set() if call == "compile" else {_method(call)}
                yield f"line {node.lineno}", re.compile(first.value, _flags(node)), methods


def _call_of_re(func: ast.expr) -> str:
    """Return which function of `re` is called; "" for none that takes a pattern."""
    if isinstance(func, ast.Attribute) and isinstance(func.value, ast.Name):
        return func.attr if func.value.id == "re" and func.attr in CALLS else ""
    return ""


def _flags(node: ast.Call) -> int:
    told = " ".join(ast.unparse(part) for part in [*node.args[1:], *node.keywords])
    flags = {
        "IGNORECASE": re.IGNORECASE,
        "_I": re.IGNORECASE,
        "DOTALL": re.DOTALL,
        "MULTILINE": re.MULTILINE,
        "VERBOSE": re.VERBOSE,
    }
    return sum(flag for name, flag in flags.items() if re.search(rf"\b{name}\b", told))


def hard_texts(pattern: re.Pattern[str]) -> list[tuple[str, str, str]]:
    """Return (lead, pump, end): the text is the lead, the pump many times, and the end."""
    made: dict[tuple[str, str, str], None] = {}
    tree = parser.parse(pattern.pattern, pattern.flags)
    for lead, pumps in _repeats(tree, ""):
        for pump in pumps:
            for end in ("", "\x00"):
                made[lead, pump, end] = None
                made["", lead + pump, end] = None
    return list(made)


def _repeats(tree: Any, lead: str) -> Iterator[tuple[str, list[str]]]:
    """Yield what leads to each unbounded repeat, and what it may repeat."""
    for op, value in tree:
        if op in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
            _, most, body = value
            if most >= MANY:
                yield lead, _samples(body)
            yield from _repeats(body, lead)
        elif op is sre.SUBPATTERN:
            yield from _repeats(value[-1], lead)
        elif op is sre.ATOMIC_GROUP:
            yield from _repeats(value, lead)
        elif op in (sre.ASSERT, sre.ASSERT_NOT):
            yield from _repeats(value[1], lead)
        elif op is sre.BRANCH:
            for branch in value[1]:
                yield from _repeats(branch, lead)
        lead += _sample([(op, value)])


def _samples(body: Any) -> list[str]:
    """Return a few texts that fit: each kind of character, each branch."""
    items = list(body)
    if len(items) == 1:
        op, value = items[0]
        if op in (sre.IN, sre.ANY, sre.NOT_LITERAL):
            fitting = _fitting(op, value)
            kinds = ("a", "A", "1", " ", "\n", ".", ",", "-", "(", "|")
            return [kind for kind in kinds if kind in fitting] or fitting[:1]
        if op is sre.SUBPATTERN:
            return _samples(value[-1])
        if op is sre.ATOMIC_GROUP:
            return _samples(value)
        if op is sre.BRANCH:
            return [one for branch in value[1] for one in _samples(branch)[:2]][:12]
    return [_sample(items, least=0), _sample(items, least=1)]


def _sample(tree: Any, *, least: int = 0) -> str:
    """Return a short text that fits; a repeat that may be empty comes `least` times."""
    return "".join(_one(op, value, least) for op, value in tree)


def _one(op: Any, value: Any, least: int) -> str:
    if op is sre.LITERAL:
        return chr(value)
    if op in (sre.IN, sre.ANY, sre.NOT_LITERAL):
        return "".join(_fitting(op, value)[:1])
    if op in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
        fewest, _, body = value
        return _sample(body, least=least) * max(fewest, least)
    inner = {sre.SUBPATTERN: -1, sre.BRANCH: 1}
    if op in inner:
        body = value[inner[op]]
        return _sample(body[0] if op is sre.BRANCH else body, least=least)
    return _sample(value, least=least) if op is sre.ATOMIC_GROUP else ""


def _fitting(op: Any, value: Any) -> list[str]:
    return [letter for letter in LETTERS if _fits(op, value, letter)]


def _fits(op: Any, value: Any, letter: str) -> bool:
    if op is sre.ANY:
        return letter != "\n"
    if op is sre.NOT_LITERAL:
        return ord(letter) != value
    negated = value[0][0] is sre.NEGATE
    return negated != any(_in_set(one, letter) for one in value[negated:])


def _in_set(one: Any, letter: str) -> bool:
    op, value = one
    if op is sre.LITERAL:
        return ord(letter) == value
    if op is sre.RANGE:
        return value[0] <= ord(letter) <= value[1]
    return _CATEGORIES[value].fullmatch(letter) is not None


_CATEGORIES = {
    sre.CATEGORY_DIGIT: re.compile(r"\d"),
    sre.CATEGORY_NOT_DIGIT: re.compile(r"\D"),
    sre.CATEGORY_SPACE: re.compile(r"\s"),
    sre.CATEGORY_NOT_SPACE: re.compile(r"\S"),
    sre.CATEGORY_WORD: re.compile(r"\w"),
    sre.CATEGORY_NOT_WORD: re.compile(r"\W"),
}
