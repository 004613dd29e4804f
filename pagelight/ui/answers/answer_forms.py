"""One answer in the forms that it is copied in. Knows answers and places; nothing of HTTP."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final, Literal

from pagelight.services.answering.places import places_of
from pagelight.ui.html.language import say
from pagelight.ui.html.markdown_text import answer_markdown, plain
from rag.datamodel import Answer

Form = Literal["text", "markdown", "footnotes"]

_STRONG: Final = re.compile(r"(?<![\w*])\*\*(?=\S)([^*\n]+)(?<=\S)\*\*(?![\w*])")
_OPEN, _CLOSE = "\ue000", "\ue001"
KEPT_MARK: Final = re.compile(f"{_OPEN}([0-9,]+){_CLOSE}")
"""Stands for a mark while the rest is made Markdown or HTML: no letters of any script."""


def copied(answer: Answer, form: Form) -> str:
    """Return the answer as plain text, as Markdown, or as Markdown with footnotes."""
    match form:
        case "text":
            return _STRONG.sub(r"\1", _with_marks(answer, lambda _: "")).strip()
        case "markdown":
            return "\n\n".join(
                filter(None, (answer_markdown(answer.text), sources_markdown(answer)))
            )
        case "footnotes":
            return _footnotes(answer)


def sources_markdown(answer: Answer) -> str:
    """Return one line for each numbered source, with its page and the words it was cited for."""
    rows = [
        f"- [{number}] {label}" + "".join(f"\n  > {quote}" for quote in quotes)
        for number, label, quotes in _sources(answer)
    ]
    head = say("Sources:") if answer.state != "nothing" else say("Nearest places:")
    return f"{head}\n\n" + "\n".join(rows) if rows else ""


def _footnotes(answer: Answer) -> str:
    text = KEPT_MARK.sub(
        lambda mark: "".join(f"[^{n}]" for n in mark[1].split(",")),
        answer_markdown(with_kept_marks(answer)),
    )
    notes = [
        f"[^{number}]: {label}" + "".join(f" “{quote}”" for quote in quotes)
        for number, label, quotes in _sources(answer)
    ]
    return "\n\n".join(filter(None, (text, "\n".join(notes))))


def with_kept_marks(answer: Answer) -> str:
    """Return the text with a `KEPT_MARK` in place of each mark, its numbers divided by commas."""
    return _with_marks(answer, lambda numbers: f"{_OPEN}{numbers}{_CLOSE}")


def _with_marks(answer: Answer, write: Callable[[str], str]) -> str:
    """Return the text with each mark as `write` writes its numbers, which commas divide."""
    marks: dict[tuple[int, int], list[str]] = {}
    for citation in answer.citations:
        marks.setdefault(citation.span, []).append(str(citation.number))
    text = answer.text.replace(_OPEN, "\ufffd").replace(_CLOSE, "\ufffd")
    parts, at = [], 0
    for (start, end), numbers in sorted(marks.items()):
        mark = write(",".join(numbers))
        before = text[at:start]
        parts += [before if mark else before.rstrip(" "), mark]
        at = end
    return "".join([*parts, text[at:]])


def _sources(answer: Answer) -> Iterator[tuple[int, str, list[str]]]:
    """Yield number, name with page, and quotes of each source, by number; all as Markdown."""
    quotes: dict[int, list[str]] = {}
    labels: dict[int, str] = {}
    for place in places_of(answer):
        where = f", {place.where}" if place.where else ""
        labels.setdefault(place.number, f"{plain(place.chunk.source)}{where}")
        quotes.setdefault(place.number, []).append(plain(place.quote))
    for number in sorted(labels):
        yield number, labels[number], [quote for quote in quotes[number] if quote]
