"""Questions that ask for a calculation: which one, and of what. English rules; knows words alone.

A part is a question of its own: "How much more rain fell in June than in May?" has the parts "How
much rain fell in June?" and "... in May?".
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final, Literal

from rag.text import MONTH, YEAR

Operator = Literal["difference", "change", "ratio", "sum", "larger", "smaller", "relation"]

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
_EITHER: Final = re.compile(
    r"\b(?P<how>(?:more|less) expensive|higher|larger|greater|bigger|more|longer|older|heavier|"
    r"taller|lower|smaller|fewer|less|shorter|cheaper|younger|lighter)\b"
    r"(?P<what>[^:?]{0,120}?)(?::|,)\s*(?P<a>[^?]{1,120}?),? or (?P<b>(?:\([^)]{0,80}\)|[^?,(])+)",
    _I,
)
_EITHER_TIME: Final = re.compile(
    r"\b(?:is|are|was|were|did|does|do|has|have|had)\s++(?P<head>[^?,;:]{0,100}?)\b"
    r"(?P<how>higher|larger|greater|bigger|more|longer|lower|smaller|fewer|less|shorter)\b"
    r"(?P<what>[^?,;:]{0,60}?)\s++(?P<at>in|on|at|for|during)\s++(?P<a>[^?,;]{1,60}?)"
    r"\s++or\s++(?:(?P=at)\s++)?(?P<b>[^?,;]+)",
    _I,
)
_COMPARE: Final = re.compile(
    r"^\s*compare\s++(?:the\s++)?(?P<what>[^?,;:]{1,80}?)\s++(?P<at>of|for|in|between)\s++(?P<a>[^?;]{1,80}?),?"
    r"\s++(?:and|with|to|against)\s++(?:(?P=at)\s++)?(?P<b>[^?;]{1,120}?)[.?]?\s*$",
    _I,
)
_LAST_YEAR: Final = re.compile(rf" {YEAR}$")
_ANY_YEAR: Final = re.compile(rf"\b{YEAR}\b")
_NAMED_BEFORE: Final = re.compile(rf"\b{MONTH}$")
_PRICED: Final = frozenset({"more expensive", "less expensive", "cheaper"})
SMALLER: Final = frozenset(
    {"less expensive", *"lower smaller fewer less shorter cheaper younger lighter".split()}
)
_RELATION: Final = re.compile(
    r"\b(?:is|are|was|were)\s++(?P<head>(?:(?!\b(?:is|are|was|were)\b).){1,120}?)\s++"
    r"(?P<how>higher|larger|greater|bigger|longer|lower|smaller|shorter)"
    r"(?P<open>\s++or\s++(?:higher|larger|greater|bigger|longer|lower|smaller|shorter))?"
    r"(?P<where>\s++(?:in|on|at|for|during)\s++[^?,;]{1,60}?)?\s++than\s++(?P<b>[^?,;]+)",
    _I,
)
_LIKE: Final = re.compile(r"(?:in|on|at|for|by|of|to|from)\b", _I)
_NAME: Final = r"[A-Z][\w.&'’-]*(?: [A-Z][\w.&'’-]*)*"
_DECIMALS: Final = re.compile(r"\bto (one|two|three|four) decimals?\b", _I)
_COUNTS: Final = {"one": 1, "two": 2, "three": 3, "four": 4}


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """A calculation: its parts as questions, and how each is called in the answer.

    `claimed` is the word of a question whether one is so ("higher"); "" where it is left open.
    """

    operator: Operator
    parts: tuple[str, ...]
    names: tuple[str, ...]
    decimals: int | None = None
    claimed: str = ""


def operation(question: str) -> Operation | None:
    """Return the calculation that a question asks for; None where its wording tells none.

    A part of a question is as long as a name with what belongs to it: the patterns look no further
    than so many characters, so that a text without an end costs what it is long.
    """
    question = " ".join(question.split())
    for rule in _RULES:
        found = rule(question)
        if found is not None:
            return _of_one_year(found)
    return None


def _of_one_year(found: Operation) -> Operation:
    """Return it with a year that ends the last name, "in January 2025", for all names."""
    *others, last = found.names
    year = _LAST_YEAR.search(last)
    if year is None or not _NAMED_BEFORE.search(last[: year.start()]):
        return found
    if any(_ANY_YEAR.search(name) for name in others):
        return found
    return replace(
        found,
        names=(*(f"{name}{year.group()}" for name in others), last),
        parts=(
            *(f"{part.rstrip(' ?')}{year.group()}?" for part in found.parts[:-1]),
            found.parts[-1],
        ),
    )


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


def _relation(question: str) -> Operation | None:
    """Take apart "Is A higher than B?" and "Was it higher or lower in A than in B?"."""
    found = _RELATION.search(question)
    if found is None:
        return None
    head, other = found["head"] + (found["where"] or ""), found["b"].strip()
    own = _counterpart(head, other)
    if own is None:
        return None
    name, following = _split_after(other, own)
    plain = f"What is {head} {following}?"
    return Operation(
        operator="relation",
        parts=(" ".join(plain.split()), " ".join(plain.replace(own, name, 1).split())),
        names=(own, name),
        decimals=decimals(question),
        claimed="" if found["open"] else found["how"].lower(),
    )


def _from_to(question: str) -> Operation | None:
    found = _FROM_TO.search(question)
    if found is None or not _MOVES.search(question) or not _ASKS_AMOUNT.search(question):
        return None
    operator: Operator = "change" if _PERCENTAGE.search(question) else "difference"
    names = (f"in {found['b']}", f"in {found['a']}")
    return _of(operator, question, found.span(), names)


def _either(question: str) -> Operation | None:
    found = _EITHER.search(question)
    if found is None:
        return None
    operator: Operator = "smaller" if found["how"].lower() in SMALLER else "larger"
    names = tuple(re.sub(r"^the (?:one )?", "", found[key].strip(), flags=_I) for key in "ab")
    topic = found["what"].strip(" ,:") or _noun_before(question[: found.start()])
    if found["how"].lower() in _PRICED:
        topic = "total price"
    return _each_of(operator, topic, names, question)


def _compare(question: str) -> Operation | None:
    """Take apart "Compare the rain of June and of July."."""
    found = _COMPARE.search(question)
    return found and _each_of("larger", found["what"], (found["a"], found["b"]), question)


def _each_of(
    operator: Operator, topic: str, names: tuple[str, ...], question: str, *, at: str = "of"
) -> Operation:
    return Operation(
        operator=operator,
        parts=tuple(" ".join(f"What is the {topic} {at} {name}?".split()) for name in names),
        names=names,
        decimals=decimals(question),
    )


def _either_time(question: str) -> Operation | None:
    """Take apart "Was it higher in June or in May 2025?"."""
    found = _EITHER_TIME.search(question)
    if found is None:
        return None
    return _each_of(
        "smaller" if found["how"].lower() in SMALLER else "larger",
        re.sub(r"^the ", "", f"{found['head']} {found['what']}", flags=_I),
        (found["a"].strip(), found["b"].strip()),
        question,
        at=found["at"],
    )


def _noun_before(question: str) -> str:
    """Return what stands between `which` and the verb."""
    found = re.search(r"\bwhich\s++(.{1,120}?)\s++(?:is|was|are|were|had|has)\b", question, _I)
    return found.group(1) if found else ""


def _sum(question: str) -> Operation | None:
    found = _SERIES.search(question)
    if found is None or not (_SUM.search(question) or _TOTAL.search(question[: found.start()])):
        return None
    more = [name for name in found["more"].split(", ") if name]
    return _of("sum", question, found.span(), (found["first"], *more, found["last"]))


_RULES: Final = (
    _ratio,
    _difference,
    _relation,
    _than,
    _from_to,
    _either,
    _either_time,
    _compare,
    _sum,
)
