"""An answer as HTML for the chat: its text, remarks, places; bubbles without an answer.

Only the spans of `Answer.citations` become chips: a `[1]` in a document's own words stays text.
Knows nothing of Gradio.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import count, groupby
from typing import Final, Literal

from markupsafe import Markup

from pagelight.services.answering.places import (
    Place,
    cells_key,
    cells_of,
    considered_of,
    places_of,
)
from pagelight.ui.answers.markdown import (
    BULLET,
    CLOSE,
    KEPT_MARK,
    OPEN,
    blocks_of,
    is_table,
    marked_text,
    one_line,
    strong_parts,
)
from pagelight.ui.language import known, say
from pagelight.ui.source.crops import figure_html, repeats, shortened
from pagelight.ui.source.reading import is_whole
from pagelight.ui.templating import render
from rag.datamodel import CELL_SEPARATOR, NO_FILTERS, Answer
from rag.datamodel.writing import SearchStep
from rag.generation.tools.calls import step_line
from rag.refusal import lead_ins
from rag.text import words

_MARK: Final = re.compile(f"{OPEN}([^{OPEN}{CLOSE}]*+){CLOSE}")
_END, _QUOTED, _BEGIN = (f"{OPEN}{sign}{CLOSE}" for sign in "(/:")
"""Of what is not borne out, and where the quotations begin: sorted as they stand at one place."""

_SEPARATOR: Final = re.escape(CELL_SEPARATOR)
_PIECE: Final = re.compile(rf"(?:{_SEPARATOR})?((?:(?!{_SEPARATOR})[^\n])+)")
"""What of a range stands on one line and in one cell."""


def body_html(
    answer: Answer, chip: Callable[[int], str], figures: Sequence[tuple[int, str]] = ()
) -> tuple[Markup, Markup]:
    """Return what was written, and the quotations below it ("": none were set apart).

    `chip` returns the mark of the citation at a position; `figures` are shown below the words whose
    mark stands for the citation at that position.
    """
    edits = list(_unsupported(answer))
    if answer.quoted_from is not None:
        edits.append((answer.quoted_from, answer.quoted_from, _QUOTED))
    text = marked_text(answer, lambda at: f"{OPEN}{','.join(map(str, at))}{CLOSE}", edits)
    tables = count(1)

    def written(mark: re.Match[str]) -> str:
        if mark[0] in {_BEGIN, _END}:
            return render("answer/unsupported.html", begins=mark[0] == _BEGIN)
        return "".join(chip(int(n)) for n in mark[1].split(","))

    def html_of(part: str) -> Markup:
        html = []
        for block in blocks_of(part):
            html.append(_MARK.sub(written, _block_html(block, tables)))
            marks = KEPT_MARK.finditer("\n".join(block))
            cited = {int(n) for mark in marks for n in mark[1].split(",")}
            html += [figure for position, figure in figures if position in cited]
        return Markup("".join(html))  # noqa: S704 - its words are escaped

    said, _, quoted = text.partition(_QUOTED)
    return html_of(said), html_of(quoted)


def _unsupported(answer: Answer) -> Iterator[tuple[int, int, str]]:
    """Yield signs around the sentences that are not borne out, within a line or cell each."""
    for first, last in answer.unsupported:
        for piece in _PIECE.finditer(answer.text, first, last):
            bullet = BULLET.match(answer.text, *piece.span(1))
            start, end = bullet.end() if bullet else piece.start(1), piece.end()
            yield from ((start, start, _BEGIN), (end, end, _END))


def _block_html(block: list[str], tables: Iterator[int]) -> Markup:
    """Return lines, a list, or a table, named by its number of `tables` and its first row."""
    lines = [known(line) if line.endswith((".", ":")) else line for line in map(one_line, block)]
    values: dict[str, object] = {"lines": map(strong_parts, lines), "lead": block[0] in lead_ins()}
    if is_table(block):
        rows = [list(map(str.strip, line.split(CELL_SEPARATOR))) for line in lines]
        first_row = _MARK.sub("", ", ".join(filter(None, rows[0]))).replace("**", "")
        columns = max(map(len, rows))
        values = {
            "number": next(tables),
            "name": shortened(first_row, NAME_CHARS),
            "rows": [
                [(strong_parts(cell), is_whole(cell)) for cell in row + [""] * (columns - len(row))]
                for row in rows
            ],
        }
    elif bullets := [found for line in lines if (found := BULLET.match(line))]:
        items = [(found[1], strong_parts(found.string[found.end() :])) for found in bullets]
        values = {"lists": [(*each,) for _, each in groupby(items, lambda item: bool(item[0]))]}
    return bubble("answer/block.html", **values)


NAME_CHARS: Final = 60
"""Of the first row of a table, which it is named by."""

OTHER_LANGUAGE: Final = "The question is in "
"""So begins what `rag.understanding.question.odd_input.other_language` tells."""

NEAREST_SHOWN: Final = 5
SNIPPET_CHARS: Final = 160

Row = tuple[Place, int, str, str]
"""A place, its position among those of its key, its mark, and words that it is shown with."""


def bubble(template: str, **values: object) -> Markup:
    """Return a template on one line: a blank one would end HTML in the chat's Markdown."""
    html = "".join(line.strip() for line in render(template, **values).split("\n"))
    return Markup(html)  # noqa: S704 - a template's


