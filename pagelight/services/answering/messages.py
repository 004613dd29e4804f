"""What was said before, as messages {"role", "content"}: the one form in which programs tell it.

The command line, Gradio's endpoint, the API of OpenAI's form and assistants all read it here. Knows
values; knows no protocol.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rag.datamodel import Turn
from rag.errors import PagelightError


def turns(messages: Sequence[Mapping[str, Any]]) -> tuple[Turn, ...]:
    """Pair each question with the answer after it. Raises ValueError for another shape.

    `content` is text, or a list of parts of which those of text are read. Only `user` and
    `assistant` say something; what stands before the first question is left out.
    """
    found: list[Turn] = []
    try:
        for message in messages:
            role, said = message["role"], text_of(message["content"])
            if role == "user":
                found.append(Turn(question=said, answer=""))
            elif role == "assistant" and found:
                found[-1] = Turn(question=found[-1].question, answer=said)
    except (KeyError, TypeError) as error:
        raise ValueError('a history is a list of {"role", "content"}') from error
    return tuple(found)


def checked_turns(messages: Sequence[Mapping[str, Any]]) -> tuple[Turn, ...]:
    """As `turns`, for a person: raises PagelightError for another shape."""
    try:
        return turns(messages)
    except ValueError as error:
        raise PagelightError(f"{error}.") from error


def messages_of(said: Sequence[Turn]) -> list[dict[str, str]]:
    """Return turns in the form that `turns` reads."""
    pairs = ((("user", turn.question), ("assistant", turn.answer)) for turn in said)
    return [{"role": role, "content": text} for pair in pairs for role, text in pair]


def text_of(content: object) -> str:
    """Return the words of a message's content. Raises TypeError where it is neither form."""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        raise TypeError("content is text, or a list of parts")
    return "\n".join(str(part["text"]) for part in content if part["type"] == "text")
