"""Names that tell which document is asked about, told to all that was found of it.

"How did Godfrey Phillips' exports compare?" is answered under "Exports", where nobody names the
company again; the pages that name it most, its accounts and signatures, would stand before that. So
a name that places of one document repeat joins the context of the others, as its title would. Knows
questions and hits; knows no model and no store.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from rag.datamodel import Chunk, Hit
from rag.months import months_in
from rag.text import fold, words
from rag.understanding.question.question import Question

MIN_PLACES: Final = 3
"""In so many places of a document a name stands that is told of the others too."""

MIN_SHARE: Final = 0.8
"""So large a share of the places where it stands are of one document."""

MAX_PLAIN: Final = 0.1
"""A word of which a larger share begins with a small letter is no name."""

_LETTERS: Final = re.compile(r"[^\W\d_]+")
_WITHIN: Final = re.compile(r"[^\W\d_A-Z],? $")
"""What stands before a word within a sentence."""


@dataclass(slots=True)
class _Standing:
    """Where a word stands, by document, and how often it is written as a name."""

    places: defaultdict[str, set[tuple[str, int | None, str]]] = field(
        default_factory=lambda: defaultdict(set)
    )
    capital: int = 0
    plain: int = 0
    within: int = 0

    def add(self, chunk: Chunk, match: re.Match[str]) -> None:
        self.places[chunk.doc_id].add(chunk.place)
        is_capital = match.group()[0].isupper()
        self.capital += is_capital
        self.plain += not is_capital
        before = match.string[max(0, match.start() - 3) : match.start()]
        self.within += is_capital and _WITHIN.search(before) is not None

    @property
    def named(self) -> str:
        """The id of the document that the word is a name of; "" where it is of none."""
        most = max(self.places, key=lambda doc_id: len(self.places[doc_id]))
        count, every = len(self.places[most]), sum(map(len, self.places.values()))
        is_name = self.within > 0 and self.plain <= MAX_PLAIN * (self.capital + self.plain)
        return most if is_name and count >= max(MIN_PLACES, MIN_SHARE * every) else ""


def with_names(asked: Question, hits: Sequence[Hit]) -> list[Hit]:
    """Return the hits with the names of the question that their documents tell in their context."""
    names = _names(asked, hits)
    return [replace(hit, chunk=_named(hit.chunk, names.get(hit.chunk.doc_id, ()))) for hit in hits]


def _names(asked: Question, hits: Sequence[Hit]) -> Mapping[str, Sequence[str]]:
    """Return by the id of a document the words of the question that name it, in their order.

    A month names none, however often it stands in one.
    """
    tokens = words(asked.text) if not asked.is_foreign else []
    wanted = [
        word for word in tokens if asked.content_in(word) and not months_in(word.capitalize(), ())
    ]
    standing = {word: _Standing() for word in wanted}
    for hit in hits:
        for match in _LETTERS.finditer(hit.chunk.embedding_text):
            if (seen := standing.get(fold(match.group()))) is not None:
                seen.add(hit.chunk, match)
    found: defaultdict[str, list[str]] = defaultdict(list)
    for word, seen in standing.items():
        if seen.places and seen.named:
            found[seen.named].append(word.capitalize())
    return found


def _named(chunk: Chunk, names: Sequence[str]) -> Chunk:
    """Return the chunk with all names in its context, where it lacks one."""
    if set(map(fold, names)) <= set(words(chunk.embedding_text)):
        return chunk
    return replace(chunk, context=" — ".join(filter(None, (" ".join(names), chunk.context))))
