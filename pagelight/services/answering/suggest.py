"""Questions that a document can answer, made of its own tables and captions.

Only templates, and what keeps odd words out of them; whether a question is answered is checked by
asking it (`pagelight.services.jobs.suggestions`). Knows documents; knows no engine and no page.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import Final, Literal

from rag.datamodel import CELL_SEPARATOR, TABULAR, Document, Element
from rag.months import any_month_pattern

Kind = Literal["table", "caption"]

PER_KIND: Final = 2
"""Candidates of each kind that a document gives."""

LEAST_COLUMNS: Final = 2
LEAST_WORDS, MOST_WORDS = 2, 8
MOST_LETTERS: Final = 70
_WORD: Final = re.compile(r"[^\W\d_]{2,}")
_LABEL: Final = re.compile(
    r"^(?:fig(?:ure)?|table|chart|map|plate|abb(?:ildung)?|tab(?:elle)?)\b\.?\s*[\dIVX.\-]*\s*[:.–—-]?\s*",
    re.IGNORECASE,
)
_PLURAL: Final = re.compile(r"^\w*[^\Ws]s(?!\w)|[^\Ws]s$")
_CLAUSE_END: Final = re.compile(r"[.;:(\[]\s?|\s[–—]\s")
_SAYS_NOTHING: Final = frozenset(
    "amount category count data number result series total value values".split()
)
"""What a column is called that does not tell what it holds, as of a chart that was read."""

_UNFIT: Final = re.compile(r"[<>{}\[\]|\\@#=]|https?:|\bwww\.")


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestedQuestion:
    """A question, and the document that it was made of."""

    question: str
    doc_id: str
    kind: Kind


def candidates_of(doc: Document) -> list[SuggestedQuestion]:
    """Return questions of a document, its kinds by turns."""
    kinds: dict[Kind, list[str]] = {
        "table": [q for e in doc.elements if e.role in TABULAR for q in _of_table(e)],
        "caption": [q for e in doc.elements if e.role == "caption" for q in _of_caption(e, doc)],
    }
    columns = [
        [SuggestedQuestion(question=q, doc_id=doc.id, kind=kind) for q in dict.fromkeys(questions)][
            :PER_KIND
        ]
        for kind, questions in kinds.items()
    ]
    return [one for turn in zip_longest(*columns) for one in turn if one is not None]


def _of_table(element: Element) -> Iterator[str]:
    """Ask for a named column of a named row: `What is the altitude of Upper hut?`.

    A row of a day or month is none, nor a column without a name of its own: who reads the question
    alone would not know what it is about. Two columns of words may be what is told of one thing,
    "Type | Public", without a header.
    """
    rows = [line.split(CELL_SEPARATOR) for line in element.text.split("\n")]
    header = rows[0]
    for row in rows[1:]:
        if len(row) != len(header) or not _is_name(row[0]):
            continue
        for column, cell in zip(header[1:], row[1:], strict=True):
            is_told = len(header) > LEAST_COLUMNS or cell.strip()[:1].isdecimal()
            if cell.strip() and is_told and _is_column(column):
                yield _cell_question(_lowered(column.strip()), row[0].strip(), cell.strip())
                break


def _cell_question(column: str, row: str, cell: str) -> str:
    """Ask `How many` for a number under a plural: `How many weeks on duty has Ilse Amend?`."""
    if cell.isdecimal() and _PLURAL.search(column):
        return f"How many {column} has {row}?"
    return f"What {'are' if _PLURAL.search(column) else 'is'} the {column} of {row}?"


def _is_name(text: str) -> bool:
    words = text.split()
    told = _WORD.search(_months().sub("", text))
    return 1 <= len(words) <= LEAST_WORDS * 2 and told is not None and _is_fit(text)


@functools.cache
def _months() -> re.Pattern[str]:
    return re.compile(rf"\b{any_month_pattern()}\b", re.IGNORECASE)


def _is_column(text: str) -> bool:
    words = text.casefold().split()
    says_something = bool(set(words) - _SAYS_NOTHING)
    is_short = 1 <= len(words) <= LEAST_WORDS * 2
    return is_short and says_something and all(map(_WORD.match, words)) and _is_fit(text)


def _of_caption(element: Element, doc: Document) -> Iterator[str]:
    """Ask to see a figure; a first word that the document writes large alone is a name."""
    label = _LABEL.match(element.text.strip())
    is_table = label is not None and label[0].casefold().startswith("tab")
    text = _clean(_LABEL.sub("", element.text.strip()))
    clause = _CLAUSE_END.split(text, maxsplit=1)[0].strip(" ,.")
    if not is_table and _is_phrase(clause):
        first = clause.split(maxsplit=1)[0]
        told = [other.text for other in doc.elements if other is not element]
        is_small = any(first.lower() in one for one in told)
        within = re.compile(rf"[a-z,] {re.escape(first)}\b")  # a sentence's first word is no name
        is_written_large = not is_small and any(map(within.search, told))
        yield f"Show me the figure of {clause if is_written_large else _lowered(clause)}"


def _clean(text: str) -> str:
    return " ".join(text.split())


def _is_phrase(text: str) -> bool:
    words = _WORD.findall(text)
    return len(words) >= LEAST_WORDS and len(text.split()) <= MOST_WORDS and _is_fit(text)


def _is_fit(text: str) -> bool:
    """Tell whether it can stand in a question: short, and neither markup nor shouted."""
    is_shouted = text.isupper() and len(text.split()) > 1
    return len(text) <= MOST_LETTERS and not _UNFIT.search(text) and not is_shouted


def _lowered(text: str) -> str:
    """Return the text as it stands within a sentence; names with more capitals stay."""
    first = text.split(maxsplit=1)[0] if text.split() else ""
    return text[0].lower() + text[1:] if first[1:].islower() or len(first) == 1 else text
