"""A chart whose values are printed on it, as a table: labels, names of columns, values.

Read from lettering alone: rows of bars have their label beside them, columns and slices above or
below, names of the series stand over the first row or in a legend. What can't be told by place
(which colour a line has) is left unnamed. Pure: knows pieces of lettering, no pixels.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import median_high
from typing import Final

from msgspec import structs

from rag.attachments.pieces import LetteringPiece, Row, rows_of
from rag.text import RECENT_YEAR

_VALUE: Final = re.compile(
    r"(?<![\w.,])[<~+–-]?[$€£]?\d{1,3}(?:,\d{3})*(?:\.\d+)?\s?(?:%|pts?|bn|mn?|k)?(?![\w%])|\*(?=\s|$)"
)
_YEAR: Final = re.compile(rf"{RECENT_YEAR}|['’]\d\d")
_FOOT: Final = re.compile(
    r"\W*(?:notes?|sources?|survey|based on|data|q\d+|figures?)\b", re.IGNORECASE
)
_RANGE: Final = re.compile(
    r"[$€£<>]?(?<![\d,.])\d[\d,.]{0,12}[kK]?\s?(?:[-–]\s?[$€£]?\d[\d,.]{0,12}[kK]?|\+)"
)
"""Ages, incomes and spans of years are labels: 18-29, 65+."""

_BULLET: Final = re.compile(r"\s*[■▪□●○◼◆•]\s*|\s{2,}")
_OF_A_LABEL: Final = re.compile(
    r"(?:[/$<]|\b(?:to|in|of|top|ages?|and|or|under|over))\s*$", re.IGNORECASE
)
_UNIT: Final = re.compile(
    r"\W*(?:%|percent\b|in (?:millions?|billions?|thousands?)\b)", re.IGNORECASE
)
LEAST_VALUES: Final = 2

LONGEST_CAPITALS: Final = 12
"""A longer line of capitals low on a chart is who made it."""

NEAR: Final = 1.6
"""A label's line stands within so many heights of the level of its values."""

STACKED: Final = 0.5
"""Lines of one label follow each other within so many heights."""

MOST_ALONE: Final = 0.4
"""Share of values without a label beside them from which they are columns, not rows."""

CENTRED: Final = 0.03
FLUSH: Final = 0.01
"""Apart in widths of the picture."""

