"""A chart whose values are printed on it, as a table: labels, names of columns, values.

Read from lettering alone: rows of bars have their label beside them, columns and slices above or
below, names of the series stand over the first row or in a legend. What can't be told by place
(which colour a line has) is left unnamed. Pure: knows pieces of lettering, no pixels.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from rag.attachments.pieces import Piece, Row, rows_of

_VALUE: Final = re.compile(
    r"(?<![\w.,])[<~+–-]?[$€£]?\d{1,3}(?:,\d{3})*(?:\.\d+)?\s?(?:%|pts?|bn|mn?|k)?(?![\w%])|\*(?=\s|$)"
)
_YEAR: Final = re.compile(r"(?:19|20)\d\d|['’]\d\d")
_FOOT: Final = re.compile(r"\W*(?:notes?|sources?|survey|based on|data|q\d+|figures?)\b", re.IGNORECASE)
_BULLET: Final = re.compile(r"\s*[■▪□●○◼◆•]\s*|\s{2,}")
LEAST_VALUES: Final = 2

NEAR: Final = 1.6
"""A label's line stands within so many heights of the level of its values."""

STACKED: Final = 1.0
"""Lines of one label follow each other within so many heights."""

MARGIN: Final = 0.06
"""Lines of the title begin so near, in widths, to the left edge of all lettering."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartRow:
    """A label with its values, as they are printed, from left to right (or top to bottom)."""

    label: str
    values: tuple[str, ...]
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """`title` and `subtitle` as sentences; `names` of the columns, none where they are not sure."""

    title: str
    subtitle: str
    names: tuple[str, ...]
    rows: tuple[ChartRow, ...]
    head: tuple[Piece, ...]
    legend: tuple[Piece, ...] = ()


def chart_of(pieces: Sequence[Piece]) -> Chart | None:
    """Return the chart that the lettering is of; None where it has hardly any values."""
    body, head = _divided(pieces)
    parts = [part for piece in body for part in _parts(piece)]
    values = [part for part in parts if _is_value(part.text)]
    if len(values) < LEAST_VALUES:
        return None
    texts = [part for part in parts if not _is_value(part.text)]
    first = min(value.bbox.y0 for value in values)
    title, over = _title(head, texts, first)
    rows = _rows(values, [text for text in texts if text not in over])
    names = _names(over, rows)
    lines = [piece for piece in title]
    return Chart(
        title=_sentence(lines[: _title_lines(lines)]),
        subtitle=_sentence(lines[_title_lines(lines) :]),
        names=names,
        rows=tuple(rows),
        head=tuple(lines),
        legend=tuple(over),
    )


def _divided(pieces: Sequence[Piece]) -> tuple[list[Piece], list[Piece]]:
    """Return the pieces without the foot, and those of the head: all above the first value."""
    ordered = sorted(pieces, key=lambda piece: piece.level)
    foot = next((n for n, piece in enumerate(ordered) if _begins_foot(piece, ordered[0])), None)
    kept = ordered[:foot]
    values = [piece.bbox.y0 for piece in kept if _is_value(piece.text)]
    first = min(values, default=1.0)
    return [p for p in kept if p.bbox.y1 > first], [p for p in kept if p.bbox.y1 <= first]


def _begins_foot(piece: Piece, top: Piece) -> bool:
    is_low = piece.level - top.level > 0.4  # noqa: PLR2004 - notes stand in the lower part
    return is_low and (
        bool(_FOOT.match(piece.text)) or (piece.text.isupper() and len(piece.text) > 12)
    )


def _is_value(text: str) -> bool:
    """Whether the text is a printed value; a year is a label."""
    return _VALUE.fullmatch(text.strip()) is not None and not _YEAR.fullmatch(text.strip())


def _parts(piece: Piece) -> Iterator[Piece]:
    """Divide a piece that OCR joined: values among words, or several values."""
    at = 0
    for found in _VALUE.finditer(piece.text):
        if _YEAR.fullmatch(found.group().strip()) or not _stands_alone(piece.text, found):
            continue
        yield from _part(piece, at, found.start())
        yield from _part(piece, found.start(), found.end())
        at = found.end()
    yield from _part(piece, at, len(piece.text))


def _stands_alone(text: str, found: re.Match[str]) -> bool:
    """Whether a number is a value of its own, not a word of its label ("Ages 18 to 29")."""
    rest = text[: found.start()] + text[found.end() :]
    if not any(c.isalpha() for c in rest):
        return True
    is_last = not text[found.end() :].strip()
    return is_last and not re.search(
        r"(?:[-–/$<]|\b(?:to|in|of|top|age|ages|and|or))\s*$", text[: found.start()], re.IGNORECASE
    )


def _part(piece: Piece, start: int, end: int) -> Iterator[Piece]:
    text = piece.text[start:end]
    if not text.strip(" |:;,"):
        return
    width = (piece.bbox.x1 - piece.bbox.x0) / len(piece.text)
    x0 = piece.bbox.x0 + width * start
    box = replace(piece.bbox, x0=x0, x1=max(x0 + 1e-6, min(1.0, piece.bbox.x0 + width * end)))
    yield replace(piece, text=text.strip(" |:;"), bbox=box)


def _title(
    head: Sequence[Piece], texts: Sequence[Piece], first: float
) -> tuple[list[Piece], list[Piece]]:
    """Return the lines of title and subtitle, and what stands between them and the first row."""
    above = [*head, *(text for text in texts if text.bbox.y1 <= first and text not in head)]
    above.sort(key=lambda piece: (piece.level, piece.bbox.x0))
    title: list[Piece] = []
    left = min((piece.bbox.x0 for piece in above), default=0.0)
    for n, piece in enumerate(above):
        if not _goes_on(title, piece, left):
            return title, above[n:]
        title.append(piece)
    return title, []


def _goes_on(title: Sequence[Piece], piece: Piece, left: float) -> bool:
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


def _title_lines(lines: Sequence[Piece]) -> int:
    """Return how many of the lines are the title: those as high as the first one."""
    if not lines:
        return 0
    for n, line in enumerate(lines):
        if n and (line.text[:1] in "%(" or line.height < 0.8 * lines[0].height):
            return n
    return len(lines)


def _sentence(lines: Iterable[Piece]) -> str:
    return " ".join(" ".join(line.text.split()) for line in lines)


def _rows(values: Sequence[Piece], texts: Sequence[Piece]) -> list[ChartRow]:
    """Return each label with its values; values beside no label go to the nearest one."""
    levels = [row for row in rows_of(values)]
    labels = _beside(levels, texts)
    found: list[ChartRow] = []
    orphans: list[Piece] = []
    for level, mine in zip(levels, labels, strict=True):
        for label, own in _entries(level, mine):
            if label:
                found.append(_row(label, own))
            else:
                orphans += own
    used = {piece for row in found for piece in row.pieces}
    return [*found, *_under(orphans, [text for text in texts if text not in used])]


def _beside(levels: Sequence[Row], texts: Sequence[Piece]) -> list[list[Piece]]:
    """Give each line of text to the row of values on whose level it stands."""
    given: list[list[Piece]] = [[] for _ in levels]
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


def _entries(level: Row, labels: Sequence[Piece]) -> Iterator[tuple[list[Piece], list[Piece]]]:
    """Yield a label's lines with the values that follow them, along one row.

    Where values come first, their label stands at the right of them.
    """
    if not labels:
        yield [], list(level)
        return
    own: list[Piece] = []
    lines: list[Piece] = []
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


def _row(label: Sequence[Piece], values: Sequence[Piece]) -> ChartRow:
    lines = sorted(label, key=lambda piece: (piece.level, piece.bbox.x0))
    return ChartRow(
        label=_sentence(lines).strip(" :"),
        values=tuple(value.text for value in values),
        pieces=(*lines, *values),
    )


def _under(values: Sequence[Piece], texts: Sequence[Piece]) -> list[ChartRow]:
    """Give each value to the nearest text above or below it, the nearest pairs first."""
    blocks = _blocks(texts)
    pairs = sorted(
        (_apart(value, block), n, m)
        for n, value in enumerate(values)
        for m, block in enumerate(blocks)
    )
    own: dict[int, int] = {}
    taken: dict[int, int] = {}
    most = max(1, -(-len(values) // max(1, len(blocks))))
    for _, n, m in pairs:
        if n not in own and taken.get(m, 0) < most:
            own[n] = m
            taken[m] = taken.get(m, 0) + 1
    found = []
    for m, block in enumerate(blocks):
        mine = [value for n, value in enumerate(values) if own.get(n) == m]
        if mine:
            mine.sort(key=lambda value: (value.level, value.bbox.x0))
            found.append(_row(block, mine))
    left = [value for n, value in enumerate(values) if n not in own]
    return [*found, *([_row([], left)] if left else [])]


def _blocks(texts: Sequence[Piece]) -> list[list[Piece]]:
    """Join lines that stand right under each other, centred or flush: one label each."""
    blocks: list[list[Piece]] = []
    for text in sorted(texts, key=lambda piece: piece.level):
        for block in blocks:
            last = block[-1]
            gap = text.bbox.y0 - last.bbox.y1
            alike = abs(text.centre - last.centre) < 0.03 or abs(text.bbox.x0 - last.bbox.x0) < 0.01
            if alike and -0.5 * last.height < gap < 0.5 * STACKED * last.height:
                block.append(text)
                break
        else:
            blocks.append([text])
    return blocks


def _apart(value: Piece, block: Sequence[Piece]) -> float:
    """Return how far a value stands from a label; sideways counts double."""
    x0, x1 = min(p.bbox.x0 for p in block), max(p.bbox.x1 for p in block)
    y0, y1 = min(p.bbox.y0 for p in block), max(p.bbox.y1 for p in block)
    side = max(0.0, x0 - value.centre, value.centre - x1)
    middle = (value.bbox.y0 + value.bbox.y1) / 2
    return 2 * side + max(0.0, y0 - middle, middle - y1)


def _names(over: Sequence[Piece], rows: Sequence[ChartRow]) -> tuple[str, ...]:
    """Return the names of the columns, where as many stand over them as rows have values."""
    if not rows:
        return ()
    counts = sorted(len(row.values) for row in rows)
    columns = counts[len(counts) // 2]
    if columns < 2:  # noqa: PLR2004 - one column is what the title says
        return ()
    for blocks in (_heads(over), _by_line(over)):
        if len(blocks) == columns:
            return tuple(blocks)
    return ()


def _heads(over: Sequence[Piece]) -> list[str]:
    """Return what stands over the columns, lines under each other joined, from left to right."""
    parts = [part for piece in over for part in _split(piece)]
    blocks = sorted(_blocks(parts), key=lambda block: min(p.bbox.x0 for p in block))
    return [_sentence(block) for block in blocks]


def _by_line(over: Sequence[Piece]) -> list[str]:
    return [part.text for piece in sorted(over, key=lambda p: p.level) for part in _split(piece)]


def _split(piece: Piece) -> Iterator[Piece]:
    """Divide a legend that was read as one line at its marks."""
    at = 0
    for found in _BULLET.finditer(piece.text):
        yield from _part(piece, at, found.start())
        at = found.end()
    yield from _part(piece, at, len(piece.text))
