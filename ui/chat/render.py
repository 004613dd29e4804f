"""An answer as HTML for the chat: text with chips for its marks, figures, sources, near places.

Knows `Answer` and `Place`; knows nothing of Gradio. Only the spans of `Answer.citations` become
chips: a `[1]` in a document's own words stays text. The chat's sanitiser keeps classes and drops
other attributes, so a chip carries its key and position as the class `src-KEY-POSITION`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from rag.answer.base.refusal import NOTHING_FOUND
from rag.answer.steps.calls import step_line
from rag.datamodel import CELL_SEPARATOR, Answer, Citation, Turn
from service.asking.places import Place, considered_key, considered_of, places_of
from ui.html.cells import tag_of
from ui.html.escape import escaped, name
from ui.html.words import counted
from ui.source.figures import figure_html
from ui.source.region import Region
from ui.source.worked import charted_html, otherwise_html

EDIT: Final = "Edit"
NOT_FOUND: Final = "not found in the sources it cites"
_UNSEEN: Final = f'<span class="unseen"> ({NOT_FOUND})</span>'
LEFT_OUT: Final = "Left out, as they repeat others or found no room:"
NEAREST_SHOWN: Final = 5
SNIPPET_CHARS: Final = 160
_STRONG: Final = re.compile(r"(?<![\w*])\*\*(?=\S)([^*\n]+)(?<=\S)\*\*(?![\w*])")
_MARKS: Final = re.compile(r"(?<!\])(?<!\] )(?: ?\[\d{1,3}(?:, ?\d{1,3}){0,9}\])++$")
_BULLET: Final = re.compile(r"\s*(?:[-*•–]|\d{1,2}[.)])\s+")

Line = tuple[int, int]
"""Start and end of a line in the answer's text, without its line end."""


def answer_html(answer: Answer, *, key: str, tools: str = "") -> str:
    """Return the whole bubble of an answer, complete or still growing; `tools` stand at its end."""
    places = places_of(answer)
    parts = [_searched_for(answer), _steps(answer)]
    if answer.state != "nothing":
        parts += [_body(answer, key=key), _unsupported(answer), _unresolved(answer)]
        if answer.complete:
            parts += [charted_html(answer, key=key), otherwise_html(answer, key=key)]
            parts += [_sources(places, key=key), _considered(answer, key=key)]
    else:
        parts += [
            f"<p>{escaped(answer.text.strip() or NOTHING_FOUND)}</p>",
            _nearest(places, key=key),
        ]
    state = "answer" if answer.complete else "answer growing"
    parts += [_notes(answer), _speed(answer), tools if answer.complete else ""]
    return f'<div class="{state}">{"".join(parts)}</div>'


def question_html(
    text: str, *, region: Region | None = None, picture: str = "", scope: str = ""
) -> str:
    """Return the bubble of a question, with the part of a page that it is about.

    `picture` is the id of a stored one, `scope` what is searched, in words.
    """
    part = "" if region is None else _region(region)
    if picture:
        part += f'<img src="/asset/{escaped(picture)}" alt="Picture of the question">'
    within = f'<div class="asked-in">In {escaped(scope)}</div>' if scope else ""
    return f'<div class="question">{part}{escaped(text)}</div>{within}'


def _region(region: Region) -> str:
    url, page = region.picture_url, f"page {region.page} of {region.doc.sources[0]}"
    picture = f'<img src="{escaped(url)}" alt="Part of {escaped(page)}">' if url else ""
    return f'<span class="region">{picture}<span class="words">{escaped(page)}</span></span>'


def waiting_html(text: str) -> str:
    """Return the bubble that stands until the first words come."""
    return f'<div class="answer waiting"><p>{escaped(text)}</p></div>'


def stopped_html(text: str, *, tools: str = "") -> str:
    return f'<div class="answer"><p class="remark">{escaped(text)}</p>{tools}</div>'


def error_html(text: str, *, tools: str = "") -> str:
    return f'<div class="answer failed"><p>{escaped(text)}</p>{tools}</div>'


def turn_of(question: str, answer: Answer) -> Turn:
    """Return what later questions of the conversation may refer to."""
    cited = dict.fromkeys(_cited_place(citation) for citation in answer.citations)
    told = answer.text if answer.answered else ""
    return Turn(question=question, answer=told, cited=tuple(cited) if told else ())


def _cited_place(citation: Citation) -> str:
    page = f", page {citation.page}" if citation.page else ""
    return f"{citation.chunk.source}{page}"


def _searched_for(answer: Answer) -> str:
    standalone = answer.standalone_query.strip()
    if not standalone or standalone == answer.query.text.strip():
        return ""
    words = f'<span class="rewritten">{escaped(standalone)}</span>'
    # What a picture was asked with can't be asked again without it.
    editable = answer.complete and answer.query.image is None
    edit = f' <button type="button" class="edit-search">{EDIT}</button>' if editable else ""
    return f'<p class="searched">Searched for: {words}{edit}</p>'


def _steps(answer: Answer) -> str:
    """Return what the model asked for besides, each with what it brought."""
    return "".join(f'<p class="searched">{escaped(step_line(step))}</p>' for step in answer.steps)


