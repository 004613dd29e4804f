"""Formulas as one line: powers, fractions and roots of MathML and of Office's own (OMML).

10 with a raised 6 is 10^6 and a half is 1/2: what stands above or below is never put beside.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from ingest.parsers.base.formatting import lowered
from ingest.parsers.base.xml_tree import local_name

_LEFT_OUT: Final = frozenset({"annotation", "annotation-xml"})


def math_text(node: Any) -> str:  # noqa: ANN401 - lxml brings no types
    """Return the words of a formula."""
    tag = local_name(node.tag)
    parts = [math_text(child) for child in node if isinstance(child.tag, str)]
    if tag in _MATHML and len(parts) == _MATHML[tag][0]:
        return _MATHML[tag][1](parts)
    if tag in _OMML:
        named = {local_name(child.tag): text for child, text in zip(node, parts, strict=False)}
        return _OMML[tag](named)
    own = "" if parts else (node.text or "").strip()
    return "" if tag in _LEFT_OUT else own + "".join(parts)


def _power(parts: Sequence[str]) -> str:
    return f"{parts[0]}^{_one(parts[1])}" if parts[1] else parts[0]


def _index(parts: Sequence[str]) -> str:
    low = lowered(parts[1])
    return parts[0] + (low if low != parts[1] or not low else f"_{_one(low)}")


def _fraction(parts: Sequence[str]) -> str:
    return f"{_one(parts[0])}/{_one(parts[1])}"


def _root(parts: Sequence[str]) -> str:
    return f"√{_one(parts[0])}"


def _one(text: str) -> str:
    """Return a text that reads as one thing."""
    bare = text.lstrip("+-−")
    return text if bare.isalnum() or bare.replace(".", "", 1).isdecimal() else f"({text})"


_MATHML: Final[dict[str, tuple[int, Callable[[Sequence[str]], str]]]] = {
    "msup": (2, _power),
    "msub": (2, _index),
    "msubsup": (3, lambda parts: _power((_index(parts[:2]), parts[2]))),
    "mfrac": (2, _fraction),
    "msqrt": (1, _root),
}
_OMML: Final[dict[str, Callable[[dict[str, str]], str]]] = {
    "sSup": lambda named: _power((named.get("e", ""), named.get("sup", ""))),
    "sSub": lambda named: _index((named.get("e", ""), named.get("sub", ""))),
    "sSubSup": lambda named: _power(
        (_index((named.get("e", ""), named.get("sub", ""))), named.get("sup", ""))
    ),
    "f": lambda named: _fraction((named.get("num", ""), named.get("den", ""))),
    "rad": lambda named: _root((named.get("e", ""),)),
}
