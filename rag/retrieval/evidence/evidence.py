"""Which sentence, row or lettering of the hits answers best: the chance by a few features."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from rag.datamodel import CELL_SEPARATOR, Hit
from rag.logistic import logistic
from rag.protocols import Embedder, Index, Matrix, Reading
from rag.retrieval.context import MAX_BROUGHT
from rag.retrieval.evidence.reading import READ_HITS, UNREAD, Readings, is_of_kind
from rag.retrieval.vector_cache import KeptResults
from rag.table_text import cells_of, labelled_row, table_header
from rag.text import leads_to_number, lines_between, sentence_spans, trim, word_spans
from rag.understanding.question.question import Question
from rag.understanding.question.question_words import once, share

MAX_HITS: Final = READ_HITS + 2 * MAX_BROUGHT
"""What is read, what is brought along, and what was searched for the parts of a question."""

WINDOW_WORDS: Final = 16
"""Lettering of a figure is read in windows of whole lines of about so many words: a label and
its value are lines of their own."""

BUILT_IN_DIM: Final = 384
"""The dimensions of all-MiniLM-L6-v2."""

WORDS_ALONE: Final = 0.6
"""A share of common words stands for so much cosine while there are no vectors."""

MAX_EMBEDDED: Final = 40
"""Only so many, the likeliest by words and reader, are compared with the question as vectors."""

CACHED_EVIDENCE: Final = 8192
"""Vectors of evidence that are kept: 13 MB."""

LONGEST_ROW: Final = 60
"""A row of more words is more than a place of an answer can show whole beside another."""

_SHORT_WORDS: Final = 4
"""A sentence of fewer words (a heading, a label) is read together with what follows it."""

Vector = NDArray[np.float32]
"""(dim,)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A range of a hit's text, the chance that it answers, its cosine with the question."""

    hit: Hit
    start: int
    end: int
    score: float = 0.0
    similarity: float = 0.0

    @property
    def text(self) -> str:
        return self.hit.chunk.text[self.start : self.end]


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceWeights:
    """The logistic regression: an intercept and one weight a feature."""

    intercept: float = -5.5
    similarity: float = 2.5
    own_words: float = 1.0
    all_words: float = 1.5
    kind: float = 1.0
    row_label: float = 0.7
    table: float = -0.4
    read: float = 1.0
    rank: float = 1.5


WEIGHTS: Final = EvidenceWeights()


