"""Rows for the answer ranking: the short answers found for a question, and which are right.

Two kinds: questions with known answers, asked of a workspace; and rows of the reader's format,
whose passage stands among four others that share words with the question. Knows no fitting.
"""

from __future__ import annotations

import json
import math
import random
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from rag.answer.evidence.evidence import EvidenceScorer
from rag.answer.evidence.ranking import MOST_EVIDENCE, AnswerCandidate, AnswerRanker
from rag.answer.evidence.reading import Readings
from rag.answer.question.question import understand
from rag.datamodel import CELL_SEPARATOR, Chunk, Hit, Query
from rag.engine.engine import Engine
from rag.neural.embed.embedders import SentenceEmbedder
from rag.neural.reader.reader import Reader
from rag.protocols import Index
from rag.text import content_stems
from service.asking.messages import turns
from training.answers.frequencies import PassageFrequencies
from training.reader.data import by_set
from training.reader.rows import ReaderRow

OTHERS: Final = 4
POOL: Final = 1200
"""Passages of a set from which the other passages of a question are taken."""

MORE_WORDS: Final = 6
"""A right short answer has at most so many words more than the accepted one."""

LEAST_TELLING: Final = 4
"""An accepted answer of so many characters is right on any page of its document; a shorter one
might stand elsewhere by chance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerExample:
    """One question's short answers: features, which are right, whose evidence holds the answer."""

    group: str
    features: tuple[Mapping[str, float], ...]
    right: tuple[bool, ...]
    held: tuple[bool, ...]


def from_questions(engine: Engine, path: Path) -> Iterator[AnswerExample]:
    """Yield an example of each answerable question that is asked of the engine's workspace."""
    scorer = EvidenceScorer(engine.index, engine.embedder, Readings(Reader()))
    ranker = AnswerRanker(scorer)
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if row["answerable"]:
            query = Query(text=row["question"])
            *_, answer = engine.ask(query, turns(row.get("history") or ()))
            found = _candidates(ranker, scorer, answer.standalone_query, answer.context.hits)
            yield AnswerExample(
                group=row["source"],
                features=tuple(one.features for one in found),
                right=tuple(_is_right(one, row) for one in found),
                held=tuple(_holds(one, row) for one in found),
            )


def _candidates(
    ranker: AnswerRanker, scorer: EvidenceScorer, question: str, hits: Sequence[Hit]
) -> list[AnswerCandidate]:
    asked = understand(question)
    evidence = scorer.find(asked, hits)[:MOST_EVIDENCE]
    return ranker.candidates(asked, evidence, hits)


def _is_right(candidate: AnswerCandidate, row: Mapping[str, Any]) -> bool:
    text = candidate.short.text
    if not _in_gold(candidate.short.evidence.hit.chunk, row):
        return False
    return any(
        _stands_in(answer, text) and len(text.split()) <= len(answer.split()) + MORE_WORDS
        for answer in row["answers"]
    )


def _holds(candidate: AnswerCandidate, row: Mapping[str, Any]) -> bool:
    evidence = candidate.short.evidence
    in_gold = _in_gold(evidence.hit.chunk, row)
    return in_gold and any(_stands_in(answer, evidence.text) for answer in row["answers"])


def _in_gold(chunk: Chunk, row: Mapping[str, Any]) -> bool:
    if chunk.source not in {row["source"], *(row.get("sources") or ())}:
        return False
    pages = {page for page in (row.get("page"), *(row.get("pages") or ())) if page is not None}
    telling = min(len(answer) for answer in row["answers"]) >= LEAST_TELLING
    return telling or not pages or chunk.page in pages


def _stands_in(answer: str, text: str) -> bool:
    pattern = rf"(?<![\w.]){re.escape(_plain(answer))}(?![\w]|\.\d)"
    return re.search(pattern, _plain(text)) is not None


def _plain(text: str) -> str:
    folded = re.sub(r"(?<=\d),(?=\d)", "", unicodedata.normalize("NFKC", text).lower())
    return " ".join(folded.split())


def from_rows(
    rows: Sequence[ReaderRow],
    counts: Mapping[str, int],
    *,
    embedder: SentenceEmbedder,
    seed: int = 3,
) -> Iterator[AnswerExample]:
    """Yield an example of `counts[set]` answerable rows of each set, drawn at random."""
    for name, group in by_set(rows).items():
        chance = random.Random(f"{seed}{name}")  # noqa: S311  # draws rows, keeps no secret
        pool = sorted({row.context for row in group})
        chance.shuffle(pool)
        answerable = [row for row in group if row.answers]
        chance.shuffle(answerable)
        yield from _of_set(answerable[: counts.get(name, 0)], pool[:POOL], embedder)


def _of_set(
    rows: Sequence[ReaderRow], pool: Sequence[str], embedder: SentenceEmbedder
) -> Iterator[AnswerExample]:
    stems = {text: frozenset(content_stems(text)) for text in (*pool, *(r.context for r in rows))}
    frequencies = PassageFrequencies(pool)
    index: Index = frequencies  # type: ignore[assignment]  # see the class
    scorer = EvidenceScorer(index, embedder, Readings(Reader()))
    ranker = AnswerRanker(scorer)
    for row in rows:
        asked = set(content_stems(row.question))
        weight = {s: math.log(1 + len(pool) / (frequencies.counts[s] + 0.5)) for s in asked}
        share = {t: math.fsum(weight[s] for s in asked & stems[t]) for t in (*pool, row.context)}
        answers = {row.context[a:b] for a, b in row.answers}
        others = [t for t in pool if t != row.context and not any(a in t for a in answers)]
        others.sort(key=lambda text: -share[text])
        texts = sorted([row.context, *others[:OTHERS]], key=lambda text: -share[text])
        hits = [_hit(text, n) for n, text in enumerate(texts, start=1)]
        found = _candidates(ranker, scorer, row.question, hits)
        gold = texts.index(row.context) + 1
        right = tuple(_covers(one, row, gold) for one in found)
        yield AnswerExample(
            group=row.context,
            features=tuple(one.features for one in found),
            right=right,
            held=right,
        )


def _hit(text: str, rank: int) -> Hit:
    rows = sum(CELL_SEPARATOR in line for line in text.split("\n"))
    role: Literal["table", "text"] = "table" if rows > 1 else "text"
    name = f"{hash(text):x}"
    chunk = Chunk(id=name, doc_id=name, source=name, ordinal=0, role=role, text=text)
    return Hit(chunk=chunk, score=1 / rank, rank=rank, channel="reranked")


def _covers(candidate: AnswerCandidate, row: ReaderRow, gold: int) -> bool:
    short = candidate.short
    if short.evidence.hit.rank != gold:
        return False
    return any(
        short.start <= start
        and end <= short.end
        and len(short.text.split()) < len(row.context[start:end].split()) + MORE_WORDS
        for start, end in row.answers
    )
