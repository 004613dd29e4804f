"""Whether a question names the form of a passage: "in the chart", "she explains"."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from rag.answer.question.question import Question
from rag.datamodel import Chunk

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