class EvidenceScorer:
    """Finds evidence in hits; shared words are similarity until `dense_ready`. Thread-safe."""

    def __init__(
        self,
        index: Index,
        embedder: Embedder,
        readings: Readings,
        *,
        dense_ready: Callable[[], bool] = lambda: True,
        max_embedded: int = MAX_EMBEDDED,
        max_kept: int = CACHED_EVIDENCE,
    ) -> None:
        self._index = index
        self._embedder = embedder
        self._max_embedded = max_embedded
        self._readings = readings
        self._dense_ready = dense_ready
        self._cache = KeptResults[tuple[str, int], str, Vector](
            lambda texts: list(embedder.embed_documents(texts)), max_kept=max_kept
        )
        self._words = KeptResults[str, str, Vector](
            lambda texts: list(embedder.embed_queries(texts)), max_kept=max_kept
        )

    def find(self, asked: Question, hits: Sequence[Hit]) -> list[Evidence]:
        """Return the evidence of the first `MAX_HITS` hits, best first, scored once a question."""
        ids = tuple(hit.chunk.id for hit in hits)
        found = asked.once((self, "evidence", ids), lambda: self._found(asked, hits))
        ranked = {hit.chunk.id: hit for hit in hits}  # a context numbers its hits anew
        return [
            one if (hit := ranked[one.hit.chunk.id]) is one.hit else replace(one, hit=hit)
            for one in found
        ]

    def _found(self, asked: Question, hits: Sequence[Hit]) -> list[Evidence]:
        scored = self._scoring(asked, hits)
        found = _by_words(scored, hits)
        if self._dense_ready():
            first = found[: self._max_embedded]
            similarities = self._similarities(asked, first)
            found[: self._max_embedded] = [
                scored(e, similarity) for e, similarity in zip(first, similarities, strict=True)
            ]
        return sorted(found, key=_order)

    @property
    def embeds(self) -> bool:
        """Whether `vectors` can be made now, and are such as heads were trained on."""
        return self._dense_ready() and self._embedder.dim == BUILT_IN_DIM

    def vectors(self, texts: Sequence[str]) -> Matrix:
        """Return the unit row of each text, as a question's; those of names are asked for often."""
        held = self._words.of({text: text for text in texts})
        return np.stack([held[text] for text in texts])

    def prepare(self, asked: Question, groups: Sequence[Sequence[Hit]]) -> None:
        """Embed at once what `find` will compare with the question for each of these hits."""
        if self._dense_ready():
            pieces = [
                evidence
                for hits in groups
                for evidence in _by_words(self._scoring(asked, hits), hits)[: self._max_embedded]
            ]
            self._similarities(asked, pieces)

    def _scoring(
        self, asked: Question, hits: Sequence[Hit]
    ) -> Callable[[Evidence, float | None], Evidence]:
        """Return what scores evidence of these hits; without a similarity, shared words are it."""
        importance = self.importance(asked)
        known = self.readings(asked, hits)
        kind = asked.whole_kind

        def scored(evidence: Evidence, similarity: float | None) -> Evidence:
            chunk, own = evidence.hit.chunk, coverage(evidence.text, importance, asked)
            if similarity is None:
                similarity = WORDS_ALONE * own
            logit = (
                WEIGHTS.intercept
                + WEIGHTS.similarity * similarity
                + WEIGHTS.own_words * own
                + WEIGHTS.all_words * coverage(with_surroundings(evidence), importance, asked)
                + WEIGHTS.kind * is_of_kind(evidence.text, chunk, asked, kind=kind)
                + WEIGHTS.row_label * label_share(evidence, importance, asked)
                + WEIGHTS.table * (chunk.role == "table")
                + WEIGHTS.read * read_share(evidence, known.get(chunk.id, UNREAD))
                + WEIGHTS.rank / math.sqrt(evidence.hit.rank)
            )
            return replace(evidence, score=logistic(logit), similarity=similarity)

        return scored

    def readings(self, asked: Question, hits: Sequence[Hit]) -> dict[str, Reading]:
        """Return what the reader says of each chunk by its id; it reads the first hits only."""
        return self._readings.of_first(asked, hits)

    def frequencies(self, asked: Question) -> tuple[Mapping[str, int], int]:
        """Return in how many chunks each word of the question stands, and the chunks' number."""
        counted = tuple(sorted(asked.counted))
        return once(
            asked.shared, (self._index, counted), lambda: self._index.document_frequencies(counted)
        )

    def importance(self, asked: Question) -> dict[str, float]:
        """Return the inverse document frequency of each stem, so that they sum to 1."""
        return asked.once((self, "importance"), lambda: self._importance(asked))

    def _importance(self, asked: Question) -> dict[str, float]:
        frequencies, total = self.frequencies(asked)
        idf = {
            stem_: math.log(1 + (total + 1) / (frequencies.get(word, 0) + 0.5))
            for stem_, word in asked.worded.items()
        }
        whole = math.fsum(idf.values()) or 1.0
        return {stem_: value / whole for stem_, value in idf.items()}

    def _similarities(self, asked: Question, evidence: Sequence[Evidence]) -> list[float]:
        if not evidence:
            return []
        held = self._cache.of({(e.hit.chunk.id, e.start): readable(e) for e in evidence})
        vectors = np.stack([held[e.hit.chunk.id, e.start] for e in evidence])
        similarities: list[float] = (vectors @ asked.vector(self._embedder)).tolist()
        return similarities