def answer_html(answer: Answer, *, key: str, tools: str = "") -> Markup:
    """Return the whole bubble of an answer, complete or still growing; `tools` stand at its end."""
    is_nothing = answer.state == "not_found"
    is_written = answer.quoted_from is not None
    places, standalone = places_of(answer), answer.standalone_query.strip()
    limited = replace(answer.query.filters, collections=None)

    def chip(position: int) -> Markup:
        place = places[position]
        return render("answer/chip.html", key=key, position=position, place=place)

    figures = [
        (at, figure_html(figure, places[at], key=key, chip=chip(at)))
        for figure in answer.figures
        if not repeats(figure, places[at := figure.citation], answer.text)
    ]
    said, quoted = body_html(answer, chip, () if is_written else figures)
    # Of nothing that was found the notes on how the question was read may be why: not folded.
    folded = [n for n in answer.notes if not is_nothing and n.startswith(OTHER_LANGUAGE)]
    return bubble(
        "answer/answer.html",
        answer=answer,
        key=key,
        is_nothing=is_nothing,
        asks_all=is_nothing and limited != NO_FILTERS and not answer.query.attachments,
        said=said,
        quoted=quoted,
        figure=figures[0][1] if is_written and figures else "",
        unresolved=answer.complete and ", ".join(f"[{n}]" for n in answer.unresolved),
        notes=[note for note in answer.notes if note not in folded],
        folded=folded,
        steps=[step_line(step) for step in answer.steps],
        sources=_nearest(places) if is_nothing else _sources(places),
        standalone=standalone if words(standalone) != words(answer.query.text) else "",
        cells_key=cells_key(key),
        cell_numbers=[place.number for place in cells_of(answer)],
        whys=sorted({place.number: place.why for place in places if place.why}.items()),
        considered=_considered(answer),
        tools=tools,
    )


def _sources(places: Sequence[Place]) -> list[Row]:
    """Return each place once, with the numbers of its marks; the first cited is opened."""
    found = [(sorted({places[n].number for n in same}), same[0]) for same in _at_one(places)]
    return [(places[at], at, ", ".join(map(str, marks)), "") for marks, at in sorted(found)]


def _nearest(places: Sequence[Place]) -> list[Row]:
    """Return the places that come nearest where nothing answers, each once, with their words."""
    firsts = [at for at, *_ in _at_one(places)[:NEAREST_SHOWN]]
    return [
        (places[at], at, str(number), shortened(places[at].words, SNIPPET_CHARS))
        for number, at in enumerate(firsts, start=1)
    ]


def _at_one(places: Sequence[Place]) -> list[list[int]]:
    """Return the positions of those that are one place, in order."""
    found: dict[object, list[int]] = {}
    for position, place in enumerate(places):
        where = (place.chunk.doc_id, place.page, place.start_s)
        found.setdefault(where, []).append(position)
    return list(found.values())


def _considered(answer: Answer) -> list[tuple[str, list[Row]]]:
    """Return what was found for the answer and is not cited."""
    unused, left_out = considered_of(answer)
    rows = [(place, n, "·", "") for n, place in enumerate((*unused, *left_out))]
    read, left = rows[: len(unused)], rows[len(unused) :]
    out = say("Left out, as they repeat others or found no room:")
    told = ((say("Read, but not quoted:"), read), (out, left))
    return [each for each in told if each[1]]


def plain_html(
    text: str,
    kind: Literal["waiting", "stopped", "failed"],
    *,
    steps: Iterable[SearchStep] = (),
    tools: str = "",
) -> Markup:
    """Return a bubble without an answer: one that waits, below what was done so far, or ended."""
    lines = [step_line(step) for step in steps]
    return bubble("answer/plain.html", text=text, kind=kind, steps=lines, tools=tools)
