"""What is asked: queries, what was said before, pages; and what one person attached to questions.

An attachment is in no list of documents; its id finds it, for those who brought it, under the name
that they gave it. Knows the index and the values; knows nothing of terminals, HTTP or protocols.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, TypedDict

from rag.datamodel import (
    Attachment,
    Document,
    Element,
    Filters,
    ImageAsset,
    Query,
    QueryImage,
    Turn,
)
from rag.errors import PagelightError, SettingsError, SourceError
from rag.pipeline.engine.attached import AttachedFiles
from rag.pipeline.engine.engine import Engine
from rag.protocols import Pixels
from rag.question_length import check_length
from rag.storage.documents.records import DocumentRecord
from rag.storage.workspace.store import SeenIndex, WorkspaceIndex
from rag.text import words

if TYPE_CHECKING:
    from pagelight.services.answering.question_queue import QueuedEngine
    from pagelight.services.session.assemble import Assembly


Library: TypeAlias = "WorkspaceIndex | SeenIndex | UserLibrary"
"""The index: all of it, or what a user sees of it."""

AnyEngine: TypeAlias = "Engine | QueuedEngine"
"""The engine, or the one user's turns at it."""

Incoming: TypeAlias = "Assembly | UserIncoming"
"""Reads what comes with a question: any, or what becomes one user's."""

Dictation: TypeAlias = "Assembly"
"""Hears what is spoken to it."""

ReadImage = Callable[[Path], QueryImage]
"""Reads a picture that came with a question; raises SourceError where it can't."""

ReadBy = Literal["local", "ray"]
"""Who opens the files of an ingest: child processes here, or a Ray cluster."""


def turns(messages: Sequence[Mapping[str, Any]]) -> tuple[Turn, ...]:
    """Pair each question with the answer after it. Raises PagelightError for another shape.

    `content` is text, or a list of parts of which those of text are read. Only `user` and
    `assistant` say something; what stands before the first question is left out.
    """
    found: list[Turn] = []
    try:
        for message in messages:
            role, said = message["role"], text_of(message["content"])
            if role == "user":
                found.append(Turn(question=said, answer=""))
            elif role == "assistant" and found:
                found[-1] = Turn(question=found[-1].question, answer=said)
    except (KeyError, TypeError) as error:
        raise PagelightError('A history is a list of {"role", "content"}.') from error
    return tuple(found)


def messages_of(said: Sequence[Turn]) -> list[dict[str, str]]:
    """Return turns in the form that `turns` reads."""
    pairs = ((("user", turn.question), ("assistant", turn.answer)) for turn in said)
    return [{"role": role, "content": text} for pair in pairs for role, text in pair]


def text_of(content: object) -> str:
    """Return the words of a message's content. Raises TypeError where it is neither form."""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        raise TypeError("content is text, or a list of parts")
    return "\n".join(str(part["text"]) for part in content if part["type"] == "text")


class Scope(TypedDict, total=False):
    """Which documents are searched, as a `Request` has it."""

    within: str
    since: str
    until: str


