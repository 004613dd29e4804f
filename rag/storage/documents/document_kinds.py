"""What kinds of documents there are, in a person's words: PDF, pictures, slides. Knows no file."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from rag.storage.documents.records import DocumentRecord
from rag.text import stem, words


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """`one` and `many` name it; `stems` are what it may be called, `types` media types (glob)."""

    one: str
    many: str
    stems: frozenset[str]
    types: tuple[str, ...]

    def count(self, number: int) -> str:
        return f"{number:,} {self.one if number == 1 else self.many}"


def _kind(one: str, many: str, called: str, *types: str) -> Kind:
    return Kind(
        one=one,
        many=many,
        stems=frozenset(stem(word).removesuffix("s") for word in called.split()),
        types=types,
    )


KINDS: Final = (
    _kind("PDF", "PDFs", "pdf", "application/pdf"),
    _kind("picture", "pictures", "picture image photo photograph", "image/*"),
    _kind("Word document", "Word documents", "word", "*wordprocessingml*", "*msword", "*.text"),
    _kind(
        "presentation",
        "presentations",
        "presentation deck slidedeck powerpoint",
        "*presentation*",
        "*ms-powerpoint",
    ),
    _kind(
        "spreadsheet",
        "spreadsheets",
        "spreadsheet excel",
        "*sheet",
        "*ms-excel*",
        "text/csv",
        "*tab-*",
    ),
    _kind(
        "recording", "recordings", "recording video film movie audio podcast", "video/*", "audio/*"
    ),
    _kind("mail", "mails", "mail email", "message/*", "*ms-outlook", "*mbox"),
    _kind("web page", "web pages", "webpage website web html", "text/html", "*xhtml*"),
    _kind("e-book", "e-books", "book ebook epub", "*epub*"),
    _kind("text", "texts", "text markdown note", "text/*", "application/*"),
)
"""Each media type is of the first kind that has it."""


def kind_of(media_type: str) -> Kind:
    found = (k for k in KINDS if any(fnmatch.fnmatchcase(media_type, t) for t in k.types))
    return next(found, KINDS[-1])


def of_kind(
    called: str, records: Iterable[DocumentRecord]
) -> tuple[Kind | None, list[DocumentRecord]]:
    """Return the kind that it is called, None for "documents", and the records of that kind."""
    stems = {stem(word).removesuffix("s") for word in words(called.replace("-", ""))}
    wanted = next((kind for kind in KINDS if stems & kind.stems), None)
    return wanted, [r for r in records if wanted is None or kind_of(r.media_type) is wanted]


def counted(records: Sequence[DocumentRecord]) -> str:
    """Return how many there are of each kind: "3 PDFs, 1 picture"."""
    kinds = [kind_of(record.media_type) for record in records]
    return ", ".join(kind.count(kinds.count(kind)) for kind in KINDS if kind in kinds)
