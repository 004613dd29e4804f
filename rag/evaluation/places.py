"""Which page, or file, of those that hold the answer a hit or a citation is.

Knows sources and page numbers; knows no text.
"""

from __future__ import annotations

from rag.evaluation.questions import Gold
from rag.evaluation.report import CitationRecord, HitRecord


def places(gold: Gold) -> list[str]:
    """Return what there is to find: each page of the one file, or each of several files."""
    if len(gold.pages) == 1:
        ((source, pages),) = gold.pages.items()
        return [f"{source} {page}" for page in pages] or [source]
    return list(gold.pages)


def place_of(found: HitRecord | CitationRecord, gold: Gold) -> str | None:
    """Return which of `places` this is; None if it is another place.

    Where the file has no pages, or the question tells none, the file itself is the place.
    """
    pages = gold.pages.get(found.source)
    if pages is None or (found.page is not None and pages and found.page not in pages):
        return None
    if len(gold.pages) == 1 and pages:
        return f"{found.source} {found.page or pages[0]}"
    return found.source
