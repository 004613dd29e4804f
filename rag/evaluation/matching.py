"""Whether texts hold what an answer must hold: accepted answers, facts, evidence. Knows strings.

Nugget recall is as in Voorhees, Overview of the TREC 2003 Question Answering Track: the share of
the facts that stand in an answer of limited length.
"""

from __future__ import annotations

import re
import string
import unicodedata
from collections import Counter
from collections.abc import Sequence
from typing import Final

from rag.evaluation.questions import Nuggets
from rag.text import MARK

LONG_LETTERS: Final = 5
"""A form of more letters also counts inside a longer word: "cave" not in "excavate", but
"inaccessible" in "inaccessibles"."""

_MARKS: Final = re.compile(rf"{MARK.pattern}|\*\*")
_THOUSANDS: Final = re.compile(r"(?<=\d)[,'’ ](?=\d{3}\b)")
_BETWEEN: Final = re.compile(r"[^\w.%-]+")
_ONE_MINUS: Final = str.maketrans("−–", "--")
_PLAIN_LETTERS: Final = str.maketrans("‐‑‒–—−‘’“”„", '------\'\'"""')
_PUNCTUATION: Final = str.maketrans("", "", string.punctuation)


def opening(text: str, *, words: int | None) -> str:
    """Return the first `words` words (None: all) without marks [n] and without bold signs."""
    return " ".join(_MARKS.sub(" ", text).split()[:words])


def missing_answers(text: str, expected: Sequence[str]) -> list[str]:
    """Return the expected strings that do not stand in the text, whole words of it."""
    folded = _folded_answer(text)
    return [
        answer
        for answer in expected
        if not re.search(rf"(?<![\w.]){re.escape(_folded_answer(answer))}(?![\w]|\.\d)", folded)
    ]


def holds_answer(text: str, expected: Sequence[str], *, match: str) -> bool:
    """Tell whether one of the expected strings (`match` "all": each) stands in the text."""
    lacking = len(missing_answers(text, expected))
    return lacking == 0 if match == "all" else lacking < len(expected)


def _folded_answer(text: str) -> str:
    """Return words as they are compared: no case, marks, thousands' commas or odd spaces.

    Dashes and quotation marks of every form are one.
    """
    plain = MARK.sub(" ", unicodedata.normalize("NFKC", text).lower()).translate(_PLAIN_LETTERS)
    return " ".join(re.sub(r"(?<=\d),(?=\d)", "", plain).split())


def missing_facts(text: str, nuggets: Nuggets) -> list[str]:
    """Return the first form of each fact that the text does not hold."""
    words = _folded_fact(text)
    return [
        forms[0]
        for forms in nuggets
        if not any(
            f" {form.rstrip('.')} " in f" {words} "
            or (len(form) > LONG_LETTERS and form.rstrip(".") in words)
            for form in map(_folded_fact, forms)
        )
    ]


def fact_recall(text: str, nuggets: Nuggets) -> float:
    """Return the share of the facts that the text holds; there must be one."""
    return 1 - len(missing_facts(text, nuggets)) / len(nuggets)


def _folded_fact(text: str) -> str:
    """Return words as they are compared: no case, thousands' separators or punctuation.

    Hyphens, % and points that no space follows stay: also the one that ends the text. A minus of
    any form is a hyphen.
    """
    plain = _THOUSANDS.sub("", text.lower().translate(_ONE_MINUS))
    return " ".join(_BETWEEN.sub(" ", plain).replace(". ", " ").split())


def word_recall(text: str, evidence: str) -> float:
    """Return the share of the evidence's words, without punctuation, that the text holds."""
    found, wanted = (
        Counter(one.lower().translate(_PUNCTUATION).split()) for one in (text, evidence)
    )
    whole = sum(wanted.values())
    return sum((wanted & found).values()) / whole if whole else 0.0
