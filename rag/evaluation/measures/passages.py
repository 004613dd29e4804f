"""What an answer holds of what it must, beside what the passages under it hold by themselves.

The first passage alone, and the first hits run together, cut at as many words as the answer: what
shows them has composed nothing, so an answer should hold more. Knows texts; knows no retrieval.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from rag.evaluation.records import nuggets, text_match
from rag.evaluation.records.report import QuestionRecord

BESIDE: Final = {
    "nugget_recall": ("first_passage_recall", "first_hits_recall"),
    "nugget_strict": ("first_passage_strict", "first_hits_strict"),
    "shown_contains": ("first_passage_contains", "first_hits_contains"),
}
"""For a metric of what an answer shows, stated or as closest, the same of the first passage, and of
the first hits."""


def passage_scores(
    record: QuestionRecord, passages: Sequence[str], *, words: int
) -> Iterator[tuple[str, float]]:
    """Yield each metric of an answerable question; `passages` are its hits' texts, best first."""
    first, run_together = "".join(passages[:1]), " ".join(passages)
    if record.nuggets:
        answer = record.answer if record.state != "nothing" else ""
        yield from _nugget_scores("nugget", answer, record, words=words)
        yield from _nugget_scores("first_passage", first, record, words=words)
        yield from _nugget_scores("first_hits", run_together, record, words=words)
    elif record.expected:
        told = record.answer if record.state != "nothing" else ""
        answer = text_match.without_marks(told)
        for name, text in (
            ("shown", answer),
            ("first_passage", first),
            ("first_hits", run_together),
        ):
            cut = nuggets.opening(text, words=words)
            held = text_match.contains(cut, record.expected, match=record.match, words=None)
            yield f"{name}_contains", float(held)


def _nugget_scores(
    name: str, text: str, record: QuestionRecord, *, words: int
) -> Iterator[tuple[str, float]]:
    cut = nuggets.opening(text, words=words)
    share = nuggets.recall(cut, record.nuggets)
    yield f"{name}_recall", share
    yield f"{name}_strict", float(share == 1)
    if name == "nugget" and record.optional:
        yield "optional_recall", nuggets.recall(cut, record.optional)
