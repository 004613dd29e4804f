"""Why an answer counts as wrong, in one plain sentence. Knows records; measures nothing."""

from __future__ import annotations

from collections.abc import Sequence

from rag.evaluation import matching
from rag.evaluation.places import place_of
from rag.evaluation.report import QuestionRecord


def reason(record: QuestionRecord, *, words: int) -> str:
    """Say what is wrong with an answer that is wrong, and how far retrieval is to blame."""
    question, sure = record.question, f"confidence {record.confidence:.2f}"
    if question.answerable is False:
        return f"The documents do not hold the answer, but one was given ({sure})."
    if record.state == "not_found":
        parts = [f"Nothing was answered ({sure})"]
    elif question.nuggets:
        parts = [_missing_facts(record, words=words)]
    else:
        parts = [_missing_answer(record, words=words)]
    if question.gold.pages:
        parts += [_cited(record), _found(record)] if record.answered else [_found(record)]
    return f"{'; '.join(parts)}."


def _missing_answer(record: QuestionRecord, *, words: int) -> str:
    expected, match = record.question.answers, record.question.match
    opening = matching.opening(record.answer, words=words)
    if matching.holds_answer(opening, expected, match=match):
        return "The closest places hold the answer, but none was stated"
    if matching.holds_answer(record.answer, expected, match=match):
        return f"The answer comes only after its first {words} words"
    lacking = matching.missing_answers(record.answer, expected)
    if match == "all" and len(lacking) < len(expected):
        return f"The answer lacks {_listed(lacking, 'and')}"
    return f"The answer does not hold {_listed(lacking, 'or')}"


def _missing_facts(record: QuestionRecord, *, words: int) -> str:
    nuggets = record.question.nuggets
    lacking = matching.missing_facts(record.answer, nuggets)
    if not lacking:
        return f"Not all that it must hold comes within its first {words} words"
    verb = "does not hold" if len(lacking) == len(nuggets) else "lacks"
    return f"The answer {verb} {_listed(lacking, 'and')}"


def _cited(record: QuestionRecord) -> str:
    gold = record.question.gold
    if not record.citations:
        return "it cites nothing"
    if any(place_of(citation, gold) for citation in record.citations):
        return "it cites the right page"
    if any(citation.source in gold.pages for citation in record.citations):
        return "it cites another page of the right file"
    return "it cites other files"


def _found(record: QuestionRecord) -> str:
    """Say where among the hits the right page stands."""
    gold = record.question.gold
    for hit in record.hits:
        if place_of(hit, gold) is not None:
            return f"the right page is hit {hit.rank}"
    for hit in record.hits:
        if hit.source in gold.pages:
            return f"the right file is hit {hit.rank}, but its right page is not among the hits"
    return "the right file is not among the hits"


def _listed(texts: Sequence[str], last: str) -> str:
    quoted = [f"“{text}”" for text in texts]
    if len(quoted) == 1:
        return quoted[0]
    return f"{', '.join(quoted[:-1])} {last} {quoted[-1]}"
