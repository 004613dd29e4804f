"""The forms of answers about a picture that is attached: fields, charts, lettering, what it is.

Pure: knows the wish, the lettering and the kind of picture; knows no model and no store.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from rag.attachments.aim import stands
from rag.attachments.chart import ChartRow, LetteredChart, chart_of
from rag.attachments.pieces import LetteringPiece, Row, pieces_of, rows_of
from rag.attachments.read_off import with_read_values
from rag.attachments.receipt import Field, Receipt, receipt_of
from rag.attachments.told import ToldLine, line
from rag.attachments.wishes import Field as FieldName
from rag.attachments.wishes import field_of, named, wish_of
from rag.datamodel import CELL_SEPARATOR, Document
from rag.text import content_stems

MOST_WORDS: Final = 112
LEAST_WORDS: Final = 60
"""Of a chart's rows so many words are told; the likeliest first, in the chart's order."""

FEW_WORDS: Final = 45
"""Of lettering that is told besides."""

UNSEEN: Final = (
    "What it shows beyond its lettering takes a model that sees pictures: see the models that fit "
    "this machine."
)
NO_LETTERING: Final = "No lettering was found on it."
_KINDS: Final = {
    "bar chart": "A bar chart",
    "line chart": "A line chart",
    "pie chart": "A pie chart",
    "scatter plot": "A scatter plot",
    "box plot": "A box plot",
    "chart": "A chart",
    "diagram": "A drawing or diagram",
    "formula": "A formula",
    "map": "A map",
    "photo": "A photograph",
    "scan": "A page as a picture",
    "screenshot": "A screenshot",
    "table": "A table as a picture",
    "ornament": "A small graphic",
    "blank": "An empty picture",
}


@dataclass(frozen=True)
class AttachedPicture:
    """One attached picture as it was read. `kind` is that of `picture_kind`; `name` its file's."""

    name: str
    kind: str
    document: Document

    @cached_property
    def pieces(self) -> list[LetteringPiece]:
        return pieces_of(self.document)

    @cached_property
    def rows(self) -> list[Row]:
        return rows_of(self.pieces)

    @cached_property
    def receipt(self) -> Receipt | None:
        return receipt_of(self.rows)

    @cached_property
    def chart(self) -> LetteredChart | None:
        """The chart; a receipt, or a page of prose with some numbers, is none."""
        if self.receipt is not None or self.kind in {"photo", "blank", "screenshot"}:
            return None
        return with_read_values(chart_of(self.pieces), self.document)

    @property
    def lettering(self) -> str:
        return "\n".join(_text(row) for row in self.rows)


def _text(row: Iterable[LetteringPiece]) -> str:
    return " ".join(piece.text for piece in row)


def told_of(sheet: AttachedPicture, question: str) -> list[ToldLine]:
    """Return what the picture tells in answer to the question; nothing where no form fits it."""
    wish = wish_of(question)
    if wish == "lettering":
        return list(_lettering(sheet))
    field = field_of(question)
    if wish == "field" and field and sheet.receipt and not _other_names(question, sheet):
        return _field(sheet.receipt, field)
    if sheet.chart is not None:
        return _chart(sheet.chart, question)
    labelled = _labelled(sheet, question)
    if labelled:
        return labelled
    return list(_described(sheet)) if wish in {"identity", "description"} else []


def _other_names(question: str, sheet: AttachedPicture) -> bool:
    """Whether the question names something that stands on the picture: a row of its own."""
    held = set(content_stems(sheet.lettering))
    return any(stem in held for stem in named(question))


# Receipts and forms


def _field(receipt: Receipt, name: FieldName) -> list[ToldLine]:
    field: Field | None = getattr(receipt, name)
    if field is None:
        return []
    words = _text(field.row)
    quoted = f" — “{words}”" if words and words != field.value else ""
    return [line(f"**{field.value}**{quoted}", field.row)]


def _labelled(sheet: AttachedPicture, question: str) -> list[ToldLine]:
    """Return the rows whose label or words the question names, the fullest match first."""
    wanted = set(named(question))
    if not wanted:
        return []
    scored = [
        (len(wanted & set(content_stems(_text(row)))), -n, row) for n, row in enumerate(sheet.rows)
    ]
    best = max(scored, key=lambda each: each[:2], default=None)
    if best is None or 2 * best[0] < len(wanted):
        return []
    most = best[0]
    rows = [row for score, _, row in scored if score == most][:5]
    return [line(f"“{_text(row)}”", row) for row in rows]


def _lettering(sheet: AttachedPicture) -> Iterator[ToldLine]:
    if not sheet.rows:
        yield line(NO_LETTERING)
        return
    yield line("\n".join(_text(row) for row in sheet.rows), sheet.pieces)


