"""Marks as models write them (`【1】`, `[source 1]`, `[1-3]`) to marks as they are read.

Knows text; knows no sources.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

MAX_NUMBERS: Final = 10
"""Of a mark; a longer range (`[1-300]`) is none."""

MAX_LETTERS: Final = 60
"""Of a mark; what is open for longer is none."""

_WORD: Final = (  # what models call a source, in the languages that they answer in
    r"(?:sources?|quellen?|fuentes?|fonti?|fontes?|fonte|documents?|docs?\.?|references?|refs?\.?"
    r"|nr\.|no\.|#|\^)[^\S\n]*+(?::[^\S\n]*+)?"
)
_ITEM: Final = rf"(?:{_WORD})?\d{{1,3}}(?:[^\S\n]*[-–—][^\S\n]*\d{{1,3}})?"
_BETWEEN: Final = r"[^\S\n]*(?:[,;、&]|and|und|et|y|e)[^\S\n]*"
_INNER: Final = rf"[^\S\n]*{_ITEM}(?:{_BETWEEN}{_ITEM}){{0,9}}[^\S\n]*(?:†[^\[\]【】]{{0,20}})?"
_MARK: Final = re.compile(
    rf"[\[【［]{{2}}{_INNER}[\]】］]{{2}}|[\[【［]{_INNER}[\]】］]", re.IGNORECASE
)
_BEGUN: Final = re.compile(
    rf"(?:[\[【［][^\[\]【】［］\n]{{0,{MAX_LETTERS}}}"
    rf"|[\[【［]{{2}}[^\[\]【】［］\n]{{0,{MAX_LETTERS}}}[\]】］]?)\Z"
)
_AFTER_DAGGER: Final = re.compile(r"†.*")
_RANGE: Final = re.compile(r"(\d+)(?:\s*[-–—]\s*(\d+))?")


def plain_marks(pieces: Iterable[str]) -> Iterator[str]:
    """Yield the pieces of an answer with marks as `[1]` and `[1, 2]`; a bracket waits for its end.

    What waits when the pieces fail is yielded before the failure.
    """
    pending = ""
    try:
        for piece in pieces:
            pending += piece
            begun = _BEGUN.search(pending)
            ready, pending = (
                (pending[: begun.start()], pending[begun.start() :]) if begun else (pending, "")
            )
            if ready or not piece:  # at an empty one whoever reads may leave
                yield with_plain_marks(ready)
    except Exception:
        if pending:
            yield with_plain_marks(pending)
        raise
    if pending:
        yield with_plain_marks(pending)


def with_plain_marks(text: str) -> str:
    return _MARK.sub(_plain, text)


def _plain(mark: re.Match[str]) -> str:
    """Return the mark as `[1, 2]`; as it stands where its range is none or too long."""
    numbers: list[int] = []
    for first, last in _RANGE.findall(_AFTER_DAGGER.sub("", mark.group())):
        start, end = int(first), int(last or first)
        if not start <= end < start + MAX_NUMBERS:
            return mark.group()
        numbers.extend(range(start, end + 1))
    return f"[{', '.join(map(str, dict.fromkeys(numbers)))}]"
