"""Questions that ask several things at once: "Who wrote it, and when?". English rules.

Knows words alone.
"""

from __future__ import annotations

import re
from typing import Final

from rag.stop_words import QUESTION_WORD

_LED: Final = r"(?:in |on |at |for |with |from |to )?"
_SECOND: Final = re.compile(rf",?(?<!\s)\s++and\s++(?={_LED}{QUESTION_WORD})", re.IGNORECASE)
_DEPENDENT: Final = re.compile(
    r"\bby how (?:much|many)\b"
    r"|\bhow (?:much|many)(?:\s*\?*$|\s+(?:do|does|did|has|have|is|are|was|were)\b)",
    re.IGNORECASE,
)
"""What has no thing of its own: the first part names it."""

_ASKS: Final = re.compile(rf"\b{QUESTION_WORD}", re.IGNORECASE)
MIN_WORDS: Final = 3
_POINTS_BACK: Final = re.compile(
    r"^\W*(?:and|or|but|if so|also)\b|\b(?:it|they|them|this|that|he|she|its|their|his|her)\b",
    re.IGNORECASE,
)
"""What such words stand for is named in the question before."""


_SENTENCE: Final = re.compile(r"[^?\n]+(?:\?|\n|$)")
MAX_QUESTIONS: Final = 6
SERIES: Final = 3
"""So many marked questions in a row are each one of its own, however short: "Prices? Dogs?"."""

_ASKING_LINE: Final = re.compile(
    rf"\W*{_LED}(?:{QUESTION_WORD}|(?:is|are|was|were|do|does|did|has|have|can|could|will|would"
    r"|should)\b)(?:\W+\w+){2,}",
    re.IGNORECASE,
)
"""A line that asks something by itself, with a mark or without."""


def parted(question: str) -> tuple[str, ...]:
    """Return the questions that it asks, each a question of its own; one where it can't be told.

    At most the first `MAX_QUESTIONS`.
    """
    several = [one.strip(" \t\n-•*") for one in _SENTENCE.findall(question)]
    several = [one for one in several if one]
    lines = [line for line in question.splitlines() if line.strip()]
    is_listed = len(lines) == len(several) and all(map(_ASKING_LINE.match, lines))
    is_series = len(several) >= SERIES and all(one.endswith("?") for one in several)
    if len(several) > 1 and (is_listed or is_series or all(map(_is_own, several))):
        return tuple(several[:MAX_QUESTIONS])
    found = _SECOND.search(question)
    if found is None or _DEPENDENT.search(question, found.end()):
        return (question,)
    first, second = question[: found.start()].rstrip(" ,"), question[found.end() :]
    if not _ASKS.search(first) or min(len(first.split()), len(second.split())) < MIN_WORDS:
        return (question,)
    return f"{first}?", f"{second[:1].upper()}{second[1:]}"


def _is_own(text: str) -> bool:
    """Tell whether a sentence asks something by itself."""
    is_question = text.endswith("?") and len(text.split()) > MIN_WORDS
    return is_question and not _POINTS_BACK.search(text)
