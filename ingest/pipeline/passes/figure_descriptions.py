"""Figures described in words by the model that writes, so that they are found by what they show.

Optional and slow, so it comes after all reading: it goes on where it was stopped, and no picture is
described twice by one model. A description is the first line of its figure's text and says whose
it is. Knows the index and a model that writes; knows no file format.
"""

from __future__ import annotations

import functools
import logging
import re
import threading
from dataclasses import dataclass, replace
from typing import Final

from msgspec import structs

import prompts
from ingest.chunking.cutting import ChunkDocument
from ingest.pipeline.writer import store_again
from rag.datamodel import (
    FULL_PAGE,
    BBox,
    Chunk,
    Context,
    Document,
    Element,
    Hit,
    ImageAsset,
    Provenance,
    Query,
)
from rag.errors import CutOffError
from rag.generation.prompt import build_prompt
from rag.protocols import Embedder, Generator, OcrLine
from rag.storage.workspace.store import WorkspaceIndex

logger = logging.getLogger(__name__)

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
    chunker: ChunkDocument
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
                store_again(described, self.index, self.embedder, self.chunker, stop)
                changed += 1
        return changed

    def _described(self, document: Document, stop: threading.Event) -> Document:
        elements = []
        for element in document.elements:
            if stop.is_set():
                return document
            image = element.image
            if (
                element.role == "figure"
                and image is not None
                and min(image.width_px, image.height_px) >= MIN_SIDE_PX
            ):
                text = self._description(document, element, image)
                elements.append(with_description(element, text, by=self.writer.model_id))
            else:
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
        return _one_line(text)


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
    whole = _whole(figure, end=len(line)) if line else ()
    return replace(figure, text="\n".join(filter(None, (line, rest))), provenances=(*whole, *kept))


def _whole(figure: Element, *, end: int) -> tuple[Provenance, ...]:
    """Return the place of all of a figure, for a text that ends at `end`."""
    if not figure.provenances:
        return ()
    boxes = [p.bbox for p in figure.provenances if p.bbox is not None]
    around = functools.reduce(BBox.union, boxes) if boxes else None
    return (structs.replace(figure.provenances[0], bbox=around, span=(0, end)),)


def _one_line(text: str) -> str:
    plain = "".join(c if c.isprintable() else " " for c in _MARKS.sub("", text))
    return " ".join(plain.split())[:MAX_LETTERS].rstrip()
