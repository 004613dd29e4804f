"""The text of an answer as HTML: paragraphs, lists and tables, with chips for its marks.

Only the spans of `Answer.citations` become chips: a `[1]` in a document's own words stays text. The
chat's sanitiser keeps names and values of buttons and drops most other attributes: a chip carries
its key and position so (`pagelight.ui.html.named`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from pagelight.services.answering.places import Place, places_of
from pagelight.ui.html.cells import table_html, tag_of
from pagelight.ui.html.escape import escaped
from pagelight.ui.html.language import key, known, say
from pagelight.ui.html.named import opens
from pagelight.ui.source.figures import figure_html, repeats
from rag.answer.base.refusal import LEAD_INS
from rag.datamodel import CELL_SEPARATOR, Answer, Figure

WRITING: Final = key("The answer is being written …")
MOST_FIGURES: Final = 1
"""Below what was written: it is read first."""

NOT_FOUND: Final = key("not found in the sources it cites")
_STRONG: Final = re.compile(r"(?<![\w*])\*\*(?=\S)([^*\n]+)(?<=\S)\*\*(?![\w*])")
_MARKS: Final = re.compile(r"(?<!\])(?<!\] )(?: ?\[\d{1,3}(?:, ?\d{1,3}){0,9}\])++$")
_BULLET: Final = re.compile(r"\s*(?:[-*•–]|\d{1,2}[.)])\s+")

Line = tuple[int, int]
"""Start and end of a line in the answer's text, without its line end."""


def body_html(answer: Answer, *, key: str) -> str:
    """Return the text; what the model of the set-up wrote stands out from the quotations below."""
    chips = sorted((c.span, position) for position, c in enumerate(answer.citations))
    write = _Writer(answer, key=key, chips=chips)
    blocks = list(_blocks(answer.text))
    if answer.quoted_from is not None:
        return _said_then_shown(answer, blocks, write, key=key)
    parts = []
    for block in blocks:
        figures = _figures(answer, block, key=key)
        # Where the words are the caption, the picture is the answer and comes first.
        first = [html for html, is_told in figures if is_told]
        below = [html for html, is_told in figures if not is_told]
        parts += [*first, _block(block, write), *below]
    return "".join(parts)


def _said_then_shown(
    answer: Answer, blocks: Sequence[Sequence[Line]], write: _Writer, *, key: str
) -> str:
    """Return what was written, that more is being written, the quotations, and one picture."""
    start = answer.quoted_from or 0
    said = "".join(_block(block, write) for block in blocks if block[0][0] < start)
    quoted = "".join(_block(block, write) for block in blocks if block[0][0] >= start)
    going_on = "" if answer.complete else f'<p class="writing">{say(WRITING)}</p>'
    set_off = f'<blockquote class="quoted">{quoted}</blockquote>' if quoted else ""
    places = places_of(answer)
    figures = [
        _figure_html(figure, places[figure.citation], key=key)
        for figure in answer.figures
        if not repeats(figure, places[figure.citation], answer.text)
    ]
    below = "".join(figures[:MOST_FIGURES])
    return f'<div class="said">{said}{going_on}</div>{set_off}{below}'


def _figures(answer: Answer, block: Sequence[Line], *, key: str) -> list[tuple[str, bool]]:
    """Return the pictures and tables of a block's citations, and whether it tells the caption."""
    places = places_of(answer)
    start, end = block[0][0], block[-1][1]
    is_list = _kind(answer.text[slice(*block[0])]) == "list"
    shown = []
    for figure in answer.figures:
        place = places[figure.citation]
        is_here = start <= answer.citations[figure.citation].span[0] < end
        if is_here and not repeats(figure, place, answer.text):
            is_told = not is_list and f"**{figure.caption}**" in answer.text[start:end]
            told = figure_html(figure, place, key=key, chip="") if is_told else ""
            shown.append((told or _figure_html(figure, place, key=key), is_told))
    return shown


def _figure_html(figure: Figure, place: Place, *, key: str) -> str:
    chip = chip_html(place, key=key, position=figure.citation)
    return figure_html(figure, place, key=key, chip=chip)


