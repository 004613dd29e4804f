"""Exchanges as a file that is taken along: a Word document or a PDF."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from pagelight.ui.pins.answer_blocks import blocks_of
from pagelight.ui.source.figures import ReadFigure
from rag.storage.conversations.exchange import Exchange


def saved_as(
    form: Literal["docx", "pdf"],
    title: str,
    parts: Iterable[tuple[Exchange, str]],
    read: ReadFigure,
) -> tuple[bytes, str]:
    """Return exchanges, each with a note ("" none), as a file of a form, and its media type.

    `form` is a file's suffix.
    """
    blocks = blocks_of(parts, read)
    if form == "pdf":
        from pagelight.ui.pins.page_pdf import PDF, as_pdf  # noqa: PLC0415 - it takes a moment

        return as_pdf(title, blocks), PDF
    from pagelight.ui.pins.page_docx import DOCX, as_docx  # noqa: PLC0415 - it takes a second

    return as_docx(title, blocks), DOCX
