"""What may stand in bold above its passage: a short answer of the kind that is asked for.

How likely it is right is `trust.short_chance`'s to say. Knows found answers; knows no model.
"""

from __future__ import annotations

from typing import Final

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
from rag.text import words

MOST_BOLD_WORDS: Final = 6
"""More words are a clause, which is quoted without bold: of 9 such that stood in bold above natural
questions 3 are right, of 33 others 24 (see benchmarks/LOG.md)."""

DENIED_WORDS: Final = 4
"""So many words before a short answer deny it."""


def may_be_bold(found: FoundAnswer, asked: Question) -> bool:
    """Tell whether what is found can be a short answer, however likely its place is.

    Lettering of a chart runs its axes and labels together, and what is of another kind than asked
    for answers nothing: a day, where none is asked for.
    """
    if found.short is None:
        return True
    return (
        found.evidence.hit.chunk.role != "figure"
        and _is_told_of(found, asked)
        and not is_of_other_form(found.short, asked)
        and not _is_denied(found.short, asked)
        and not (is_date(found.short.text) and _asks_for_no_date(asked))
        and is_of_kind(found.short.text, found.evidence.hit.chunk, asked)
    )


def is_few_words(found: FoundAnswer) -> bool:
    """Tell whether a short answer is few enough words for bold."""
    return found.short is None or len(found.short.text.split()) <= MOST_BOLD_WORDS


def _is_denied(short: Short, asked: Question) -> bool:
    """Tell whether words just before deny what is told: "cannot be admitted".

    A number is denied by nothing ("not more than ten"), and who asks what is not, wants it.
    """
    said = short.evidence.hit.chunk.text[short.evidence.start : short.start]
    before = words(said)[-DENIED_WORDS:]
    is_denied = NEGATIONS.isdisjoint(words(asked.core)) and not NEGATIONS.isdisjoint(before)
    return is_denied and not may_answer("number", short.text)


def _asks_for_no_date(asked: Question) -> bool:
    """Tell whether a question asks for something else than a day; key words may ask for one."""
    return asked.kind != "date" and asked.kinds["keywords"] < KEY_WORDS


def _is_told_of(found: FoundAnswer, asked: Question) -> bool:
    """Tell whether the month that is asked about is named beside an answer, and so a superlative.

    The hours of the year are none of July, and what something costs is not the most. Rows of a
    table need no superlative.
    """
    chunk = found.evidence.hit.chunk
    beside = f"{' '.join(chunk.headings)} {with_surroundings(found.evidence)}"
    return names_date(beside, asked) and (chunk.role == "table" or asked.is_picked_in(beside))
