"""Which page, or file, of those that hold the answer a hit or a citation is.

Knows sources and page numbers; knows no box and no text.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from rag.evaluation.records.report import Gold, HitRecord


class PagePlace(Protocol):
    """A hit or a citation, as far as pages go."""

    @property
    def source(self) -> str: ...
    @property
    def page(self) -> int | None: ...


def places(gold: Gold) -> list[str]:
    """Return what there is to find: each page of the one file, or each of several files."""
    if len(gold.sources) == 1:
        (source,) = gold.sources
        return [f"{source} {page}" for page in pages_in(source, gold)] or [source]
    return list(gold.sources)


def pages_in(source: str, gold: Gold) -> tuple[int, ...]:
    """Return the pages of this file that hold the answer; none where the question tells none."""
    return gold.pages_of.get(source, gold.pages)


def place_of(found: PagePlace, gold: Gold) -> str | None:
    """Return which of `places` this is; None if it is another place.

    Where the file has no pages, or the question tells none, the file itself is the place.
    """
    if found.source not in gold.sources:
        return None
    pages = pages_in(found.source, gold)
    if found.page is not None and pages and found.page not in pages:
        return None
    if len(gold.sources) == 1 and pages:
        return f"{found.source} {found.page or pages[0]}"
    return found.source


def first_rank(hits: Iterable[HitRecord], gold: Gold) -> int | None:
    """Return the best rank on a page that holds the answer."""
    return next((hit.rank for hit in hits if place_of(hit, gold) is not None), None)


def first_rank_in_file(hits: Iterable[HitRecord], gold: Gold) -> int | None:
    """Return the best rank in a file that holds the answer, on whichever page."""
    return next((hit.rank for hit in hits if hit.source in gold.sources), None)
