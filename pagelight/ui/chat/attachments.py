"""What came with a question: where it opens, and what follows up on them.

Knows what is kept of attachments, answers and places; knows nothing of engines, stores or Gradio.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

from pagelight.services.answering.places import Place, cited_place
from rag.datamodel import Answer, Attachment, Chunk, Document
from rag.storage.conversations.exchange import KeptAttachment

_NAMES: Final = re.compile(
    r"\b(?:the|this|that|these|those|my|both|first|second|third|last|attached) "
    r"(?:\w+ )?(?:pictures?|photos?|images?|charts?|graphs?|diagrams?|drawings?|screenshots?|"
    r"receipts?|invoices?|scans?|files?|pdfs?|sheets?|spreadsheets?|attachments?)\b|\battached\b",
    re.IGNORECASE,
)
"""How a question speaks of what was attached before; "the document" is one of the folder."""

MIN_NAME_LETTERS: Final = 4
"""Letters of a file's name that a question names it by."""


def kept_of(attachment: Attachment, doc: Document | None) -> KeptAttachment:
    """Return what is kept of an attachment; `doc` is what was read of it."""
    image = next((e.image for e in doc.elements if e.image), None) if doc else None
    is_picture = attachment.media_type.startswith("image/")
    picture = image.id if image and is_picture else ""
    return KeptAttachment(doc_id=attachment.doc_id, name=attachment.name, picture=picture)


def names_attached(text: str, given: Sequence[KeptAttachment]) -> bool:
    """Tell whether a question speaks of what was attached before: by its kind or its name."""
    stems = [each.name.lower().partition(".")[0] for each in given]
    long = [re.escape(stem) for stem in stems if len(stem) >= MIN_NAME_LETTERS]
    named = long and re.search(rf"\b(?:{'|'.join(long)})\b", text.lower())
    return bool(_NAMES.search(text) or named)


def is_about(answer: Answer, given: Sequence[KeptAttachment]) -> bool:
    """Tell whether an answer stands on what was attached; one that stands on nothing does."""
    own = {each.doc_id for each in given if each.doc_id}
    cited = {citation.chunk.doc_id for citation in answer.citations}
    return bool(own) and (not cited or bool(own & cited))


def given_places(
    given: Sequence[KeptAttachment],
    answer: Answer | None,
    document: Callable[[str], Document | None],
) -> tuple[Place, ...]:
    """Return where each attachment opens: at the words that `answer` cites, else its start."""
    return tuple(
        _place(each, n, answer, document(each.doc_id)) for n, each in enumerate(given, start=1)
    )


def _place(each: KeptAttachment, number: int, answer: Answer | None, doc: Document | None) -> Place:
    cited = [
        cited_place(citation, answer)
        for citation in (answer.citations if answer else ())
        if answer and citation.chunk.doc_id == each.doc_id
    ]
    start = 1 if doc is not None and doc.page_count else None
    page = cited[0].page if cited else start
    boxes = dict.fromkeys(box for place in cited if place.page == page for box in place.boxes)
    chunk = Chunk(id="", doc_id=each.doc_id, source=each.name, ordinal=0, text=each.name)
    return Place(number=number, chunk=chunk, page=page, boxes=tuple(boxes))
