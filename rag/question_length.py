"""How long a question, and what was said before it, may be, whichever way it comes in.

Knows text alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from rag.datamodel import Turn
from rag.errors import PagelightError

MAX_CHARACTERS: Final = 2000
"""Of a question: a page of prose. What is longer is a text to be read, and no question;
taking it apart would take long."""

MAX_TURNS: Final = 20
"""Of a conversation the latest are read: what was said before them, no follow-up leans on."""

MAX_SAID: Final = 1000
"""So many characters are read of each earlier question, and of its answer."""


def check_length(question: str) -> None:
    """Raise PagelightError, with what to do, for a question that is too long."""
    if len(question) > MAX_CHARACTERS:
        raise PagelightError(
            "The question has {n} characters; at most {most} are read.",
            hint="Ask in fewer words, or put the long text into the folder as a document.",
            n=len(question),
            most=MAX_CHARACTERS,
        )


def latest(history: Sequence[Turn]) -> list[Turn]:
    """Return what is read of a conversation, oldest first: the latest turns, each one's beginning.

    What is left out is no error: a long conversation goes on.
    """
    return [
        replace(turn, question=turn.question[:MAX_SAID], answer=turn.answer[:MAX_SAID])
        for turn in history[-MAX_TURNS:]
    ]
