"""What each hit says, read with the question; whether it has the form or kind that is asked for."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from typing import Final

from rag.datamodel import Chunk, Hit
from rag.protocols import PassageReader, Reading
from rag.retrieval.context import PageKey, page_key
from rag.understanding.question.answer_kind import Kind, holds_kind
from rag.understanding.question.question import Question
from rag.understanding.question.question_words import Stems

_FORMS: Final[Mapping[str, re.Pattern[str]]] = {
    "figure": re.compile(
        r"\b(?:charts?|figures?|graphs?|diagrams?|photos?|pictures?|images?|maps?|drawings?)\b",
        re.IGNORECASE,
    ),
    "table": re.compile(r"\b(?:tables?|rows?|columns?)\b", re.IGNORECASE),
}

_SPOKEN: Final = re.compile(
    r"\b(?:recordings?|videos?|films?|lectures?|podcasts?|talks?|speakers?)\b"
    r"|\b(?:she|he|they) (?:explains?|mentions?|says?|speaks?|talks?|tells?)\b",
    re.IGNORECASE,
)
"""What asks for a moment of a recording; in English alone, as the words above."""


def asks_for(asked: Question, chunk: Chunk) -> bool:
    """Tell whether the question names the form of a passage: "in the chart", "she explains"."""
    plays = any(place.start_s is not None for place in chunk.provenances)
    form = _SPOKEN if plays else _FORMS.get(chunk.role)
    said = f"{asked.said.text} {asked.text}"  # of two questions the first may name it for both
    return form is not None and form.search(said) is not None


def is_of_kind(text: str, chunk: Chunk, asked: Question, *, kind: Kind | None = None) -> bool:
    """Tell whether a passage's words hold what is of the kind asked for, or of this `kind`."""
    wanted = asked.kind if kind is None else kind
    languages = asked.spoken_languages
    return holds_kind(
        wanted,
        text,
        asked.named,
        language=chunk.language or (languages[0] if len(languages) == 1 else None),
    )


_EMPTY: Final[Stems] = frozenset()


def page_stems(asked: Question, hits: Sequence[Hit]) -> dict[PageKey, Stems]:
    """Return the stems of all that the hits hold of each page, contexts included."""
    found: dict[PageKey, Stems] = {}
    for hit in hits:
        key = page_key(hit.chunk)
        found[key] = found.get(key, _EMPTY) | asked.stems_in(hit.chunk.embedding_text)
    return found


READ_HITS: Final = 12
"""How many hits are read; the others keep their order behind them (page hit@1 over folds: 81.3
at 8, 82.7 at 12; see benchmarks/LOG.md)."""

SURE: Final = 0.8
"""A passage read to be relevant by this answers so often that few more need be read."""
SURE_HITS: Final = 6
"""How many hits are read then: a quarter less of the processor for an answer, and no fact of three
sets of questions is lost (see benchmarks/LOG.md)."""

UNREAD: Final = Reading(relevance=0.0)


@dataclass(frozen=True, eq=False)
class Readings:
    """Reads each question and chunk once. Until `ready`, and without a reader, nothing is read."""

    reader: PassageReader | None
    _: KW_ONLY
    ready: Callable[[], bool] = lambda: True

    def read(self, asked: Question, hits: Sequence[Hit]) -> list[Reading]:
        """Return a reading of each hit, `UNREAD` of others; a long opening is not read with it."""
        if self.reader is None or not self.ready():
            return [UNREAD] * len(hits)
        kept = asked.once((self, "read"), dict[str, Reading])
        new = [hit for hit in hits if hit.chunk.id not in kept]
        if new:
            texts = [hit.chunk.text for hit in new]
            contexts = [hit.chunk.context for hit in new]
            readings = self.reader.read(asked.of_passage, texts, contexts=contexts)
            kept.update({hit.chunk.id: reading for hit, reading in zip(new, readings, strict=True)})
        return [kept[hit.chunk.id] for hit in hits]

    def of_first(self, asked: Question, hits: Sequence[Hit]) -> dict[str, Reading]:
        """Return what the first hits say by chunk: fewer are read where one surely answers."""
        kept = asked.once((self, "read"), dict[str, Reading])
        is_sure = any(reading.relevance >= SURE for reading in kept.values())
        most = SURE_HITS if is_sure else READ_HITS
        self.read(asked, hits[:most])
        return {hit.chunk.id: kept.get(hit.chunk.id, UNREAD) for hit in hits}
