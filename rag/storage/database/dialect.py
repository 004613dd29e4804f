"""Our SQL in PostgreSQL's words. Both understand most of it; the differences are these.

- Values are `%s` and `%(name)s` for `?` and `:name`, and a percent sign is written twice.
- LIKE tells capitals from small letters: ILIKE does not, and SQLite's LIKE doesn't either.
- Text holds no NUL: U+FFFD stands for it.
- Truth is a type of its own, numbers of rows are made by the tables: `schema`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from rag.storage.database.transactions import Values

KEPT: Final = 512
"""Statements: there are some 80."""

_PIECE: Final = re.compile(r"('[^']*')|(\?)|(?<!:):(\w+)|(%)|\b(LIKE)\b")
"""A text, which stays as it is but for percent signs, or what has another word."""


@lru_cache(maxsize=KEPT)
def translated(query: str) -> bytes:
    """Return a statement in PostgreSQL's words, with the places of values that psycopg knows."""
    return _PIECE.sub(_word, query).encode()


def _word(found: re.Match[str]) -> str:
    text, _, name, percent, _ = found.groups()
    if text is not None:
        return text.replace("%", "%%")
    if name is not None:
        return f"%({name})s"
    return "%%" if percent else {"?": "%s", "LIKE": "ILIKE"}[found[0]]


def storable_values(values: Values) -> Mapping[str, Any] | Sequence[Any]:
    """Return the values as the server takes them."""
    if isinstance(values, Mapping):
        return {name: _storable(value) for name, value in values.items()}
    return [_storable(value) for value in values]


def _storable(value: object) -> object:
    return value.replace("\0", "\N{REPLACEMENT CHARACTER}") if isinstance(value, str) else value
