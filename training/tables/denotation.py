"""Whether what a plan gives is the answer of a set: as WikiTableQuestions and TAT-QA tell.

Texts are compared without case, accents, quotes and notes; numbers by their value, a calculated one
to what is written of it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any, Final

from rag.tables.engine import PlanOutcome
from rag.text import RECENT_YEAR

_NOTES: Final = re.compile(r"(?<!^)(?:\[[^\]]*\]|\((?:[^()]*)\)|[*†‡#])+$")
_NUMBER: Final = re.compile(r"[$€£¥]?\s*\(?\s*[-−–+]?\s*[$€£¥]?\s*[\d,]*\.?\d+\s*\)?\s*%?")


def is_right(outcome: PlanOutcome, answers: Sequence[str], row: Mapping[str, Any]) -> bool:
    """Tell whether an outcome is the answer of a row of the sets."""
    if outcome.numbers and len(answers) == 1:
        wanted = number_of(answers[0])
        return (
            len(outcome.numbers) == 1
            and wanted is not None
            and _is_near(outcome.numbers[0], wanted, answers[0], row)
        )
    given = sorted(set(map(plain, outcome.texts)))
    if given == sorted(set(map(plain, answers))):
        return bool(given)
    if len(given) != 1 or len(answers) != 1:
        return False
    return _is_same(outcome.texts[0], answers[0])


def _is_same(text: str, answer: str) -> bool:
    own, wanted = number_of(text), number_of(answer)
    if own is not None and wanted is not None:
        return own == wanted
    return plain(text.rsplit(" > ", 1)[-1]) == plain(answer) or _is_year_of(text, answer)


def _is_year_of(text: str, answer: str) -> bool:
    """Tell whether a heading is told by its year alone."""
    return bool(re.fullmatch(RECENT_YEAR, answer)) and re.findall(RECENT_YEAR, text) == [answer]


def _is_near(number: float, wanted: float, written: str, row: Mapping[str, Any]) -> bool:
    decimals = len(written.partition(".")[2].strip(" %)"))
    close = 0.51 * 10**-decimals if decimals else 0.005
    if row.get("scale") == "percent" and abs(number / 100 - wanted) <= close / 100:
        return True
    return abs(number - wanted) <= max(close, 1e-6 * abs(wanted))


def number_of(text: str) -> float | None:
    """Return the number that a text is; None for other texts. Brackets negate."""
    stripped = text.strip()
    if not _NUMBER.fullmatch(stripped):
        return None
    digits = re.sub(r"[^\d.]", "", stripped)
    negative = bool(re.match(r"[$€£¥\s]*[-−–(]", stripped))
    return -float(digits) if negative else float(digits)


def plain(text: str) -> str:
    """Return a text as WikiTableQuestions' evaluator compares it."""
    decomposed = unicodedata.normalize("NFKD", text)
    told = "".join(c for c in decomposed if not unicodedata.combining(c)).lower()
    told = re.sub(r"[‘’´`]", "'", told)
    told = re.sub(r"[“”]", '"', told)
    told = re.sub(r"[‐‑‒–—−]", "-", told)
    while True:
        before = told
        told = _NOTES.sub("", told.strip()).strip()
        told = re.sub(r'^"([^"]*)"$', r"\1", told.strip()).rstrip(".")
        if told == before:
            return re.sub(r"\s+", " ", told)
