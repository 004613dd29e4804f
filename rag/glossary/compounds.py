"""Words that are made of others: "Jahreskarte" of Jahr and Karte. Knows letters alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

COMPOUNDING: Final = frozenset({"de", "nl"})
"""The languages (ISO 639-1) that write such words as one."""

LEAST: Final = 3
"""A part has so many letters."""

LONGEST: Final = 40
"""What has more letters is no word."""

MAX_PARTS: Final = 4

_LINKS: Final = ("", "s", "es", "n", "en", "e", "er")
"""What may stand between two parts."""


def divided(word: str, is_word: Callable[[str], bool], *, most: int = MAX_PARTS) -> list[str]:
    """Return the words that one is made of, as few and as long last ones as there are; maybe []."""
    if len(word) > LONGEST:
        return []
    for start in range(LEAST, len(word) - LEAST + 1):
        if not is_word(word[start:]):
            continue
        first = _linked(word[:start], is_word)
        if first:
            return [first, word[start:]]
        if most > 2:  # noqa: PLR2004 - two parts are what stands here
            before = _before(word[:start], is_word, most=most - 1)
            if before:
                return [*before, word[start:]]
    return []


def _linked(part: str, is_word: Callable[[str], bool]) -> str:
    """Return a part without what links it to the next; "" where it is no word."""
    for link in _LINKS:
        bare = part.removesuffix(link) if link else part
        if len(bare) >= LEAST and (not link or bare != part) and is_word(bare):
            return bare
    return ""


def _before(part: str, is_word: Callable[[str], bool], *, most: int) -> list[str]:
    for link in _LINKS:
        bare = part.removesuffix(link) if link else part
        if not link or bare != part:
            found = divided(bare, is_word, most=most)
            if found:
                return found
    return []