class _Writer:
    """Writes a range of the answer's text, its marks as chips."""

    def __init__(self, answer: Answer, *, key: str, chips: Sequence[tuple[Line, int]]) -> None:
        self.text = answer.text
        self._places = places_of(answer)
        self._key = key
        self._chips = chips
        self._unsupported = sorted(answer.unsupported)

    def __call__(self, start: int, end: int) -> str:
        """Write the range; sentences that are not borne out are marked as such."""
        parts, at = [], start
        for first, last in self._unsupported:
            low, high = max(at, first), min(end, last)
            if low < high:
                said = self._plain(low, high)
                unseen = f'<span class="unseen"> ({known(NOT_FOUND)})</span>'
                parts += [self._plain(at, low), f'<span class="unsupported">{said}{unseen}</span>']
                at = high
        return "".join([*parts, self._plain(at, end)])

    def _plain(self, start: int, end: int) -> str:
        parts, at = [], start
        for (mark_start, mark_end), position in self._chips:
            if not start <= mark_start < mark_end <= end:
                continue
            parts.append(_worded(self.text[at:mark_start]))  # "" for a second number of a mark
            parts.append(chip_html(self._places[position], key=self._key, position=position))
            at = mark_end
        return "".join([*parts, _worded(self.text[at:end])])


def _worded(text: str) -> str:
    """Return text as markup: all of it escaped, `**short answers**` strong."""
    return _STRONG.sub(r"<strong>\1</strong>", escaped(text))


def chip_html(place: Place, *, key: str, position: int) -> str:
    return (
        f'<button type="button" class="chip" {opens(key, position)}>'
        f'<span class="unseen">{say("Source")} </span>{place.number}</button>'
    )


def _blocks(text: str) -> Iterator[list[Line]]:
    """Divide the text at blank lines, and where lists and tables begin and end."""
    block: list[Line] = []
    at, kind = 0, ""
    for line in text.split("\n"):
        span = (at, at + len(line))
        at += len(line) + 1
        line_kind = _kind(line)
        if block and line_kind != kind:
            yield block
            block = []
        if line_kind:
            block.append(span)
        kind = line_kind
    if block:
        yield block


def _kind(line: str) -> str:
    if not line.strip():
        return ""
    if _BULLET.match(line):
        return "list"
    return "table" if line.count(CELL_SEPARATOR) else "text"


def _block(lines: Sequence[Line], write: _Writer) -> str:
    first = write.text[lines[0][0] : lines[0][1]]
    if first in LEAD_INS:
        return f'<p class="lead">{known(first)}</p>'
    kind = _kind(first)
    if kind == "list":
        items = (
            f"<li>{write(start + _indent(write.text[start:end]), end)}</li>" for start, end in lines
        )
        return f'<ul dir="auto">{"".join(items)}</ul>'
    if kind == "table" and len(lines) > 1:
        columns = max(write.text[a:b].count(CELL_SEPARATOR) for a, b in lines) + 1
        rows = "".join(_row(line, write, columns=columns) for line in lines)
        return table_html(f"<tbody>{rows}</tbody>")
    return f"<p>{'<br>'.join(write(start, end) for start, end in lines)}</p>"


def _indent(line: str) -> int:
    found = _BULLET.match(line)
    return found.end() if found else 0


def _row(line: Line, write: _Writer, *, columns: int) -> str:
    """Return a row of so many columns, and one more for the marks at its end."""
    start, end = line
    marks = start + len(_MARKS.sub("", write.text[start:end]))
    cells, at = [], start
    for cell in write.text[start:marks].split(CELL_SEPARATOR):
        cells.append(f"{tag_of(cell)}{write(at, at + len(cell))}</td>")
        at += len(cell) + len(CELL_SEPARATOR)
    cells += ["<td></td>"] * (columns - len(cells))
    cells.append(f'<td class="marks">{write(marks, end)}</td>' if marks < end else "")
    return f"<tr>{''.join(cells)}</tr>"
