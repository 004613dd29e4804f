"""What is asked of each side of a comparison, and questions that ask two things. English rules."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from rag.stop_words import QUESTION_WORD

_LED: Final = r"(?:in |on |at |for |with |from |to )?"
_SECOND: Final = re.compile(rf",?(?<!\s)\s++and\s++(?={_LED}{QUESTION_WORD})", re.IGNORECASE)
_DEPENDENT: Final = re.compile(
    r"\bby how (?:much|many)\b"
    r"|\bhow (?:much|many)(?:\s*\?*$|\s+(?:do|does|did|has|have|is|are|was|were)\b)",
    re.IGNORECASE,
)
"""What has no thing of its own: the first part names it."""

_ASKS: Final = re.compile(rf"\b{QUESTION_WORD}", re.IGNORECASE)
MIN_WORDS: Final = 3
_POINTS_BACK: Final = re.compile(
    r"^\W*(?:and|or|but|if so|also)\b|\b(?:it|they|them|this|that|he|she|its|their|his|her)\b",
    re.IGNORECASE,
)
"""What such words stand for is named in the question before."""


_SENTENCE: Final = re.compile(r"[^?\n]+(?:\?|\n|$)")
MAX_QUESTIONS: Final = 6
SERIES: Final = 3
"""So many marked questions in a row are each one of its own, however short: "Prices? Dogs?"."""

_ASKING_LINE: Final = re.compile(
    rf"\W*{_LED}(?:{QUESTION_WORD}|(?:is|are|was|were|do|does|did|has|have|can|could|will|would"
    r"|should)\b)(?:\W+\w+){2,}",
    re.IGNORECASE,
)
"""A line that asks something by itself, with a mark or without."""


def parted(question: str) -> tuple[str, ...]:
    """Return at most `MAX_QUESTIONS` that it asks, each of its own; one where it can't be told."""
    several = [one.strip(" \t\n-•*") for one in _SENTENCE.findall(question)]
    several = [one for one in several if one]
    lines = [line for line in question.splitlines() if line.strip()]
    is_listed = len(lines) == len(several) and all(map(_ASKING_LINE.match, lines))
    is_series = len(several) >= SERIES and all(one.endswith("?") for one in several)
    if len(several) > 1 and (is_listed or is_series or all(map(_is_own, several))):
        return tuple(several[:MAX_QUESTIONS])
    found = _SECOND.search(question)
    if found is None or _DEPENDENT.search(question, found.end()):
        return (question,)
    first, second = question[: found.start()].rstrip(" ,"), question[found.end() :]
    if not _ASKS.search(first) or min(len(first.split()), len(second.split())) < MIN_WORDS:
        return (question,)
    return f"{first}?", f"{second[:1].upper()}{second[1:]}"


def _is_own(text: str) -> bool:
    is_question = text.endswith("?") and len(text.split()) > MIN_WORDS
    return is_question and not _POINTS_BACK.search(text)


_I: Final = re.IGNORECASE
_THE: Final = r"(?:the\s++)?"
_A: Final = rf"{_THE}(?P<a>[^?;:]{{1,80}}?)"
_SHORT: Final = rf"{_THE}(?P<a>[^?;:,]{{1,60}}?)"
_B: Final = rf"{_THE}(?P<b>[^?;:]{{1,80}}?)"
_DO: Final = r"\b(?:do|does|did)"
_BE: Final = r"\b(?:is|are|was|were|do|does|did|has|have|had)"
_END: Final = r"(?=\s*(?:[?.,;:]|$))"
_STOP: Final = r"(?=\s*(?:[?.,;:]|$)|\s++(?:in|on|for|at|during|by)\b)"
_MORE: Final = (
    r"\b(?!(?:rather|other|whether|under|after|over|number)\b)(?:more|less|fewer|worse|\w{3,}er)\b"
)

_NO_MEASURE: Final = (
    r"(?!(?:one|two|half|once|twice|usual|normal|average|expected|ever|before|now|\d)\b)"
)
"""What is no thing after "than": a number, or what is told of the thing itself."""

