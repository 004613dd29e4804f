"""Facts that an answer must hold, each in one of several forms. Knows strings alone.

Nugget recall is as in Voorhees, Overview of the TREC 2003 Question Answering Track: the share of
the facts that stand in an answer of limited length.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from rag.text import MARK

Nuggets = tuple[tuple[str, ...], ...]
"""Facts; each one is a tuple of forms of which one is enough."""

LONG_LETTERS: Final = 5
"""A form of more letters also counts inside a longer word: "cave" not in "excavate", but
"inaccessible" in "inaccessibles"."""

_MARKS: Final = re.compile(rf"{MARK.pattern}|\*\*")
_THOUSANDS: Final = re.compile(r"(?<=\d)[,'’ ](?=\d{3}\b)")
_BETWEEN: Final = re.compile(r"[^\w.%-]+")
_ONE_MINUS: Final = str.maketrans("−–", "--")


def opening(text: str, *, words: int) -> str:
    """Return the first `words` words without marks [n] and without bold signs."""
    return " ".join(_MARKS.sub(" ", text).split()[:words])


def folded(text: str) -> str:
    """Return words as they are compared: no case, thousands' separators or punctuation.

    Hyphens, % and points that no space follows stay: also the one that ends the text. A minus of
    any form is a hyphen.
    """
    plain = _THOUSANDS.sub("", text.lower().translate(_ONE_MINUS))
    return " ".join(_BETWEEN.sub(" ", plain).replace(". ", " ").split())


def holds(text: str, forms: Sequence[str]) -> bool:
    """Tell whether one of the forms stands in the text: as whole words, if it is short."""
    words = folded(text)
    return any(_stands_in(words, folded(form)) for form in forms)


def _stands_in(words: str, form: str) -> bool:
    bare = form.rstrip(".")
    return f" {bare} " in f" {words} " or (len(form) > LONG_LETTERS and bare in words)


def missing(text: str, nuggets: Nuggets) -> list[str]:
    """Return the first form of each fact that the text does not hold."""
    return [forms[0] for forms in nuggets if not holds(text, forms)]


def recall(text: str, nuggets: Nuggets) -> float:
    """Return the share of the facts that the text holds; there must be one."""
    return 1 - len(missing(text, nuggets)) / len(nuggets)