MARGIN: Final = 0.06
"""Lines of the title begin so near, in widths, to the left edge of all lettering."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartRow:
    """A label with its values, as they are printed, from left to right (or top to bottom)."""

    label: str
    values: tuple[str, ...]
    pieces: tuple[LetteringPiece, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LetteredChart:
    """`title` and `subtitle` as sentences; `names` of the columns, none where they are not sure."""

    title: str
    subtitle: str
    names: tuple[str, ...]
    rows: tuple[ChartRow, ...]
    head: tuple[LetteringPiece, ...]
    legend: tuple[LetteringPiece, ...] = ()


def chart_of(pieces: Sequence[LetteringPiece]) -> LetteredChart | None:
    """Return the chart that the lettering is of; None where it has hardly any values."""
    body, head = _divided(pieces)
    parts = [part for piece in body for part in _parts(piece)]
    values = [part for part in parts if _is_value(part.text)]
    if len(values) < LEAST_VALUES:
        return None
    texts = [part for part in parts if not _is_value(part.text)]
    first = min(value.bbox.y0 for value in values)
    title, over = _title(head, texts, first)
    rows = _rows(values, [text for text in texts if text not in over], over)
    used = {piece for row in rows for piece in row.pieces}
    over = [piece for piece in over if piece not in used]
    names = _names(over, rows)
    return LetteredChart(
        title=_sentence(title[: _title_lines(title)]),
        subtitle=_sentence(title[_title_lines(title) :]),
        names=names,
        rows=tuple(rows),
        head=tuple(title),
        legend=tuple(over),
    )


def _divided(pieces: Sequence[LetteringPiece]) -> tuple[list[LetteringPiece], list[LetteringPiece]]:
    """Return the pieces without the foot, and those of the head: all above the first value."""
    ordered = sorted(pieces, key=lambda piece: piece.level)
    foot = next((n for n, piece in enumerate(ordered) if _begins_foot(piece, ordered[0])), None)
    kept = ordered[:foot]
    values = [piece.bbox.y0 for piece in kept if _is_value(piece.text)]
    first = min(values, default=1.0)
    return [p for p in kept if p.bbox.y1 > first], [p for p in kept if p.bbox.y1 <= first]


def _begins_foot(piece: LetteringPiece, top: LetteringPiece) -> bool:
    is_low = piece.level - top.level > 0.4  # noqa: PLR2004 - notes stand in the lower part
    return is_low and (
        bool(_FOOT.match(piece.text))
        or (piece.text.isupper() and len(piece.text) > LONGEST_CAPITALS)
    )


def _is_value(text: str) -> bool:
    """Whether the text is a printed value; a year is a label."""
    return _VALUE.fullmatch(text.strip()) is not None and not _YEAR.fullmatch(text.strip())


def _parts(piece: LetteringPiece) -> Iterator[LetteringPiece]:
    """Divide a piece that OCR joined: values among words, or several values."""
    at = 0
    for found in _VALUE.finditer(piece.text):
        if _stands_alone(piece.text, found):
            yield from _part(piece, at, found.start())
            yield from _part(piece, *found.span())
            at = found.end()
    yield from _part(piece, at, len(piece.text))


def _stands_alone(text: str, found: re.Match[str]) -> bool:
    """Whether a number is a value of its own, not a year or a word of its label (Ages 18-29)."""
    spans = (span.span() for span in _RANGE.finditer(text))
    if any(start <= found.start() < end for start, end in spans):
        return False
    if _YEAR.fullmatch(found.group().strip()):
        return False
    before, after = text[: found.start()], text[found.end() :]
    if not any(c.isalpha() for c in before + after):
        return True
    return not after.strip() and not _OF_A_LABEL.search(before)


def _part(piece: LetteringPiece, start: int, end: int) -> Iterator[LetteringPiece]:
    text = piece.text[start:end]
    if not text.strip(" |:;,"):
        return
    width = (piece.bbox.x1 - piece.bbox.x0) / len(piece.text)
    x0 = piece.bbox.x0 + width * start
    box = structs.replace(
        piece.bbox, x0=x0, x1=max(x0 + 1e-6, min(1.0, piece.bbox.x0 + width * end))
    )
    yield replace(piece, text=text.strip(" |:;"), bbox=box)


def _title(
    head: Sequence[LetteringPiece], texts: Sequence[LetteringPiece], first: float
) -> tuple[list[LetteringPiece], list[LetteringPiece]]:
    """Return the lines of title and subtitle, and what stands between them and the first row."""
    above = [*head, *(text for text in texts if text.bbox.y1 <= first and text not in head)]
    above.sort(key=lambda piece: (piece.level, piece.bbox.x0))
    title: list[LetteringPiece] = []
    left = min((piece.bbox.x0 for piece in above), default=0.0)
    for n, piece in enumerate(above):
        if not _goes_on(title, piece, left):
            return title, above[n:]
        title.append(piece)
    return title, []


def _goes_on(title: Sequence[LetteringPiece], piece: LetteringPiece, left: float) -> bool:
    """Whether a line still is of the title: it begins at the left edge, or is centred below."""
    if not title:
        return True
    last = title[-1]
    gap = piece.bbox.y0 - last.bbox.y1
    if gap > 1.2 * last.height:
        return False
    flush = piece.bbox.x0 - left < MARGIN
    centred = abs(piece.centre - last.centre) < MARGIN and abs(piece.centre - 0.5) < 2 * MARGIN
    return flush or (centred and last.bbox.x0 - left > MARGIN)


def _title_lines(lines: Sequence[LetteringPiece]) -> int:
    """Return how many of the lines are the title; a subtitle says what is counted."""
    units = (n for n, line in enumerate(lines) if n and _UNIT.match(line.text))
    return next(units, len(lines))


def _sentence(lines: Iterable[LetteringPiece]) -> str:
    return " ".join(" ".join(line.text.split()) for line in lines)


def _rows(
    values: Sequence[LetteringPiece],
    texts: Sequence[LetteringPiece],
    over: Sequence[LetteringPiece],
) -> list[ChartRow]:
    """Return each label with its values: rows of bars, or columns where few stand beside one.

    What stands over the first value may be the label of a column or slice, never of a row.
    """
    levels = rows_of(values)
    entries = [
        entry
        for level, labels in zip(levels, _beside(levels, texts), strict=True)
        for entry in _entries(level, labels)
    ]
    alone = [value for label, own in entries if not label for value in own]
    if len(alone) > MOST_ALONE * len(values):
        return _under(values, [*over, *texts])
    found = [_row(label, own) for label, own in entries if label and own]
    used = {piece for row in found for piece in row.pieces}
    return [*found, *_under(alone, [text for text in texts if text not in used])]


def _beside(levels: Sequence[Row], texts: Sequence[LetteringPiece]) -> list[list[LetteringPiece]]:
    """Give each line of text to the row of values on whose level it stands."""
    given: list[list[LetteringPiece]] = [[] for _ in levels]
    middles = [sum(v.level for v in row) / len(row) for row in levels]
    for text in texts:
        n = min(range(len(levels)), key=lambda n: abs(middles[n] - text.level))
        beside = all(
            text.bbox.x1 <= v.bbox.x0 + v.height or text.bbox.x0 >= v.bbox.x1 - v.height
            for v in levels[n]
        )
        if beside and abs(middles[n] - text.level) < NEAR * text.height:
            given[n].append(text)
    return given


def _entries(
    level: Row, labels: Sequence[LetteringPiece]
) -> Iterator[tuple[list[LetteringPiece], list[LetteringPiece]]]:
    """Yield a label's lines with the values that follow them, along one row.

    Where values come first, their label stands at the right of them.
    """
    if not labels:
        yield [], list(level)
        return
    own: list[LetteringPiece] = []
    lines: list[LetteringPiece] = []
    for piece in sorted(
        [*level, *labels], key=lambda p: p.bbox.x0 if p in level else p.bbox.x1 - 1e-3
    ):
        if piece in level:
            own.append(piece)
        else:
            if own and lines:
                yield lines, own
                lines, own = [], []
            lines.append(piece)
    if own or lines:
        yield lines, own


def _row(label: Sequence[LetteringPiece], values: Sequence[LetteringPiece]) -> ChartRow:
    lines = sorted(label, key=lambda piece: (piece.level, piece.bbox.x0))
    return ChartRow(
        label=_sentence(lines).strip(" :"),
        values=tuple(value.text for value in values),
        pieces=(*lines, *values),
    )


def _under(values: Sequence[LetteringPiece], texts: Sequence[LetteringPiece]) -> list[ChartRow]:
    """Give values to the labels of the axis below them, or each to the nearest label.

    Where neither is plain (lines, whose labels are told by colour), they have no label.
    """
    if not values:
        return []
    blocks = _blocks(texts)
    axis = _axis(values, blocks)
    if axis:
        return axis
    if len(values) > len(blocks):
        return [_row([], values)]
    return _nearest(values, blocks)


def _axis(
    values: Sequence[LetteringPiece], blocks: Sequence[Sequence[LetteringPiece]]
) -> list[ChartRow]:
    """Return the columns over the labels of one level below most values; none if there are none.

    Each value must stand over its label.
    """
    foot = max(value.level for value in values)
    low = [block for block in blocks if block[0].level > foot - 2 * block[0].height]
    first = min((block[0].level for block in low), default=0.0)
    labels = [block for block in low if abs(block[0].level - first) < block[0].height]
    if len(labels) < LEAST_VALUES:
        return []
    own: list[list[LetteringPiece]] = [[] for _ in labels]
    for value in values:
        n = min(range(len(labels)), key=lambda n: abs(_centre(labels[n]) - value.centre))
        x0, x1 = min(p.bbox.x0 for p in labels[n]), max(p.bbox.x1 for p in labels[n])
        if not x0 - value.height <= value.centre <= x1 + value.height:
            return []
        own[n].append(value)
    return [_row(label, mine) for label, mine in zip(labels, own, strict=True) if mine]


def _centre(block: Sequence[LetteringPiece]) -> float:
    return (min(p.bbox.x0 for p in block) + max(p.bbox.x1 for p in block)) / 2


def _nearest(
    values: Sequence[LetteringPiece], blocks: Sequence[Sequence[LetteringPiece]]
) -> list[ChartRow]:
    """Give each value a label of its own, the nearest pairs first: the slices of a pie."""
    pairs = sorted(
        (_apart(value, block), n, m)
        for n, value in enumerate(values)
        for m, block in enumerate(blocks)
    )
    own: dict[int, int] = {}
    for _, n, m in pairs:
        if n not in own and m not in own.values():
            own[n] = m
    return [_row(blocks[m], [values[n]]) for n, m in sorted(own.items())]


def _blocks(texts: Sequence[LetteringPiece]) -> list[list[LetteringPiece]]:
    """Join lines that stand right under each other, centred or flush: one label each."""
    blocks: list[list[LetteringPiece]] = []
    for text in sorted(texts, key=lambda piece: piece.level):
        for block in blocks:
            last = block[-1]
            gap = text.bbox.y0 - last.bbox.y1
            alike = _alike(text, last)
            if alike and -0.5 * last.height < gap < STACKED * last.height:
                block.append(text)
                break
        else:
            blocks.append([text])
    return blocks


def _alike(line: LetteringPiece, above: LetteringPiece) -> bool:
    """Whether a line is centred under another, or flush with it."""
    centred = abs(line.centre - above.centre) < CENTRED
    return centred or abs(line.bbox.x0 - above.bbox.x0) < FLUSH


def _apart(value: LetteringPiece, block: Sequence[LetteringPiece]) -> float:
    """Return how far a value stands from a label; sideways counts double."""
    x0, x1 = min(p.bbox.x0 for p in block), max(p.bbox.x1 for p in block)
    y0, y1 = min(p.bbox.y0 for p in block), max(p.bbox.y1 for p in block)
    side = max(0.0, x0 - value.centre, value.centre - x1)
    middle = (value.bbox.y0 + value.bbox.y1) / 2
    return 2 * side + max(0.0, y0 - middle, middle - y1)


def _names(over: Sequence[LetteringPiece], rows: Sequence[ChartRow]) -> tuple[str, ...]:
    """Return the names of the columns: as many, on one level, as rows have values; else none."""
    columns = median_high([len(row.values) for row in rows]) if rows else 0
    parts = [part for piece in over for part in _split(piece)]
    blocks = sorted(_blocks(parts), key=lambda block: min(p.bbox.x0 for p in block))
    if columns < 2 or len(blocks) != columns:  # noqa: PLR2004 - one column is what the title says
        return ()
    tops, ends = [block[0].bbox.y0 for block in blocks], [block[-1].bbox.y1 for block in blocks]
    return tuple(map(_sentence, blocks)) if max(tops) < min(ends) else ()


def _split(piece: LetteringPiece) -> Iterator[LetteringPiece]:
    """Divide a legend that was read as one line at its marks."""
    at = 0
    for found in _BULLET.finditer(piece.text):
        yield from _part(piece, at, found.start())
        at = found.end()
    yield from _part(piece, at, len(piece.text))
