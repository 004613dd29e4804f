"""An answer as HTML for the chat: its text, remarks, places; bubbles without an answer.

Knows `Answer` and `Place`; knows nothing of Gradio.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from pagelight.services.answering.places import places_of, read_sources
from pagelight.ui.answers.answer_text import NOT_FOUND, body_html
from pagelight.ui.answers.how_found import how_found_html, notes_html, read_notes, steps_html
from pagelight.ui.answers.source_rows import nearest_html, sources_html
from pagelight.ui.html.escape import escaped
from pagelight.ui.html.language import key, known, say
from pagelight.ui.html.sentences import translated
from pagelight.ui.source.region import Region
from rag.datamodel import Answer
from rag.datamodel.writing import SearchStep

NOTHING: Final = key("Nothing was found about this in the documents.")


def answer_html(answer: Answer, *, key: str, tools: str = "") -> str:
    """Return the whole bubble of an answer, complete or still growing; `tools` stand at its end."""
    parts = [] if answer.complete else [steps_html(answer.steps)]
    if answer.state != "nothing":
        parts += [body_html(answer, key=key), _unsupported(answer), _unresolved(answer)]
    else:
        parts += [f"<p>{escaped(translated(answer.text.strip() or NOTHING))}</p>"]
    parts += [_notes(answer), _below(answer, key=key, tools=tools) if answer.complete else ""]
    state = "answer" if answer.complete else "answer growing"
    return f'<div class="{state}">{"".join(parts)}</div>'


def _below(answer: Answer, *, key: str, tools: str) -> str:
    rows = nearest_html if answer.state == "nothing" else sources_html
    return rows(places_of(answer), key=key) + how_found_html(answer, key=key) + tools


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
    return f'<div class="answer waiting">{steps_html(steps)}<p>{escaped(text)}</p></div>'


def stopped_html(text: str, *, tools: str = "") -> str:
    return f'<div class="answer"><p class="remark">{escaped(text)}</p>{tools}</div>'


def error_html(text: str, *, tools: str = "") -> str:
    return f'<div class="answer failed"><p>{escaped(text)}</p>{tools}</div>'


def _notes(answer: Answer) -> str:
    folded = read_notes(answer)
    return notes_html([note for note in answer.notes if note not in folded])


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
