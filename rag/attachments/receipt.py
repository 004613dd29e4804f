"""What a receipt or invoice says of itself: what was paid, when, and to whom.

The total is not taken from one line: each amount gathers what speaks for it (its label, cash less
change, how often it stands there), since lettering is often read with faults. Labels are those of
the languages that the index knows. Pure: knows rows of lettering, no question.
"""

from __future__ import annotations

import functools
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from rag.attachments.pieces import LetteringPiece, Row
from rag.months import any_month_pattern
from rag.number_forms import CURRENCY_CODE
from rag.text import MONTH, fold

AMOUNT: Final = re.compile(
    rf"(?P<sign>-)?(?P<money>(?:{CURRENCY_CODE}|[$€£¥])\s?)?(?<![\d.,'’])"
    r"(?P<number>\d{1,3}(?:[,.'’ ]\d{3}){1,4}[.,]\d{2}|\d{1,9}[.,]\d{2})(?![.,]?\d)"
)
"""An amount with two decimals; groups of three may be divided in any country's way."""

_TOTAL: Final = re.compile(
    r"[t7][o0c]tal|\b(?:summe|gesamt|gesamtbetrag|endbetrag|zu zahlen|betrag|montant|net a payer|"
    r"importe|totale|amount due|balance due|amount payable|to pay|grand)\b|(?<!\w)otal"
)
_WHOLE: Final = re.compile(
    r"grand|incl|round|payable|due|to pay|zu zahlen|ttc|gesamt|net a payer|\bnett?\b"
)
_PART: Final = re.compile(
    r"sub|excl|before|without|qty|quantity|item|disc|saving|points?|tax summary|summary|"
    r"\b(?:gst|vat|mwst|ust|tva|iva|tax|sst)\b(?!\s*(?:incl|\d))|zwischen|netto|\bht\b|pieces?"
)
_INCLUSIVE: Final = re.compile(r"incl|ttc|brutto")
_CASH: Final = re.compile(r"\b(?:cash|tendered?|paid|given|bar|gegeben|especes|recu|efectivo)\b")
_CHANGE: Final = re.compile(r"\b(?:change|ruckgeld|rendu|cambio|resto|wechselgeld)\b")
_CARD: Final = re.compile(r"\b(?:visa|master ?card|amex|debit|credit|card|payment|maestro|ec)\b")

_NUMERIC_DATE: Final = (
    r"(?<!\d)(?:\d{1,2}([/.-])\d{1,2}\1(?:\d{4}|\d{2})|\d{4}([/.-])\d{1,2}\2\d{1,2})(?=$|\D|\d\d:)"
)
_DATE_LABEL: Final = re.compile(r"\b(?:date|datum|fecha|data|issued|printed)\b", re.IGNORECASE)
_FIRM: Final = re.compile(
    r"\b(?:sdn|bhd|ltd|limited|inc|llc|plc|corp|gmbh|ag|kg|sarl|sas|srl|spa|enterprise|trading|"
    r"restaurant|restoran|cafe|store|stores|mart|market|hardware|hotel|pharmacy|perniagaan|"
    r"company|bakery|shop|kedai|supermarket|center|centre|grill|bar)\b",
    re.IGNORECASE,
)
_NOT_A_NAME: Final = re.compile(
    r"\b(?:tel|fax|gst|vat|tax|invoice|receipt|bill|date|time|cashier|no|doc|table|order|www|"
    r"welcome|reg|jalan|street|lot|copy|cash|level|description|qty|amount|item)\b|[@#:]",
    re.IGNORECASE,
)
LEAST_WEIGHT: Final = 1.0
"""What must speak for an amount at least: that it was paid."""
HEAD: Final = 0.45
"""A name of a shop stands in this upper share of what was read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A value as it is written, the row that it stands in, and its words."""

    value: str
    label: str
    row: Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """None where it is not there, or not surely."""

    total: Field | None = None
    date: Field | None = None
    shop: Field | None = None
    change: Field | None = None


def receipt_of(rows: Sequence[Row]) -> Receipt | None:
    """Return what a receipt says; None where the lettering is no receipt's.

    One has amounts in several rows, and one of them with the label of a total.
    """
    amounts = [row for row in rows if _amount(row)]
    if len(amounts) < 2 or not any(_TOTAL.search(_label(row)) for row in rows):  # noqa: PLR2004
        return None
    return Receipt(total=_total(rows), date=_date(rows), shop=_shop(rows), change=_change(rows))


def _words(row: Row) -> str:
    return " ".join(piece.text for piece in row)


def _label(row: Row) -> str:
    """Return the words of a row without its amounts, folded."""
    bare = AMOUNT.sub(" ", _words(row))
    return " ".join(fold(word) for word in bare.split()).lower()


def _amount(row: Row) -> re.Match[str] | None:
    """Return the last amount of a row: the column of what is paid stands right."""
    found = list(AMOUNT.finditer(_words(row)))
    return found[-1] if found else None


def number_of(found: re.Match[str]) -> float:
    """Return what an amount is: its last two digits are decimals."""
    digits = re.sub(r"\D", "", found["number"])
    return (-1 if found["sign"] else 1) * int(digits) / 100


