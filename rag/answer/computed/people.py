"""The people whom documents name with what they do: for "list the staff", "who is in charge?".

No list need stand anywhere: a person is told by a name beside a role ("Ada Frey, head of the hut",
"Editor: Ada Frey"), beside what the person does ("Ada Frey keeps the roster") or before a clause
about a person ("Ada Frey, who ..."). Knows hits and words; knows no model. English rules.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from rag.answer.question.asked import Stems, stems_of
from rag.answer.question.question import Question
from rag.datamodel import Hit
from rag.text import sentence_spans

_I: Final = re.IGNORECASE
_FIRST: Final = (
    r"head|chief executive(?: officer)?|ceo|chair(?:man|woman|person)?|president|principal|leader"
    r"|captain|boss|superintendent|mayor|commander"
)
_LEADS: Final = rf"{_FIRST}|chief(?! (?:\w{{1,20}} ){{1,2}}officer)|director|manager"
"""Who is called by one of the first is asked for, where there is one, by "who is in charge"."""
_ROLES: Final = (
    rf"{_LEADS}|chief (?:\w{{1,20}} ){{1,2}}officer|officer|editor|author|observer"
    r"|technician|engineer|keeper|secretary|treasurer"
    r"|assistant|coordinator|scientist|researcher|professor|teacher|physician|doctor|nurse"
    r"|surgeon|analyst|accountant|auditor|architect|designer|developer|consultant|adviser|advisor"
    r"|curator|librarian|supervisor|cook|guide|pilot|driver|mechanic|guard|warden|ranger|coach"
    r"|founder|co-founder|owner|partner|deputy|cfo|cto|coo|treasurer|spokes(?:man|woman|person)"
)
_TITLE: Final = r"(?:(?:Dr|Prof|Mr|Mrs|Ms)\.?[ ]){0,3}+"
_WORD: Final = r"[A-Z][a-zà-öø-ÿ'’-]{1,24}(?:[A-Z][a-zà-öø-ÿ]{1,24})?"
_NAME: Final = (
    rf"(?P<name>{_TITLE}(?:{_WORD}|[A-Z]\.)(?:[ ][A-Z]\.)?(?:[ ](?:van|von|de|der|di|la))?"
    rf"(?:[ ]{_WORD}){{1,2}})"
)
_BEFORE: Final = r"(?:(?i:the|our|a|an|its|former|first)\s)?(?:[\w-]{1,24}\s){0,3}?"
_DOES: Final = r"keeps?|leads?|runs?|heads?|manages?|directs?|chairs?|edits?|teaches|looks after"
_DONE: Final = r"kept|written|edited|led|run|directed|headed|prepared|compiled|managed|signed"
_CUES: Final = (
    re.compile(rf"\b{_NAME}\s?[,(\n–—:-]\s?{_BEFORE}(?P<role>(?i:{_ROLES}))\b"),
    re.compile(
        rf"\b(?P<role>(?i:{_ROLES}))(?:\s+of\s+[^.,;:\n]{{1,40}}?)?"
        rf"(?:\s?[,:]\s?|\s(?:is|was|are)\s|\s){_NAME}"
    ),
    re.compile(
        rf"\b{_NAME}\s(?:is|was|became|serves as|acts as)\s{_BEFORE}(?P<role>(?i:{_ROLES}))\b"
    ),
    re.compile(rf"\b{_NAME}, who(?P<role>)\b"),
    re.compile(rf"\b(?i:{_DONE})\s+by\s+{_NAME}(?P<role>)"),
    re.compile(rf"\b{_NAME}\s(?:{_DOES})\b(?P<role>)"),
)
_ROLE_WORD: Final = re.compile(rf"(?:{_ROLES}|the|executive|vice)", _I)
_PLAIN_WORD: Final = re.compile(r"\b[a-zà-öø-ÿ]{2,}\b")
_LEADING: Final = re.compile(rf"(?P<first>{_FIRST})|{_LEADS}", _I)
_UNDER: Final = re.compile(r"\b(?:vice|deputy|assistant|associate)[ -]$", _I)
_PAST: Final = re.compile(
    r"\b(?:(?:was|were)(?! (?:appointed|elected|named|promoted))|former|first|until|retired"
    r"|from \d{4} to \d{4})\b",
    _I,
)
_THOSE: Final = r"staff|crew|team|personnel|employees|workers|colleagues|people who work"
_ALL: Final = re.compile(
    rf"^\W*(?:please\s+)?(?:list|name|show|give|tell|introduce)\b[^?]{{0,25}}\b(?:{_THOSE})\W*"
    r"(?:there|here|members?|of\b[^?]{0,60}|at\b[^?]{0,60}|in\b[^?]{0,60})?\W*$"
    rf"|\bwho\s+(?:are|is)\s+(?:all\s+)?(?:on\s+|in\s+)?(?:the\s+)?(?:{_THOSE}|people|members)\b"
    r"|\bwho\s+(?:all\s+)?(?:works?|is working|are working)\b"
    r"|^\W*(?:the\s+)?(?:staff|crew|team|personnel)(?: members| list)?\W*$",
    _I,
)
_AMOUNT: Final = re.compile(r"\bhow (?:many|much)\b|\bnumber of\b", _I)
_HEAD: Final = re.compile(
    r"\bwho(?:'s|’s|\s+is|\s+are|\s+was)?\s+(?:the\s+|in\s+)?"
    r"(?:charge|responsible|leading|running|runs|leads|heads?|manages|boss|leader)\b",
    _I,
)
"""A title ("the CEO of ...") is no such word: it is one post, which the reader finds or not."""

MOST_CLAUSE_WORDS: Final = 24

_LEADERS: Final = "head of, director, manager, chief"
_OTHERS: Final = (
    "editor, author, kept by, contact person",
    "we thank, observer, technician, team member, who",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedPerson:
    """A name, the clause that tells what the person does, and the hit that holds it.

    `leads` is 2 for who is called a head, 1 for a manager or director, of whom there may be many, 0
    for others; `past` tells that it was so.
    """

    name: str
    clause: str
    hit: Hit
    leads: int
    past: bool


def asks_for_people(asked: Question) -> bool:
    """Tell whether people are asked for by what they do: the staff, or who is in charge."""
    if not asked.rules.on("people") or _AMOUNT.search(asked.core):
        return False
    return bool(asks_for_head(asked) or _ALL.search(asked.core))


def asks_for_head(asked: Question) -> bool:
    """Tell whether the one at the head is asked for."""
    return _HEAD.search(asked.core) is not None


def people_searches(asked: Question) -> tuple[str, ...]:
    """Return what is searched besides where people are asked for: documents seldom say "staff"."""
    if not asks_for_people(asked):
        return ()
    others = () if asks_for_head(asked) else _OTHERS
    return tuple(f"{asked.core.rstrip('?. ')}: {told}" for told in (_LEADERS, *others))


def people(asked: Question, hits: Sequence[Hit]) -> list[NamedPerson]:
    """Return each person once, heads first, the past last; of what the question names, if it does.

    Where the head is asked for only those are left that lead, and no others beside a head.
    """
    plain = {word for hit in hits for word in _PLAIN_WORD.findall(hit.chunk.text)}
    near = [hit for hit in hits if _is_about(asked.names, hit)]
    mentions = [
        one
        for hit in near
        for one in _mentions(hit)
        if _is_name(one.name, plain) and not stems_of(one.name) <= asked.names
    ]
    if asks_for_head(asked):
        most = max((one.leads for one in mentions if not one.past), default=1)
        mentions = [one for one in mentions if one.leads >= max(most, 1)]
    mentions.sort(key=lambda one: (one.past, -one.leads))
    found: dict[Stems, NamedPerson] = {}
    for one in mentions:
        found.setdefault(_surname(one.name), one)
    return list(found.values())


def _is_name(text: str, plain: Collection[str]) -> bool:
    """Tell whether no word of a name stands in small letters elsewhere, as "Human" would."""
    told = [word for word in text.split() if not word.endswith(".")]
    return not any(word.lower() in plain or _ROLE_WORD.fullmatch(word) for word in told)


def _is_about(named: Stems, hit: Hit) -> bool:
    return not named or bool(named & stems_of(hit.chunk.embedding_text))


def _surname(name: str) -> Stems:
    return stems_of(name.rsplit(maxsplit=1)[-1])


def _mentions(hit: Hit) -> Iterator[NamedPerson]:
    """Yield who is named with a role in a hit's running text."""
    text = hit.chunk.text
    if hit.chunk.role != "text":
        return
    for cue in _CUES:
        for found in cue.finditer(text):
            clause = _clause(text, found.start(), found.end())
            yield NamedPerson(
                name=" ".join(found["name"].split()),
                clause=clause,
                hit=hit,
                leads=_leads(found),
                past=bool(_PAST.search(clause)),
            )


def _leads(found: re.Match[str]) -> int:
    """Return `NamedPerson.leads`: a vice president is no president."""
    leading = _LEADING.fullmatch(found["role"] or "")
    if leading is None or _UNDER.search(found.string[: found.start("role")][-20:]):
        return 0
    return 2 if leading["first"] else 1


def _clause(text: str, start: int, end: int) -> str:
    """Return the sentence or part of one, up to a semicolon, that holds a range of a text."""
    inside = [(a, b) for a, b in sentence_spans(text) if a < end and start < b]
    first, last = inside[0][0], inside[-1][1]
    first = max(first, text.rfind(";", first, start) + 1)
    ends = text.find(";", end, last)
    told = text[first : ends if ends >= 0 else last].split()
    offset = len(text[first:start].split())
    begin = max(0, offset - MOST_CLAUSE_WORDS // 2) if len(told) > MOST_CLAUSE_WORDS else 0
    shown = " ".join(told[begin : begin + MOST_CLAUSE_WORDS])
    before = "… " if begin else ""
    return f"{before}{shown}{' …' if begin + MOST_CLAUSE_WORDS < len(told) else ''}"
