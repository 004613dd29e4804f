"""Questions that ask for a calculation: of what. English rules.

A part is a question of its own: "How much more rain fell in June than in May?" has the parts "How
much rain fell in June?" and "... in May?". Knows words alone.
"""

from __future__ import annotations

import re
from typing import Final

_I: Final = re.IGNORECASE
_PARTS_END: Final = r"(?=\s++(?:in|on|for|at|of|during|according|by|to|as)\b|[?,;]|$)"
_DIFFERENCE: Final = re.compile(
    r"\bdifference\b(?P<of>[^?]{0,120}?)\bbetween\s++(?P<a>.{1,120}?)\s++and\s++(?P<b>[^?,;]{1,120}?)"
    + _PARTS_END,
    _I,
)
_POINTS: Final = re.compile(r"\bin percent(?:age)?(?: points)?|^\s*(?:in|of)\b", _I)
_RATIO: Final = re.compile(
    r"\bratio\s++of\s++(?P<a>.{1,120}?)\s++to\s++(?P<b>[^?,;]{1,120}?)(?=[?,;]|$)", _I
)
_SUM: Final = re.compile(r"\b(?:in total|altogether|combined|sum of|total of|together)\b", _I)
_TOTAL: Final = re.compile(r"\btotal\b[^?]{0,120}\b(?:of|in|for)\s*$", _I)
_SERIES: Final = re.compile(
    r"(?<!\w)(?P<all>(?P<first>[A-Z][\w.&'’-]*+(?: [A-Z][\w.&'’-]*+)*+)"
    r"(?P<more>(?:, [A-Z][\w.&'’-]*+(?: [A-Z][\w.&'’-]*+)*+)*+),?"
    r" and (?P<last>[A-Z][\w.&'’-]*+(?: [A-Z][\w.&'’-]*+)*+))"
)
_THAN: Final = re.compile(
    r"\b(?:by )?how (?:many|much)\b"
    r"(?P<head>[^?]{0,120}?)\b(?:more|fewer|less|higher|lower|larger|greater|longer|smaller|shorter)\b"
    r"(?P<what>[^?]{0,120}?)\bthan\s++(?P<b>[^?,;]+)",
    _I,
)
_FROM_TO: Final = re.compile(
    r"\bfrom\s++(?P<a>[^?,;]{0,40}?\d[^?,;]{0,40}?)\s++to\s++(?P<b>[^?,;]{1,80}?)(?=[?,;]|$| in\b)",
    _I,
)
_MOVES: Final = re.compile(
    r"\b(?:grow|grew|rise|rose|increase|fall|fell|drop|decline|decrease|change|gain|climb|shrink|"
    r"lose|lost)(?:s|d|ed|n)?\b",
    _I,
)
_ASKS_AMOUNT: Final = re.compile(r"\b(?:how (?:many|much)|by what|what (?:was|is) the)\b", _I)
_LIKE: Final = re.compile(r"(?:in|on|at|for|by|of|to|from)\b", _I)
_NAME: Final = r"[A-Z][\w.&'’-]*(?: [A-Z][\w.&'’-]*)*"
_DECIMALS: Final = re.compile(r"\bto (one|two|three|four) decimals?\b", _I)


def operands(question: str) -> tuple[str, ...]:
    """Return the parts of the calculation that a question asks for; () where it tells none.

    A part of a question is as long as a name with what belongs to it: the patterns look no further
    than so many characters, so that a text without an end costs what it is long.
    """
    question = " ".join(question.split())
    return next(filter(None, (rule(question) for rule in _RULES)), ())


def _ratio(question: str) -> tuple[str, ...]:
    found = _RATIO.search(question)
    return _of(question, found.span(), (found["a"], found["b"])) if found else ()


def _difference(question: str) -> tuple[str, ...]:
    found = _DIFFERENCE.search(question)
    if found is None:
        return ()
    what = _POINTS.sub("", found["of"]).strip(" ,")
    plain = f"{question[: found.start()]}{what} {found.group()}{question[found.end() :]}"
    start = found.start() + len(what) + 1
    place = (start, start + len(found.group()))
    return _of(plain, place, (found["a"], found["b"]))


def _of(question: str, place: tuple[int, int], names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the parts: each has a name in the place of the words for all."""
    after = _DECIMALS.sub("", question[place[1] :])
    parts = (f"{question[: place[0]]} {name} {after}" for name in names)
    return tuple(" ".join(part.split()) for part in parts)


def _than(question: str) -> tuple[str, ...]:
    found = _THAN.search(question)
    if found is None:
        return ()
    before, other = found["head"] + found["what"], found["b"].strip()
    start = found.start("head")
    own = _counterpart(question[start : found.start("b")], other)
    if own is None:
        return ()
    rest = question[found.end() :]
    name, following = _split_after(other, own)
    plain = f"{question[:start]}{before} {following}{rest}"
    return plain, plain.replace(own, name, 1)


def _counterpart(before: str, other: str) -> str | None:
    """Return what in the words before `than` stands against `other`: like words, or a name."""
    preposition = _LIKE.match(other)
    if preposition:
        found = re.findall(rf"\b{preposition.group()}\s++[\w().-]+(?: \d+)?", before, _I)
        return found[-1] if found else None
    found = re.findall(_NAME, before)
    return found[-1] if found and re.match(_NAME, other) else None


def _split_after(other: str, own: str) -> tuple[str, str]:
    """Part "Lufthansa in the first hours" into the counterpart and what both share."""
    pattern = rf"{_LIKE.pattern}\s++[\w().-]+(?: \d+)?" if _LIKE.match(own) else _NAME
    found = re.match(pattern, other, 0 if pattern == _NAME else _I)
    return (other[: found.end()], other[found.end() :]) if found else (other, "")


def _from_to(question: str) -> tuple[str, ...]:
    found = _FROM_TO.search(question)
    if found is None or not _MOVES.search(question) or not _ASKS_AMOUNT.search(question):
        return ()
    return _of(question, found.span(), (f"in {found['b']}", f"in {found['a']}"))


def _sum(question: str) -> tuple[str, ...]:
    found = _SERIES.search(question)
    if found is None or not (_SUM.search(question) or _TOTAL.search(question[: found.start()])):
        return ()
    more = [name for name in found["more"].split(", ") if name]
    return _of(question, found.span(), (found["first"], *more, found["last"]))


_RULES: Final = (_ratio, _difference, _than, _from_to, _sum)
