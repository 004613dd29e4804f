"""Which questions of a file are asked, and of which files of the index they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from rag.engine.engine import Engine
from rag.errors import PagelightError
from rag.evaluation.records.questions import EvaluationQuestion
from rag.evaluation.records.report import LineError

SHOWN_LETTERS: Final = 100


def of_corpus(
    questions: list[EvaluationQuestion], corpus: str, path: Path
) -> list[EvaluationQuestion]:
    """Return the questions of one corpus; "" means all. Raises PagelightError if there is none."""
    chosen = [q for q in questions if not corpus or corpus in q.labels.get("corpus", ())]
    if not chosen:
        named = sorted({name for q in questions for name in q.labels.get("corpus", ())})
        raise PagelightError(
            f"No question of {path} is of the corpus {corpus}.",
            hint=f"It has: {', '.join(named)}" if named else 'Its lines have no field "corpus".',
        )
    return chosen


def with_known_sources(
    questions: Sequence[EvaluationQuestion], engine: Engine
) -> tuple[list[EvaluationQuestion], list[LineError]]:
    """Name each gold file as hits name it: files of the same bytes are one document.

    Questions about files that are not in the index are asked all the same, and told.
    """
    shown = {
        source: record.sources[0]
        for record in engine.index.documents()
        for source in record.sources
        if record.state == "ready"
    }
    told = [
        LineError(
            line=question.line,
            reason=f"asked, but {', '.join(map(shorten, unknown))} is not in the index",
        )
        for question in questions
        if (unknown := [source for source in question.gold.sources if source not in shown])
    ]
    return [_renamed(question, shown) for question in questions], told


def _renamed(question: EvaluationQuestion, shown: Mapping[str, str]) -> EvaluationQuestion:
    gold = question.gold
    sources = dict.fromkeys(shown.get(source, source) for source in gold.sources)
    pages_of = {shown.get(source, source): pages for source, pages in gold.pages_of.items()}
    return replace(question, gold=replace(gold, sources=tuple(sources), pages_of=pages_of))


def shorten(name: str) -> str:
    """Return the end of a name that is too long to be read."""
    return name if len(name) <= SHOWN_LETTERS else f"…{name[-SHOWN_LETTERS:]}"
