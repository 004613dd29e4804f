"""The tables of the ledger: scripts that make them, in the order in which they came to be.

A ledger that fewer of them made gets the others when it is opened; none is ever changed. Knows SQL;
opens nothing.
"""

from __future__ import annotations

from typing import Final

SCHEMA_VERSION: Final = 1
"""What a workspace must have been built with; it stands in its stamp."""

_TABLES: Final = """
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE documents (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    media_type TEXT NOT NULL,
    title TEXT NOT NULL,
    language TEXT,
    page_count INTEGER NOT NULL,
    chunk_count INTEGER NOT NULL,
    pending INTEGER NOT NULL,
    lettering_tried_with TEXT NOT NULL DEFAULT '',
    warnings BLOB NOT NULL,
    elements BLOB NOT NULL
);
CREATE TABLE files (
    source TEXT PRIMARY KEY,
    doc_id TEXT REFERENCES documents (id),
    size_bytes INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('ready', 'failed')),
    reason TEXT NOT NULL DEFAULT '',
    seconds REAL NOT NULL DEFAULT 0,
    tried_with TEXT NOT NULL DEFAULT ''
);
CREATE INDEX files_by_document ON files (doc_id);
CREATE TABLE chunks (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    doc_row INTEGER NOT NULL REFERENCES documents (row) ON DELETE CASCADE,
    ordinal INTEGER NOT NULL,
    embedded BLOB NOT NULL,
    phash TEXT,
    body BLOB NOT NULL
);
CREATE INDEX chunks_by_document ON chunks (doc_row, ordinal);
CREATE INDEX chunks_by_phash ON chunks (phash) WHERE phash IS NOT NULL;
CREATE VIRTUAL TABLE words USING fts5 (
    context, text, tokenize = 'porter unicode61 remove_diacritics 2'
);
CREATE VIRTUAL TABLE vocabulary USING fts5vocab ('words', 'row');
CREATE TRIGGER words_follow_chunks AFTER DELETE ON chunks
    BEGIN DELETE FROM words WHERE rowid = old.row; END;
CREATE TABLE vector_journal (chunk_id TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE lettering (key TEXT PRIMARY KEY, lines BLOB NOT NULL) WITHOUT ROWID;
"""

_PAGES: Final = """
ALTER TABLE chunks ADD COLUMN page_row INTEGER;
CREATE INDEX chunks_by_page ON chunks (page_row);
CREATE VIRTUAL TABLE pages USING fts5 (
    context, text, tokenize = 'porter unicode61 remove_diacritics 2'
);
CREATE TRIGGER pages_follow_chunks AFTER DELETE ON chunks
    BEGIN DELETE FROM pages WHERE rowid = old.page_row; END;
"""

_PICTURES: Final = """
ALTER TABLE chunks ADD COLUMN image_id TEXT;
CREATE INDEX chunks_by_image ON chunks (image_id) WHERE image_id IS NOT NULL;
"""

_CONVERSATIONS: Final = """
CREATE TABLE IF NOT EXISTS conversations (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    changed_s REAL NOT NULL,
    deleted INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS exchanges (
    conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    question TEXT NOT NULL,
    answer TEXT NOT NULL DEFAULT '',
    body BLOB NOT NULL,
    PRIMARY KEY (conversation_id, position)
);
CREATE TABLE IF NOT EXISTS left_out (source TEXT PRIMARY KEY) WITHOUT ROWID;
"""

_REPORTS: Final = """
CREATE TABLE IF NOT EXISTS reports (
    id TEXT PRIMARY KEY,
    reported_s REAL NOT NULL,
    conversation_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    question TEXT NOT NULL,
    right_answer TEXT NOT NULL DEFAULT '',
    absent INTEGER NOT NULL DEFAULT 0,
    body BLOB NOT NULL
) WITHOUT ROWID;
"""

_CHUNKERS: Final = """
ALTER TABLE documents ADD COLUMN chunker TEXT NOT NULL DEFAULT '';
CREATE INDEX documents_by_chunker ON documents (chunker, id);
"""

_OWNERS: Final = """
ALTER TABLE conversations ADD COLUMN owner TEXT NOT NULL DEFAULT '';
ALTER TABLE reports ADD COLUMN owner TEXT NOT NULL DEFAULT '';
"""

_DATES: Final = """
ALTER TABLE documents ADD COLUMN dated TEXT NOT NULL DEFAULT '';
"""

_EXCHANGES: Final = """
CREATE TABLE exchanges_with_ids (
    row INTEGER PRIMARY KEY,
    conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    question TEXT NOT NULL,
    answer TEXT NOT NULL DEFAULT '',
    body BLOB NOT NULL,
    UNIQUE (conversation_id, id)
);
INSERT INTO exchanges_with_ids (conversation_id, id, question, answer, body)
    SELECT conversation_id, CAST(position AS TEXT), question, answer, body
    FROM exchanges ORDER BY conversation_id, position;
DROP TABLE exchanges;
ALTER TABLE exchanges_with_ids RENAME TO exchanges;
ALTER TABLE reports DROP COLUMN position;
"""
"""Exchanges of before have their position as their id: so their reports are still theirs."""

