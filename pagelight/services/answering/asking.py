"""What is asked from outside the page, by programs: queries, pages and the list of documents.

Knows the index and the values; knows nothing of terminals, HTTP or protocols.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Final

from pagelight.services.answering.protocols import Incoming, Library
from rag.datamodel import Attachment, Document, Element, Filters, Query
from rag.errors import PagelightError, SettingsError, SourceError
from rag.question_length import check_length
from rag.storage.documents.records import DocumentRecord
from rag.text import words


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """The first and last day (ISO) of documents that are searched; "" leaves an end open.

    Raises SettingsError for what is no day.
    """

    since: str = ""
    until: str = ""

    def __post_init__(self) -> None:
        for day in filter(None, (self.since, self.until)):
            try:
                is_day = date.fromisoformat(day).isoformat() == day
            except ValueError:
                is_day = False
            if not is_day:
                raise SettingsError(f"{day!r} is no day.", hint="Say it as 2024-06-30.")


NO_DAYS: Final = Days()


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Words, files that come with them, or both; and which documents are searched for it.

    `attachments` are asked about first; `image` is a picture that the documents are searched by.
    Those are searched whose path fits the glob `within` ("": all), and whose day lies in `days`.
    Raises PagelightError for words that are too long for a question.
    """

    text: str
    image: Path | None = None
    attachments: tuple[Path, ...] = ()
    within: str = ""
    days: Days = NO_DAYS

    def __post_init__(self) -> None:
        check_length(self.text)


def words_of(value: object) -> str:
    """Return a question that came as JSON; raises PagelightError where it is no text."""
    if not isinstance(value, str):
        raise PagelightError("The question is no text.", hint='Give it as "question": "…".')
    return value


def query_of(request: Request, incoming: Incoming) -> Query:
    """Return what is asked or searched.

    Raises PagelightError where there is nothing to search for, SourceError for a picture that
    can't be read and for a file that is not there.
    """
    if not (request.text.strip() or request.image or request.attachments):
        raise PagelightError("The question is empty.", hint="Give words, a picture, or both.")
    picture = incoming.read_image(request.image) if request.image else None
    days = request.days
    only = Filters(source_glob=request.within, since=days.since, until=days.until)
    attachments = tuple(attached(incoming.attach, path) for path in request.attachments)
    return Query(text=request.text, image=picture, attachments=attachments, filters=only)


def attached(attach: Callable[[Path], Attachment], path: Path) -> Attachment:
    """Return the file as it is read; one that can't be read is a note that says why.

    Raises SourceError where there is no such file.
    """
    try:
        return attach(path)
    except SourceError as error:
        if not path.is_file():
            raise
        return unread(path.name, str(error))


def unread(name: str, why: str) -> Attachment:
    """Return what stands for a file that can't be read: the question goes on without it."""
    return Attachment(doc_id="", name=name, media_type="", note=why)


def ready_documents(
    index: Library, *, start: int = 0, most: int | None = None
) -> Sequence[DocumentRecord]:
    """Return `most` of the documents that can be searched and read, from number `start` on."""
    ready = (record for record in index.documents() if record.state == "ready")
    return list(islice(ready, start, None if most is None else start + most))


def read_page(index: Library, source: str, page: int | None = None, quote: str = "") -> PageText:
    """Return a page of the document at `source`: by its number, or the one with the quote.

    Without either it is the first. Raises SourceError where there is no such document or page.
    """
    doc = _document(index, source)
    number = page if page is not None else _page_of(doc, quote)
    found = page_text(doc, number)
    if found is None:
        last = page_text(doc, 1)
        raise SourceError(
            f"{source} has no page {number}.",
            hint=f"Its pages are 1 to {last.page_count}." if last else "",
        )
    return found


def _page_of(doc: Document, quote: str) -> int:
    if not quote.strip():
        return 1
    page = page_with(doc, quote)
    if page is None:
        raise SourceError(
            f"{doc.sources[0]} does not hold the words “{' '.join(quote.split())[:80]}”.",
            hint="Give words as they stand there, or a page number.",
        )
    return page


def _document(index: Library, source: str) -> Document:
    for record in ready_documents(index):
        if source in record.sources:
            doc = index.document(record.id)
            if doc is not None:
                return doc
    raise SourceError(
        f"There is no document {source}.", hint="Its path is the `source` of a search hit."
    )


STRETCH_LETTERS: Final = 6000
"""A stretch ends with the part that reaches this: about two printed pages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageText:
    """Page `page` of `page_count`, its parts in reading order; pictures without words have none.

    `is_stretch` tells that the format has no pages. `pending` tells that lettering of this page
    has yet to be read.
    """

    source: str
    page: int
    page_count: int
    is_stretch: bool
    parts: tuple[Element, ...] = ()
    pending: bool = False

    @property
    def text(self) -> str:
        """All words, the parts a blank line apart."""
        return "\n\n".join(part.text for part in self.parts)


def page_text(doc: Document, page: int) -> PageText | None:
    """Return a page by its number from 1; None where the document has no such page."""
    pages = _pages(doc)
    if not 1 <= page <= len(pages):
        return None
    elements = pages[page - 1]
    return PageText(
        source=doc.sources[0],
        page=page,
        page_count=len(pages),
        is_stretch=not doc.page_count,
        parts=tuple(element for element in elements if element.text.strip()),
        pending=any(element.pending for element in elements),
    )


def page_with(doc: Document, quote: str) -> int | None:
    """Return the first page that has these words one after another; None where none has.

    Marks between words, and between the cells of a table, do not count.
    """
    wanted = _spaced(quote)
    for number, elements in enumerate(_pages(doc), start=1):
        if wanted in _spaced("\n".join(element.text for element in elements)):
            return number
    return None


def _spaced(text: str) -> str:
    return f" {' '.join(words(text))} "


def _pages(doc: Document) -> list[list[Element]]:
    return _printed(doc) if doc.page_count else _stretches(doc)


def _printed(doc: Document) -> list[list[Element]]:
    pages: list[list[Element]] = [[] for _ in range(doc.page_count)]
    for element in doc.elements:
        if element.page is not None and element.page <= doc.page_count:
            pages[element.page - 1].append(element)
    return pages


def _stretches(doc: Document) -> list[list[Element]]:
    stretches: list[list[Element]] = [[]]
    letters = 0
    for element in doc.elements:
        if letters >= STRETCH_LETTERS:
            stretches.append([])
            letters = 0
        stretches[-1].append(element)
        letters += len(element.text)
    return stretches
