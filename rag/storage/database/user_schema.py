"""The tables of what people wrote and what servers tell each other, in SQLite as in PostgreSQL.

Those of the index that machines share are in PostgreSQL alone. Knows columns; opens nothing.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    false,
)
from sqlalchemy.schema import SchemaItem

VERSION: Final = 3
"""Of the tables; what has fewer is brought up to it."""

metadata: Final = MetaData()
index_metadata: Final = MetaData()
"""Each document as its owner's workspace has it, for the copies on other machines."""


def _table(name: str, *parts: SchemaItem, sqlite_autoincrement: bool = False) -> Table:
    return Table(name, metadata, *parts, sqlite_autoincrement=sqlite_autoincrement)


def _text(
    name: str,
    *extra: ForeignKey,
    default: str | None = None,
    **kind: Any,  # noqa: ANN401 - bools: `primary_key`, `unique`, `index`
) -> Column[str]:
    return Column(name, Text, *extra, nullable=False, server_default=default, **kind)


def _texts(*names: str, default: str | None = None) -> list[Column[str]]:
    return [_text(name, default=default) for name in names]


def _key(name: str, *extra: ForeignKey) -> Column[str]:
    return _text(name, *extra, primary_key=True)


def _number(name: str) -> Column[int]:
    """A row's own number, which grows and is given only once."""
    return Column(name, BigInteger().with_variant(Integer, "sqlite"), primary_key=True)


def _count(name: str, *, default: str | None = None, unique: bool = False) -> Column[int]:
    return Column(name, BigInteger, nullable=False, server_default=default, unique=unique)


def _time(name: str) -> Column[float]:
    """Seconds since 1970."""
    return Column(name, Double, nullable=False)


def _flag(name: str) -> Column[bool]:
    return Column(name, Boolean, nullable=False, server_default=false())


def _bytes(name: str, *, unique: bool = False) -> Column[bytes]:
    return Column(name, LargeBinary, nullable=False, unique=unique)


def _conversation() -> ForeignKey:
    return ForeignKey("conversations.id", ondelete="CASCADE")


version: Final = _table("version", Column("number", Integer, nullable=False))
facts: Final = _table("facts", _key("name"), _text("value"))
conversations: Final = _table(
    "conversations",
    _key("id"),
    _text("name"),
    _time("changed_s"),
    _flag("deleted"),
    *_texts("owner", "head", "scope", default=""),
    _count("revision", default="0"),
    Index("conversations_by_owner", "owner", "changed_s"),
)
exchanges: Final = _table(
    "exchanges",
    _number("row"),
    _text("conversation_id", _conversation()),
    _text("id"),
    _text("question"),
    _text("answer", default=""),
    _bytes("body"),
    *_texts("parent", "told", default=""),
    UniqueConstraint("conversation_id", "id"),
    Index("exchanges_by_parent", "conversation_id", "parent"),
)
revisions: Final = _table("revisions", _key("owner"), _count("revision"))
shares: Final = _table(
    "shares",
    _key("token"),
    _text("conversation_id", _conversation(), unique=True),
    _text("head"),
    _time("shared_s"),
)
reports: Final = _table(
    "reports",
    _key("id"),
    _time("reported_s"),
    *_texts("conversation_id", "question"),
    _text("right_answer", default=""),
    _flag("absent"),
    _bytes("body"),
    _text("owner", default=""),
    _flag("good"),
)
pins: Final = _table(
    "pins",
    _number("row"),
    *_texts("owner", "conversation_id", "exchange_id", "question"),
    _bytes("body"),
    _text("note", default=""),
    UniqueConstraint("owner", "conversation_id", "exchange_id"),
)
answer_wishes: Final = _table(
    "answer_wishes",
    _key("owner"),
    _key("conversation_id"),
    _text("length"),
    _flag("quoted"),
    _text("writer", default=""),
)
instructions: Final = _table("instructions", _key("owner"), _text("text"))
prompts: Final = _table(
    "prompts", _number("row"), *_texts("owner", "text"), UniqueConstraint("owner", "text")
)
sessions: Final = _table(
    "sessions",
    _number("id"),
    _bytes("key", unique=True),
    _text("name", index=True),
    _bytes("stamp"),
    *_texts("address", "agent"),
    _time("begun_s"),
    _time("used_s"),
    sqlite_autoincrement=True,
)
audit: Final = _table(
    "audit",
    _number("id"),
    _time("at_s"),
    *_texts("who", "what", "about", "address"),
    Index("audit_by_who", "who", "id"),
    sqlite_autoincrement=True,
)
usage: Final = _table(
    "usage",
    *_texts("name", "used"),
    _time("at_s"),
    _count("amount"),
    Index("usage_by_name", "name", "used", "at_s"),
)
growing: Final = _table(
    "growing",
    _key("conversation_id"),
    *_texts("exchange_id", "owner", "server", "html"),
    _flag("stop"),
)
left_out: Final = _table("left_out", _key("source"))
source_folders: Final = _table("source_folders", _key("name"), _text("folder"))
reading_wishes: Final = _table(
    "reading_wishes", _number("number"), _text("wish"), sqlite_autoincrement=True
)

changes: Final = Table(
    "changes",
    index_metadata,
    _key("key"),
    _count("seq", unique=True),
    _text("author"),
    Column("body", LargeBinary),
    _bytes("vectors"),
)
copied_files: Final = Table("copied_files", index_metadata, _key("name"), _bytes("body"))
files_of_changes: Final = Table(
    "files_of_changes",
    index_metadata,
    _key("key", ForeignKey("changes.key", ondelete="CASCADE")),
    _key("name", ForeignKey("copied_files.name", ondelete="CASCADE")),
    Index("files_of_changes_by_name", "name"),
)

TELLING: Final = frozenset({"version", "growing", "reading_wishes", "revisions", "facts"})
WRITTEN: Final = tuple(table for table in metadata.sorted_tables if table.name not in TELLING)
"""What people wrote and what is known of them; what is referred to comes first."""
