"""A conversation to take along: Markdown, alone or in a ZIP file with its pictures, or JSON.

Knows values of `rag.datamodel` and pages; knows nothing of Gradio or HTTP.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

from pagelight.services.answering.answer_json import answer_json
from pagelight.ui.answers.answer_forms import copied
from pagelight.ui.html.language import say
from pagelight.ui.html.markdown_text import plain
from pagelight.ui.html.sentences import translated
from pagelight.ui.scope.scope import scope_text
from pagelight.ui.source.figures import ReadFigure
from rag.datamodel import Answer
from rag.storage.conversations.conversations import ConversationRecord
from rag.storage.conversations.exchange import Exchange

_NO_NAME: Final = re.compile(r"[^\w-]+")


def file_name(record: ConversationRecord) -> str:
    """Return a file name, in letters that every system takes, without its suffix."""
    plain = _NO_NAME.sub("-", record.name.encode("ascii", "ignore").decode()).strip("-")
    return plain[:60].strip("-") or "conversation"


def as_json(record: ConversationRecord, exchanges: Sequence[Exchange]) -> str:
    """Return the conversation; answers have the shape of `pagelight ask --json`."""
    rows = [
        {
            "question": exchange.question,
            "searched_in": list(exchange.scope),
            "answer": {
                key: value
                for key, value in answer_json(exchange.answer, profile="").items()
                if key not in {"profile", "hits"}
            }
            if exchange.answer
            else None,
        }
        for exchange in exchanges
    ]
    return json.dumps({"name": record.name, "exchanges": rows}, ensure_ascii=False, indent=2)


Stores = Callable[[Answer, int], Iterable[str]]
"""Stores the pictures of an answer of that number; returns the lines that show them."""


def as_markdown(
    record: ConversationRecord, exchanges: Sequence[Exchange], stored: Stores = lambda *_: ()
) -> bytes:
    numbered = enumerate(exchanges, start=1)
    parts = [_exchange_markdown(exchange, stored, number=n) for n, exchange in numbered]
    return "\n".join([f"# {plain(record.name)}\n", *parts]).encode("utf-8", "replace")


def as_zip(record: ConversationRecord, exchanges: Sequence[Exchange], read: ReadFigure) -> bytes:
    """Return a ZIP file of the conversation in Markdown, and its pictures in `figures/`."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:

        def stored(answer: Answer, number: int) -> Iterator[str]:
            for position, figure in enumerate(answer.figures, start=1):
                if found := read(answer, figure):
                    path = f"figures/{number}-{position}.{found[1]}"
                    archive.writestr(path, found[0])
                    yield f"![{plain(figure.alt or figure.caption)}]({path})\n"

        text = as_markdown(record, exchanges, stored)
        archive.writestr(f"{file_name(record)}.md", text)
    return buffer.getvalue()


def _exchange_markdown(exchange: Exchange, stored: Stores, *, number: int) -> str:
    head = [f"## {plain(exchange.question) or say('A picture')}\n"]
    if exchange.scope:
        head.append(f"{say('Searched in: {names}', names=plain(scope_text(exchange.scope)))}\n")
    answer = exchange.answer
    if answer is None:
        return "\n".join([*head, f"{say('Stopped.')}\n"])
    others = [
        f"{say('Worked out')}: {plain(one.result)} — {plain(one.plan)}.\n"
        for one in answer.table_queries
    ]
    notes = [*others, *(f"{plain(translated(note))}\n" for note in answer.notes)]
    figures, text = stored(answer, number), copied(answer, of=f"{number}-")
    return "\n".join([*head, f"{text}\n", *figures, *notes])
