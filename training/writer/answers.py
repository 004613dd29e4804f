"""Answers as the writer is to give them: a sentence of the source, what answers in bold, a mark."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise
from typing import Final

from training.writer.questions import asks_widely

Span = tuple[int, int]

NOT_FOUND: Final = "[0]"
"""What the writer says where no source answers."""

MAX_BOLD_WORDS: Final = 12
MAX_WORDS: Final = 45
"""Of a sentence that is quoted whole."""

MAX_MORE_WORDS: Final = 28
"""Of the sentence after it, where a reason is asked for."""

_ABBREVIATIONS: Final = r"vs Mr Dr No St Ms Mrs Jr Inc U\.S [A-Z]".split()
_SENTENCE_END: Final = re.compile(
    "".join(rf"(?<!\b{one}\.)" for one in _ABBREVIATIONS)
    + r"(?:(?<=[.!?])[\"'”’»)\]]*\s+(?=[^\sa-z])|(?<=[。！？।؟]))"
)
_STOPS: Final = frozenset(".!?。！？।؟")
_CLOSING: Final = "\"'”’»"


def sentences(text: str) -> list[Span]:
    """Return the spans of the sentences, which cover the text."""
    ends = (match.end() for match in _SENTENCE_END.finditer(text))
    return list(pairwise(sorted({0, *ends, len(text)})))


def marked(sentence: str) -> str:
    """Return a sentence with the mark 0 before the stop that ends it."""
    sentence = " ".join(sentence.split())
    body = sentence.rstrip(_CLOSING + "".join(_STOPS))
    end = sentence[len(body) :]
    return f"{body.rstrip(' ,;:')} [0]{end if _STOPS & set(end) else end + '.'}"


def all_marked(parts: Iterable[str]) -> str:
    return " ".join(map(marked, parts))


def answer_from(text: str, span: Span, question: str = "") -> str:
    """Return the sentence of a span with it in bold; of a table, row and column before it.

    A question for a reason gets the sentence after it, too, where that is short.
    """
    answer = " ".join(text[span[0] : span[1]].split())
    sentence = sentence_around(text, span)
    if sentence and (quoted := _quoted(text, span, sentence)):
        rest = text[sentence[1] :] if asks_widely(question) else ""
        more = [rest[start:end] for start, end in sentences(rest)[:1]]
        more = [one for one in more if 4 < len(one.split()) <= MAX_MORE_WORDS]
        return all_marked([quoted, *more])
    bold = f"**{answer}**" if len(answer.split()) <= MAX_BOLD_WORDS else answer
    return marked(cell_label(text, span[0]) + bold)


def sentence_around(text: str, span: Span) -> Span | None:
    """Return the span of the sentence, or sentences, that hold a span; None across lines."""
    touched = [one for one in sentences(text) if one[0] < span[1] and one[1] > span[0]]
    if not touched:
        return None
    start, end = touched[0][0], touched[-1][1]
    words = text[start:end].strip()
    return None if "|" in words or "\n" in words else (start, end)


def _quoted(text: str, span: Span, sentence: Span) -> str:
    """Return a sentence with a span in bold, if that is a part of it; "" for a long one."""
    (start, end), (first, last) = span, sentence
    is_part = end - start < 0.7 * (last - first)
    bold = "**" if is_part and len(text[start:end].split()) <= MAX_BOLD_WORDS else ""
    quoted = f"{text[first:start]}{bold}{text[start:end]}{bold}{text[end:last]}"
    return quoted if len(quoted.split()) <= MAX_WORDS else ""


def cell_label(text: str, start: int) -> str:
    """Return the names of the row and the column of a cell, "Row, Column: "; "" if unknown.

    Rows are "header: value | header: value", or a header line and values below it.
    """
    lines = text.split("\n")
    number = text.count("\n", 0, start)
    row = lines[number].split(" | ")
    before = text[text.rfind("\n", 0, start) + 1 : start]
    column = before.count(" | ")
    name, is_keyed, _ = row[column].partition(": ")
    first = row[0].rpartition(": ")[2]
    if not is_keyed:
        heads = next((line for line in lines if line.count(" | ") == len(row) - 1), "")
        name = heads.split(" | ")[column] if heads not in {"", lines[number]} else ""
    if not (column and name and re.search(r"[A-Za-z]", first)):
        return ""
    if max(len(first.split()), len(name.split())) > 8:
        return ""
    return f"{first[0].upper()}{first[1:]}, {name.strip(' :*#')}: "
