"""Names that tell which document is asked about: searched without them, and told to its hits.

"How did Godfrey Phillips' exports compare?" is answered under "Exports", where nobody names the
company again; pages that name it most, accounts and signatures, would stand before that.
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

MAX_DOCUMENTS: Final = 2
"""So many a name may stand for, when they are searched: reports of two years."""

NAMING_HITS: Final = 50
"""So many of the first hits tell which documents a name stands for."""

MAX_PLAIN: Final = 0.1
"""A word of which a larger share begins with a small letter is no name."""

_LETTERS: Final = re.compile(r"[^\W\d_]+")
_NAME: Final = re.compile(rf"({_LETTERS.pattern})(?:['’]s?(?!\w))?")
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

    def named(self, max_documents: int = 1) -> Sequence[str]:
        """Return the ids of the documents that the word is a name of; none where it is no name."""
        most = sorted(self.places, key=lambda doc_id: (-len(self.places[doc_id]), doc_id))
        named = most[:max_documents]
        count = sum(len(self.places[doc_id]) for doc_id in named)
        every = sum(map(len, self.places.values()))
        is_name = self.within > 0 and self.plain <= MAX_PLAIN * (self.capital + self.plain)
        return named if is_name and count >= max(MIN_PLACES, MIN_SHARE * every) else ()


def of_named_documents(asked: Question, hits: Sequence[Hit]) -> Question | None:
    """Return the question of named documents without their names; None if nothing is left."""
    standing = _standing(asked, hits[:NAMING_HITS])
    named = {word: ids for word, one in standing.items() if (ids := one.named(MAX_DOCUMENTS))}
    own = {doc_id for ids in named.values() for doc_id in ids}
    sources = sorted({hit.chunk.source for hit in hits if hit.chunk.doc_id in own})
    filters = asked.filters.narrowed(sources) if sources else None
    text = _NAME.sub(lambda m: "" if fold(m[1]) in named else m[0], asked.text)
    if filters is None or not any(map(asked.content_in, words(text))):
        return None
    return replace(asked.part(" ".join(text.split())), filters=filters)


def with_names(asked: Question, hits: Sequence[Hit]) -> list[Hit]:
    """Return the hits with the names of the question that their documents tell in their context."""
    names: defaultdict[str, list[str]] = defaultdict(list)
    for word, seen in _standing(asked, hits).items():
        for doc_id in seen.named():
            names[doc_id].append(word.capitalize())
    return [replace(hit, chunk=_named(hit.chunk, names.get(hit.chunk.doc_id, ()))) for hit in hits]


def _standing(asked: Question, hits: Sequence[Hit]) -> Mapping[str, _Standing]:
    """Return where the words of the question stand. A month is no name, however often it does."""
    tokens = words(asked.text) if not asked.is_foreign else []
    standing = {
        word: _Standing()
        for word in tokens
        if asked.content_in(word) and not months_in(word.capitalize(), ())
    }
    for hit in hits:
        for match in _LETTERS.finditer(hit.chunk.embedding_text):
            if (seen := standing.get(fold(match.group()))) is not None:
                seen.add(hit.chunk, match)
    return standing


def _named(chunk: Chunk, names: Sequence[str]) -> Chunk:
    """Return the chunk with all names in its context, where it lacks one."""
    if set(map(fold, names)) <= set(words(chunk.embedding_text)):
        return chunk
    return replace(chunk, context=" — ".join(filter(None, (" ".join(names), chunk.context))))
