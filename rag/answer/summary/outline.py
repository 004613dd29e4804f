"""What a document's own headings say that it holds: its parts, in order, each with its place.

Agendas, slides and forms have no sentence that tells what they are about; their headings do. Knows
chunks and the words of headings; knows no model and no store.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from rag.datamodel import Chunk
from rag.text import words

LEAST_PARTS: Final = 3
"""Fewer headings outline nothing."""

MOST_PARTS: Final = 10
MOST_WORDS: Final = 40
"""So many parts, of so many words together, are named."""

MOST_HEADING_WORDS: Final = 12
"""A longer heading is a sentence, which is told where it stands."""

LEAST_LETTERS: Final = 4
"""A heading without a word so long is a label, or lettering that was misread."""

SHARED: Final = 0.6
"""What leads the headings of so many pieces is the title of them all."""

_OF_FORM: Final = re.compile(
    r"\W*(?:[\divxlc]{1,4}\W+)?(?:(?:slide|page|figure|table|folie|seite|diapositive|p[áa]gina)\s+\d+"
    r"|notes?|contents|table of contents|abstract|introduction|background|methods?|results?"
    r"|discussion|conclusions?|references|bibliography|acknowledge?ments?|appendix|index"
    r"|notizen|inhalt(?:sverzeichnis)?|einleitung|ergebnisse|fazit|literatur(?:verzeichnis)?|anhang"
    r"|sommaire|r[ée]sultats|conclusion|bibliographie|r[ée]f[ée]rences|remerciements|annexes?"
    r"|introducci[óo]n|resultados|conclusiones|referencias|bibliograf[íi]a|[íi]ndice|anexos?)\W*",
    re.IGNORECASE,
)
"""Headings that any document may have, which tell nothing of this one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutlinePart:
    """A part of a document: its heading, and where that stands."""

    heading: str
    chunk: Chunk

    @property
    def span(self) -> tuple[int, int]:
        """The range of the heading in the chunk's text, or that of its first line."""
        start = self.chunk.text.find(self.heading)
        if start >= 0:
            return start, start + len(self.heading)
        return 0, len(self.chunk.text.partition("\n")[0])


def outline_of(chunks: Sequence[Chunk]) -> list[OutlinePart]:
    """Return the parts that a document's headings name, in its order; [] where these are few."""
    parts = list(_within_words(_parts(chunks)))
    return parts if len(parts) >= LEAST_PARTS else []


def _parts(chunks: Sequence[Chunk]) -> Iterator[OutlinePart]:
    """Yield each heading below the title once, but for those of form."""
    headed = [chunk for chunk in chunks if chunk.headings]
    above = _title_depth(headed)
    seen: set[str] = set()
    for chunk in headed:
        heading = chunk.headings[min(above, len(chunk.headings) - 1)].strip()
        folded = " ".join(words(heading))
        says = any(len(word) >= LEAST_LETTERS for word in folded.split())
        if says and folded not in seen and not _OF_FORM.fullmatch(heading):
            yield OutlinePart(heading=heading, chunk=chunk)
        seen.add(folded)


def _title_depth(chunks: Sequence[Chunk]) -> int:
    """Return 1 where one heading leads most pieces, 0 where none does."""
    first = Counter(chunk.headings[0] for chunk in chunks).most_common(1)
    is_shared = bool(first) and first[0][1] >= SHARED * len(chunks)
    return int(is_shared and any(len(chunk.headings) > 1 for chunk in chunks))


def _within_words(parts: Iterator[OutlinePart]) -> Iterator[OutlinePart]:
    """Yield the first parts that there is room for."""
    used = 0
    for count, part in enumerate(parts):
        length = len(part.heading.split())
        if length > MOST_HEADING_WORDS:
            continue
        used += length
        if count >= MOST_PARTS or used > MOST_WORDS:
            return
        yield part
