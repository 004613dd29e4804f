"""A document that was renamed is found by its new name, and not by its old one.

What is embedded begins with the file's name, so a new name would be a new vector for every chunk.
The vectors stay as they are: the name is a few words of many. What words look for, and what a
reader is told of a passage, follows the name at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from ingest.chunking.chunker import document_name, renamed_context
from rag.datamodel import Document
from rag.storage.documents.records import FileRecord
from rag.storage.workspace.store import WorkspaceIndex

_UNCUT: Final = 1 << 20


def follow_names(index: WorkspaceIndex, former: Mapping[str, FileRecord]) -> None:
    """Bring the contexts of chunks up to date where a document's first source is another now."""
    before, now = _first_sources(former), _first_sources(index.files())
    for doc_id in before.keys() & now.keys():
        if before[doc_id] != now[doc_id]:
            document = index.document(doc_id)
            if document is not None:
                _follow(index, document, old_source=before[doc_id])


def _follow(index: WorkspaceIndex, document: Document, *, old_source: str) -> None:
    old, new = _name(replace(document, sources=(old_source,))), _name(document)
    if old != new:
        index.put_contexts(document.id, lambda context: renamed_context(context, old=old, new=new))


def _name(document: Document) -> str:
    """Return the name uncut: a very long one, which the chunker cuts, is left as it was."""
    return document_name(document, len, limit=_UNCUT)


def _first_sources(files: Mapping[str, FileRecord]) -> dict[str, str]:
    """Return the first source of each document, which names it."""
    return {files[source].doc_id or "": source for source in sorted(files, reverse=True)}
