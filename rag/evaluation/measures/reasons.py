"""Why an answer counts as wrong, in one plain sentence. Knows records; measures nothing."""

from __future__ import annotations

from collections.abc import Sequence

from rag.evaluation.measures.places import first_rank, first_rank_in_file, place_of
from rag.evaluation.records import nuggets, text_match
from rag.evaluation.records.report import QuestionRecord


def reason(record: QuestionRecord, *, words: int) -> str:
    """Say what is wrong with an answer that is wrong, and how far retrieval is to blame."""
    if record.answerable is False:
        return (
            "The documents do not hold the answer, but one was given"
            f" (confidence {record.confidence:.2f})."
        )
    found = _found(record)
    if record.state != "closest" and not record.answered:
        fault = f"Nothing was answered (confidence {record.confidence:.2f})"
    else:
        fault = _fault(record, words=words)
        if record.gold.sources:
            found = f"{_cited(record)}; {found}"
    return f"{fault}; {found}." if found else f"{fault}."


def _fault(record: QuestionRecord, *, words: int) -> str:
    if record.nuggets:
        return _nugget_fault(record, words=words)
    text = text_match.without_marks(record.answer)
    if text_match.contains(text, record.expected, match=record.match, words=words):
        return (
            "The closest places hold the answer, but none was stated"
            f" (confidence {record.confidence:.2f})"
        )
    if text_match.contains(text, record.expected, match=record.match, words=None):
        return f"The answer comes only after its first {words} words"
    lacking = text_match.missing(text, record.expected, words=None)
    if record.match == "all" and len(lacking) < len(record.expected):
        return f"The answer lacks {_listed(lacking, 'and')}"
    return f"The answer does not hold {_listed(lacking, 'or')}"


def _nugget_fault(record: QuestionRecord, *, words: int) -> str:
    lacking = nuggets.missing(record.answer, record.nuggets)
    if not lacking:
        return f"Not all that it must hold comes within its first {words} words"
    verb = "does not hold" if len(lacking) == len(record.nuggets) else "lacks"
    return f"The answer {verb} {_listed(lacking, 'and')}"


def _cited(record: QuestionRecord) -> str:
    if not record.citations:
        return "it cites nothing"
    if any(place_of(citation, record.gold) for citation in record.citations):
        return "it cites the right page"
    if any(citation.source in record.gold.sources for citation in record.citations):
        return "it cites another page of the right file"
    return "it cites other files"


def _found(record: QuestionRecord) -> str:
    """Say where among the hits the right page stands; "" where the question does not tell it."""
    gold = record.gold
    if not gold.sources:
        return ""
    rank = first_rank(record.hits, gold)
    if rank is not None:
        return f"the right page is hit {rank}"
    nearest = first_rank_in_file(record.hits, gold)
    if nearest is not None:
        return f"the right file is hit {nearest}, but its right page is not among the hits"
    return "the right file is not among the hits"


def _listed(texts: Sequence[str], last: str) -> str:
    quoted = [f"“{text}”" for text in texts]
    if len(quoted) == 1:
        return quoted[0]
    return f"{', '.join(quoted[:-1])} {last} {quoted[-1]}"
