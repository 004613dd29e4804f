"""Rows for the weights of passages: every sentence or row of a question's texts, and which answer.

Open questions with the sentences that answer them (`training.answers.passages` names the sets), and
rows of the reader's sets whose answers are sentences. A question's texts stand as hits in the order
of the program's own reranking, so that what is not relevant is near. Knows no fitting.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from rag.answer.evidence.evidence import Evidence, EvidenceScorer, coverage
from rag.answer.evidence.ranking import AnswerRanker
from rag.answer.evidence.reading import Readings
from rag.answer.passages.passages import PassageSigns, signs_of
from rag.answer.passages.units import key_of
from rag.answer.question.question import understand
from rag.answer.rerank.reranking import EvidenceReranker
from rag.datamodel import CELL_SEPARATOR, Chunk, Hit
from rag.evaluate.records.nuggets import holds
from rag.neural.embed.embedders import SentenceEmbedder
from rag.neural.reader.reader import Reader
from rag.protocols import Index
from rag.retrieve.fusion import renumber
from rag.retrieve.retriever import ChannelWeights
from rag.text import content_stems
from training.answers.asked_questions import Known
from training.answers.frequencies import PassageFrequencies

MOST_RELEVANT: Final = 2
MOST_OTHERS: Final = 4
LEXICAL: Final = ChannelWeights().lexical
"""What the share of the question's words that a text holds counts beside the cosine."""