_BRANCHES: Final = """
ALTER TABLE exchanges ADD COLUMN parent TEXT NOT NULL DEFAULT '';
ALTER TABLE exchanges ADD COLUMN told TEXT NOT NULL DEFAULT '';
ALTER TABLE conversations ADD COLUMN head TEXT NOT NULL DEFAULT '';
CREATE INDEX exchanges_by_parent ON exchanges (conversation_id, parent);
UPDATE exchanges SET parent = former.id FROM (
    SELECT row, lag(id) OVER (PARTITION BY conversation_id ORDER BY row) AS id FROM exchanges
) AS former WHERE former.row = exchanges.row AND former.id IS NOT NULL;
UPDATE conversations SET head = last.id FROM (
    SELECT conversation_id, id, max(row) FROM exchanges GROUP BY conversation_id
) AS last WHERE last.conversation_id = conversations.id;
"""
"""Exchanges of before follow each other in the order that they were asked in."""

_LISTED: Final = ("documents", "files", "left_out")
_REVISION: Final = "\n".join(
    [
        "CREATE TABLE listing (revision INTEGER NOT NULL); INSERT INTO listing VALUES (0);",
        *(
            f"CREATE TRIGGER {table}_{change.lower()}_listed AFTER {change} ON {table}"
            " BEGIN UPDATE listing SET revision = revision + 1; END;"
            for table in _LISTED
            for change in ("INSERT", "UPDATE", "DELETE")
        ),
    ]
)
"""Counts the changes of what the list of documents is made of; its names are our own."""

_CHANGED: Final = """
    INSERT INTO revisions VALUES (new.owner, 1)
        ON CONFLICT (owner) DO UPDATE SET revision = revision + 1;
    UPDATE conversations SET revision = (SELECT revision FROM revisions WHERE owner = new.owner)
        WHERE id = new.id;
"""
_CHANGES: Final = f"""
ALTER TABLE conversations ADD COLUMN scope TEXT NOT NULL DEFAULT '';
ALTER TABLE conversations ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;
CREATE TABLE revisions (owner TEXT PRIMARY KEY, revision INTEGER NOT NULL) WITHOUT ROWID;
CREATE TRIGGER conversations_insert_changed AFTER INSERT ON conversations BEGIN {_CHANGED} END;
CREATE TRIGGER conversations_update_changed
    AFTER UPDATE OF name, changed_s, deleted, owner, head, scope ON conversations
    BEGIN {_CHANGED} END;
"""
"""Counts the changes of each person's conversations; an exchange dates its conversation anew."""
_GOOD: Final = """
ALTER TABLE reports ADD COLUMN good INTEGER NOT NULL DEFAULT 0;
"""
"""An answer is reported as wrong or marked as good, by one person as one of both."""

_SHARES: Final = """
CREATE TABLE shares (
    token TEXT PRIMARY KEY,
    conversation_id TEXT NOT NULL UNIQUE REFERENCES conversations (id) ON DELETE CASCADE,
    head TEXT NOT NULL,
    shared_s REAL NOT NULL
) WITHOUT ROWID;
"""

_EMBEDDED: Final = """
CREATE TABLE embedding (revision INTEGER NOT NULL);
INSERT INTO embedding VALUES (0);
CREATE TRIGGER chunks_insert_embedded AFTER INSERT ON chunks
    BEGIN UPDATE embedding SET revision = revision + 1; END;
CREATE TRIGGER chunks_delete_embedded AFTER DELETE ON chunks
    BEGIN UPDATE embedding SET revision = revision + 1; END;
CREATE TRIGGER chunks_update_embedded AFTER UPDATE OF id, embedded ON chunks
    BEGIN UPDATE embedding SET revision = revision + 1; END;
"""
"""Counts the changes of what is embedded."""

_SESSIONS: Final = """
CREATE TABLE sessions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    key BLOB NOT NULL UNIQUE,
    name TEXT NOT NULL,
    stamp BLOB NOT NULL,
    address TEXT NOT NULL,
    agent TEXT NOT NULL,
    begun_s REAL NOT NULL,
    used_s REAL NOT NULL
);
CREATE INDEX sessions_by_name ON sessions (name);
"""

_AUDIT: Final = """
CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at_s REAL NOT NULL,
    who TEXT NOT NULL,
    what TEXT NOT NULL,
    about TEXT NOT NULL,
    address TEXT NOT NULL
);
CREATE TABLE usage (
    name TEXT NOT NULL,
    used TEXT NOT NULL,
    at_s REAL NOT NULL,
    amount INTEGER NOT NULL
);
CREATE INDEX usage_by_name ON usage (name, used, at_s);
"""

_PINS: Final = """
CREATE TABLE pins (
    row INTEGER PRIMARY KEY,
    owner TEXT NOT NULL,
    conversation_id TEXT NOT NULL,
    exchange_id TEXT NOT NULL,
    question TEXT NOT NULL,
    body BLOB NOT NULL,
    note TEXT NOT NULL DEFAULT '',
    UNIQUE (owner, conversation_id, exchange_id)
);
"""
"""A pinned answer outlives its conversation: it is kept as it was."""

