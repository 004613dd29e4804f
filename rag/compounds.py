"""Words that are written as one: into which words they can be divided. Knows letters alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

LONGEST: Final = 40
"""What has more letters is no word."""

MAX_PARTS: Final = 4

_LINKS: Final = ("", "s", "es", "n", "en", "e", "er")
"""What may stand between two parts, in German, Dutch and Swedish."""


def divided(
    word: str, is_word: Callable[[str], bool], *, shortest: int, most: int = MAX_PARTS
) -> list[str]:
    """Return the words that one is made of, as few and as long last ones as there are; maybe [].

    Each has `shortest` letters or more.
    """
    if len(word) > LONGEST:
        return []
    for start in range(shortest, len(word) - shortest + 1):
        if not is_word(word[start:]):
            continue
        heads = _unlinked(word[:start], shortest)
        first = next(filter(is_word, heads), "")
        if first:
            return [first, word[start:]]
        if most > 2:  # noqa: PLR2004 - two parts are what stands here
            deeper = (divided(one, is_word, shortest=shortest, most=most - 1) for one in heads)
            before = next(filter(None, deeper), [])
            if before:
                return [*before, word[start:]]
    return []


def _unlinked(part: str, shortest: int) -> list[str]:
    """Return a part without each of what may link it to the next."""
    bare = (part.removesuffix(link) for link in _LINKS if part.endswith(link))
    return [one for one in bare if len(one) >= shortest]