_USES: Final = r"(?:(?:ha(?:s|ve|d)|costs?|needs?|uses?|gets?|takes?)\s++)?"
_RULES: Final = (
    re.compile(
        rf"^\s*(?:please\s++)?compar(?:e|ing|ison of|ison between)\s++{_A}"
        rf"\s++(?:and|with|to|against|vs\.?|versus)\s++{_B}[?.]?\s*$",
        _I,
    ),
    re.compile(rf"\bdiffer(?:ence|ences|s)?\s++between\s++{_A}\s++and\s++{_B}{_STOP}", _I),
    re.compile(r"(?<![\w.-])(?P<a>[\w.-]++)\s++(?:vs\.?|versus)\s++(?P<b>[\w.-]++)", _I),
    re.compile(rf"{_DO}\s++{_A}\s++and\s++{_B}\s++(?:differ|compare)\b", _I),
    re.compile(
        rf"{_DO}\s++{_A}\s++(?:differ|compare)\s++(?:with|to|against|from)\s++{_B}{_END}", _I
    ),
    re.compile(
        rf"{_BE}\s++{_A}\s++(?P<said>{_MORE}(?:\s++\w+){{0,2}}?)\s++than\s++{_NO_MEASURE}{_B}{_END}",
        _I,
    ),
    re.compile(rf"{_BE}\s++{_SHORT}\s++or\s++{_B}\s++(?P<said>{_USES}{_MORE}(?:\s++\w+)?)", _I),
)
"""All that is matched gives way to one of both, and to what is `said` of them."""

_CHOICE: Final = re.compile(rf"{_A}\s++or\s++{_B}", _I)
_CHOOSES: Final = re.compile(
    rf"\b(?:which|who|whose|what|where|when)\b[^?]{{0,120}}?(?:\b(?:most|least)\b|{_MORE})", _I
)
_CLAUSE: Final = re.compile(r"(?:\([^)]{0,120}\)|[^,:;?])+")
_HOW_MUCH: Final = re.compile(r"\b(?:(?:and|or) )?(?:by )?how (?:many|much)\b[^?]{0,120}\??$", _I)
_OF: Final = re.compile(r"(?!that\b).{1,60}?\sof\s", _I)
_OF_IT: Final = re.compile(r"^(?:that )?of (?:the )?", _I)
_WHICH: Final = re.compile(
    r"\b(?:which|who|whose|what|where|when|how)(?: ones?)?(?: of (?:the two|them|both))?"
    r"(?: (?:is|are|was|were|has|have|had|does|do|did|lies|lie))?\b",
    _I,
)
_MANY: Final = re.compile(r"\b(?:more|less|fewer)\s++(?=\w*[^\Ws]s\b)", _I)
_MUCH: Final = re.compile(r"\b(?:more|less)\b", _I)
_LARGER: Final = re.compile(rf"{_MORE}(?:\s++or\s++{_MORE})?(?=\s++\w|$)", _I)
_NO_THING: Final = re.compile(
    r"\W*(?:(?:year|quarter|month|week|day|season|time)s? (?:before|ago|earlier)\b"
    r"|(?:an?|another|others?|any|last|previous|prior|this|that|those|these|it|its|them|their|each"
    r"|there|something|someone|what|how|do|does|did|on|in|not|no)\b)",
    _I,
)
"""What begins so is told from another, or was named before."""


def comparison(question: str) -> tuple[str, str] | None:
    """Return the question for each of two things that are compared; None where none are.

    Each stands where the words for both do.
    """
    question = " ".join(question.split())
    for (start, end), both, said in _found(question):
        sides = [side.strip() for side in both]
        before, after = question[:start], question[end:]
        first, second = (_plain(f"{before} {side} {said} {after}") for side in sides)
        if first and second and not any(map(_NO_THING.match, sides)):
            return first, second
    return None


def _found(question: str) -> Iterator[tuple[tuple[int, int], tuple[str, str], str]]:
    """Yield where words for two things stand, both things, and what is said of them."""
    for rule in _RULES:
        if match := rule.search(question):
            said = match.groupdict().get("said") or ""
            sides = (match["a"], match["b"]) if said else _alike(match["a"], match["b"])
            yield match.span(), sides, said
    clauses = list(_CLAUSE.finditer(question))
    for clause in clauses if len(clauses) > 1 else ():
        match = _CHOICE.fullmatch(clause.group().strip())
        rest = f"{question[: clause.start()]} {question[clause.end() :]}"
        if match and _CHOOSES.search(rest):
            yield clause.span(), (match["a"], match["b"]), ""


def _alike(a: str, b: str) -> tuple[str, str]:
    """Return both sides whole: of "the price of tea" and "coffee" both are prices."""
    what = _OF.match(a)
    if what is None or _OF.match(b):
        return a, b
    return a, f"{what.group()}{_OF_IT.sub('', b)}"


def _plain(part: str) -> str:
    """Return what is asked of a side without words for which it is, unless these are all."""
    part = _WHICH.sub(" ", _HOW_MUCH.sub("", part).strip() or part)
    for degree, wanted in ((_MANY, "how many "), (_MUCH, "how much"), (_LARGER, "")):
        part, changes = degree.subn(wanted, part, count=1)
        if changes:
            break
    return " ".join(part.split()).strip(" ,?")
