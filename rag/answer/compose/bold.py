"""What may stand in bold above its passage: a short answer of the kind that is asked for.

How likely it is right is `trust.short_chance`'s to say. Knows found answers; knows no model.
"""

from __future__ import annotations

import re
from typing import Final

from rag.answer.compose.bold_words import bold_words, introduces, is_clause
from rag.answer.evidence.answer_candidates import Short, may_answer
from rag.answer.evidence.asked_kind import is_of_kind
from rag.answer.evidence.evidence import with_surroundings
from rag.answer.evidence.other_dates import names_date
from rag.answer.evidence.other_forms import is_of_other_form
from rag.answer.evidence.ranking import FoundAnswer
from rag.answer.question.question import Question
from rag.answer.trust.nearness import KEY_WORDS
from rag.answer.trust.support import NEGATIONS
from rag.months import is_date
from rag.text import YEAR, words

_CHOICE: Final = re.compile(r"\bor\b|\bwhich\b|\bwho\b", re.IGNORECASE)
"""What may be answered by words of the question: "Wengen or Mürren?"."""

_YEAR: Final = re.compile(YEAR)

LEAST_YES_NO: Final = 0.5

LEAST_SHARE: Final = 0.3
"""The evidence of a short answer in bold has this share of all chance: with less the places that
may tell it are many."""

_ASKS_FOR_MORE: Final = re.compile(
    r"\b(?:list|enumerate|name (?:all|the|some)|tell (?:me|us)|compare|describe|summar\w+|explain"
    r"|how to|how (?:can|do|should) (?:i|we|you|one|people)|what.{1,60} like"
    r"|in (?:short|brief|a nutshell|a few (?:words|lines|sentences)))\b",
    re.IGNORECASE,
)
_SEVERAL: Final = re.compile(
    r"\b(?:(?:what|which|who) (?:are|were)|all|each|every)\b", re.IGNORECASE
)
"""What no few words answer: lists, comparisons, descriptions, steps; several things, but for one
number: "what are basic earnings per share"."""

_NUMERIC: Final = frozenset({"number", "percent", "money", "date"})

LEAST_OPEN: Final = 0.5
"""From this chance of such a kind on nothing is in bold: of 5 short answers 1 was right."""

DENIED_WORDS: Final = 4
"""So many words before a short answer deny it."""


def takes_few_words(asked: Question) -> bool:
    """Tell whether a few words can be all of the answer.

    Not to why or what is, what to do or what all is about, nor of several.
    """
    if asked.kind in ("reason", "definition") or _ASKS_FOR_MORE.search(asked.core):
        return False
    if max(asked.kinds["advice"], asked.kinds["summary"]) >= LEAST_OPEN:
        return False
    return asked.kind in _NUMERIC or _SEVERAL.search(asked.core) is None


def bold_answer(found: FoundAnswer, asked: Question) -> str:
    """Return the words of what is found that may stand in bold; "" where none may.

    How likely they are right is not looked at, but that its places are not many.
    """
    bold = bold_words(found, asked)
    is_likely = found.chance >= LEAST_SHARE
    return bold if is_likely and may_be_bold(found, bold, asked) else ""


def may_be_bold(found: FoundAnswer, bold: str, asked: Question) -> bool:
    """Tell whether words of what is found can be a short answer, however likely its place is.

    Lettering of a chart runs its axes and labels together, and what is of another kind than asked
    for answers nothing: a day, where none is asked for; nor does what the question says itself.
    Few words of a text in another language than the question are not trusted: it was read word by
    word.
    """
    if not bold or _repeats(bold, asked) or introduces(found, bold):
        return False
    if not is_clause(bold) and (_is_read_across(found, asked) or _says_no_word(bold, asked)):
        return False
    return (
        found.evidence.hit.chunk.role != "figure"
        and _is_told_of(found, asked)
        and not asked.lacks_contact([bold])
        and (found.short is None or _fits(found.short, bold, asked))
    )


def _is_read_across(found: FoundAnswer, asked: Question) -> bool:
    """Tell whether a place is in another language than those the question may be in."""
    language, spoken = found.evidence.hit.chunk.language, asked.spoken_languages
    return language is not None and bool(spoken) and language not in spoken


def _says_no_word(bold: str, asked: Question) -> bool:
    """Tell whether yes or no is asked for, and a bare number would be told."""
    return asked.kinds["yesno"] >= LEAST_YES_NO and not any(map(str.isalpha, bold))


def _fits(short: Short, bold: str, asked: Question) -> bool:
    """Tell whether a short answer is of the form and kind that is asked for."""
    return (
        not is_of_other_form(short, asked)
        and not _is_denied(short, bold, asked)
        and not (is_date(short.text) and _asks_for_no_date(asked))
        and is_of_kind(short.text, short.evidence.hit.chunk, asked)
    )


def _repeats(bold: str, asked: Question) -> bool:
    """Tell whether words say only what the question does, which leaves no choice."""
    return set(words(bold)) <= asked.named and _CHOICE.search(asked.core) is None


def _is_denied(short: Short, bold: str, asked: Question) -> bool:
    """Tell whether words just before deny what is told, and are not told with it: "cannot be".

    A number is denied by nothing ("not more than ten"), and who asks what is not, wants it.
    """
    said = short.evidence.hit.chunk.text[short.evidence.start : short.start]
    before = words(said)[-DENIED_WORDS:]
    said_before = NEGATIONS.intersection(before) - {*words(bold)}
    is_denied = NEGATIONS.isdisjoint(words(asked.core)) and bool(said_before)
    return is_denied and not may_answer("number", short.text)


def _asks_for_no_date(asked: Question) -> bool:
    """Tell whether a question asks for something else than a day; key words may ask for one."""
    return asked.kind != "date" and asked.kinds["keywords"] < KEY_WORDS


def _is_told_of(found: FoundAnswer, asked: Question) -> bool:
    """Tell whether the time that is asked about is named beside an answer, and so a superlative.

    The hours of the year are none of July, and what something costs is not the most. Rows of a
    table need no superlative.
    """
    chunk = found.evidence.hit.chunk
    beside = f"{' '.join(chunk.headings)} {with_surroundings(found.evidence)}"
    if not (names_date(beside, asked) and _names_year(f"{chunk.context} {beside}", asked)):
        return False
    return chunk.role == "table" or asked.is_picked_in(beside)


def _names_year(text: str, asked: Question) -> bool:
    return not asked.years or not asked.years.isdisjoint(_YEAR.findall(text))
