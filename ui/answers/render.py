"""An answer as HTML for the chat: its text, remarks, sources, near places; bubbles without one.

Knows `Answer` and `Place`; knows nothing of Gradio.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rag.answer.steps.calls import step_line
from rag.datamodel import Answer
from rag.parts.writing import SearchStep
from rag.text import words
from service.asking.places import Place, considered_key, considered_of, places_of, read_sources
from ui.answers.answer_text import NOT_FOUND, body_html
from ui.html.escape import escaped, name
from ui.html.language import key, known, say, say_count
from ui.html.named import opens
from ui.html.sentences import translated
from ui.html.words import where_of
from ui.source.region import Region
from ui.source.table_answers import charted_html, otherwise_html

NOTHING: Final = key("Nothing was found about this in the documents.")
LEFT_OUT: Final = key("Left out, as they repeat others or found no room:")
NEAREST_SHOWN: Final = 5
SNIPPET_CHARS: Final = 160


def answer_html(answer: Answer, *, key: str, tools: str = "") -> str:
    """Return the whole bubble of an answer, complete or still growing; `tools` stand at its end."""
    places = places_of(answer)
    parts = [_searched_for(answer), _steps(answer.steps)]
    if answer.state != "nothing":
        parts += [body_html(answer, key=key), _unsupported(answer), _unresolved(answer)]
        if answer.complete:
            parts += [charted_html(answer, key=key), otherwise_html(answer, key=key)]
            parts += [_sources(places, key=key), _considered(answer, key=key)]
    else:
        parts += [
            f"<p>{escaped(translated(answer.text.strip() or NOTHING))}</p>",
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
        part += f'<img src="/asset/{escaped(picture)}" alt="{say("Picture of the question")}">'
    within = f'<div class="asked-in">{say("In")} {escaped(scope)}</div>' if scope else ""
    return f'<div class="question">{part}{escaped(text)}</div>{within}'


def _region(region: Region) -> str:
    url, page = (
        region.picture_url,
        say("page {n} of {file}", n=region.page, file=region.doc.sources[0]),
    )
    picture = f'<img src="{escaped(url)}" alt="{say("Part of")} {escaped(page)}">' if url else ""
    return f'<span class="region">{picture}<span class="words">{escaped(page)}</span></span>'


def waiting_html(text: str, steps: Sequence[SearchStep] = ()) -> str:
    """Return the bubble that stands until the first words come, below what was done so far."""
    return f'<div class="answer waiting">{_steps(steps)}<p>{escaped(text)}</p></div>'


def stopped_html(text: str, *, tools: str = "") -> str:
    return f'<div class="answer"><p class="remark">{escaped(text)}</p>{tools}</div>'


def error_html(text: str, *, tools: str = "") -> str:
    return f'<div class="answer failed"><p>{escaped(text)}</p>{tools}</div>'


def _searched_for(answer: Answer) -> str:
    standalone = answer.standalone_query.strip()
    if not standalone or words(standalone) == words(answer.query.text):
        return ""
    shown = f'<span class="rewritten">{escaped(standalone)}</span>'
    # What a picture was asked with can't be asked again without it.
    editable = answer.complete and answer.query.image is None
    edit = f' <button type="button" class="edit-search">{say("Edit")}</button>' if editable else ""
    return f'<p class="searched">{say("Searched for:")} {shown}{edit}</p>'


def _steps(steps: Sequence[SearchStep]) -> str:
    """Return what the model asked for besides, each with what it brought."""
    return "".join(
        f'<p class="searched">{escaped(translated(step_line(step)))}</p>' for step in steps
    )


def _notes(answer: Answer) -> str:
    return "".join(f'<p class="remark">{escaped(translated(note))}</p>' for note in answer.notes)


def _speed(answer: Answer) -> str:
    """Return how soon and how fast a model wrote, in small; "" where none did."""
    written = answer.written
    if written is None or not written.tokens:
        return ""
    told = say("First words after {n} s", n=f"{written.first_s:.1f}")
    if written.tokens_per_s:
        told += say(", then {n} tokens a second", n=f"{written.tokens_per_s:.0f}")
    return f'<p class="remark speed">{told}.</p>'


def _unsupported(answer: Answer) -> str:
    """Return what the dotted lines mean; "" where there are none."""
    if not answer.unsupported:
        return ""
    dotted = f'<span class="unsupported">{say("Dotted")}</span>'
    return f'<p class="remark">{dotted}: {known(NOT_FOUND)}.</p>'


def _unresolved(answer: Answer) -> str:
    if not answer.unresolved or not answer.complete:
        return ""
    marks = ", ".join(f"[{number}]" for number in answer.unresolved)
    return f'<p class="remark">{say("No source stands behind {marks}.", marks=marks)}</p>'


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
    groups = (
        (say("Read, but not quoted:"), rows[: len(unused)]),
        (known(LEFT_OUT), rows[len(unused) :]),
    )
    told = "".join(
        f'<p class="remark">{words}</p><div class="sources">{"".join(some)}</div>'
        for words, some in groups
        if some
    )
    summary = say_count(count, "{n} more place considered", "{n} more places considered")
    return f'<details class="considered"><summary>{summary}</summary>{told}</details>'


def _source_row(place: Place, *, key: str, position: int, mark: str) -> str:
    where = where_of(place)
    page = f'<span class="page">{where}</span>' if where else ""
    return (
        f'<button type="button" class="source-row" {opens(key, position)}>'
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
    return (
        f'<p class="remark">{say("Nearest places:")}</p><div class="sources nearest">{rows}</div>'
    )


def _near_row(place: Place, *, key: str, position: int) -> str:
    words = " ".join(place.quote.split())
    snippet = words if len(words) <= SNIPPET_CHARS else words[:SNIPPET_CHARS].rstrip() + " …"
    row = _source_row(place, key=key, position=position, mark=str(position + 1))
    return row.replace("</button>", f'<span class="snippet">{escaped(snippet)}</span></button>')


def waiting_words(answer: Answer) -> str:
    """Say what goes on while an answer has no words, as `waiting_told` does."""
    if not answer.hits:
        return (
            translated(answer.notes[-1]) if answer.notes else say("Looking through the documents …")
        )
    first, *others = read_sources(answer)
    if not others:
        return say("Reading {files} …", files=first)
    return say("Reading {file} and {n} more …", file=first, n=len(others))
