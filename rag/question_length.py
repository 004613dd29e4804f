"""How long a question may be, whichever way it comes in. Knows text alone."""

from __future__ import annotations

from typing import Final

from rag.errors import PagelightError

MOST_CHARACTERS: Final = 2000
"""Of a question: a page of prose. What is longer is a text to be read, and no question;
taking it apart would take long."""


def check_length(question: str) -> None:
    """Raise PagelightError, with what to do, for a question that is too long."""
    if len(question) > MOST_CHARACTERS:
        raise PagelightError(
            f"The question has {len(question):,} characters; at most {MOST_CHARACTERS:,} are read.",
            hint="Ask in fewer words, or put the long text into the folder as a document.",
        )
