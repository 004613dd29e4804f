"""Texts to XLM-R's pieces of words: the likeliest (unigram model; Kudo, ACL 2018), by Viterbi.

A tokenizer of the usual library takes 300 MB and three seconds for 250,000 pieces; this one a
tenth, and next to the network its time is nothing. Knows no model.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from typing import Final

from rag.models.embeddings.e5_file import E5Words

OPENS: Final = 0
CLOSES: Final = 2
"""The numbers of what stands before and behind a text."""

BEGINS: Final = "▁"
"""The first letter of each piece that begins a word, which lies in no other place."""

LONGEST: Final = 16
"""No piece has more letters."""

UNKNOWN_BELOW: Final = 10.0
"""A letter of no piece scores so much less than the worst piece."""

KEPT_WORDS: Final = 20_000

_SPACES: Final = re.compile(" +")


class Pieces:
    """Divides texts. Any thread may call."""

    def __init__(self, words: E5Words) -> None:
        self._letters = words.letters
        told = enumerate(words.pieces)  # what opens and closes texts has no chance of its own
        self._numbers = {piece: n for n, (piece, score) in told if score < 0}
        self._scores = [score for _, score in words.pieces]
        self._unknown = words.unknown
        self._unknown_score = min(self._scores) - UNKNOWN_BELOW
        self._of_word = functools.lru_cache(KEPT_WORDS)(self._divided)

    def tokens(self, text: str) -> list[int]:
        """Return the numbers of a text's pieces, opened and closed."""
        told = unicodedata.normalize("NFC", text).translate(self._letters)
        words = _SPACES.split(told.removeprefix(" "))
        found = (number for word in words for number in self._of_word(BEGINS + word))
        return [OPENS, *found, CLOSES]

    def _divided(self, word: str) -> tuple[int, ...]:
        """Return the pieces of a word whose scores (logarithms of chances) sum to the most."""
        best = [0.0, *[float("-inf")] * len(word)]  # of what ends there
        last = [(0, self._unknown)] * len(best)  # where its last piece begins, and which it is
        for start in range(len(word)):
            for end in range(start + 1, min(start + LONGEST, len(word)) + 1):
                number = self._numbers.get(word[start:end], self._unknown)
                is_known = number != self._unknown
                if not is_known and end > start + 1:
                    continue
                score = best[start] + (self._scores[number] if is_known else self._unknown_score)
                if score > best[end]:
                    best[end], last[end] = score, (start, number)
        return tuple(_walked(last))


def _walked(last: list[tuple[int, int]]) -> list[int]:
    found, end = [], len(last) - 1
    while end:
        end, number = last[end]
        found.append(number)
    return found[::-1]
