"""Documents and chunks made up for tests of the index: short texts in, whole values out."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from rag.datamodel import BBox, Chunk, Document, Element, ImageAsset, Provenance

WITHOUT_LATER_COLUMNS = """
DROP TRIGGER documents_insert_listed;
DROP TRIGGER documents_update_listed;
DROP TRIGGER documents_delete_listed;
DROP TRIGGER files_insert_listed;
DROP TRIGGER files_update_listed;
DROP TRIGGER files_delete_listed;
DROP TRIGGER left_out_insert_listed;
DROP TRIGGER left_out_update_listed;
DROP TRIGGER left_out_delete_listed;
DROP TABLE listing;
DROP TRIGGER stems_follow_chunks; DROP TABLE stem_vocabulary; DROP TABLE stems;
DROP INDEX documents_by_companions; ALTER TABLE documents DROP COLUMN companions;
ALTER TABLE files DROP COLUMN ctime_ns; ALTER TABLE files DROP COLUMN inode;
DROP INDEX documents_by_stemmed; ALTER TABLE documents DROP COLUMN stemmed;
DROP TRIGGER conversations_insert_changed;
DROP TRIGGER conversations_update_changed;
DROP TABLE revisions;
ALTER TABLE conversations DROP COLUMN revision;
ALTER TABLE conversations DROP COLUMN scope;
DROP INDEX documents_by_chunker;
ALTER TABLE documents DROP COLUMN chunker;
ALTER TABLE documents DROP COLUMN dated;
ALTER TABLE conversations DROP COLUMN owner;
ALTER TABLE conversations DROP COLUMN head;
ALTER TABLE reports DROP COLUMN owner;
ALTER TABLE reports DROP COLUMN good;
DROP TABLE shares;
DROP TRIGGER chunks_insert_embedded; DROP TRIGGER chunks_delete_embedded;
DROP TRIGGER chunks_update_embedded; DROP TABLE embedding;
DROP TRIGGER chunks_insert_tallied; DROP TRIGGER chunks_delete_tallied; DROP TABLE tally;
DROP TABLE document_pictures; DROP INDEX documents_by_pictured;
ALTER TABLE documents DROP COLUMN pictured;
DROP TABLE sessions; DROP TABLE audit; DROP TABLE usage;
DROP TABLE pins;
DROP TRIGGER wishes_follow_conversations;
DROP TABLE answer_wishes;
DROP TABLE instructions;
DROP TABLE prompts;
DROP TABLE source_folders;
DROP TABLE growing; DROP TABLE reading_wishes;
ALTER TABLE reports ADD COLUMN position INTEGER NOT NULL DEFAULT 0;
CREATE TABLE placed (
    conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    question TEXT NOT NULL,
    answer TEXT NOT NULL DEFAULT '',
    body BLOB NOT NULL,
    PRIMARY KEY (conversation_id, position)
);
INSERT INTO placed SELECT conversation_id,
    row_number() OVER (PARTITION BY conversation_id ORDER BY row) - 1, question, answer, body
    FROM exchanges;
DROP TABLE exchanges;
ALTER TABLE placed RENAME TO exchanges;
PRAGMA user_version = 5;
"""
"""Makes the ledger of an open connection one as of version 5."""


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
