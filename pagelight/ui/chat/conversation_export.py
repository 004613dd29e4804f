"""A conversation to take along: Markdown, with its figures as files where it has any, or JSON.

Knows values of `rag.datamodel` and pages; knows nothing of Gradio or HTTP.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Sequence
from typing import Final

from pagelight.services.answering.answer_json import answer_json
from pagelight.ui.answers.answer_forms import copied
from pagelight.ui.html.language import say
from pagelight.ui.html.markdown_text import plain
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


def as_markdown(
    record: ConversationRecord, exchanges: Sequence[Exchange], read: ReadFigure
) -> tuple[bytes, str]:
    """Return the conversation and its file's suffix: md; zip with pictures, in `figures/`."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        parts = [f"# {plain(record.name)}\n"]
        for number, exchange in enumerate(exchanges, start=1):
            figures = _stored_figures(archive, exchange.answer, read, number=number)
            parts.append(_exchange_markdown(exchange, figures, number=number))
        text = "\n".join(parts).encode("utf-8", "replace")
        if not archive.namelist():
            return text, "md"
        archive.writestr(f"{file_name(record)}.md", text)
    return buffer.getvalue(), "zip"


def _stored_figures(
    archive: zipfile.ZipFile, answer: Answer | None, read: ReadFigure, *, number: int
) -> list[str]:
    """Write an answer's pictures into the archive; return the lines that show them."""
    lines = []
    for position, figure in enumerate(answer.figures if answer else (), start=1):
        found = read(answer, figure) if answer else None
        if found is not None:
            path = f"figures/{number}-{position}.{found[1]}"
            archive.writestr(path, found[0])
            lines.append(f"![{plain(figure.alt or figure.caption)}]({path})\n")
    return lines


def _exchange_markdown(exchange: Exchange, figures: Sequence[str], *, number: int) -> str:
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
    notes = [*others, *(f"{plain(note)}\n" for note in answer.notes)]
    return "\n".join([*head, f"{copied(answer, of=f'{number}-')}\n", *figures, *notes])
