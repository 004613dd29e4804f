"""What pictures show, written into the documents that hold them, so that they are found by it.

What a model saw is the last line of a figure's text; its description by the model that writes,
which is optional and slow and so comes after all reading, is the first. Both are indexed, read and
shown as lettering is. Knows elements and the index, and a model that writes; knows no pixels.
"""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from msgspec import structs

import prompts
from ingest.pipeline.writer import store_again
from rag.datamodel import FULL_PAGE, BBox, Chunk, Context, Document, Element, Hit, ImageAsset, Query
from rag.errors import CutOffError
from rag.generation.prompt import build_prompt
from rag.protocols import Embedder, Generator, OcrLine
from rag.storage.images.ocr_lines import SeenWords
from rag.storage.workspace.store import WorkspaceIndex

logger = logging.getLogger(__name__)

LineOf = Callable[[ImageAsset], str]
"""Returns what was seen on a picture; "" for nothing."""

SEEN_KINDS: Final = frozenset({"", "photo"})
"""Of figures that surely are no charts, drawings, papers and the like."""

_FORMER: Final = re.compile(r"(?:^|\n)Seen: [^\n]* %$")


def tell_seen(
    index: WorkspaceIndex, embedder: Embedder, words: SeenWords, stop: threading.Event
) -> None:
    """Store the documents again that do not say yet what was seen on them, until `stop` is set."""
    untold = words.untold()
    for doc_id in index.documents_showing(untold):
        if stop.is_set():
            return
        document = index.document(doc_id)
        seen = document and with_seen(document, words.of)
        if seen and seen != document:
            store_again(seen, index, embedder, stop)
    words.tell(untold)


def with_seen(document: Document, line_of: LineOf) -> Document:
    """Return it with what was seen as the last line of each figure that is read."""
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


MIN_SIDE_PX: Final = 100
"""Smaller pictures are marks and ornaments."""

MAX_LETTERS: Final = 500
REQUEST: Final = "What does this picture show?"
_MARKS: Final = re.compile(r"\s{0,40}\[\d+(?:, ?\d+)*\]")
_DESCRIBED: Final = re.compile(r"Described by [^:\n]{1,200}: [^\n]*(?:\n|$)")


@dataclass(frozen=True, slots=True)
class Describer:
    """Keeps the figures of an index described."""

    index: WorkspaceIndex
    embedder: Embedder
    writer: Generator

    def catch_up(self, stop: threading.Event | None = None) -> int:
        """Describe what is not yet, document by document; return how many documents changed.

        Once `stop` is set, ends after the picture at hand; what is described is kept, and the
        document stored by the next call. Raises PagelightError where the model can't be used.
        """
        stop = stop or threading.Event()
        changed = 0
        for record in self.index.documents():
            document = self.index.document(record.id) if record.id else None
            if document is None or document.pending:
                continue
            described = self._described(document, stop)
            if stop.is_set():
                break
            if described != document:
                store_again(described, self.index, self.embedder, stop)
                changed += 1
        return changed

    def _described(self, document: Document, stop: threading.Event) -> Document:
        elements = []
        for element in document.elements:
            if stop.is_set():
                return document
            image = element.image if element.role == "figure" else None
            if image is not None and min(image.width_px, image.height_px) >= MIN_SIDE_PX:
                text = self._description(document, element, image)
                element = with_description(element, text, by=self.writer.model_id)  # noqa: PLW2901
            elements.append(element)
        return replace(document, elements=tuple(elements))

    def _description(self, document: Document, element: Element, image: ImageAsset) -> str:
        """Return what the model said of the picture, now or before."""
        key = f"described:{self.writer.model_id.replace(':', '-')}:{image.id}"
        known = self.index.ocr_cache.get(key)
        if known is None:
            text = self._written(document, element, image)
            known = [OcrLine(text=text, bbox=FULL_PAGE, confidence=1.0)]
            self.index.ocr_cache.put(key, known)
        return known[0].text

    def _written(self, document: Document, element: Element, image: ImageAsset) -> str:
        chunk = Chunk(
            id=image.id,
            doc_id=document.id,
            source=document.sources[0],
            ordinal=0,
            role="figure",
            text=_DESCRIBED.sub("", element.text, count=1),
            context=document.title,
            image=image,
            provenances=element.provenances,
        )
        hit = Hit(chunk=chunk, score=1.0, rank=1, channel="fused")
        asked = build_prompt(Query(text=REQUEST), Context(hits=(hit,)))
        prompt = replace(asked, system=prompts.load("describe").substitute())
        text = ""
        try:
            for piece in self.writer.stream(prompt):
                text += piece
        except CutOffError:
            logger.info("the description of a picture was cut off")
        plain = "".join(c if c.isprintable() else " " for c in _MARKS.sub("", text))
        return " ".join(plain.split())[:MAX_LETTERS].rstrip()


def with_description(figure: Element, text: str, *, by: str) -> Element:
    """Return the figure with the description as its first line, in place of a former one.

    Its place is the whole figure; other places move with their words. Without a text, without one.
    """
    former = _DESCRIBED.match(figure.text)
    begin = former.end() if former else 0
    line = f"Described by {by.replace(':', '-')}: {text}" if text else ""
    rest = figure.text[begin:]
    move = len(line) + bool(line and rest) - begin
    kept = tuple(
        structs.replace(p, span=(p.span[0] + move, p.span[1] + move)) if p.span else p
        for p in figure.provenances
        if p.span is None or p.span[0] >= begin
    )
    whole = []
    if line and figure.provenances:
        around = BBox.around(p.bbox for p in figure.provenances if p.bbox is not None)
        whole = [structs.replace(figure.provenances[0], bbox=around, span=(0, len(line)))]
    return replace(figure, text="\n".join(filter(None, (line, rest))), provenances=(*whole, *kept))
