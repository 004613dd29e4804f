"""An index for tests, and documents and chunks made up for it: short texts in, whole values out."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from fakes import FakeEmbedder

from rag.datamodel import BBox, Chunk, Document, Element, ImageAsset, Provenance
from rag.storage.documents.records import FileRecord
from rag.storage.workspace.store import WorkspaceIndex

EMBEDDER = FakeEmbedder()


def open_index(workspace: Path, *, chunker_version: str = "1", **how) -> WorkspaceIndex:
    """Open a workspace whose vectors are those of `EMBEDDER`."""
    made = {"model_id": EMBEDDER.model_id, "dim": EMBEDDER.dim, **how}
    return WorkspaceIndex(workspace, chunker_version=chunker_version, **made)


def make_file(source: str, doc_id: str | None, **changes) -> FileRecord:
    """Return the file of a document that was read."""
    told = {"size_bytes": 1, "mtime_ns": 1, "sha256": doc_id or "", "state": "ready", **changes}
    return FileRecord(source=source, doc_id=doc_id, **told)


def embedded(chunks: Sequence[Chunk]):
    """Return the vector of each chunk, by its id."""
    rows = EMBEDDER.embed_documents([chunk.embedding_text for chunk in chunks])
    return {chunk.id: row for chunk, row in zip(chunks, rows, strict=True)}


def put_document(index, document: Document, chunks: Sequence[Chunk] | None = None, **how):
    """Store a document with its chunks, made of its paragraphs where none are given."""
    chunks = make_chunks(document) if chunks is None else chunks
    index.put(document, chunks, embedded(chunks), **how)
    return chunks


def digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def make_document(
    *texts: str,
    source: str = "notes/a.txt",
    media_type: str = "text/plain",
    name: str = "",
    pending: bool = False,
) -> Document:
    """Make a document of paragraphs; its id depends on `name` and the texts."""
    elements = [Element(role="paragraph", text=text) for text in texts if text]
    if pending:
        elements.append(Element(role="figure", pending=True))
    return Document(
        id=digest("\0".join((name, *texts))),
        sources=(source,),
        media_type=media_type,
        title=name,
        page_count=1,
        elements=tuple(elements),
    )


def make_chunks(
    document: Document, texts: Sequence[str] | None = None, *, context: str = ""
) -> list[Chunk]:
    """Make one chunk a paragraph (or of `texts`), each on page 1 with one box."""
    texts = [e.text for e in document.elements if e.text] if texts is None else texts
    return [
        Chunk(
            id=digest(f"{document.id}\0{context}\0{text}\0{ordinal}")[:32],
            doc_id=document.id,
            source=document.sources[0],
            ordinal=ordinal,
            text=text,
            context=context,
            provenances=(
                Provenance(page=1, bbox=BBox(x0=0.1, y0=0.2, x1=0.5, y1=0.3), span=(0, len(text))),
            ),
        )
        for ordinal, text in enumerate(texts)
    ]


def make_picture_chunk(document: Document, *, phash: str, ordinal: int = 0) -> Chunk:
    image = ImageAsset(
        id=digest(phash),
        path=f"{phash[:2]}/{phash}.png",
        media_type="image/png",
        width_px=10,
        height_px=10,
        phash=phash,
    )
    return Chunk(
        id=digest(f"{document.id}{phash}")[:32],
        doc_id=document.id,
        source=document.sources[0],
        ordinal=ordinal,
        role="figure",
        image=image,
    )
