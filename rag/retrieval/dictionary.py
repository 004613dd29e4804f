"""The words of a language, so that one that only no document holds is not taken for misspelt."""

from __future__ import annotations

import functools


@functools.cache
def dictionary(language: str) -> frozenset[str]:
    """Return the words, small, of a language by its ISO 639-1 code: those of pyspellchecker.

    They are of film subtitles (OpenSubtitles), checked. The first call takes some 0.1 s.
    """
    from spellchecker import SpellChecker  # noqa: PLC0415 - only who misspells waits for it

    return frozenset(SpellChecker(language=language).word_frequency.keys())
