"""An answer as Markdown, to be copied or taken along. Knows answers and places; nothing of HTTP."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

from pagelight.services.answering.places import places_of
from pagelight.ui.html.markdown_text import answer_markdown, plain
from pagelight.ui.templating import where_of
from rag.datamodel import Answer

OPEN, CLOSE = "⸨⸩"
KEPT_MARK: Final = re.compile(f"{OPEN}([0-9,]+){CLOSE}")
"""Stands for a mark while the rest is made Markdown or HTML. Brackets of scholars' editions: by
CommonMark bold words may end before punctuation, not before letters of no script."""


def copied(answer: Answer, *, of: str = "") -> str:
    """Return the answer as Markdown, each source a footnote with its page and words.

    `of` begins the footnotes' names, so that several answers can stand in one text. Where nothing
    was found there are none.
    """
    text = KEPT_MARK.sub(
        lambda mark: "".join(f"[^{of}{n}]" for n in mark[1].split(",")),
        answer_markdown(with_kept_marks(answer)),
    )
    notes = [
        f"[^{of}{number}]: {label}" + "".join(f" “{quote}”" for quote in quotes)
        for number, label, quotes in (_sources(answer) if answer.state != "not_found" else ())
    ]
    return "\n\n".join(filter(None, (text, "\n".join(notes))))


def with_kept_marks(answer: Answer) -> str:
    """Return the text with a `KEPT_MARK` in place of each mark, its numbers divided by commas."""

    def write(positions: Sequence[int]) -> str:
        return f"{OPEN}{','.join(str(answer.citations[n].number) for n in positions)}{CLOSE}"

    return marked_text(answer, write)


def marked_text(
    answer: Answer, write: Callable[[Sequence[int]], str], more: Iterable[tuple[int, int, str]] = ()
) -> str:
    """Return the text with each mark as `write` writes it, of its citations' positions.

    `more` are other ranges, and what stands in their place.
    """
    marks: dict[tuple[int, int], list[int]] = {}
    for position, citation in enumerate(answer.citations):
        marks.setdefault(citation.span, []).append(position)
    written = [(start, end, write(positions)) for (start, end), positions in marks.items()]
    text = answer.text.replace(OPEN, "\ufffd").replace(CLOSE, "\ufffd")
    parts, at = [], 0
    for start, end, words in sorted([*written, *more]):
        before = text[at:start]
        parts += [before if words else before.rstrip(" "), words]
        at = end
    return "".join([*parts, text[at:]])


def _sources(answer: Answer) -> Iterator[tuple[int, str, list[str]]]:
    """Yield number, name with page, and quotes of each source, by number; all as Markdown."""
    quotes: dict[int, list[str]] = {}
    labels: dict[int, str] = {}
    for place in places_of(answer):
        where = filter(None, (plain(place.chunk.source), where_of(place)))
        labels.setdefault(place.number, ", ".join(where))
        quotes.setdefault(place.number, []).append(plain(place.words))
    for number in sorted(labels):
        yield number, labels[number], [quote for quote in quotes[number] if quote]