def checked_day(day: str) -> str:
    """Return a day (ISO), "" for none; raises SettingsError for what is neither."""
    try:
        is_day = not day or date.fromisoformat(day).isoformat() == day
    except ValueError:
        is_day = False
    if not is_day:
        raise SettingsError(f"{day!r} is no day.", hint="Say it as 2024-06-30.")
    return day


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Words, files that come with them, or both; and which documents are searched for it.

    `attachments` are asked about first; `image` is a picture that the documents are searched by.
    Those are searched whose path fits the glob `within` ("": all), and whose day lies between
    `since` and `until` ("": open). Raises PagelightError for what is no day, and for words that
    are too long for a question.
    """

    text: str
    image: Path | None = None
    attachments: tuple[Path, ...] = ()
    within: str = ""
    since: str = ""
    until: str = ""

    def __post_init__(self) -> None:
        check_length(self.text)
        checked_day(self.since)
        checked_day(self.until)


def words_of(value: object) -> str:
    """Return a question that came as JSON; raises PagelightError where it is no text."""
    if not isinstance(value, str):
        raise PagelightError("The question is no text.", hint='Give it as "question": "…".')
    return value


def query_of(request: Request, incoming: Incoming) -> Query:
    """Return what is asked. Raises PagelightError for nothing, SourceError for a file."""
    if not (request.text.strip() or request.image or request.attachments):
        raise PagelightError("The question is empty.", hint="Give words, a picture, or both.")
    picture = incoming.read_image(request.image) if request.image else None
    only = Filters(source_glob=request.within, since=request.since, until=request.until)
    attachments = tuple(attached(incoming.attach, path) for path in request.attachments)
    return Query(text=request.text, image=picture, attachments=attachments, filters=only)


def attached(attach: Callable[[Path], Attachment], path: Path) -> Attachment:
    """Return the file as it is read, or a note why not. Raises SourceError for none."""
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


def read_page(index: Library, source: str, page: int | None = None, quote: str = "") -> PageText:
    """Return a page of the document at `source`: by its number, or the one with the quote.

    Without either it is the first. Of a quote, marks between words, and between the cells of a
    table, do not count. Raises SourceError where there is no such document or page.
    """
    ids = (record.id for record in ready_documents(index) if source in record.sources)
    doc = next(filter(None, map(index.document, ids)), None)
    if doc is None:
        raise SourceError(
            f"There is no document {source}.", hint="Its path is the `source` of a search hit."
        )
    pages = _printed(doc) if doc.page_count else _stretches(doc)
    if page is None:
        page = _page_with(quote, pages) if quote.strip() else 1
        if not page:
            raise SourceError(
                f"{doc.sources[0]} does not hold the words “{' '.join(quote.split())[:80]}”.",
                hint="Give words as they stand there, or a page number.",
            )
    if not 1 <= page <= len(pages):
        raise SourceError(f"{source} has no page {page}.", hint=f"Its pages are 1 to {len(pages)}.")
    elements = pages[page - 1]
    return PageText(
        source=doc.sources[0],
        page=page,
        page_count=len(pages),
        is_stretch=not doc.page_count,
        parts=tuple(element for element in elements if element.text.strip()),
        pending=any(element.pending for element in elements),
    )


def _page_with(quote: str, pages: Sequence[Sequence[Element]]) -> int:
    def spaced(text: str) -> str:
        return f" {' '.join(words(text))} "

    wanted = spaced(quote)
    texts = ("\n".join(element.text for element in elements) for elements in pages)
    return next((n for n, text in enumerate(texts, start=1) if wanted in spaced(text)), 0)


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


class UserIncoming:
    """Reads what comes with one user's questions: what they attach becomes theirs."""

    def __init__(self, incoming: Incoming, library: UserLibrary) -> None:
        self._incoming = incoming
        self._library = library
        self.read_image: ReadImage = incoming.read_image
        self.begin: Callable[[Path], None] = incoming.begin

    def attach(self, path: Path, /, *, name: str = "", whole: bool = True) -> Attachment:
        return self._library.bring(self._incoming.attach(path, name=name, whole=whole))

    def attached_before(self, doc_id: str, name: str, /) -> Attachment:
        return self._library.bring(self._incoming.attached_before(doc_id, name))


class UserLibrary:
    """A library as one user sees it, and by its id what they brought.

    They brought what is attached to kept questions, and what came since this was made.
    """

    def __init__(self, seen: Library, attached: AttachedFiles) -> None:
        self._seen = seen
        self._attached = attached
        self._lock = threading.Lock()
        self._came: dict[str, str] = {}
        self.assets = UserImages(seen, attached, self._ids)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the library has
        return getattr(self._seen, name)

    def document(self, doc_id: str) -> Document | None:
        return self._seen.document(doc_id) or self.brought(doc_id)

    def bring(self, attachment: Attachment) -> Attachment:
        with self._lock:
            self._came[attachment.doc_id] = attachment.name
        return attachment

    def _name(self, doc_id: str) -> str | None:
        """Return what the person called a file; None for one that they did not bring."""
        with self._lock:
            known = self._came.get(doc_id)
        return known or self.conversations.attached().get(doc_id)

    def _ids(self) -> Collection[str]:
        with self._lock:
            return {*self._came, *self.conversations.attached()}

    def brought(self, doc_id: str) -> Document | None:
        """Return a document that this person attached, under their name for it; else None."""
        name = self._name(doc_id)
        doc = self._attached.document(doc_id) if name else None
        return replace(doc, sources=(name,)) if doc and name else None

    def is_new(self, doc_id: str) -> bool:
        """Tell whether this is an attachment that does not stand in the folder, as far as seen."""
        return self._seen.document(doc_id) is None and self._name(doc_id) is not None

    def bytes_of(self, doc_id: str) -> Path | None:
        """Return where the bytes of what this person attached are kept; None for anything else."""
        path = self._attached.bytes_of(doc_id)
        return path if self._name(doc_id) and path.is_file() else None


class UserImages:
    """The stored pictures that are seen, and those of the files `ids`."""

    def __init__(
        self, seen: Library, attached: AttachedFiles, ids: Callable[[], Collection[str]]
    ) -> None:
        self._seen = seen
        self._attached = attached
        self._ids = ids

    def find(self, image_id: str) -> tuple[Path, str] | None:
        """Return path and media type; None for an id that is unknown."""
        found = self._seen.assets.find(image_id)
        return found or self._attached.picture(image_id, among=self._ids())

    def put(self, pixels: Pixels) -> ImageAsset:
        return self._seen.assets.put(pixels)
