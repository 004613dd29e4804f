"""What people wrote in a workspace of a former version goes on; its documents are read again."""

import sqlite3
from contextlib import closing

import pytest
from builders_spoilt import DOCUMENTS, fill, open_index, put_document
from builders_ui import an_answer

from rag.datamodel import BBox
from rag.protocols import OcrLine
from rag.storage.backups.backup import restore
from rag.storage.conversations.exchange import Exchange, exchange_body

LAST = """
CREATE TABLE conversations (id TEXT PRIMARY KEY, name TEXT NOT NULL, changed_s REAL NOT NULL,
    deleted INTEGER NOT NULL DEFAULT 0, owner TEXT NOT NULL DEFAULT '',
    head TEXT NOT NULL DEFAULT '', scope TEXT NOT NULL DEFAULT '',
    revision INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
CREATE TABLE exchanges (row INTEGER PRIMARY KEY, conversation_id TEXT NOT NULL, id TEXT NOT NULL,
    question TEXT NOT NULL, answer TEXT NOT NULL DEFAULT '', body BLOB NOT NULL,
    parent TEXT NOT NULL DEFAULT '', told TEXT NOT NULL DEFAULT '');
CREATE TABLE prompts (row INTEGER PRIMARY KEY, owner TEXT NOT NULL, text TEXT NOT NULL);
CREATE TABLE left_out (source TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE documents (row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE);
INSERT INTO documents (id) VALUES ('d');
INSERT INTO prompts (owner, text) VALUES ('ann', 'Snow?');
INSERT INTO left_out VALUES ('a.txt');
INSERT INTO conversations (id, name, changed_s, head) VALUES ('a', 'Talk', 1.0, '1');
PRAGMA user_version = 27;
"""
FIRST = """
CREATE TABLE conversations (id TEXT PRIMARY KEY, name TEXT NOT NULL, changed_s REAL NOT NULL,
    deleted INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
CREATE TABLE exchanges (conversation_id TEXT NOT NULL, position INTEGER NOT NULL,
    question TEXT NOT NULL, answer TEXT NOT NULL DEFAULT '', body BLOB NOT NULL,
    PRIMARY KEY (conversation_id, position));
INSERT INTO conversations (id, name, changed_s) VALUES ('a', 'Talk', 1.0);
PRAGMA user_version = 5;
"""
"""Exchanges had positions then, and followed each other."""


def asked(n):
    return Exchange(id=f"{n}", question=f"{n}?", answer=an_answer("Yes."))


@pytest.fixture
def workspace(tmp_path):
    fill(tmp_path / "w")
    with open_index(tmp_path / "w") as index:
        index.set_root(tmp_path)
        line = OcrLine(text="sign", bbox=BBox(x0=0, y0=0, x1=1, y1=1), confidence=1.0)
        index.ocr_cache.put("page", [line])
    return tmp_path / "w"


def make_former(workspace, script, columns):
    """Put a database of a former version in place, with what was noted and lettered in it."""
    (workspace / "users.sqlite").unlink()
    with closing(sqlite3.connect(workspace / "ledger.sqlite")) as db:
        kept = [db.execute(f"SELECT * FROM {t}").fetchall() for t in ("facts", "lettering")]  # noqa: S608 - as named
    for path in (*workspace.glob("ledger.sqlite*"), *workspace.glob("backups/*")):
        path.unlink()
    with closing(sqlite3.connect(workspace / "ledger.sqlite")) as db, db:
        db.executescript("CREATE TABLE facts (name, value); CREATE TABLE lettering (key, lines);")
        db.executescript(script)
        for table, rows in zip(("facts", "lettering"), kept, strict=True):
            db.executemany(f"INSERT INTO {table} VALUES (?, ?)", rows)  # noqa: S608 - as named
        for n in range(2):
            row = ("a", n, f"{n}?", exchange_body(asked(n)))
            db.execute(
                f"INSERT INTO exchanges (conversation_id, {columns}, question, body)"  # noqa: S608 - as named
                " VALUES (?, ?, ?, ?)",
                row,
            )
        if columns == "id":
            db.execute("UPDATE exchanges SET parent = '0' WHERE id = '1'")


@pytest.mark.parametrize(("script", "columns"), [(LAST, "id"), (FIRST, "position")])
def test_what_people_wrote_goes_on(workspace, tmp_path, script, columns):
    make_former(workspace, script, columns)

    with open_index(workspace) as index:
        talk = index.conversations.get("a")
        assert [(one.id, one.question, one.answer.text) for one in talk] == [
            ("0", "0?", "Yes."),
            ("1", "1?", "Yes."),
        ]
        assert index.root == tmp_path
        assert [line.text for line in index.ocr_cache.get("page")] == ["sign"]
        assert index.documents() == []
        assert index.check() == []
        for n in range(DOCUMENTS):
            put_document(index, n)
        if script == LAST:
            assert index.left_out.sources() == {"a.txt"}
            prompts = index.seen_by(owner="ann", collections=None).preferences.prompts()
            assert [text for _, text in prompts] == ["Snow?"]

    assert (workspace / "ledger.before.sqlite").exists()
    with open_index(workspace) as index:
        assert len(index.conversations.get("a")) == 2
        assert len(index.documents()) == DOCUMENTS


def test_of_a_backup_of_a_former_version_what_people_wrote_is_restored(workspace, tmp_path):
    make_former(workspace, LAST, "id")
    (workspace / "ledger.sqlite").rename(tmp_path / "backup")
    fill(tmp_path / "other")

    restore(tmp_path / "backup", tmp_path / "other")

    with open_index(tmp_path / "other") as index:
        assert [record.id for record in index.conversations.records()] == ["a"]
    assert (tmp_path / "other" / "users.before.sqlite").exists()