Range = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedPassage:
    """A passage; `told` are the ranges that answer, None where no one says which do."""

    text: str
    title: str
    relevant: bool
    told: tuple[Range, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedQuestion:
    """A question and its passages, some of them relevant."""

    text: str
    set: str
    passages: tuple[JudgedPassage, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PassageRow:
    """One question's units: signs, which answer (None: not known), which passage each is of.

    `similarity` is the embedder's cosine of question and each passage, `relevant` as judged.
    """

    set: str
    signs: tuple[PassageSigns, ...]
    tells: tuple[bool | None, ...]
    passage: tuple[int, ...]
    similarity: tuple[float, ...]
    relevant: tuple[bool, ...]


def open_questions(path: Path, counts: Mapping[str, int], *, seed: int = 5) -> list[JudgedQuestion]:
    """Return `counts[set]` questions of each set that have passages of both kinds."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    random.Random(seed).shuffle(rows)  # noqa: S311  # draws rows, keeps no secret
    left, found = dict(counts), list[JudgedQuestion]()
    for row in rows:
        relevant = [_text(one) for one in row["passages"] if one["relevant"]][:MOST_RELEVANT]
        others = [_text(one) for one in row["passages"] if not one["relevant"]][:MOST_OTHERS]
        if left.get(row["set"], 0) and relevant and others:
            left[row["set"]] -= 1
            passages = (*relevant, *others)
            found.append(JudgedQuestion(text=row["question"], set=row["set"], passages=passages))
    return found


def _text(passage: Mapping[str, Any]) -> JudgedPassage:
    told: tuple[Range, ...] | None = () if not passage["relevant"] else None
    if passage["relevant"] and passage.get("sentences") and passage.get("starts"):
        starts = [*passage["starts"], len(passage["text"])]
        told = tuple((starts[n], starts[n + 1]) for n in passage["sentences"])
    return JudgedPassage(
        text=passage["text"],
        title=passage.get("title") or "",
        relevant=bool(passage["relevant"]),
        told=told,
    )


def reader_questions(
    path: Path, counts: Mapping[str, int], *, seed: int = 5
) -> list[JudgedQuestion]:
    """Return `counts[set]` answerable rows of each set, each among passages of like words."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    chance = random.Random(seed)  # noqa: S311  # draws rows, keeps no secret
    found: list[JudgedQuestion] = []
    for name, count in counts.items():
        own = [row for row in rows if row["set"] == name]
        pool = sorted({row["context"] for row in own})
        answerable = [row for row in own if row["answers"]]
        for row in chance.sample(answerable, min(count, len(answerable))):
            some = chance.sample(pool, min(len(pool), 300))
            found.append(_among(row, some))
    return found


def _among(row: Mapping[str, Any], pool: Sequence[str]) -> JudgedQuestion:
    answers = [one["text"] for one in row["answers"]]
    asked = set(content_stems(row["question"]))
    others = [t for t in pool if t != row["context"] and not any(a in t for a in answers)]
    others.sort(key=lambda text: -len(asked & set(content_stems(text))))
    told = tuple((one["start"], one["start"] + len(one["text"])) for one in row["answers"])
    own = JudgedPassage(text=row["context"], title="", relevant=True, told=told)
    rest = [
        JudgedPassage(text=t, title="", relevant=False, told=()) for t in others[: MOST_OTHERS - 1]
    ]
    return JudgedQuestion(text=row["question"], set=row["set"], passages=(own, *rest))


def asked_rows(known: Sequence[Known]) -> Iterator[PassageRow]:
    """Yield the row of each question that was asked of a workspace: what tells one of its facts.

    Units of other documents than the question's tell none. Those of which none does are left out.
    """
    for one in known:
        tells = tuple(_tells_fact(one, evidence) for evidence in one.evidence)
        if True in tells:
            places = {hit.chunk.id: n for n, hit in enumerate(one.context.hits)}
            found = {key_of(answer.evidence): answer for answer in one.found}
            yield PassageRow(
                set="asked",
                signs=tuple(
                    signs_of(one.evidence, found, one.importance, one.readings, stems=content_stems)
                ),
                tells=tells,
                passage=tuple(places[evidence.hit.chunk.id] for evidence in one.evidence),
                similarity=tuple(hit.score for hit in one.context.hits),
                relevant=tuple(_is_of(one, hit) for hit in one.context.hits),
            )


def _tells_fact(one: Known, evidence: Evidence) -> bool:
    facts = one.facts if _is_of(one, evidence.hit) else []
    return any(holds(evidence.text, forms) for forms in facts)


def _is_of(one: Known, hit: Hit) -> bool:
    return any(hit.chunk.source.endswith(source) for source in one.sources)


def rows_of(
    questions: Sequence[JudgedQuestion], embedder: SentenceEmbedder
) -> Iterator[PassageRow]:
    """Yield the row of each question; word frequencies are those of its set."""
    reader = Reader()
    for name in sorted({one.set for one in questions}):
        own = [one for one in questions if one.set == name]
        texts = {passage.text for one in own for passage in one.passages}
        index: Index = PassageFrequencies(texts)  # type: ignore[assignment]  # see the class
        readings = Readings(reader)
        scorer = EvidenceScorer(index, embedder, readings)
        reranker = EvidenceReranker(readings, scorer)
        for question in own:
            row = _row(question, reranker, AnswerRanker(scorer), embedder)
            if row is not None:
                yield row


def _row(
    question: JudgedQuestion,
    reranker: EvidenceReranker,
    ranker: AnswerRanker,
    embedder: SentenceEmbedder,
) -> PassageRow | None:
    texts = [passage.text for passage in question.passages]
    cosines = embedder.embed_documents(texts) @ embedder.embed_queries([question.text])[0]
    asked = understand(question.text)
    importance = ranker.importance(asked)
    found = [
        _hit(one, float(cosine) + LEXICAL * coverage(f"{one.title} {one.text}", importance, asked))
        for one, cosine in zip(question.passages, cosines, strict=True)
    ]
    number = {hit.chunk.id: n for n, hit in enumerate(found)}
    once = sorted({hit.chunk.id: hit for hit in found}.values(), key=lambda hit: -hit.score)
    hits = reranker.rerank(asked, renumber(once))
    evidence = ranker.evidence(asked, hits)
    if not evidence:
        return None
    answers = {key_of(one.evidence): one for one in ranker.find(asked, hits)}
    readings = ranker.readings(asked, hits)
    of = [number[one.hit.chunk.id] for one in evidence]
    return PassageRow(
        set=question.set,
        signs=tuple(signs_of(evidence, answers, importance, readings, stems=asked.content_read)),
        tells=tuple(_tells(one, question.passages[n]) for one, n in zip(evidence, of, strict=True)),
        passage=tuple(of),
        similarity=tuple(map(float, cosines)),
        relevant=tuple(passage.relevant for passage in question.passages),
    )


def _tells(evidence: Evidence, passage: JudgedPassage) -> bool | None:
    if passage.told is None:
        return None
    middle = (evidence.start + evidence.end) / 2
    return any(
        a <= middle < b or (evidence.start <= a and b <= evidence.end) for a, b in passage.told
    )


def _hit(passage: JudgedPassage, score: float) -> Hit:
    is_table = sum(CELL_SEPARATOR in line for line in passage.text.split("\n")) > 1
    role: Literal["table", "text"] = "table" if is_table else "text"
    name = hashlib.sha256(passage.text.encode()).hexdigest()[:24]
    chunk = Chunk(
        id=name,
        doc_id=name,
        source=passage.title or name,
        ordinal=0,
        role=role,
        text=passage.text,
        context=passage.title,
    )
    return Hit(chunk=chunk, score=score, rank=1, channel="fused")
