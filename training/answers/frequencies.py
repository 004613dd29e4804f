"""In how many passages each word stands. Knows no index."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

from rag.text import content_stems


class PassageFrequencies:
    """The one thing of an `Index` that scoring asks for: in how many passages a word stands."""

    def __init__(self, texts: Collection[str]) -> None:
        """`texts` are the passages, each once."""
        self.counts = Counter(stem for text in texts for stem in set(content_stems(text)))
        self._total = len(texts)

    def document_frequencies(self, terms: Sequence[str]) -> tuple[dict[str, int], int]:
        stems = {term: (content_stems(term) or [term])[0] for term in terms}
        return {term: self.counts[stem] for term, stem in stems.items()}, self._total
