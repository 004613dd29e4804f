"""Questions asked of a workspace, with all that was known of them, kept in a file outside it.

    python -m training.answers.asked_questions QUESTIONS.jsonl --workspace W --kept FILE [--only
    CORPUS] [--scoped]

What composes or judges an answer can then be tried again in seconds. Knows no fitting.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import pickle
import re
import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest.chunking.chunker import CHUNKER_VERSION
from rag.answer.computed.computed_answers import work_out
from rag.answer.evidence.evidence import Evidence, EvidenceScorer
from rag.answer.evidence.ranking import AnswerRanker, FoundAnswer
from rag.answer.evidence.reading import Readings
from rag.answer.question.question import understand
from rag.answer.trust.confidence import AnswerSigns, Confidence
from rag.datamodel import NO_FILTERS, Context, Filters, Hit, Query
from rag.engine.build import build_engine
from rag.engine.engine import Engine
from rag.neural.reader.reader import Reader
from rag.protocols import Reading
from rag.settings import load_settings
from service.asking.messages import turns

_MARKS = re.compile(r"\[\d+\]|\*\*")
_GROUPED = re.compile(r"(?<=\d)[,'’\u00a0\u202f ](?=\d{3}\b)")
_PLAIN = re.compile(r"[^\w.%-]+")
LEAST_INSIDE = 6
"""A fact of so many letters counts inside a longer word too: a plural, a compound."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """One question: its line, what was found for it, and what the stages say of that."""

    row: Mapping[str, Any]
    asked: str
    context: Context
    hits: tuple[Hit, ...]
    evidence: tuple[Evidence, ...]
    found: tuple[FoundAnswer, ...]
    readings: Mapping[str, Reading]
    importance: Mapping[str, float]
    signs: AnswerSigns | None
    worked: str
    text: str

    @property
    def facts(self) -> list[list[str]]:
        """Each fact that an answer must hold, as its accepted forms."""
        nuggets: list[list[str]] = self.row.get("nuggets") or []
        answers: list[str] = self.row.get("answers") or []
        return nuggets or ([answers] if answers else [])

    @property
    def sources(self) -> list[str]:
        """The documents that hold the answer."""
        several = [one["source"] for one in self.row.get("sources") or [] if isinstance(one, dict)]
        return several or [str(one) for one in (self.row.get("source"),) if one]

    @property
    def group(self) -> str:
        """What is never both fitted and measured on: the document, or the question without one."""
        return next(iter(self.sources), str(self.row["id"]))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("questions", type=Path)
    parser.add_argument("--workspace", type=Path, required=True)
    parser.add_argument("--kept", type=Path, required=True)
    parser.add_argument("--only", help="the corpus whose questions are asked")
    parser.add_argument("--scoped", action="store_true", help="ask each of its source alone")
    options = parser.parse_args()
    lines = options.questions.read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    rows = [row for row in rows if not options.only or row.get("corpus") == options.only]
    settings = load_settings(os.environ, workspace=options.workspace, answer_threshold=0.0)
    with build_engine(settings, chunker_version=CHUNKER_VERSION) as engine:
        engine.warm()
        options.kept.write_bytes(pickle.dumps(list(ask(engine, rows, scoped=options.scoped))))


def read_kept(paths: Sequence[Path]) -> list[Known]:
    """Return what was kept in some files."""
    return [one for path in paths for one in pickle.loads(path.read_bytes())]  # noqa: S301 - our own files


def ask(
    engine: Engine, rows: Sequence[Mapping[str, Any]], *, scoped: bool = False
) -> Iterator[Known]:
    """Yield what is known of each question; those with a picture are left out."""
    scorer = EvidenceScorer(engine.index, engine.embedder, Readings(Reader()))
    for row in rows:
        if row.get("image"):
            continue
        within = Filters(within=(row["source"],)) if scoped else NO_FILTERS
        query = Query(text=row["question"], filters=within)
        *_, answer = engine.ask(query, turns(row.get("history") or ()))
        asked, hits = understand(answer.standalone_query or row["question"]), answer.context.hits
        ranker, context = AnswerRanker(scorer), Context(hits=hits)
        yield Known(
            row=row,
            asked=asked.text,
            context=answer.context,
            hits=answer.hits,
            evidence=tuple(ranker.evidence(asked, hits)),
            found=tuple(ranker.find(asked, hits)),
            readings=ranker.readings(asked, hits),
            importance=ranker.importance(asked),
            signs=Confidence(ranker).signs(asked, context) if hits else None,
            worked=work_out(asked, context, ranker).text if hits else "",
            text=answer.text,
        )


def share_held(text: str, facts: Sequence[Sequence[str]], *, words: int) -> float:
    """Return the share of the facts that stand within the first `words` words of an answer."""
    told = plain(" ".join(_MARKS.sub(" ", text).split()[:words]))
    return statistics.mean(holds(told, forms) for forms in facts)


def holds(told: str, forms: Sequence[str]) -> bool:
    """Tell whether any form of a fact stands in a plain text."""
    shown = [plain(form).rstrip(".") for form in forms]
    return any(f" {s} " in f" {told} " or (len(s) >= LEAST_INSIDE and s in told) for s in shown)


def plain(text: str) -> str:
    """Return words in small letters, numbers without what parts their thousands."""
    folded = _GROUPED.sub("", text.lower().replace("−", "-").replace("–", "-"))
    return " ".join(_PLAIN.sub(" ", folded).replace(". ", " ").split())


if __name__ == "__main__":
    # what is kept is of the module, by which others read it, and not of this run
    importlib.import_module("training.answers.asked_questions").main()
