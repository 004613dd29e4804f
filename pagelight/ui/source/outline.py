"""What leads around in a document: its headings, and its pages as small pictures."""

from __future__ import annotations

from typing import Final

from markupsafe import Markup

from pagelight.services.rendering.originals import PAGED
from pagelight.ui.templating import render
from rag.datamodel import Document

MAX_PAGES: Final = 1000
MAX_HEADINGS: Final = 500


def outline_html(doc: Document, *, page: int) -> Markup:
    """Return headings and pages of a document; `page` is the one that is shown."""
    headings = [e for e in doc.elements if e.role in {"title", "heading"} and e.text.strip()]
    return render(
        "source/outline.html",
        doc=doc,
        headings=headings[:MAX_HEADINGS],
        pages=range(1, min(doc.page_count, MAX_PAGES) + 1) if doc.page_count > 1 else (),
        shown=page,
        is_paged=doc.media_type in PAGED,
    )
