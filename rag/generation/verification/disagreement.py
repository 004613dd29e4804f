"""Where another document tells another number of what is said: a reader is shown both.

It says the same of another number of the same measure ("at most 24 people", "at most 20 people"),
or speaks of the number that is said and gives another ("587 cm is the record; the 612 cm were read
at the wall"). Knows weighed sentences; knows no model.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from rag.generation.draft import Sentence
from rag.generation.quotation.units import Unit
from rag.generation.verification.facts import numbers_in, unfound_numbers
from rag.generation.verification.support import is_whole, stems_of
from rag.text import YEAR, stem

SAME: Final = 0.6
"""So much of what is said, or asked, another document says too."""

MIN_SHARE: Final = 0.02
"""What disagrees is as likely to tell what is asked for as this share of the likeliest unit."""

_MEASURED: Final = re.compile(
    r"(?P<before>[$€£¥]\s?)?(?P<number>\d[\d.,]*)(?:\s(?:thousand|million|billion)\b)?"
    r"(?:\s?(?P<behind>°\s?[CF]|%|[^\W\d_]+))?"
)
_YEAR: Final = re.compile(rf"\b{YEAR}\b")


def told_otherwise(
    sentences: Sequence[Sentence], question: str, units: Sequence[Unit]
) -> Unit | None:
    """Return the likeliest sentence of a document that is not cited that tells another number."""
    cited = {number for sentence in sentences for number in sentence.numbers}
    documents = {u.evidence.hit.chunk.doc_id for u in units if u.evidence.hit.rank in cited}
    least = MIN_SHARE * max((unit.chance for unit in units), default=0.0)
    others = [
        unit
        for unit in units
        if unit.evidence.hit.chunk.doc_id not in documents
        and unit.chance >= least
        and is_whole(unit.shown)
        and any(_tells_otherwise(unit, one.text, question) for one in sentences)
    ]
    return max(others, key=lambda unit: unit.chance, default=None)


def _tells_otherwise(unit: Unit, said: str, question: str) -> bool:
    known = f"{said}\n{question}"
    others = {n for n in _measured(unit.shown) if unfound_numbers(n[0], known)}
    measures = {measure for _, measure in others}
    own = [n for n, measure in _measured(said) if measure in measures]
    own = [number for number in own if unfound_numbers(number, question)]
    if not own or not {*_YEAR.findall(unit.shown)} <= {*_YEAR.findall(known)}:
        return False
    place = unit.evidence.hit.chunk.text
    if not any(unfound_numbers(number, place) for number in own):
        return _share(question, place) >= SAME
    is_same = any(not unfound_numbers(number, unit.shown) for number in own)
    return not is_same and _share(said, unit.shown) >= SAME


def _measured(text: str) -> set[tuple[str, str]]:
    """Return the numbers of a text, each with what it counts: its unit, currency or noun."""
    found = set()
    for one in _MEASURED.finditer(text):
        measure = (one["before"] or "").strip() or stem((one["behind"] or "").lower())
        if measure and numbers_in(one["number"]) and not _YEAR.fullmatch(one["number"]):
            found.add((one["number"].rstrip(".,"), measure))
    return found


def _share(text: str, other: str) -> float:
    """Return the share of the words of a text that another says."""
    own = {word for word in stems_of(text) if word.isalpha()}
    return len(own & stems_of(other)) / len(own) if own else 0.0
