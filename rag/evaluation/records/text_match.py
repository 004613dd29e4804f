"""How well an answer's words fit the accepted ones. Knows strings alone."""

from __future__ import annotations

import re
import string
import unicodedata
from collections import Counter
from collections.abc import Sequence
from typing import Final

from rag.text import MARK

ANLS_THRESHOLD: Final = 0.5
"""Normalised distance from which an answer counts as another one (Biten et al., 2019)."""

_ARTICLE: Final = re.compile(r"\b(a|an|the)\b")
_PLAIN_LETTERS: Final = str.maketrans("‐‑‒–—−‘’“”„", '------\'\'"""')
_PUNCTUATION: Final = str.maketrans("", "", string.punctuation)


def without_marks(text: str) -> str:
    """Return the answer without its marks [n] and without double white space."""
    return " ".join(MARK.sub(" ", text).split())


def folded(text: str) -> str:
    """Return words as they are compared: no case, marks, thousands' commas or odd spaces.

    Dashes and quotation marks of every form are one.
    """
    plain = MARK.sub(" ", unicodedata.normalize("NFKC", text).lower()).translate(_PLAIN_LETTERS)
    return " ".join(re.sub(r"(?<=\d),(?=\d)", "", plain).split())


def stands_in(expected: str, text: str) -> bool:
    """Tell whether the words stand in the text, not inside longer words or numbers."""
    pattern = rf"(?<![\w.]){re.escape(folded(expected))}(?![\w]|\.\d)"
    return re.search(pattern, folded(text)) is not None


def missing(text: str, expected: Sequence[str], *, words: int | None) -> list[str]:
    """Return the expected strings that do not stand within the first `words` words (None: all)."""
    beginning = " ".join(text.split()[:words])
    return [answer for answer in expected if not stands_in(answer, beginning)]


def contains(text: str, expected: Sequence[str], *, match: str, words: int | None) -> bool:
    """Tell whether one of the expected strings (`match` "all": each) is within the beginning."""
    lacking = len(missing(text, expected, words=words))
    return lacking == 0 if match == "all" else lacking < len(expected)


def squad_normalised(text: str) -> str:
    """Return lower-case words without punctuation and articles.

    The rules of the SQuAD 2.0 evaluation script (Rajpurkar, Jia and Liang, ACL 2018).
    """
    bare = text.lower().translate(_PUNCTUATION)
    return " ".join(_ARTICLE.sub(" ", bare).split())


def exact(text: str, expected: Sequence[str]) -> float:
    """Return 1 if the text is one of the expected, by SQuAD's rules, else 0."""
    return float(any(squad_normalised(text) == squad_normalised(one) for one in expected))


def f1(text: str, expected: Sequence[str]) -> float:
    """Return the best F1 of words against one of the expected, by SQuAD's rules."""
    return max((_f1(squad_normalised(text), squad_normalised(one)) for one in expected), default=0)


def _f1(text: str, expected: str) -> float:
    found, wanted = text.split(), expected.split()
    if not found or not wanted:
        return float(found == wanted)
    common = sum((Counter(found) & Counter(wanted)).values())
    return 2 * common / (len(found) + len(wanted))


def anls(text: str, expected: Sequence[str]) -> float:
    """Return the best normalised Levenshtein similarity, 0 from half the letters wrong on.

    Its mean over questions is the ANLS of Biten et al., Scene Text Visual Question Answering,
    ICCV 2019: case and outer white space do not count.
    """
    return max((_similarity(text, one) for one in expected), default=0.0)


def _similarity(text: str, expected: str) -> float:
    one, other = " ".join(text.lower().split()), " ".join(expected.lower().split())
    longest = max(len(one), len(other))
    if longest == 0:
        return 1.0
    if abs(len(one) - len(other)) >= ANLS_THRESHOLD * longest:
        return 0.0  # so far apart in length alone
    distance = levenshtein(one, other) / longest
    return 1 - distance if distance < ANLS_THRESHOLD else 0.0


def levenshtein(one: str, other: str) -> int:
    """Return how many letters to insert, delete or replace (Levenshtein, 1966)."""
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        diagonal, row[0] = row[0], i
        for j, its in enumerate(other, start=1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (letter != its))
    return row[-1]


def word_recall(text: str, evidence: str) -> float:
    """Return the share of the evidence's words (SQuAD's rules) that the text holds as often."""
    wanted = Counter(squad_normalised(evidence).split())
    found = Counter(squad_normalised(text).split())
    whole = sum(wanted.values())
    return sum((wanted & found).values()) / whole if whole else 0.0
