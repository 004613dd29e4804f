"""Questions that ask for a calculation, or compare: which one, and of what. English rules.

A part is a question of its own: "How much more rain fell in June than in May?" has the parts "How
much rain fell in June?" and "... in May?". Knows words alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

Operator = Literal["difference", "change", "ratio", "sum"]

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
_PERCENTAGE: Final = re.compile(r"\bpercent(?:age)?\b(?! points?)", _I)
_LIKE: Final = re.compile(r"(?:in|on|at|for|by|of|to|from)\b", _I)
_NAME: Final = r"[A-Z][\w.&'’-]*(?: [A-Z][\w.&'’-]*)*"
_DECIMALS: Final = re.compile(r"\bto (one|two|three|four) decimals?\b", _I)
_COUNTS: Final = {"one": 1, "two": 2, "three": 3, "four": 4}


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """A calculation: its parts as questions, and how each is called in the answer."""

    operator: Operator
    parts: tuple[str, ...]
    names: tuple[str, ...]
    decimals: int | None = None


def operation(question: str) -> Operation | None:
    """Return the calculation that a question asks for; None where its wording tells none.

    A part of a question is as long as a name with what belongs to it: the patterns look no further
    than so many characters, so that a text without an end costs what it is long.
    """
    question = " ".join(question.split())
    for rule in _RULES:
        found = rule(question)
        if found is not None:
            return found
    return None


def decimals(question: str) -> int | None:
    """Return the decimals that are asked for ("to three decimals")."""
    found = _DECIMALS.search(question)
    return _COUNTS[found.group(1).lower()] if found else None


def _ratio(question: str) -> Operation | None:
    found = _RATIO.search(question)
    return found and _of("ratio", question, found.span(), (found["a"], found["b"]))


def _difference(question: str) -> Operation | None:
    found = _DIFFERENCE.search(question)
    if found is None:
        return None
    what = _POINTS.sub("", found["of"]).strip(" ,")
    plain = f"{question[: found.start()]}{what} {found.group()}{question[found.end() :]}"
    start = found.start() + len(what) + 1
    place = (start, start + len(found.group()))
    return _of("difference", plain, place, (found["a"], found["b"]))


def _of(
    operator: Operator, question: str, place: tuple[int, int], names: tuple[str, ...]
) -> Operation:
    """Return the operation whose parts put each name in the place of the words for all."""
    after = _DECIMALS.sub("", question[place[1] :])
    parts = [f"{question[: place[0]]} {name} {after}" for name in names]
    return Operation(
        operator=operator,
        parts=tuple(" ".join(part.split()) for part in parts),
        names=tuple(name.strip() for name in names),
        decimals=decimals(question),
    )


def _than(question: str) -> Operation | None:
    found = _THAN.search(question)
    if found is None:
        return None
    before, other = found["head"] + found["what"], found["b"].strip()
    start = found.start("head")
    own = _counterpart(question[start : found.start("b")], other)
    if own is None:
        return None
    rest = question[found.end() :]
    name, following = _split_after(other, own)
    plain = f"{question[:start]}{before} {following}{rest}"
    second = plain.replace(own, name, 1)
    return Operation(operator="difference", parts=(plain, second), names=(own, name))


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


def _from_to(question: str) -> Operation | None:
    found = _FROM_TO.search(question)
    if found is None or not _MOVES.search(question) or not _ASKS_AMOUNT.search(question):
        return None
    operator: Operator = "change" if _PERCENTAGE.search(question) else "difference"
    names = (f"in {found['b']}", f"in {found['a']}")
    return _of(operator, question, found.span(), names)


def _sum(question: str) -> Operation | None:
    found = _SERIES.search(question)
    if found is None or not (_SUM.search(question) or _TOTAL.search(question[: found.start()])):
        return None
    more = [name for name in found["more"].split(", ") if name]
    return _of("sum", question, found.span(), (found["first"], *more, found["last"]))


_RULES: Final = (_ratio, _difference, _than, _from_to, _sum)
