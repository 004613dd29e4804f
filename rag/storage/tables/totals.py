"""Rows and columns of a table that sum up others, and notes below it: no data of their own.

A row is a total by its words, those of seven languages, and by arithmetic: it may not be less than
what it would sum up, and in the midst of a table, or called by more than the word, it has to be the
sum of the rows above. A first row called "all" of something is one where it has the most; a last
row that is the exact sum of all others is one by any name, also where some columns have their mean,
least or most (a year below its months).
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

NEAR: Final = 0.01
"""So much of a sum may lack by rounding where a word says that it is one."""

EXACT: Final = 1e-9
MEAN_ROUNDED: Final = 0.0501
"""By so much a mean may be rounded: to one place."""

MIN_PARTS: Final = 2
MIN_ROWS: Final = 3
"""So many rows a last row without a word has to sum up."""

MIN_DIGITS: Final = 4
"""So many digits it has to have, in all columns together: small numbers add up by chance. One
without a label has to have two."""

MIN_SHARE: Final = 0.95
"""A column sums up others if it does in so many rows."""

MIN_LARGER: Final = 0.7
"""A first row of all has more than any other in so many columns: a rate or a change may be less."""

MAX_LABEL: Final = 60
_I: Final = re.IGNORECASE
_TOTAL: Final = (
    r"(?:(?:sub|sous|eind|gesamt|zwischen|end)[ -]?)?"
    r"(?:totals?|ttl|totales?|totali|totais|totaux|totaal|summe|ergebnis)"
    r"|gesamt|insgesamt|sum|suma|somme|somma|soma|ensemble|overall|complessivo"
)
_BARE: Final = re.compile(
    rf"(?:grand |world )?(?:{_TOTAL}|all|alle|both|tous|todos|tutti|zusammen"
    r"|world|welt|monde|mundo)"
    r"(?: (?:g[eé]n[eé]rale?|geral|generaal|overall|sum))?"
    r"(?: \d{4})?(?: \([^()]{0,40}\))?[ :.*]*",
    _I,
)
_NAMED: Final = re.compile(rf"\b(?:{_TOTAL})\b", _I)
_WHOLE: Final = re.compile(
    rf"(?:all|alle|tou(?:te)?s|tod[oa]s|tutt[ie]|{_TOTAL})\b(?! other|-)|.+, (?:all|{_TOTAL})\W*$",
    _I,
)
"""How a first row is called that is of all that follow: "All occupations", "Trade, total"."""

_MEAN: Final = re.compile(
    r"(?:averages?|mean|median|mittel(?:wert)?|durchschnitt|ø|moyenne|m[eé]diane?|promedio|m[eé]dia"
    r"|mediana|gemiddelde?)[ :.*]*",
    _I,
)
_NOTE: Final = re.compile(
    r"[*†‡¹²³]|\(?\d\)|(?:notes?|sources?|quellen?|anmerkung(?:en)?|fuentes?|notas?|fontes?|fonti"
    r"|bron(?:nen)?|remarques?)\b[ :.]",
    _I,
)

Role = Literal["data", "bare", "named", "mean", "note"]
"""What a row is by its words: `named` has the word of a total among others."""

Amounts = Sequence[float | None]


@dataclass(frozen=True, slots=True)
class RowsApart:
    """The numbers of rows that are no data: totals with means, and notes."""

    totals: frozenset[int] = frozenset()
    notes: frozenset[int] = frozenset()

    @property
    def rows(self) -> frozenset[int]:
        return self.totals | self.notes


NOTHING_APART: Final = RowsApart()


class TotalsFinder:
    """Told one row after the other, tells which of them are no data. Memory is bounded."""

    def __init__(self, width: int) -> None:
        """`width`: columns after the first, which holds labels."""
        self._sums, self._section = [0.0] * width, [0.0] * width
        self._minima, self._maxima = [math.inf] * width, [-math.inf] * width
        self._counts, self._begun = [0] * width, [0] * width
        self._parts = 0
        self._found: list[int] = []
        self._top: tuple[int, Amounts] | None = None
        self._whole: tuple[int, Amounts] | None = None
        self._last: list[tuple[int, Role, Amounts]] = []
        self._lone: int | None = None

    def add(self, row: int, texts: Sequence[str], amounts: Amounts) -> None:
        """Look at a row: its cells, and the number of each after the first that is an amount."""
        role, of_row = role_of(texts), list(enumerate(amounts))
        if role in {"bare", "named"} and any(a and self._is_near(n, a) for n, a in of_row):
            self._found.append(row)
            self._section, self._begun = list(self._sums), list(self._counts)
            self._lone = None
        elif role == "bare" and not self._parts and self._top is None and not self._last:
            self._top = (row, amounts)
        elif role in {"data", "named"} and self._is_first() and _WHOLE.match(texts[0]):
            self._whole = (row, amounts)
        elif role in {"data", "named"}:
            self._add_data(row, amounts, MIN_DIGITS if texts[0] else MIN_PARTS)
        else:
            self._last.append((row, role, amounts))

    def found(self) -> RowsApart:
        """Return what was found; nothing where no row would be left."""
        if not self._parts:
            return NOTHING_APART
        totals, notes = set(self._found), set()
        if self._top is not None and not self._is_less(self._top[1]):
            totals.add(self._top[0])
        if self._whole is not None and self._parts >= MIN_ROWS:
            totals.add(self._whole[0])
        for row, role, amounts in self._last:
            if role == "note":
                notes.add(row)
            elif self._is_mean(amounts) if role == "mean" else not self._is_less(amounts):
                totals.add(row)
        if self._lone is not None and self._parts > 1 and not totals:
            totals.add(self._lone)
        return RowsApart(frozenset(totals), frozenset(notes))

    def _is_first(self) -> bool:
        return not self._parts and self._top is None and self._whole is None and not self._last

    def _add_data(self, row: int, amounts: Amounts, min_digits: int) -> None:
        for _, _, before in self._last:
            self._add(before)
        self._last.clear()
        if self._whole is not None and not self._has_max(self._whole[1], amounts):
            self._add(self._whole[1])
            self._whole = None
        self._lone = row if self._is_sum(amounts, min_digits) else None
        self._add(amounts)

    def _add(self, amounts: Amounts) -> None:
        self._parts += 1
        for n, amount in _filled(amounts):
            self._sums[n] += amount
            self._counts[n] += 1
            self._minima[n] = min(self._minima[n], amount)
            self._maxima[n] = max(self._maxima[n], amount)

    def _is_near(self, column: int, amount: float) -> bool:
        """Tell whether an amount is the sum of the rows above, or of those since a total."""
        own, count = self._sums[column], self._counts[column]
        if count >= MIN_PARTS and _are(amount, own, NEAR):
            return True
        is_section = count - self._begun[column] >= MIN_PARTS
        return is_section and _are(amount, own - self._section[column], NEAR)

    def _is_sum(self, amounts: Amounts, min_digits: int) -> bool:
        """Tell whether all columns sum the rows above up, some exactly and not by chance."""
        filled = _filled(amounts)
        if not filled or min(self._counts[n] for n, _ in filled) < MIN_ROWS:
            return False
        sums = [amount for n, amount in filled if _are(amount, self._sums[n], EXACT)]
        if len(sums) < len(filled) and not all(self._sums_up_column(n, a) for n, a in filled):
            return False
        return sum(len(str(int(abs(amount)))) for amount in sums if amount) >= min_digits

    def _sums_up_column(self, column: int, amount: float) -> bool:
        mean = self._sums[column] / self._counts[column]
        is_mean = abs(amount - mean) <= MEAN_ROUNDED or _are(amount, mean, NEAR)
        is_end = amount in {self._minima[column], self._maxima[column]}
        return is_mean or is_end or _are(amount, self._sums[column], EXACT)

    def _is_less(self, amounts: Amounts) -> bool:
        """Tell whether a row is in every column less than a part that it would sum up."""
        filled = _filled(amounts)
        return bool(filled) and all(self._minima[n] >= 0 and a < self._maxima[n] for n, a in filled)

    def _has_max(self, whole: Amounts, amounts: Amounts) -> bool:
        """Tell whether a row has more than these and all others before them, but for rates."""
        filled = _filled(whole)
        more = sum(
            amount > max(self._maxima[n], amounts[n] or 0.0)
            and min(self._minima[n], amounts[n] or 0.0) >= 0
            for n, amount in filled
        )
        return more >= max(1.0, MIN_LARGER * len(filled))

    def _is_mean(self, amounts: Amounts) -> bool:
        return all(self._minima[n] <= a <= self._maxima[n] for n, a in _filled(amounts))


def _filled(amounts: Amounts) -> list[tuple[int, float]]:
    return [(n, amount) for n, amount in enumerate(amounts) if amount is not None]


def role_of(texts: Sequence[str]) -> Role:
    """Return what a row is by its first cells that say something."""
    first = texts[0]
    label = first or next((text for text in texts[1:2] if text), "")
    if _BARE.fullmatch(label):
        return "bare"
    if _MEAN.fullmatch(label):
        return "mean"
    if _NOTE.match(label) and len(set(filter(None, texts))) == 1 and len(texts) > 1:
        return "note"
    is_named = len(label) <= MAX_LABEL and _NAMED.search(label)
    return "named" if is_named or any(map(_BARE.fullmatch, texts[1:2])) else "data"


def is_total_name(name: str) -> bool:
    """Tell whether a column is called a total and nothing else."""
    return bool(_BARE.fullmatch(name))


def sums_up(own: Amounts, parts: Sequence[Amounts]) -> bool:
    """Tell whether a column is the sum of others, row by row; at least three times."""
    pairs = [
        (row[0], math.fsum(row[1:]))
        for cells in zip(own, *parts, strict=True)
        if len(row := [cell for cell in cells if cell is not None]) == len(cells)
    ]
    exact = sum(_are(amount, whole, EXACT) for amount, whole in pairs if amount)
    return exact >= max(MIN_ROWS, MIN_SHARE * len(pairs))


def _are(one: float, other: float, share: float) -> bool:
    return abs(one - other) <= share * abs(other)