def _by_words(
    scored: Callable[[Evidence, float | None], Evidence], hits: Sequence[Hit]
) -> list[Evidence]:
    found = [scored(evidence, None) for hit in hits[:MAX_HITS] for evidence in candidates(hit)]
    return sorted(found, key=_order)


def _order(evidence: Evidence) -> tuple[float, int, int]:
    return -evidence.score, evidence.hit.rank, evidence.start


def read_share(evidence: Evidence, reading: Reading) -> float:
    """Return the chance, by the reader, that the answer lies in the evidence."""
    return math.fsum(
        span.score
        for span in reading.spans
        if span.start < evidence.end and evidence.start < span.end
    )


def label_share(evidence: Evidence, importance: Mapping[str, float], asked: Question) -> float:
    """Return the share of a table row's label (its first cell) that the question names."""
    if not table_header(evidence.hit.chunk) or CELL_SEPARATOR not in evidence.text:
        return 0.0
    label = asked.content_in(cells_of(evidence.text)[0])
    return share(label, importance)


def coverage(text: str, importance: Mapping[str, float], asked: Question) -> float:
    """Return the importance, in 0..1, of the question's stems that are said in `text`."""
    found = asked.content_in(text)
    return math.fsum(value * asked.standing(stem_, found) for stem_, value in importance.items())


def candidates(hit: Hit) -> list[Evidence]:
    """Return the sentences, rows or windows of lettering of a hit, as ranges of its text."""
    chunk = hit.chunk
    if chunk.role == "table":
        spans = _rows(chunk.text) or sentence_spans(chunk.text)
    elif chunk.role == "figure":
        spans = _windows(chunk.text, sentence_spans(chunk.text), min_words=WINDOW_WORDS)
    else:
        spans = _windows(chunk.text, sentence_spans(chunk.text), min_words=_SHORT_WORDS)
    return [Evidence(hit=hit, start=start, end=end) for start, end in spans]


def _rows(text: str) -> list[tuple[int, int]]:
    """Return the rows below a table's header, of very long ones their sentences."""
    lines = (trim(text, *line) for line in lines_between(text, 0, len(text)))
    rows = [row for row in lines if row and CELL_SEPARATOR in text[slice(*row)]]
    return [part for row in rows[1:] for part in _whole_or_sentences(text, *row)]


def _whole_or_sentences(text: str, start: int, end: int) -> list[tuple[int, int]]:
    if len(word_spans(text[start:end])) <= LONGEST_ROW:
        return [(start, end)]
    return [(start + a, start + b) for a, b in sentence_spans(text[start:end])]


def _windows(
    text: str, spans: Sequence[tuple[int, int]], *, min_words: int
) -> list[tuple[int, int]]:
    """Join ranges until each holds so many words, or leads to a price; the last may be short."""
    joined: list[tuple[int, int]] = []
    start: int | None = None
    for first, last in spans:
        start = first if start is None else start
        is_whole = leads_to_number(text[first:last])
        if is_whole or len(word_spans(text[start:last])) >= min_words:
            joined.append((start, last))
            start = None
    if start is not None:
        joined.append((start, spans[-1][1]))
    return joined


def with_surroundings(evidence: Evidence) -> str:
    """Return it with what its reader knows besides: context and header row."""
    chunk = evidence.hit.chunk
    return f"{chunk.context} {table_header(chunk)} {evidence.text}"


def readable(evidence: Evidence) -> str:
    """Return a candidate as words that say what it is about: heading or column names first."""
    chunk = evidence.hit.chunk
    header = table_header(chunk)
    if header:
        return (
            f"{chunk.headings[-1] if chunk.headings else ''} {labelled_row(header, evidence.text)}"
        )
    return f"{chunk.headings[-1]}: {evidence.text}" if chunk.headings else evidence.text
