"""Compounds of a question as the words of the corpus that they are made of.

"Netzwerkdrucker" finds what is said of the "Drucker im Netzwerk" (Braschler and Ripplinger, How
Effective is Stemming and Decompounding for German Text Retrieval?, Information Retrieval 2004).
Knows in how many passages a word is; knows no tables.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from rag.compounds import divided

COMPOUNDING: Final = frozenset({"de", "nl", "sv"})
"""The languages (ISO 639-1) that write such words as one."""

SHORTEST: Final = 4
"""A part has so many letters."""


def parts_of(word: str, count_of: Callable[[str], int]) -> list[str]:
    """Return the words that a small word is made of; [] where it is none that can be divided.

    `count_of` tells in how many passages a word is, in any form: each part is in more than the
    whole word.
    """
    if len(word) < 2 * SHORTEST or not word.isalpha():
        return []
    own = count_of(word)
    return divided(word, lambda part: count_of(part) > own, shortest=SHORTEST)
