"""Pinned answers in the page: their part of it, and what fills it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from pagelight.services.answering.places import answer_key
from pagelight.ui.answers.render import answer_html
from pagelight.ui.html.escape import escaped
from pagelight.ui.html.language import key, known, say
from rag.storage.conversations.pins import MOST_NOTE_LETTERS, PinnedAnswer

PINS: Final = '<section id="pins" aria-label="Pinned answers"></section>'
"""Filled by the page's script."""

NONE: Final = key(
    "Nothing is pinned yet. “Pin” stands below each answer: what you pin is gathered here, with "
    "your notes, to be saved as a document."
)
_SAVES: Final = (("docx", "Word"), ("pdf", "PDF"), ("zip", "Markdown"))


def pinned_html(pins: Sequence[PinnedAnswer]) -> str:
    """Return the gathered answers, with what saves them; what to do where there is none."""
    title = say("Pinned answers")
    if not pins:
        return f'<div class="pins-head"><h2>{title}</h2></div><p>{known(NONE)}</p>'
    saves = "".join(f'<a href="/pins/page.{kind}" download>{told}</a>' for kind, told in _SAVES)
    return (
        f'<div class="pins-head"><h2>{title}</h2><span class="saves">{say("Save as")} '
        f"{saves}</span></div>{''.join(map(_article, pins))}"
    )


def _article(pin: PinnedAnswer) -> str:
    exchange = pin.exchange
    name = f"{pin.conversation_id}/{exchange.id}"
    key = answer_key(pin.conversation_id, exchange.id)
    html = answer_html(exchange.answer, key=key) if exchange.answer else ""
    question = escaped(exchange.question) or say("A picture")
    return (
        f'<article data-pin="{escaped(name)}"><h3 dir="auto">{question}</h3>{html}'
        f'<textarea rows="2" maxlength="{MOST_NOTE_LETTERS}" placeholder="{say("Your note")}" '
        f'aria-label="{say("Note:")} {question}">{escaped(pin.note)}</textarea>'
        '<div class="pin-tools"><span role="status"></span><button type="button" data-unpin>'
        f"{say('Unpin')}</button></div></article>"
    )
