"""Follow-ups to standalone queries, by rule. Knows words; knows no model."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from rag.datamodel import Turn
from rag.text import content_stems, words

_POINTING: Final = frozenset(
    "it its they them their theirs he him his she her hers this that these those there then "
    "one ones former latter same another other others both neither either".split()
)
_OPENING: Final = re.compile(
    r"\s*(?:and|but|or|so|also|then|what about|how about|what of|why|why not|how so|since when)\b",
    re.IGNORECASE,
)
_FEW_STEMS: Final = 2
_MOST_WORDS: Final = 60


def standalone_query(question: str, history: Sequence[Turn]) -> str:
    """Return the question with the earlier ones that it leans on put before it.

    A question that stands alone is returned as it is. At most the last 60 words are kept.
    """
    topic = ""
    for asked in (*(turn.question for turn in history), question):
        leans = topic and is_follow_up(asked)
        topic = f"{topic} {asked}" if leans else asked
    if topic == question:
        return question
    return " ".join(topic.split()[-_MOST_WORDS:])


def is_follow_up(question: str) -> bool:
    """Tell whether a question needs an earlier one: a pronoun, an opening `and`, few words."""
    if _OPENING.match(question):
        return True
    if len(content_stems(question)) <= _FEW_STEMS:
        return True
    return any(word in _POINTING for word in words(question))
