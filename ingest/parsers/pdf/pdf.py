"""PDF to Document: text with boxes, tables, figures, pages that must be read by OCR.

Pages are read in batches: what a batch and all before it have in common (running heads, the size
of the text) decides what its parts are for, and memory stays bounded however long the file is.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import PurePosixPath
from typing import Any, Final

import pypdfium2 as pdfium
from msgspec import structs

from ingest.charts.table import remarks
from ingest.parsers.base.elements import document_of
from ingest.parsers.base.how_far import looked_through
from ingest.parsers.base.unread_parts import unread_note
from ingest.parsers.pdf.document_stats import DocumentStats
from ingest.parsers.pdf.drawn.drawings import read_drawings, read_paths
from ingest.parsers.pdf.drawn.figures import find_areas
from ingest.parsers.pdf.drawn.frames import may_be_read
from ingest.parsers.pdf.drawn.objects import Objects
from ingest.parsers.pdf.hidden import hidden_letters
from ingest.parsers.pdf.letters.odd_letters import runs_leftwards
from ingest.parsers.pdf.letters.words import PDFIUM, TextLayer, read_pieces
from ingest.parsers.pdf.notes import comments_of, draw_fields, is_own_form, unread_notes
from ingest.parsers.pdf.opening import (
    claimed_day,
    claimed_title,
    frame_of,
    opened,
    outline_of,
)
from ingest.parsers.pdf.pages import RawPage, items_of, turn_of, wants_ocr
from ingest.parsers.pdf.roles import elements_of, normalised, title_of, with_headers
from rag.datamodel import FULL_PAGE, Document, Element, Provenance, SourceFile
from rag.errors import SourceError, WorkspaceError
from rag.opening import name_of
from rag.protocols import Assets
from rag.settings import Settings

logger = logging.getLogger(__name__)

_MAX_FAILURES: Final = 25
"""Pages in a row that can't be opened: then the file claims more pages than it has."""


def parse_pdf(file: SourceFile, assets: Assets, *, settings: Settings) -> Document:
    """Read a PDF. Raises SourceError for one that is locked, broken or without pages."""
    path = file.at
    with opened(path) as doc:
        with PDFIUM:
            title = claimed_title(doc, stem=PurePosixPath(file.source).stem)
            day = claimed_day(doc)
            outline = outline_of(doc)
            form = {"a form in XML (XFA)"} if is_own_form(doc) else set()
        depths = {normalised(title): depth for title, depth in reversed(outline)}
        stats = DocumentStats(outline=depths)
        reading = _OpenFile(doc=doc, stats=stats, limit=settings.page_limit, unread=form)
        elements = with_headers(list(reading.elements()))
    if not reading.last_page:
        raise SourceError(
            f"{name_of(path)} has no page that can be read.",
            hint="Open it in a PDF viewer and save it again, or get another copy.",
        )
    return document_of(
        file,
        elements,
        title_of(elements, claimed=title),
        page_count=reading.last_page,
        warnings=[*reading.warnings(), *remarks(elements), *unread_note(reading.unread)],
        dated=day,
    )


@dataclass(slots=True, kw_only=True)
class _OpenFile:
    doc: Any
    stats: DocumentStats
    limit: int
    unread: set[str]
    last_page: int = 0
    failed: list[int] = field(default_factory=list)
    claimed: int = 0

    def elements(self) -> Iterator[Element]:
        """Yield the elements of at most `limit` pages."""
        pages = self._pages()
        while batch := list(islice(pages, 100)):
            for page in batch:
                self.stats.learn(page)
            for page in batch:
                yield from self._page_elements(page)
                yield from page.comments

    def warnings(self) -> Iterator[str]:
        failed = [n for n in self.failed if n < self.last_page]
        if failed:
            shown = ", ".join(map(str, failed[:10])) + (" ..." if len(failed) > 10 else "")
            yield f"{len(failed)} pages are damaged and could not be read: {shown}."
        if self.failed and self.failed[-1] > self.last_page:
            yield f"The file claims {self.claimed} pages, but only {self.last_page} can be read."
        elif self.claimed > self.limit:
            yield f"Only the first {self.limit} pages were read; RAG_PAGE_LIMIT sets how many."

    def _pages(self) -> Iterator[RawPage]:
        with PDFIUM:
            self.claimed = len(self.doc)
        failures = 0
        for number in range(1, min(self.claimed, self.limit) + 1):
            looked_through((number - 1) / self.claimed)
            page = self._page(number)
            failures = 0 if page else failures + 1
            if page:
                self.last_page = number
                yield page
            else:
                self.failed.append(number)
            if failures > _MAX_FAILURES:
                return

    def _page(self, number: int) -> RawPage | None:
        with PDFIUM:
            try:
                page = self.doc[number - 1]
            except (pdfium.PdfiumError, IndexError):
                return None
            try:
                frame = frame_of(page)
                comments = tuple(comments_of(page, frame, number))
                self.unread |= unread_notes(page)
                if draw_fields(page):
                    page.close()
                    page = self.doc[number - 1]
                objects = Objects(page, (frame.left, frame.bottom, frame.right, frame.top))
                with closing(TextLayer(page)) as layer:
                    hidden = hidden_letters(page, objects, layer, frame)
                    pieces, letters = read_pieces(layer, frame, hidden)
                    turn, mirrored = turn_of(pieces), runs_leftwards(letters.text)
                    if turn or mirrored:
                        frame = replace(frame.turned(turn), mirrored=mirrored)
                        pieces, letters = read_pieces(layer, frame, hidden)
                drawings = read_drawings(objects.paints, frame)
                areas = find_areas(drawings, (0.0, 0.0, frame.width_pt, frame.height_pt))
                places = [r for r in (*areas.sure, *areas.likely) if may_be_read(r, pieces)]
                paths = read_paths(objects.paints, frame, places)
            except (pdfium.PdfiumError, ValueError):
                return None
            finally:
                page.close()
        return RawPage(
            number=number,
            frame=frame,
            pieces=tuple(pieces),
            drawings=drawings,
            paths=paths,
            areas=areas,
            letters=letters,
            comments=comments,
            turn=turn,
        )

    def _page_elements(self, page: RawPage) -> list[Element]:
        if wants_ocr(page):
            return [_pending(page.number)]
        try:
            items = items_of(
                page, running=self.stats.running(page), is_ornament=self.stats.is_ornament
            )
            return [_as_shown(e, page) for e in elements_of(items, page, self.stats)]
        except WorkspaceError:
            raise
        except Exception:  # one odd page must not cost the file: it is read from its picture
            logger.exception("page %d is read by OCR: its layout failed", page.number)
            return [_pending(page.number)]


def _as_shown(element: Element, page: RawPage) -> Element:
    if not (page.turn or page.frame.mirrored):
        return element
    places = tuple(
        structs.replace(p, bbox=page.frame.as_shown(p.bbox, turn=page.turn)) if p.bbox else p
        for p in element.provenances
    )
    return replace(element, provenances=places)


def _pending(number: int) -> Element:
    """Return the element of a page whose text is yet to be read from its picture."""
    place = Provenance(page=number, bbox=FULL_PAGE)
    return Element(role="figure", provenances=(place,), pending=True)
