"""What lies over a PDF page: filled fields and typed words become part of it, comments are told.

pdfium reads the text of a page alone, without the fields of forms and the boxes of text that a
person put over it: they are drawn into the page first. Hold `PDFIUM` around every call.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import pypdfium2.raw as pdfium_c

from ingest.parsers.base.elements import comment_text
from ingest.parsers.pdf.letters.geometry import Frame
from rag.datamodel import BBox, Element, Provenance

_MAX_NOTES: Final = 2_000
_LONGEST_BYTES: Final = 20_000
_PART_OF_PAGE: Final = frozenset(
    {pdfium_c.FPDF_ANNOT_WIDGET, pdfium_c.FPDF_ANNOT_FREETEXT, pdfium_c.FPDF_ANNOT_STAMP}
)
_COMMENTS: Final = frozenset(
    {
        pdfium_c.FPDF_ANNOT_TEXT,
        pdfium_c.FPDF_ANNOT_HIGHLIGHT,
        pdfium_c.FPDF_ANNOT_UNDERLINE,
        pdfium_c.FPDF_ANNOT_SQUIGGLY,
        pdfium_c.FPDF_ANNOT_STRIKEOUT,
    }
)

_PINNED: Final = {
    pdfium_c.FPDF_ANNOT_FILEATTACHMENT: "a file pinned to a page",
    pdfium_c.FPDF_ANNOT_SOUND: "sound",
    pdfium_c.FPDF_ANNOT_MOVIE: "a film",
    pdfium_c.FPDF_ANNOT_SCREEN: "a film or sound on a page",
    pdfium_c.FPDF_ANNOT_THREED: "a model in three dimensions",
    pdfium_c.FPDF_ANNOT_RICHMEDIA: "a film or model on a page",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """What a person wrote about a place of the page. `author` may be empty."""

    text: str
    author: str
    bbox: BBox | None

    def element(self, *, page: int) -> Element:
        text = comment_text(self.text, author=self.author)
        place = Provenance(page=page, bbox=self.bbox, span=(0, len(text)))
        return Element(role="paragraph", text=text, provenances=(place,))


def comments_of(page: Any, frame: Frame) -> list[Comment]:  # noqa: ANN401 - pypdfium2 has no types
    """Return the comments on a page, in the order of the file."""
    return [
        Comment(text=text, author=_string(note, b"T"), bbox=_bbox(note, frame))
        for note in _notes(page)
        if pdfium_c.FPDFAnnot_GetSubtype(note) in _COMMENTS and (text := _string(note, b"Contents"))
    ]


def unread_notes(page: Any) -> set[str]:  # noqa: ANN401 - as above
    """Return what is pinned to a page and is neither drawn nor told: files, sound, films."""
    kinds = map(pdfium_c.FPDFAnnot_GetSubtype, _notes(page))
    return {_PINNED[kind] for kind in kinds if kind in _PINNED}


def is_own_form(doc: Any) -> bool:  # noqa: ANN401 - as above
    """Say whether the file holds a form in XML that its pages do not show (XFA)."""
    return pdfium_c.FPDF_GetFormType(doc) in {
        pdfium_c.FORMTYPE_XFA_FULL,
        pdfium_c.FORMTYPE_XFA_FOREGROUND,
    }


def draw_fields(page: Any) -> bool:  # noqa: ANN401 - as above
    """Make filled fields and typed words part of the page; return whether there are any.

    The page is to be opened anew then. Other notes are taken off: their marks are no drawings.
    """
    kept = [_is_part(page, note) for note in _notes(page)]
    if not any(kept):
        return False
    for number in reversed(range(len(kept))):
        if not kept[number]:
            pdfium_c.FPDFPage_RemoveAnnot(page, number)
    return bool(
        pdfium_c.FPDFPage_Flatten(page, pdfium_c.FLAT_NORMALDISPLAY) == pdfium_c.FLATTEN_SUCCESS
    )


def _is_part(page: Any, note: object) -> bool:  # noqa: ANN401 - as above
    if pdfium_c.FPDFAnnot_GetSubtype(note) not in _PART_OF_PAGE:
        return False
    form = page.formenv
    return not form or (
        pdfium_c.FPDFAnnot_GetFormFieldType(form, note) != pdfium_c.FPDF_FORMFIELD_PUSHBUTTON
    )


def _notes(page: Any) -> Iterator[object]:  # noqa: ANN401 - as above
    for number in range(min(pdfium_c.FPDFPage_GetAnnotCount(page), _MAX_NOTES)):
        note = pdfium_c.FPDFPage_GetAnnot(page, number)
        try:
            yield note
        finally:
            pdfium_c.FPDFPage_CloseAnnot(note)


def _string(note: object, key: bytes) -> str:
    """Return a string of a note as one line: UTF-16, ended by a NUL."""
    size = min(pdfium_c.FPDFAnnot_GetStringValue(note, key, None, 0), _LONGEST_BYTES)
    buffer = ctypes.create_string_buffer(size + 2)
    pdfium_c.FPDFAnnot_GetStringValue(
        note, key, ctypes.cast(buffer, ctypes.POINTER(pdfium_c.FPDF_WCHAR)), size
    )
    text = buffer.raw[:size].decode("utf-16-le", "replace").partition("\0")[0]
    return " ".join(text.split())


def _bbox(note: object, frame: Frame) -> BBox | None:
    rect = pdfium_c.FS_RECTF()
    if not pdfium_c.FPDFAnnot_GetRect(note, rect):
        return None
    return frame.fractions(frame.display((rect.left, rect.bottom, rect.right, rect.top)))
