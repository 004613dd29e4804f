"""The values that flow through Pagelight: pure, frozen, checked when made.

Identity belongs to content: a document is the SHA-256 of its bytes, a picture of its own, a chunk
of its document and text. Where a thing was found (`Hit`), what it is cited as (`Citation`) and
what state its file is in are kept apart from what it is.

A `Provenance.span` is a half-open range of code points *of the text of the value that carries
it*: on an `Element`, of `Element.text`; on a `Chunk`, of `Chunk.text`. So a value carries one
provenance for each line (or table cell) of its text, and a citation of some words finds the
boxes of just those words.

Every other room imports them from here.
"""

from rag.datamodel.answers import Answer, Citation, Figure, State
from rag.datamodel.documents import (
    CELL_SEPARATOR,
    TABULAR,
    Chunk,
    Companion,
    Document,
    Element,
    Role,
    SourceFile,
    images_of,
)
from rag.datamodel.file_version import FileVersion, Version, version_fields, version_of
from rag.datamodel.hits import Channel, Context, Hit, PageView, Prompt
from rag.datamodel.places import FULL_PAGE, BBox, ImageAsset, Provenance, places_within
from rag.datamodel.queries import (
    NO_FILTERS,
    NO_WISHES,
    ROOT_COLLECTION,
    AnswerLength,
    AnswerWishes,
    Attachment,
    Filters,
    Query,
    QueryImage,
    Turn,
    composed,
)

__all__ = [
    "CELL_SEPARATOR",
    "FULL_PAGE",
    "NO_FILTERS",
    "NO_WISHES",
    "ROOT_COLLECTION",
    "TABULAR",
    "Answer",
    "AnswerLength",
    "AnswerWishes",
    "Attachment",
    "BBox",
    "Channel",
    "Chunk",
    "Citation",
    "Companion",
    "Context",
    "Document",
    "Element",
    "Figure",
    "FileVersion",
    "Filters",
    "Hit",
    "ImageAsset",
    "PageView",
    "Prompt",
    "Provenance",
    "Query",
    "QueryImage",
    "Role",
    "SourceFile",
    "State",
    "Turn",
    "Version",
    "composed",
    "images_of",
    "places_within",
    "version_fields",
    "version_of",
]
