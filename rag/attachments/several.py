"""Several attachments in one question: which are meant, told side by side, and summed. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from rag.attachments.forms import number_of
from rag.attachments.told import ToldLine, line
from rag.attachments.wishes import field_of
from rag.datamodel import Attachment

_ORDINALS: Final = ("first", "second", "third", "fourth", "fifth")
_ORDINAL: Final = re.compile(
    rf"\b(?:(?P<word>{'|'.join(_ORDINALS)}|last)|(?:no\.?|number|#)\s?(?P<number>\d))\b",
    re.IGNORECASE,
)
_TOGETHER: Final = re.compile(
    r"\b(?:together|altogether|in all|combined|sum|overall|both|all)\b", re.IGNORECASE
)
_BOLD: Final = re.compile(r"\*\*(.+?)\*\*")


def chosen(given: Sequence[Attachment], question: str) -> tuple[Attachment, ...]:
    """Return the attachments that the question means: by number or name; all if it names none."""
    named = tuple(
        a for a in given if a.name.rpartition(".")[0].lower() in question.lower() and "." in a.name
    )
    if named:
        return named
    meant = {
        n for found in _ORDINAL.finditer(question) if (n := _place(found, len(given))) < len(given)
    }
    return tuple(given[n] for n in sorted(meant)) if meant and len(given) > 1 else tuple(given)


def _place(found: re.Match[str], count: int) -> int:
    if found["number"]:
        return int(found["number"]) - 1
    word = found["word"].lower()
    return count - 1 if word == "last" else _ORDINALS.index(word)


def summed(
    given: Sequence[Attachment], told: Sequence[Sequence[ToldLine]], question: str
) -> list[ToldLine]:
    """Return what each attachment tells, under its name where there are several, and their sum."""
    if len(given) == 1:
        return list(told[0])
    lines: list[ToldLine] = []
    for attachment, own in zip(given, told, strict=True):
        lines.append(line(f"{attachment.name}:"))
        lines += own or [line("It does not say.")]
    total = _sum(told) if field_of(question) == "total" and _TOGETHER.search(question) else None
    return [*([line(f"Together: **{total}**")] if total else []), *lines]


def _sum(told: Sequence[Sequence[ToldLine]]) -> str | None:
    """Return the sum of the short answers; None unless each attachment has one that is a number."""
    values = []
    for own in told:
        bold = _BOLD.search(own[0].text) if own else None
        number = number_of(bold[1].replace(",", "")) if bold else None
        if number is None:
            return None
        values.append(number)
    return f"{sum(values):.2f}"
