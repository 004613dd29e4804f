"""How an answer was found, folded below it: how the question was read, and why which places.

Knows `Answer` and `Place`; knows nothing of Gradio.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from pagelight.services.answering.places import considered_key, considered_of, places_of
from pagelight.ui.answers.source_rows import source_row
from pagelight.ui.html.escape import escaped
from pagelight.ui.html.language import key, known, say
from pagelight.ui.html.sentences import translated
from pagelight.ui.source.table_answers import table_queries_html
from rag.datamodel import Answer
from rag.datamodel.writing import SearchStep
from rag.generation.tools.calls import step_line
from rag.text import words

SUMMARY: Final = key("How this was found")
OTHER_LANGUAGE: Final = "The question is in "
"""So begins what `rag.answer.question.languages.other_language` tells."""

LEFT_OUT: Final = key("Left out, as they repeat others or found no room:")


def how_found_html(answer: Answer, *, key: str) -> str:
    """Return what a reader of a complete answer need not see, closed; "" where there is none."""
    is_told = answer.state != "nothing"
    parts = [_searched_for(answer), notes_html(read_notes(answer)), steps_html(answer.steps)]
    if is_told:
        parts += [table_queries_html(answer, key=key), _whys(answer), _considered(answer, key=key)]
    told = "".join([*parts, _speed(answer)])
    if not told:
        return ""
    return f'<details class="how"><summary>{known(SUMMARY)}</summary>{told}</details>'


def notes_html(notes: Sequence[str]) -> str:
    return "".join(f'<p class="remark">{escaped(translated(note))}</p>' for note in notes)


def read_notes(answer: Answer) -> tuple[str, ...]:
    """Return the notes on how a question in another language was read.

    Of nothing that was found there are none: they may be why, and stand in the open.
    """
    is_told = answer.state != "nothing"
    return tuple(note for note in answer.notes if is_told and note.startswith(OTHER_LANGUAGE))


def steps_html(steps: Sequence[SearchStep]) -> str:
    """Return what the model asked for besides, each with what it brought."""
    return "".join(
        f'<p class="searched">{escaped(translated(step_line(step)))}</p>' for step in steps
    )


def _searched_for(answer: Answer) -> str:
    standalone = answer.standalone_query.strip()
    if not standalone or words(standalone) == words(answer.query.text):
        return ""
    shown = f'<span class="rewritten">{escaped(standalone)}</span>'
    # What a picture was asked with can't be asked again without it.
    editable = answer.query.image is None
    edit = f' <button type="button" class="edit-search">{say("Edit")}</button>' if editable else ""
    return f'<p class="searched">{say("Searched for:")} {shown}{edit}</p>'


def _whys(answer: Answer) -> str:
    """Return for each numbered source how it was found."""
    told = {place.number: place.why for place in places_of(answer) if place.why}
    return "".join(
        f'<p class="remark">[{number}] {escaped(translated(why))}</p>'
        for number, why in sorted(told.items())
    )


def _considered(answer: Answer, *, key: str) -> str:
    """Return what was found for the answer and is not cited."""
    unused, left_out = considered_of(answer)
    rows = [
        source_row(place, key=considered_key(key), position=position, mark="·")
        for position, place in enumerate((*unused, *left_out))
    ]
    groups = (
        (say("Read, but not quoted:"), rows[: len(unused)]),
        (known(LEFT_OUT), rows[len(unused) :]),
    )
    return "".join(
        f'<p class="remark">{words}</p><div class="sources">{"".join(some)}</div>'
        for words, some in groups
        if some
    )


def _speed(answer: Answer) -> str:
    """Return how soon and how fast a model wrote, in small; "" where none did."""
    written = answer.written
    if written is None or not written.tokens:
        return ""
    told = say("First words after {n} s", n=f"{written.first_s:.1f}")
    if written.tokens_per_s:
        told += say(", then {n} tokens a second", n=f"{written.tokens_per_s:.0f}")
    return f'<p class="remark speed">{told}.</p>'
