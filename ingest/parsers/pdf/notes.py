"""What a PDF holds beside its pages' own content: fields, comments, attached files.

pdfium reads the text of a page alone: filled fields and typed words are drawn into the page first.
Attached are the files of the whole file (ISO 32000-1, 7.11.4); what is pinned to a place of a page
is not looked for, as every page would have to be read. Hold `PDFIUM` around calls that take a page.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Final

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from ingest.archives.containers import BLOCK_BYTES, Entry
from ingest.parsers.base.elements import comment_text
from ingest.parsers.pdf.letters.calls import Pdfium
from ingest.parsers.pdf.letters.geometry import Frame, mapped
from ingest.parsers.pdf.letters.words import PDFIUM
from rag.datamodel import Element, Provenance, SourceFile

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


def comments_of(page: Pdfium, frame: Frame, number: int) -> Iterator[Element]:
    """Yield what persons wrote about places of page `number`, in the order of the file."""
    for note in _notes(page):
        is_comment = pdfium_c.FPDFAnnot_GetSubtype(note) in _COMMENTS
        if is_comment and (words := _string(note, b"Contents")):
            text = comment_text(words, author=_string(note, b"T"))
            rect = pdfium_c.FS_RECTF()
            has_rect = pdfium_c.FPDFAnnot_GetRect(note, rect)
            corners = mapped((rect.left, rect.bottom, rect.right, rect.top), frame.matrix)
            bbox = frame.fractions(corners) if has_rect else None
            place = Provenance(page=number, bbox=bbox, span=(0, len(text)))
            yield Element(role="paragraph", text=text, provenances=(place,))


def unread_notes(page: Pdfium) -> set[str]:
    """Return what is pinned to a page and is neither drawn nor told: files, sound, films."""
    kinds = map(pdfium_c.FPDFAnnot_GetSubtype, _notes(page))
    return {_PINNED[kind] for kind in kinds if kind in _PINNED}


def is_own_form(doc: Pdfium) -> bool:
    """Say whether the file holds a form in XML that its pages do not show (XFA)."""
    return pdfium_c.FPDF_GetFormType(doc) in {
        pdfium_c.FORMTYPE_XFA_FULL,
        pdfium_c.FORMTYPE_XFA_FOREGROUND,
    }


def draw_fields(page: Pdfium) -> bool:
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


def _is_part(page: Pdfium, note: object) -> bool:
    if pdfium_c.FPDFAnnot_GetSubtype(note) not in _PART_OF_PAGE:
        return False
    form = page.formenv
    return not form or (
        pdfium_c.FPDFAnnot_GetFormFieldType(form, note) != pdfium_c.FPDF_FORMFIELD_PUSHBUTTON
    )


def _notes(page: Pdfium) -> Iterator[object]:
    for number in range(min(pdfium_c.FPDFPage_GetAnnotCount(page), 2_000)):
        note = pdfium_c.FPDFPage_GetAnnot(page, number)
        try:
            yield note
        finally:
            pdfium_c.FPDFPage_CloseAnnot(note)


def _string(note: object, key: bytes) -> str:
    """Return a string of a note as one line: UTF-16, ended by a NUL."""
    size = min(pdfium_c.FPDFAnnot_GetStringValue(note, key, None, 0), 20_000)
    buffer = ctypes.create_string_buffer(size + 2)
    pdfium_c.FPDFAnnot_GetStringValue(
        note, key, ctypes.cast(buffer, ctypes.POINTER(pdfium_c.FPDF_WCHAR)), size
    )
    text = buffer.raw[:size].decode("utf-16-le", "replace").partition("\0")[0]
    return " ".join(text.split())


def attached_entries(file: SourceFile, _spool: Path, _max_bytes: int) -> Iterator[Entry]:
    """Yield the attached files; none of a PDF that can't be opened: its parser says why."""
    with PDFIUM:
        try:
            doc = pdfium.PdfDocument(file.at)
        except (pdfium.PdfiumError, OSError):
            return
    try:
        with PDFIUM:
            count = doc.count_attachments()
        for number in range(count):
            yield _entry(doc, number)
    finally:
        with PDFIUM:
            doc.close()


def _entry(doc: Pdfium, number: int) -> Entry:
    try:
        with PDFIUM:
            attached = doc.get_attachment(number)
            name = attached.get_name()
    except pdfium.PdfiumError:
        return Entry(name=f"attachment {number + 1}", reason="It is damaged.", failed=True)
    return Entry(name=name, blocks=partial(_blocks, attached))


def _blocks(attached: Pdfium) -> Iterator[bytes]:
    """Yield the content block by block. Raises ValueError where it can't be read."""
    with PDFIUM:
        try:
            data = memoryview(attached.get_data())
        except pdfium.PdfiumError as error:
            raise ValueError("an attached file has no content") from error
    for at in range(0, len(data), BLOCK_BYTES):
        yield bytes(data[at : at + BLOCK_BYTES])
