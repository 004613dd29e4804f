"""Whether a passage has the form, or its words the kind, that is asked for: "in the chart", "who".

Months are those of the language of the place, which need not be that of the question.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from rag.datamodel import Chunk
from rag.understanding.question.answer_kind import Kind, holds_kind
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


def dated_in(chunk: Chunk, asked: Question) -> str | None:
    """Return the language (ISO 639-1) of a passage's dates: its own, or that of the person."""
    languages = asked.spoken_languages
    return chunk.language or (languages[0] if len(languages) == 1 else None)


def is_of_kind(text: str, chunk: Chunk, asked: Question, *, kind: Kind | None = None) -> bool:
    """Tell whether words of a passage are, or hold, what is of the kind that is asked for.

    `kind` is another one that the question may be for.
    """
    wanted = asked.kind if kind is None else kind
    return holds_kind(wanted, text, asked.named, language=dated_in(chunk, asked))