def _total(rows: Sequence[Row]) -> Field | None:
    weights: dict[float, float] = defaultdict(float)
    for amount, weight in (*_labelled(rows), *_left_of_cash(rows)):
        weights[amount] += weight
    weights = {amount: weight for amount, weight in weights.items() if amount > 0}
    if not weights:
        return None
    best = max(weights, key=lambda amount: (weights[amount], amount))
    return _standing(rows, best) if weights[best] >= LEAST_WEIGHT else None


def _labelled(rows: Sequence[Row]) -> Iterator[tuple[float, float]]:
    """Yield each amount with the weight of its label; a label alone counts for the next row."""
    above = ""
    for row in rows:
        label, found = _label(row), _amount(row)
        if found is None:
            above = label if _TOTAL.search(label) else ""
            continue
        yield number_of(found), _weight(label) or (_weight(above) if not label.strip() else 0.0)
        above = ""


def _weight(label: str) -> float:
    if _CHANGE.search(label):
        return -1.0
    if _CARD.search(label) or _CASH.search(label):
        return 1.0
    if not _TOTAL.search(label):
        return 0.0
    if _PART.search(label) and not _INCLUSIVE.search(label):
        return 0.25
    return 4.0 if "round" in label else 3.0 if _WHOLE.search(label) else 2.5


def _left_of_cash(rows: Sequence[Row]) -> Iterator[tuple[float, float]]:
    """Yield what was given less what was given back."""
    given = next((_amount(row) for row in rows if _CASH.search(_label(row)) and _amount(row)), None)
    back = next(
        (_amount(row) for row in rows if _CHANGE.search(_label(row)) and _amount(row)), None
    )
    if given and back:
        yield round(abs(number_of(given)) - abs(number_of(back)), 2), 2.0


def _standing(rows: Sequence[Row], amount: float) -> Field:
    """Return where the amount stands with the label that speaks for it most."""
    having = [
        (row, found)
        for row in rows
        for found in AMOUNT.finditer(_words(row))
        if abs(number_of(found)) == amount
    ]
    if not having:  # cash less change alone tells it
        return Field(value=f"{amount:.2f}", label="", row=())
    row, found = max(having, key=lambda each: _weight(_label(each[0])))
    return Field(value=found.group().strip().lstrip("-"), label=_label(row), row=row)


def _change(rows: Sequence[Row]) -> Field | None:
    for row in rows:
        found = _amount(row)
        if found and _CHANGE.search(_label(row)):
            return Field(value=found.group().strip(), label=_label(row), row=row)
    return None


@functools.cache
def _date_pattern() -> re.Pattern[str]:
    """Return what matches dates; of "2 set 10" only one with all of its year is a month's."""
    month = rf"{MONTH}[a-z]{{0,8}}\.?"
    return re.compile(
        rf"{_NUMERIC_DATE}"
        rf"|(?<!\d)\d{{1,2}}[ .-]{{0,3}}{month}[ ,.-]{{0,3}}(?:\d{{4}}|\d{{2}})(?!\d)"
        rf"|(?<![a-z]){month}\s{{1,3}}\d{{1,2}},?\s{{1,3}}\d{{4}}"
        rf"|(?<!\d)\d{{1,2}}(?:\.|\s|de\s){{1,4}}{any_month_pattern()}\.?\s(?:de\s)?\d{{4}}(?!\d)",
        re.IGNORECASE,
    )


def _date(rows: Sequence[Row]) -> Field | None:
    """Return the date beside its label, else the first one."""
    found = [(row, match) for row in rows for match in _date_pattern().finditer(_words(row))]
    if not found:
        return None
    row, match = max(found, key=lambda each: _is_labelled(*each))
    return Field(value=match.group().strip(), label=_label(row), row=row)


def _is_labelled(row: Row, match: re.Match[str]) -> bool:
    return bool(_DATE_LABEL.search(_words(row)[: match.start()]))


def _shop(rows: Sequence[Row]) -> Field | None:
    """Return the name at the head: the form of a firm, and letters larger than the others."""
    usual = median(piece.height for row in rows for piece in row)
    head = [row for row in rows if row[0].level < HEAD]
    scored = [(_name_weight(piece, usual), piece) for row in head for piece in row]
    best = max(scored, key=lambda each: each[0], default=None)
    if best is None or best[0] <= 0:
        return None
    return Field(value=best[1].text.strip(" .,*-"), label="", row=(best[1],))


def _name_weight(piece: LetteringPiece, usual: float) -> float:
    letters = sum(c.isalpha() for c in piece.text)
    if letters < 3 or letters < 0.6 * len(piece.text.replace(" ", "")):  # noqa: PLR2004
        return 0.0
    firm = 1.2 if _FIRM.search(piece.text) else 0.0
    other = 1.5 if _NOT_A_NAME.search(piece.text) else 0.0
    large = min(2.0, piece.height / usual) - 1.0
    return 0.5 + firm + large - other - 2.0 * piece.level
