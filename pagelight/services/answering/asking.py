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

from pagelight.services.answering.page_text import PageText, page_text, page_with
from pagelight.services.answering.protocols import Incoming, Library
from rag.datamodel import Attachment, Document, Filters, Query
from rag.errors import PagelightError, SettingsError, SourceError
from rag.question_length import check_length
from rag.storage.documents.records import DocumentRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """The first and last day (ISO) of documents that are searched; "" leaves an end open.

    Raises SettingsError for what is no day.
    """

    since: str = ""
    until: str = ""

    def __post_init__(self) -> None:
        for day in filter(None, (self.since, self.until)):
            _check_day(day)


NO_DAYS: Final = Days()


def _check_day(text: str) -> None:
    try:
        is_day = date.fromisoformat(text).isoformat() == text
    except ValueError:
        is_day = False
    if not is_day:
        raise SettingsError(f"{text!r} is no day.", hint="Say it as 2024-06-30.")


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
