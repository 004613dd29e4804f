"""The files that are attached to a PDF, for whoever unpacks them. Knows nothing of its pages.

Those of the whole file (ISO 32000-1, 7.11.4: an invoice's XML, a report's sheet); what is pinned
to a place of a page is not looked for, as every page would have to be read.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium

from ingest.archives.entry import BLOCK_BYTES, Entry
from ingest.parsers.pdf.letters.words import PDFIUM
from rag.datamodel import SourceFile


def attached_entries(file: SourceFile, *, spool: Path, max_bytes: int) -> Iterator[Entry]:
    """Yield the attached files; none of a PDF that can't be opened: its parser says why."""
    del spool, max_bytes
    with PDFIUM:
        try:
            doc = pdfium.PdfDocument(file.at)
        except (pdfium.PdfiumError, OSError):
            return
    try:
        for number in range(_count(doc)):
            yield _entry(doc, number)
    finally:
        with PDFIUM:
            doc.close()


def _count(doc: Any) -> int:  # noqa: ANN401 - pypdfium2 has no types
    with PDFIUM:
        return int(doc.count_attachments())


def _entry(doc: Any, number: int) -> Entry:  # noqa: ANN401 - as above
    try:
        with PDFIUM:
            attached = doc.get_attachment(number)
            name = attached.get_name()
    except pdfium.PdfiumError:
        return Entry(name=f"attachment {number + 1}", reason="It is damaged.", failed=True)
    return Entry(name=name, blocks=partial(_blocks, attached))


def _blocks(attached: Any) -> Iterator[bytes]:  # noqa: ANN401 - as above
    """Yield the content block by block. Raises ValueError where it can't be read."""
    with PDFIUM:
        try:
            data = memoryview(attached.get_data())
        except pdfium.PdfiumError as error:
            raise ValueError("an attached file has no content") from error
    for at in range(0, len(data), BLOCK_BYTES):
        yield bytes(data[at : at + BLOCK_BYTES])
