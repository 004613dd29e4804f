"""A conversation to take along as Markdown.

Knows values of `rag.datamodel` and pages; knows nothing of Gradio or HTTP.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from pagelight.ui.answers.answer_forms import copied
from pagelight.ui.html.language import say
from pagelight.ui.html.markdown_text import plain
from pagelight.ui.scope.scope import scope_text
from rag.storage.conversations.conversations import ConversationRecord
from rag.storage.conversations.exchange import Exchange

_NO_NAME: Final = re.compile(r"[^\w-]+")


def file_name(record: ConversationRecord) -> str:
    """Return a file name, in letters that every system takes, without its suffix."""
    plain = _NO_NAME.sub("-", record.name.encode("ascii", "ignore").decode()).strip("-")
    return plain[:60].strip("-") or "conversation"


def as_markdown(record: ConversationRecord, exchanges: Sequence[Exchange]) -> bytes:
    parts = [_exchange_markdown(each, number=n) for n, each in enumerate(exchanges, start=1)]
    return "\n".join([f"# {plain(record.name)}\n", *parts]).encode("utf-8", "replace")


def _exchange_markdown(exchange: Exchange, *, number: int) -> str:
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
    return "\n".join([*head, f"{copied(answer, of=f'{number}-')}\n", *notes])
