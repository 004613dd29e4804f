"""An answer as HTML for the chat: its text, remarks, places; bubbles without an answer.

Knows `Answer` and `Place`; knows nothing of Gradio.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final, Literal

from markupsafe import Markup

from pagelight.services.answering.places import (
    Place,
    cells_key,
    cells_of,
    considered_of,
    places_of,
    waiting_text,
)
from pagelight.ui.answers.answer_text import body_html
from pagelight.ui.html.language import say
from pagelight.ui.html.sentences import translated
from pagelight.ui.source.figures import figure_html, repeats
from pagelight.ui.source.region import shortened
from pagelight.ui.templating import render
from rag.datamodel import Answer
from rag.datamodel.writing import SearchStep
from rag.generation.tools.calls import step_line
from rag.text import words

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
    figures = _figures(answer, key)
    said, quoted = body_html(answer, key=key, figures=() if is_written else figures)
    # Of nothing that was found the notes on how the question was read may be why: not folded.
    folded = [n for n in answer.notes if not is_nothing and n.startswith(OTHER_LANGUAGE)]
    places, standalone = places_of(answer), answer.standalone_query.strip()
    return bubble(
        "answer/answer.html",
        answer=answer,
        key=key,
        is_nothing=is_nothing,
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


def _figures(answer: Answer, key: str) -> list[tuple[int, Markup]]:
    """Return the pictures and tables that the text does not repeat, with their citations."""
    places = places_of(answer)
    html = []
    for figure in answer.figures:
        n, place = figure.citation, places[figure.citation]
        if not repeats(figure, place, answer.text):
            chip = render("answer/chip.html", key=key, position=n, place=place)
            html.append((n, figure_html(figure, place, key=key, chip=chip)))
    return html


def _sources(places: Sequence[Place]) -> list[Row]:
    """Return each place once, with the numbers of its marks; the first cited is opened."""
    first: dict[object, int] = {}
    numbers: dict[object, set[int]] = {}
    for position, place in enumerate(places):
        first.setdefault(_where(place), position)
        numbers.setdefault(_where(place), set()).add(place.number)
    return [
        (places[first[where]], first[where], ", ".join(map(str, sorted(marks))), "")
        for where, marks in sorted(numbers.items(), key=lambda one: min(one[1]))
    ]


def _nearest(places: Sequence[Place]) -> list[Row]:
    """Return the places that come nearest where nothing answers, each once, with their words."""
    once = {_where(place): position for position, place in reversed([*enumerate(places)])}
    return [
        (places[at], at, str(number), shortened(places[at].words, SNIPPET_CHARS))
        for number, at in enumerate(sorted(once.values())[:NEAREST_SHOWN], start=1)
    ]


def _where(place: Place) -> tuple[str, int | None, float | None]:
    """Return what makes two places one for a reader: file, page and moment."""
    return place.chunk.doc_id, place.page, place.start_s


def _considered(answer: Answer) -> list[tuple[str, list[Row]]]:
    """Return what was found for the answer and is not cited."""
    unused, left_out = considered_of(answer)
    rows = [(place, n, "·", "") for n, place in enumerate((*unused, *left_out))]
    return [
        (label, some)
        for label, some in (
            (say("Read, but not quoted:"), rows[: len(unused)]),
            (say("Left out, as they repeat others or found no room:"), rows[len(unused) :]),
        )
        if some
    ]


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


def waiting_words(answer: Answer) -> str:
    """Say what goes on while an answer has no words; what was done so far stands above it."""
    return translated(waiting_text(replace(answer, steps=())))