_PREFERENCES: Final = """
CREATE TABLE answer_wishes (
    owner TEXT NOT NULL,
    conversation_id TEXT NOT NULL,
    length TEXT NOT NULL,
    quoted INTEGER NOT NULL,
    PRIMARY KEY (owner, conversation_id)
) WITHOUT ROWID;
CREATE TRIGGER wishes_follow_conversations AFTER DELETE ON conversations
    BEGIN DELETE FROM answer_wishes WHERE conversation_id = old.id; END;
CREATE TABLE instructions (owner TEXT PRIMARY KEY, text TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE prompts (
    row INTEGER PRIMARY KEY,
    owner TEXT NOT NULL,
    text TEXT NOT NULL,
    UNIQUE (owner, text)
);
"""
"""Of a conversation that has not begun the id is ""."""

_COLLECTIONS_AND_WRITERS: Final = """
CREATE TABLE source_folders (name TEXT PRIMARY KEY, folder TEXT NOT NULL) WITHOUT ROWID;
ALTER TABLE answer_wishes ADD COLUMN writer TEXT NOT NULL DEFAULT '';
"""

_AUDIT_BY_WHO: Final = """
CREATE INDEX audit_by_who ON audit (who, id);
"""

_STEMS: Final = """
ALTER TABLE documents ADD COLUMN stemmed TEXT NOT NULL DEFAULT '';
CREATE INDEX documents_by_stemmed ON documents (stemmed, id) WHERE stemmed <> '';
CREATE VIRTUAL TABLE stems USING fts5 (
    context, text, tokenize = 'unicode61 remove_diacritics 2'
);
CREATE VIRTUAL TABLE stem_vocabulary USING fts5vocab ('stems', 'row');
CREATE TRIGGER stems_follow_chunks AFTER DELETE ON chunks
    BEGIN DELETE FROM stems WHERE rowid = old.row; END;
"""
"""`stemmed` is the language (ISO 639-1) in which a document's words are kept as stems too."""

_AT_SCALE: Final = """
CREATE TABLE tally (chunks INTEGER NOT NULL, changes INTEGER NOT NULL);
INSERT INTO tally SELECT count(*), 0 FROM chunks;
CREATE TRIGGER chunks_insert_tallied AFTER INSERT ON chunks
    BEGIN UPDATE tally SET chunks = chunks + 1, changes = changes + 1; END;
CREATE TRIGGER chunks_delete_tallied AFTER DELETE ON chunks
    BEGIN UPDATE tally SET chunks = chunks - 1, changes = changes + 1; END;
ALTER TABLE documents ADD COLUMN pictured INTEGER NOT NULL DEFAULT 0;
CREATE INDEX documents_by_pictured ON documents (row) WHERE pictured = 0;
CREATE TABLE document_pictures (
    image_id TEXT NOT NULL,
    doc_row INTEGER NOT NULL REFERENCES documents (row) ON DELETE CASCADE,
    PRIMARY KEY (image_id, doc_row)
) WITHOUT ROWID;
CREATE INDEX pictures_by_document ON document_pictures (doc_row);
"""
"""What grows with all documents is counted and noted once.

`changes` are those of the words of passages; `pictured`: a document's pictures are noted.
"""

_SERVERS: Final = """
CREATE TABLE growing (
    conversation_id TEXT PRIMARY KEY,
    exchange_id TEXT NOT NULL,
    owner TEXT NOT NULL,
    server TEXT NOT NULL,
    html TEXT NOT NULL,
    stop INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE TABLE reading_wishes (number INTEGER PRIMARY KEY AUTOINCREMENT, wish TEXT NOT NULL);
"""
"""What several servers of one workspace tell each other."""

_SEALED: Final = "-- What passages and elements are written as is sealed from here on.\n"

_VERSIONS: Final = """
ALTER TABLE files ADD COLUMN ctime_ns INTEGER NOT NULL DEFAULT 0;
ALTER TABLE files ADD COLUMN inode INTEGER NOT NULL DEFAULT 0;
"""
"""Of files of before nothing is known: they are hashed once."""

_COMPANIONS: Final = """
ALTER TABLE documents ADD COLUMN companions BLOB NOT NULL DEFAULT '';
CREATE INDEX documents_by_companions ON documents (id) WHERE companions <> '';
"""

SCRIPTS: Final = (
    _TABLES,
    _PAGES,
    _PICTURES,
    _CONVERSATIONS,
    _REPORTS,
    _CHUNKERS,
    _OWNERS,
    _DATES,
    _EXCHANGES,
    _BRANCHES,
    _REVISION,
    _CHANGES,
    _GOOD,
    _SHARES,
    _EMBEDDED,
    _SESSIONS,
    _AUDIT,
    _PINS,
    _PREFERENCES,
    _COLLECTIONS_AND_WRITERS,
    _STEMS,
    _AUDIT_BY_WHO,
    _AT_SCALE,
    _SERVERS,
    _SEALED,
    _VERSIONS,
    _COMPANIONS,
)
"""In the order of the ledger's `user_version`; a ledger made by fewer of them gets the others."""
