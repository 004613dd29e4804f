"""The second pass: reads the lettering of figures, pictures and scanned pages.

Knows what to do with each pending element of a document; knows nothing of processes, the index
or how OCR works. Reading is dear (0.3 s a figure, 3 s a page), so what was read is told to a
cache picture by picture, and never read twice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import numpy as np
from msgspec import structs

from ingest.charts.table import remarks
from ingest.layout.layout import Line
from ingest.layout.rotation import Turn, turn_of, turned_back, turned_box, upright_box
from ingest.ocr.charts import charts_seen, elements_read, without_ticks
from ingest.ocr.form import confidence_of, repaired
from ingest.ocr.lines import LetteredPicture, figure_text, is_page_of_text, page_elements
from ingest.ocr.pending import OcrCache, box_of, cache_key
from rag.datamodel import FULL_PAGE, Document, Element, Provenance, SourceFile
from rag.errors import SourceError
from rag.protocols import SHEET_PX, Assets, Ocr, OcrLine, PageScanner, Pixels
from rag.settings import Settings
from rag.text import words

NOISE_SCORE: Final = 0.6
"""A line read with less is left out, with a warning, of a picture that is legible on the whole."""

Sight = Callable[[Pixels], str]
"""Tells what kind of picture it is; "" where it is not sure."""


def letter(
    document: Document,
    file: SourceFile,
    *,
    ocr: Ocr,
    renderer: PageScanner,
    assets: Assets,
    cache: OcrCache,
    settings: Settings,
    sight: Sight,
    on_page: Callable[[int | None], None],
    unreadable: Mapping[str, str],
) -> Document:
    """Return the document with every pending element replaced by what was read of it.

    Elements keep their order. `on_page` is called once for each pending element, with its page.
    What can't be read, or is `unreadable` (cache key: reason), is left out with a warning that
    names its page. Where lettering is read at all, `sight` tells the kind of each picture whose
    values were not read.
    """
    desk = _Desk(document, file.at, ocr, renderer, assets, cache, settings, sight, unreadable)
    elements: list[Element] = []
    for element in document.elements:
        elements += desk.lettered(element) if element.pending else [element]
        if element.pending:
            on_page(element.page)
    warnings = (*document.warnings, *desk.warnings)
    return replace(document, elements=tuple(elements), warnings=warnings)


@dataclass(slots=True)
class _Desk:
    """One document under work: its tools, the page last drawn, and what went wrong."""

    document: Document
    path: Path
    ocr: Ocr
    renderer: PageScanner
    assets: Assets
    cache: OcrCache
    settings: Settings
    sight: Sight
    unreadable: Mapping[str, str]
    kinds: dict[str, str] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    drawn: tuple[int, int, Pixels] | None = None

    def lettered(self, element: Element) -> list[Element]:
        """Return what takes the place of one pending element; figures have a kind where it shows.

        The same picture is looked at once.
        """
        pixels = self._pixels(element)
        if pixels is None:
            return [replace(element, pending=False)] if element.text or element.image else []
        found = []
        for made in self._read_off(element, pixels):
            kind, image = made.kind, made.image
            if made.role == "figure" and image is not None and not kind and self.settings.ocr:
                if image.id not in self.kinds:
                    self.kinds[image.id] = self.sight(pixels)
                kind = self.kinds[image.id]
            found.append(replace(made, kind=kind))
        return found

    def _read_off(self, element: Element, pixels: Pixels) -> list[Element]:
        if element.text and element.image is None:  # the text layer has its words
            return [replace(element, image=self.assets.put(pixels), pending=False)]
        # a whole page: a scanned one, or a picture file
        is_scan = element.image is None and box_of(element) == FULL_PAGE
        is_alone = is_scan or (
            element.image is not None and self.document.media_type.startswith("image/")
        )
        lines = self._read(element, pixels)
        if is_scan and self.settings.ocr and not lines and not _is_blank(pixels):
            self._warn(element.page, "no text was found on this scanned page")
        sheet, turn = self._sheet(lines, element.page, pixels)
        if element.text or not is_alone or not is_page_of_text(sheet):
            return self._figure(element, pixels, sheet, turn)
        placed = [_placed(made, element, turn) for made in page_elements(sheet)]
        if element.image is not None:  # a picture file is also found as a picture
            placed.append(replace(element, pending=False))
        return placed

    def _figure(
        self, element: Element, pixels: Pixels, sheet: LetteredPicture, turn: Turn
    ) -> list[Element]:
        if element.image is None and not sheet.lines and _is_blank(pixels):
            return []
        upright = turned_back(pixels, turn)
        figure = replace(
            _worded(element, sheet, turn),
            image=element.image or self.assets.put(upright),
            confidence=confidence_of(sheet.lines),
            pending=False,
        )
        read = elements_read(
            lambda: charts_seen(upright, sheet.lines, self.ocr), figure, element.bbox
        )
        self.warnings += remarks(read)
        bare = replace(sheet, lines=without_ticks(sheet.lines, read))
        worded = _worded(element, bare, turn)
        return [replace(read[0], text=worded.text, provenances=worded.provenances), *read[1:]]

    def _sheet(
        self, lines: Sequence[OcrLine], page: int | None, pixels: Pixels
    ) -> tuple[LetteredPicture, Turn]:
        """Return the legible lines, upright, and how far the picture is turned."""
        height_px, width_px = pixels.shape[:2]
        turn = turn_of(lines, aspect=width_px / height_px)
        upright = [
            Line(text=line.text, bbox=upright_box(line.bbox, turn), confidence=line.confidence)
            for line in lines
        ]
        sample = pixels[::4, ::4].astype(np.int16)  # (height / 4, width / 4, 3)
        is_coloured = sample.max(axis=2) - sample.min(axis=2) > 60
        sheet = LetteredPicture(
            lines=repaired(self._legible(upright, page)),
            aspect=height_px / width_px if turn in {90, 270} else width_px / height_px,
            coloured_share=float(is_coloured.mean()),
        )
        return sheet, turn

    def _read(self, element: Element, pixels: Pixels) -> list[OcrLine]:
        if not self.settings.ocr:
            return []
        key = cache_key(self.document, element)
        lines = self.cache.get(key)
        if lines is None:
            is_page = element.image is None and box_of(element) == FULL_PAGE
            sheets = max(1.0, pixels[..., 0].size / SHEET_PX) if is_page else 1.0
            lines = self.ocr.read(pixels, sheets=sheets)
            self.cache.put(key, lines)
        return lines

    def _legible(self, lines: list[Line], page: int | None) -> list[Line]:
        """Return what is read surely enough; what is not is told with its score, and left out."""
        score = confidence_of(lines)
        if score is None:
            return []
        least = self.settings.ocr_min_score
        sure = [
            line
            for line in lines
            if (line.confidence or 0) >= (NOISE_SCORE if score >= least else least)
        ]
        if score < least and _chars(sure) < 0.3 * _chars(lines):
            sure = []  # else it is read though its mean is poor
        doubtful = [line for line in lines if line not in sure and len(line.text) > 1]
        if _chars(doubtful) > 3:  # fewer are the texture of a photograph
            what = "some of the text" if sure else "text"
            told = f"{what} in a picture was read with doubt and is left out: "
            self._warn(page, told + _quotations(doubtful))
        return sure

    def _pixels(self, element: Element) -> Pixels | None:
        """Return the picture, or the part of the page; None, with a warning, if there is none."""
        reason = self.unreadable.get(cache_key(self.document, element))
        if reason is not None:
            self._warn(element.page, reason)
            return None
        try:
            if element.image is not None:
                return self.assets.pixels(element.image)
            return self._region(element)
        except (OSError, SourceError) as error:
            self._warn(element.page, f"the picture could not be drawn ({error})")
            return None

    def _region(self, element: Element) -> Pixels | None:
        if element.page is None:
            return None
        box = box_of(element)
        if box == FULL_PAGE:
            return self.renderer.scan(self.path, element.page)
        # at 200 dpi on A4, or as wide as it takes for the region to be a sharp figure
        wanted_px = 1200 / max(box.x1 - box.x0, box.y1 - box.y0)
        width_px = 1654 if wanted_px <= 1654 else 3000
        if self.drawn is None or self.drawn[:2] != (element.page, width_px):  # figures share pages
            page = self.renderer.render(self.path, element.page, width_px=width_px)
            self.drawn = (element.page, width_px, page)
        page = self.drawn[2]
        height_px, width_px = page.shape[:2]
        x0, x1 = int(box.x0 * width_px), max(int(box.x0 * width_px) + 1, int(box.x1 * width_px))
        y0, y1 = int(box.y0 * height_px), max(int(box.y0 * height_px) + 1, int(box.y1 * height_px))
        return np.ascontiguousarray(page[y0:y1, x0:x1])

    def _warn(self, page: int | None, what: str) -> None:
        self.warnings.append(f"a picture: {what}" if page is None else f"page {page}: {what}")


def _worded(element: Element, sheet: LetteredPicture, turn: Turn) -> Element:
    """Return a figure with the lettering of a sheet, each line at its place."""
    text, provenances = figure_text(sheet)
    made = Element(role="figure", text=text, provenances=provenances, pending=True)
    return _after(element, _placed(made, element, turn))


def _placed(made: Element, place: Element, turn: Turn) -> Element:
    """Map boxes from fractions of the upright picture to fractions of the page of `place`."""
    where = place.provenances[0] if place.provenances else Provenance()
    outer = box_of(place)
    provenances = tuple(
        structs.replace(
            where,
            bbox=turned_box(p.bbox, turn).within(outer) if where.bbox and p.bbox else None,
            span=p.span,
        )
        for p in made.provenances
    )
    return replace(made, provenances=provenances)


def _after(element: Element, read: Element) -> Element:
    """Put what was read after the words that the element had (a picture's description).

    Of a slide that is shown again, the words stand where it is shown first; the others are kept.
    """
    if not element.text:
        first = read.provenances[:1]
        return replace(read, provenances=(*read.provenances, *element.provenances[len(first) :]))
    own, found = set(words(element.text)), words(read.text)
    if sum(word in own for word in found) >= 0.8 * len(found):  # it knows its own
        return element
    start = len(element.text) + 1
    shifted = tuple(
        structs.replace(p, span=(p.span[0] + start, p.span[1] + start))
        for p in read.provenances
        if p.span is not None
    )
    text = f"{element.text}\n{read.text}"
    return replace(element, text=text, provenances=(*element.provenances, *shifted))


def _is_blank(pixels: Pixels) -> bool:
    sample = pixels[::4, ::4]
    return float(sample.std()) < 3  # paper with nothing on it


def _quotations(lines: Sequence[Line]) -> str:
    """Return the begins of the first three lines in quotation marks, each with its score."""
    told = []
    for line in lines[:3]:
        text = line.text if len(line.text) <= 40 else f"{line.text[:40].rstrip()}…"
        told.append(f"“{text}” ({line.confidence or 0:.2f})")
    more = len(lines) - 3
    return ", ".join(told) + (f" and {more} more" if more > 0 else "")


def _chars(lines: Sequence[Line]) -> int:
    return sum(len(line.text) for line in lines)
