"""Words that are common in English. Knows their list alone."""

from __future__ import annotations

import functools
from importlib import resources


@functools.cache
def english_words() -> frozenset[str]:
    """Return some 20,000 words, of the forms of one stem the commonest."""
    kept = resources.files(__package__) / "words" / "english.txt"
    return frozenset(kept.read_text(encoding="utf-8").split())
