"""Whether a passage has the form, the kind of words, or its page the words that are asked for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from rag.datamodel import Chunk, Hit
from rag.retrieval.context import PageKey, page_key
from rag.understanding.question.answer_kind import Kind, holds_kind
from rag.understanding.question.asked import Stems
from rag.understanding.question.question import Question

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
