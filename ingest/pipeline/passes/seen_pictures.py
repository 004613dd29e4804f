"""What a model saw on pictures, written into the documents that show them.

The line stands last in a figure's text, so it is indexed, read and shown as lettering is. Knows
elements and the index; knows no model and no pixels.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from msgspec import structs

from ingest.chunking.cutting import ChunkDocument
from ingest.pipeline.writer import store_again
from rag.datamodel import FULL_PAGE, BBox, Document, Element, ImageAsset
from rag.protocols import Embedder
from rag.storage.images.ocr_lines import SeenWords
from rag.storage.workspace.store import WorkspaceIndex

LineOf = Callable[[ImageAsset], str]
"""Returns what was seen on a picture; "" for nothing."""

SEEN_KINDS: Final = frozenset({"", "photo"})
"""Of figures that surely are no charts, drawings, papers and the like."""

_FORMER: Final = re.compile(r"(?:^|\n)Seen: [^\n]* %$")


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenPictures:
    """Keeps the documents of an index saying what was seen on their pictures."""

    index: WorkspaceIndex
    embedder: Embedder
    chunker: ChunkDocument
    words: SeenWords

    def catch_up(self, stop: threading.Event) -> int:
        """Store the documents again that do not say it yet; return how many. Raises as `put`.

        Once `stop` is set, ends after the one at hand; the next call goes on.
        """
        untold = self.words.untold()
        changed = 0
        for doc_id in self.index.documents_showing(untold):
            if stop.is_set():
                return changed
            changed += self._store(doc_id, stop)
        self.words.tell(untold)
        return changed

    def _store(self, doc_id: str, stop: threading.Event) -> bool:
        document = self.index.document(doc_id)
        if document is None:
            return False
        seen = with_seen(document, self.words.of)
        if seen != document:
            store_again(seen, self.index, self.embedder, self.chunker, stop)
        return seen != document


def with_seen(document: Document, line_of: LineOf) -> Document:
    """Return the document with what was seen as the last line of each figure that is read.

    The line's place is the figure; of a picture file all of it.
    """
    whole = FULL_PAGE if document.media_type.startswith("image/") else None
    elements = tuple(_with_line(element, line_of, whole) for element in document.elements)
    return replace(document, elements=elements)


def _with_line(element: Element, line_of: LineOf, whole: BBox | None) -> Element:
    if element.image is None or element.role != "figure" or element.pending:
        return element
    line = line_of(element.image) if element.kind in SEEN_KINDS else ""
    kept = _FORMER.sub("", element.text) if line else element.text
    kept = "" if len(kept) == 1 else kept  # the texture of a photograph
    if not line or f"{kept}\n{line}".lstrip() == element.text:
        return element
    start = len(kept) + bool(kept)
    text = f"{kept}\n{line}".lstrip("\n")
    before = tuple(p for p in element.provenances if p.span is None or p.span[1] <= len(kept))
    places = tuple(
        structs.replace(p, bbox=whole or element.bbox, span=(start, len(text)))
        for p in element.provenances[:1]
    )
    return replace(element, text=text, provenances=(*before, *places))