def _body(answer: Answer, *, key: str) -> str:
    chips = sorted((c.span, position) for position, c in enumerate(answer.citations))
    write = _Writer(answer, key=key, chips=chips)
    parts = []
    for block in _blocks(answer.text):
        figures = _figures(answer, block, key=key)
        # Where the words are the caption, the picture is the answer and comes first.
        first = [html for html, is_told in figures if is_told]
        below = [html for html, is_told in figures if not is_told]
        parts += [*first, _block(block, write), *below]
    return "".join(parts)


def _figures(answer: Answer, block: Sequence[Line], *, key: str) -> list[tuple[str, bool]]:
    """Return the pictures and tables of a block's citations, and whether it tells the caption."""
    places = places_of(answer)
    start, end = block[0][0], block[-1][1]
    is_list = _kind(answer.text[slice(*block[0])]) == "list"
    shown = []
    for figure in answer.figures:
        if start <= answer.citations[figure.citation].span[0] < end:
            place = places[figure.citation]
            is_told = not is_list and f"**{figure.caption}**" in answer.text[start:end]
            chip = "" if is_told else chip_html(place, key=key, position=figure.citation)
            shown.append((figure_html(figure, place, key=key, chip=chip), is_told))
    return shown


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
                parts += [self._plain(at, low), f'<span class="unsupported">{said}{_UNSEEN}</span>']
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
        f'<button type="button" class="chip src-{key}-{position}">'
        f'<span class="unseen">Source </span>{place.number}</button>'
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


def _block(lines: list[Line], write: _Writer) -> str:
    first = write.text[lines[0][0] : lines[0][1]]
    kind = _kind(first)
    if kind == "list":
        items = (
            f"<li>{write(start + _indent(write.text[start:end]), end)}</li>" for start, end in lines
        )
        return f'<ul dir="auto">{"".join(items)}</ul>'
    if kind == "table" and len(lines) > 1:
        columns = max(write.text[a:b].count(CELL_SEPARATOR) for a, b in lines) + 1
        rows = "".join(_row(line, write, columns=columns) for line in lines)
        return f'<div class="table"><table dir="auto"><tbody>{rows}</tbody></table></div>'
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


def _notes(answer: Answer) -> str:
    return "".join(f'<p class="remark">{escaped(note)}</p>' for note in answer.notes)


def _speed(answer: Answer) -> str:
    """Return how soon and how fast a model wrote, in small; "" where none did."""
    written = answer.written
    if written is None or not written.tokens:
        return ""
    told = f"First words after {written.first_s:.1f} s"
    if written.tokens_per_s:
        told += f", then {written.tokens_per_s:.0f} tokens a second"
    return f'<p class="remark speed">{told}.</p>'


def _unsupported(answer: Answer) -> str:
    """Return what the dotted lines mean; "" where there are none."""
    if not answer.unsupported:
        return ""
    return f'<p class="remark"><span class="unsupported">Dotted</span>: {NOT_FOUND}.</p>'


def _unresolved(answer: Answer) -> str:
    if not answer.unresolved or not answer.complete:
        return ""
    marks = ", ".join(f"[{number}]" for number in answer.unresolved)
    return f'<p class="remark">No source stands behind {marks}.</p>'


def _sources(places: Sequence[Place], *, key: str) -> str:
    """One line for each numbered source, at its first citation."""
    first: dict[int, int] = {}
    for position, place in enumerate(places):
        first.setdefault(place.number, position)
    rows = "".join(
        _source_row(places[position], key=key, position=position, mark=str(number))
        for number, position in sorted(first.items())
    )
    return f'<div class="sources">{rows}</div>' if rows else ""


def _considered(answer: Answer, *, key: str) -> str:
    """Return what was found for the answer and is not cited, closed; "" where there is none."""
    unused, left_out = considered_of(answer)
    count = len(unused) + len(left_out)
    if not count:
        return ""
    rows = [
        _source_row(place, key=considered_key(key), position=position, mark="·")
        for position, place in enumerate((*unused, *left_out))
    ]
    groups = (("Read, but not quoted:", rows[: len(unused)]), (LEFT_OUT, rows[len(unused) :]))
    told = "".join(
        f'<p class="remark">{words}</p><div class="sources">{"".join(some)}</div>'
        for words, some in groups
        if some
    )
    summary = f"{counted(count, 'more place')} considered"
    return f'<details class="considered"><summary>{summary}</summary>{told}</details>'


def _source_row(place: Place, *, key: str, position: int, mark: str) -> str:
    page = f'<span class="page">{place.where}</span>' if place.where else ""
    return (
        f'<button type="button" class="source-row src-{key}-{position}">'
        f'<span class="mark">{mark}</span><span class="file">{name(place.file_name)}</span>'
        f"{page}</button>"
    )


def _nearest(places: Sequence[Place], *, key: str) -> str:
    if not places:
        return ""
    rows = "".join(
        _near_row(place, key=key, position=position)
        for position, place in enumerate(places[:NEAREST_SHOWN])
    )
    return f'<p class="remark">Nearest places:</p><div class="sources nearest">{rows}</div>'


def _near_row(place: Place, *, key: str, position: int) -> str:
    words = " ".join(place.quote.split())
    snippet = words if len(words) <= SNIPPET_CHARS else words[:SNIPPET_CHARS].rstrip() + " …"
    row = _source_row(place, key=key, position=position, mark=str(position + 1))
    return row.replace("</button>", f'<span class="snippet">{escaped(snippet)}</span></button>')