# What it is


def _described(sheet: AttachedPicture) -> Iterator[ToldLine]:
    receipt = sheet.receipt
    if receipt is not None:
        fields = [f for f in (receipt.shop, receipt.date, receipt.total) if f is not None]
        yield line(_receipt_sentence(receipt), [piece for field in fields for piece in field.row])
        return
    words = sheet.lettering.split()
    if not words:
        yield line(f"{_KINDS.get(sheet.kind, 'A picture')}. {NO_LETTERING} {UNSEEN}")
        return
    more = " …" if len(words) > FEW_WORDS else ""
    said = " ".join(words[:FEW_WORDS]) + more
    yield line(f"{_KINDS.get(sheet.kind, 'A picture')}. On it stands: “{said}”", sheet.pieces)
    yield line(UNSEEN)


def _receipt_sentence(receipt: Receipt) -> str:
    shop = f" from {receipt.shop.value}" if receipt.shop else ""
    date = f", dated {receipt.date.value}" if receipt.date else ""
    total = f", total {receipt.total.value}" if receipt.total else ""
    return f"A receipt{shop}{date}{total}."


# Charts


def _chart(chart: LetteredChart, question: str) -> list[ToldLine]:
    lines = _extreme(chart, question)
    parts = (_ended(chart.title) if chart.subtitle else chart.title, chart.subtitle)
    title = " ".join(filter(None, parts))
    if title:
        lines.append(line(title, chart.head))
    legend = "; ".join(_text(row) for row in rows_of(chart.legend))
    if legend and not chart.names:
        lines.append(line(f"Over the values stands: {legend}", chart.legend))
    having = [row for row in chart.rows if row.values]
    told = sum(len(each.text.split()) for each in lines)
    rows = _chosen(having, question, most_words=max(LEAST_WORDS, MOST_WORDS - told))
    if chart.names and rows:
        lines.append(line(CELL_SEPARATOR.join(["", *chart.names]).strip(), chart.legend))
    lines += [_told_row(row) for row in rows]
    if len(rows) < len(having):
        lines.append(line(f"{len(having) - len(rows)} more rows stand on the chart."))
    return lines


def _told_row(row: ChartRow) -> ToldLine:
    if row.label:
        return line(CELL_SEPARATOR.join([row.label, *row.values]), row.pieces)
    return line(f"Values on it, from top to bottom: {', '.join(row.values)}.", row.pieces)


def _ended(title: str) -> str:
    return title if not title or title[-1] in ".?!" else f"{title}."


def _chosen(rows: Sequence[ChartRow], question: str, *, most_words: int) -> list[ChartRow]:
    """Return the rows that the question names and as many others as there is room for, in order."""
    wanted = content_stems(question)
    named = [_shared(wanted, content_stems(row.label)) for row in rows]
    order = sorted(range(len(rows)), key=lambda n: (-named[n], n))
    kept: set[int] = set()
    room = most_words
    for n in order:
        words = len(rows[n].label.split()) + 2 * len(rows[n].values)
        if words <= room:
            kept.add(n)
            room -= words
    return [row for n, row in enumerate(rows) if n in kept]


def _shared(wanted: Iterable[str], label: Sequence[str]) -> int:
    """Count the stems of a question that a label has, whole or shortened: Dem for Democrats."""
    return sum(stands(stem, set(label)) for stem in set(wanted))


def _extreme(chart: LetteredChart, question: str) -> list[ToldLine]:
    """Return the row with the greatest or least value, where one is asked for."""
    wish = wish_of(question)
    if wish not in {"greatest", "least"}:
        return []
    column = _column(chart, question)
    having = [
        (number, row, row.values[n])
        for row in chart.rows
        for n, number in enumerate(map(number_of, row.values))
        if number is not None and (column is None or n == column)
    ]
    if not having:
        return []
    sign = 1 if wish == "greatest" else -1
    _, row, value = max(having, key=lambda each: sign * each[0])
    name = f" ({chart.names[column]})" if column is not None else ""
    return [line(f"**{row.label}: {value}**{name}", row.pieces)]


def _column(chart: LetteredChart, question: str) -> int | None:
    """Return the column whose name the question has; None: all of them."""
    wanted = set(content_stems(question))
    shared = [len(wanted & set(content_stems(name))) for name in chart.names]
    most = max(shared, default=0)
    return shared.index(most) if most else None


def number_of(value: str) -> float | None:
    """Return what a printed value amounts to; None where it is no number."""
    digits = "".join(c for c in value if c.isdigit() or c in ".-–").replace("–", "-")
    try:
        return float(digits)
    except ValueError:
        return None
