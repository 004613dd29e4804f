"""`And for Quebec?` after a question about Ontario: the earlier question with the part exchanged.

English rules over words (ellipsis with a contrasted remnant; Carbonell, Discourse Pragmatics and
Ellipsis Resolution, ACL 1983). Knows no model.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from rag.answer.followup.mentions import (
    A_YEAR,
    AUXILIARY,
    OPENERS,
    PREPOSITIONS,
    content,
    names,
    shortened,
)
from rag.answer.followup.phrases import by_phrase
from rag.stop_words import QUESTION_WORDS
from rag.text import MONTH

_OPENING: Final = re.compile(
    r"^\s*(?:(?:and|but|or|so|then|now|ok(?:ay)?|also|just|only)[\s,]+)*"
    r"(?:(?:what|how) (?:about|if|of)\b\s*|show (?=(?:me )?(?:for|in|of|from)\b))?"
    r"(?:(?:and|but|then)\b[\s,]*)?",
    re.IGNORECASE,
)
_ABOUT: Final = re.compile(
    r"^\s*(?:(?:and|but|or|so|then|now|ok(?:ay)?)[\s,]+)*(?:what|how) (?:about|if|of)\b",
    re.IGNORECASE,
)
_UNIT: Final = r"(?:fiscal year|year|season|quarter|half[- ]year)"
_EARLIER: Final = re.compile(
    rf"\b(?:a|one|the|in the) {_UNIT} (?:before|earlier|prior)\b(?: that)?"
    rf"|\b(?:in )?the (?:previous|prior|preceding) {_UNIT}\b|\blast year\b",
    re.IGNORECASE,
)
_LATER: Final = re.compile(
    rf"\b(?:a|one|the|in the) {_UNIT} (?:after|later)\b(?: that)?"
    rf"|\b(?:in )?the (?:next|following) {_UNIT}\b|\bnext year\b",
    re.IGNORECASE,
)
_SAME_YEAR: Final = re.compile(
    r"\b(?P<in>in |during |for )?(?:the same|that|this) (?:fiscal )?year\b", re.IGNORECASE
)
_DATE: Final = re.compile(
    rf"\b(?:\d{{1,2}} {MONTH}\.?(?:,? \d{{4}})?|{MONTH}\.? \d{{1,2}}(?:,? \d{{4}})?|"
    rf"{MONTH}\.? \d{{4}})\b",
    re.IGNORECASE,
)
_MEANT: Final = re.compile(
    r"^\s*(?:(?:no|sorry|oh|ok|okay|but|wait|well|i'm)\b[\s,.–—-]*)*i (?:mean|meant)\b[\s,:]*",
    re.IGNORECASE,
)
_DEGREE: Final = re.compile(r"(?:\bthe )?\b(?P<most>most|least|fewest)\b", re.IGNORECASE)
_SUPERLATIVE: Final = re.compile(
    r"(?:\bthe )?\b(?P<most>(?:most|least) [a-z]+"
    r"|(?!(?:inter|for|w|r|t|requ|inv|gu|sugg|hon|prot|harv|arr|cont|dig|mod|ch|n|p)est\b)"
    r"[a-z]+est)\b",
    re.IGNORECASE,
)
_PLACE: Final = re.compile(
    r"(?:the )?(?:(?P<place>second|2nd|third|3rd|fourth|4th|fifth)(?: place| \w+est)?"
    r"|runner[- ]up)",
    re.IGNORECASE,
)
_ONE: Final = re.compile(r" ones?$", re.IGNORECASE)
_ARTICLE: Final = re.compile(r"\b(?:the|an?) $", re.IGNORECASE)
_CLITIC: Final = re.compile(r"['’]s\b")
_ARTICLE_FIRST: Final = re.compile(r"^(?:the|an?) ", re.IGNORECASE)
_WORD: Final = re.compile(r"\S+")
_QUANTIFIERS: Final = frozenset("each every all over under above below least most".split())
_ANCHORS: Final = (PREPOSITIONS - {"of", "about", "like", "as", "than"}) | _QUANTIFIERS | {"of"}
_MOST_WORDS: Final = 8
_MOST_BARE_WORDS: Final = 2
"""More words without a verb or an opening are a search of their own: `net sales Costco 2021`."""
_MOST_WHO_IN: Final = 5
"""A question word, and where or when: more words have a verb that is not known as one."""

_NO_REMNANT: Final = AUXILIARY | frozenset(
    "i i'd i'm i'll you me we it he she they them thanks thank goodbye bye hello compare".split()
)
_POINTS: Final = re.compile(r"^\s*(?:the|this|that|these|those|an?|only|just)\b", re.IGNORECASE)
_CONTRAST: Final = re.compile(r"^\s*(?:and|but|or|then)\b", re.IGNORECASE)


def remnant(question: str) -> str:
    """Return what is left of a question that only exchanges a part of the earlier one.

    `And for Quebec?` leaves `for Quebec`; a question that asks by itself leaves "".
    """
    rest = question[_end(_OPENING, question) :].strip(" ?.!,;")
    lowered = [word.lower().strip(",.?!") for word in _CLITIC.sub("", rest).split()]
    if not lowered:
        return ""
    if _ABOUT.match(question) or (
        len(lowered) <= _MOST_BARE_WORDS and lowered[0] in QUESTION_WORDS
    ):
        return rest
    if lowered[0] in QUESTION_WORDS and lowered[1] in PREPOSITIONS and len(lowered) <= _MOST_WHO_IN:
        return rest.split(maxsplit=1)[1]  # "who in June?"
    asks = not _NO_REMNANT.isdisjoint(lowered) or lowered[0] in QUESTION_WORDS | OPENERS
    if asks or len(lowered) > _MOST_WORDS:
        return ""
    begins = lowered[0] in _ANCHORS or _CONTRAST.match(question)
    return rest if begins or len(content(rest)) <= _MOST_BARE_WORDS else ""


def is_bare(question: str) -> bool:
    """Tell whether nothing but its shortness makes a question part of the earlier one.

    `Quebec?` may stand in place of a province; `opening hours` asks by itself.
    """
    first = question.split(maxsplit=1)[0].lower().strip(",.?!") if question.split() else ""
    leads = (_OPENING, _CONTRAST, _POINTS)
    return first not in _ANCHORS | QUESTION_WORDS and not any(
        _end(lead, question) for lead in leads
    )


def meant(question: str) -> str:
    """Return what follows `No, I meant` at the beginning; "" where a question does not begin so."""
    match = _MEANT.match(question)
    return question[match.end() :] if match else ""


def _end(pattern: re.Pattern[str], text: str) -> int:
    match = pattern.match(text)
    return match.end() if match else 0


def in_another_year(text: str, previous: str) -> str:
    """Return the earlier question with the year that `text` names by its place: the year before.

    "" where the text names none so or the earlier question has no year.
    """
    step = -1 if _EARLIER.search(text) else 1 if _LATER.search(text) else 0
    if not step or not A_YEAR.search(previous):
        return ""
    return A_YEAR.sub(lambda match: str(int(match.group()) + step), previous)


def with_the_year(question: str, previous: str) -> str:
    """Return the question with `the same year` said: the last year of the earlier question."""
    years = A_YEAR.findall(previous)
    if not years:
        return question
    return _SAME_YEAR.sub(lambda match: f"{match['in'] or ''}{years[-1]}", question, count=1)


def added(part: str, previous: str) -> str:
    """Return the earlier question with `part` after it: `Who founded it, and in which city`."""
    stem = previous.rstrip(" ?.!")
    first, *rest = part.split()
    if first.lower() in PREPOSITIONS | QUESTION_WORDS:
        part = " ".join([first.lower(), *rest])
    asks = any(word.lower() in QUESTION_WORDS for word in part.split()[:3])
    joint = ", and" if asks else "" if first.lower() in PREPOSITIONS else ","
    return f"{stem}{joint} {part}?"


def exchanged(part: str, previous: str) -> str:
    """Return the earlier question with `part` in place of what it stands against.

    "" where nothing in the question is of its kind.
    """
    rules: tuple[Callable[[str, str], str], ...] = (
        _by_time,
        _by_superlative,
        _by_name,
        _by_anchor,
    )
    return next((found for rule in rules if (found := rule(part, previous))), "")


def like_phrase_exchanged(part: str, previous: str) -> str:
    """Return the earlier question with `part` for the phrase most like it; "" for none.

    `The driest` is no phrase.
    """
    is_degree = _DEGREE.fullmatch(part) or _SUPERLATIVE.fullmatch(part)
    return "" if is_degree else by_phrase(part, previous)


def _by_time(part: str, previous: str) -> str:
    if (date := _DATE.search(part)) and (old := _DATE.search(previous)):
        return _swap(previous, old.span(), date.group())
    if _DATE.search(part):
        return _by_anchor(part, previous)
    year, old = A_YEAR.search(part), A_YEAR.search(previous)
    return _swap(previous, old.span(), year.group()) if year and old else ""


def _by_superlative(part: str, previous: str) -> str:
    """Exchange `the wettest` for `the driest` and `most` for `least`, where that is all.

    `Second place` is the second wettest.
    """
    said = _ONE.sub("", part)
    place = _PLACE.fullmatch(said)
    old = _DEGREE.search(previous) or _SUPERLATIVE.search(previous)
    if place and old:
        start = old.start("most")
        return _swap(previous, (start, start), f"{place['place'] or 'second'} ")
    for form in (_DEGREE, _SUPERLATIVE):
        new, old = form.fullmatch(said), form.search(previous)
        if new and old:
            return _swap(previous, old.span("most"), new["most"])
    return ""


def _by_name(part: str, previous: str) -> str:
    """Exchange a name for the last one that shares a word with it, else for the last."""
    ours, theirs = names(part), names(previous)
    if not ours or not theirs:
        return ""
    own = content(ours[0])
    old = next((name for name in reversed(theirs) if own & content(name)), theirs[-1])
    start = previous.find(old)
    if _ARTICLE_FIRST.match(part):
        old = old if " of " in ours[0] else old.partition(" of ")[0]
        start = start if _ARTICLE.search(previous[:start]) else -1
    if start < 0:
        return ""
    new = _ONE.sub("", _bare(part))
    if not _ARTICLE_FIRST.sub("", new).startswith(ours[0]):
        return ""
    if _ARTICLE.search(previous[:start]):
        new = _ARTICLE_FIRST.sub("", new)
    end = start + len(old)
    return _swap(previous, (start, end), new)


def _by_anchor(part: str, previous: str) -> str:
    """Exchange the phrase that begins with the same preposition or quantifier."""
    ours = part.split()
    anchor = ours[0] if ours[0].lower() in _ANCHORS else " ".join(ours[:2])
    if len(ours) < len(anchor.split()) + 1:
        return ""
    spots = list(re.finditer(rf"(?<!\S){re.escape(anchor)}(?!\S)", previous, re.IGNORECASE))
    if not spots:
        return ""
    end = _phrase_end(previous, spots[-1].end(), part)
    return _swap(previous, (spots[-1].start(), end), part)


def _phrase_end(text: str, start: int, part: str) -> int:
    """Return where the phrase ends.

    With the same last word as `part`, else before the next preposition, auxiliary or mark.
    """
    ending = part.rsplit(maxsplit=1)[-1]
    last = re.search(rf"\b{re.escape(ending)}\b", text[start:], re.IGNORECASE)
    if last:
        return start + last.end()
    for match in _WORD.finditer(text, start):
        word = match.group().lower().strip("?,.;:!")
        if word in PREPOSITIONS | AUXILIARY and match.start() > start + 1:
            return match.start() - 1
        if match.group()[-1] in "?,.;:!":
            return match.end() - 1
    return len(text)


def _bare(part: str) -> str:
    """Return the part without a preposition and article before it."""
    parts = part.split()
    while len(parts) > 1 and parts[0].lower() in PREPOSITIONS:
        parts.pop(0)
    return shortened(" ".join(parts))


def _swap(text: str, span: tuple[int, int], new: str) -> str:
    return text[: span[0]] + new + text[span[1] :]
