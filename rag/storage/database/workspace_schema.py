"""The tables of the index: documents, passages and their words. Knows SQL; opens nothing."""

from __future__ import annotations

from typing import Final

SCHEMA_VERSION: Final = 1
"""What a workspace must have been built with; it stands in its stamp."""

VERSION: Final = 100
"""Of the tables, in `user_version`."""

ALONE_SINCE: Final = 100
"""Databases of former versions held what people wrote, too: they are carried over."""

_TABLES: Final = """
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE documents (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    media_type TEXT NOT NULL,
    title TEXT NOT NULL,
    language TEXT NOT NULL,
    stemmed TEXT NOT NULL DEFAULT '',
    page_count INTEGER NOT NULL,
    chunk_count INTEGER NOT NULL,
    pending INTEGER NOT NULL,
    lettering_tried_with TEXT NOT NULL DEFAULT '',
    warnings BLOB NOT NULL,
    elements BLOB NOT NULL,
    chunker TEXT NOT NULL,
    dated TEXT NOT NULL,
    companions BLOB NOT NULL
);
CREATE INDEX documents_by_chunker ON documents (chunker, id);
CREATE INDEX documents_by_stemmed ON documents (stemmed, id) WHERE stemmed <> '';
CREATE INDEX documents_by_companions ON documents (id) WHERE companions <> '';
CREATE TABLE files (
    source TEXT PRIMARY KEY,
    doc_id TEXT REFERENCES documents (id),
    size_bytes INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    ctime_ns INTEGER NOT NULL,
    inode INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('ready', 'failed')),
    reason TEXT NOT NULL,
    seconds REAL NOT NULL,
    tried_with TEXT NOT NULL
);
CREATE INDEX files_by_document ON files (doc_id);
CREATE TABLE chunks (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    doc_row INTEGER NOT NULL REFERENCES documents (row) ON DELETE CASCADE,
    page_row INTEGER,
    ordinal INTEGER NOT NULL,
    embedded BLOB NOT NULL,
    phash TEXT,
    image_id TEXT,
    body BLOB NOT NULL
);
CREATE INDEX chunks_by_document ON chunks (doc_row, ordinal);
CREATE INDEX chunks_by_page ON chunks (page_row);
CREATE INDEX chunks_by_phash ON chunks (phash) WHERE phash IS NOT NULL;
CREATE INDEX chunks_by_image ON chunks (image_id) WHERE image_id IS NOT NULL;
CREATE TABLE document_pictures (
    image_id TEXT NOT NULL,
    doc_row INTEGER NOT NULL REFERENCES documents (row) ON DELETE CASCADE,
    PRIMARY KEY (image_id, doc_row)
) WITHOUT ROWID;
CREATE INDEX pictures_by_document ON document_pictures (doc_row);
CREATE TABLE vector_journal (chunk_id TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE lettering (key TEXT PRIMARY KEY, lines BLOB NOT NULL) WITHOUT ROWID;
"""
"""`stemmed` is the language (ISO 639-1) in which a document's words are kept as stems too.

`page_row` is the row of the first chunk of the same page, that of the page in `pages`.
"""

_WORDS: Final = """
CREATE VIRTUAL TABLE words USING fts5 (
    context, text, tokenize = 'porter unicode61 remove_diacritics 2'
);
CREATE VIRTUAL TABLE vocabulary USING fts5vocab ('words', 'row');
CREATE VIRTUAL TABLE pages USING fts5 (
    context, text, tokenize = 'porter unicode61 remove_diacritics 2'
);
CREATE VIRTUAL TABLE stems USING fts5 (
    context, text, tokenize = 'unicode61 remove_diacritics 2'
);
CREATE VIRTUAL TABLE stem_vocabulary USING fts5vocab ('stems', 'row');
CREATE TRIGGER words_follow_chunks AFTER DELETE ON chunks BEGIN
    DELETE FROM words WHERE rowid = old.row;
    DELETE FROM pages WHERE rowid = old.page_row;
    DELETE FROM stems WHERE rowid = old.row;
END;
"""

_COUNTERS: Final = """
CREATE TABLE counters (
    chunks INTEGER NOT NULL, words INTEGER NOT NULL, embedded INTEGER NOT NULL,
    documents INTEGER NOT NULL
);
INSERT INTO counters VALUES (0, 0, 0, 0);
CREATE TRIGGER chunks_insert_counted AFTER INSERT ON chunks BEGIN
    UPDATE counters SET chunks = chunks + 1, words = words + 1, embedded = embedded + 1;
END;
CREATE TRIGGER chunks_delete_counted AFTER DELETE ON chunks BEGIN
    UPDATE counters SET chunks = chunks - 1, words = words + 1, embedded = embedded + 1;
END;
CREATE TRIGGER chunks_update_counted AFTER UPDATE OF id, embedded ON chunks BEGIN
    UPDATE counters SET embedded = embedded + 1;
END;
"""
"""How many chunks there are, and the changes of their words, of what is embedded, of documents."""

_LISTED: Final = "\n".join(
    f"CREATE TRIGGER {table}_{change.lower()}_counted AFTER {change} ON {table}"
    " BEGIN UPDATE counters SET documents = documents + 1; END;"
    for table in ("documents", "files")
    for change in ("INSERT", "UPDATE", "DELETE")
)
"""Their names are our own."""

SCRIPT: Final = _TABLES + _WORDS + _COUNTERS + _LISTED
