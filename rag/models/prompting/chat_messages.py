"""A prompt as the messages of a chat model, in the form that templates and servers share.

Document text can't act: what a model takes for a sign of its own (an end of turn, the place of a
picture) is broken up. Pictures that are not shown are told of in words. Knows no model.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Any, Final

from rag.datamodel import PageView, Prompt, QueryImage

_BREAK: Final = "\u200b"
_USUAL: Final = re.compile(
    r"<(?=\|)|<(?=/?(?:image|start_of_|end_of_|__media__|s>))|\[(?=/?INST\])"
)
"""How signs of common chat formats begin, for where the model's own are not known."""

UNSEEN: Final = "(A picture stands here that is not shown; its words are above.)"

Message = dict[str, Any]


def messages_of(
    prompt: Prompt, shown: Collection[int], *, signs: Collection[str] = ()
) -> list[Message]:
    """Return a system and a user message; `shown` are places among the parts of the prompt.

    A part of a picture is {"type": "image", "place": its place}; the caller sets in the picture.
    Each stands after a line that says whose picture it is: some templates move all of them ahead.
    A page that is not shown is left out with its source.
    """
    content = list(_content(prompt, shown, signs))
    return [
        {"role": "system", "content": [{"type": "text", "text": prompt.system}]},
        {"role": "user", "content": content},
    ]


def _content(prompt: Prompt, shown: Collection[int], signs: Collection[str]) -> Iterator[Message]:
    numbers = [hit.rank for hit in (*prompt.context.hits, *prompt.context.pages)]
    source = picture = 0
    for place, part in enumerate(prompt.parts):
        if isinstance(part, str):
            source += place < len(prompt.parts) - 1
            if not _is_unseen_page(prompt, place, shown):
                yield _text(defused(part, signs))
        elif place in shown:
            picture += 1
            owner = "the question"
            if not isinstance(part, QueryImage):
                owner = f"source [{numbers[source - 1]}]"
            yield _text(f"Picture {picture}, of {owner}:\n")
            yield {"type": "image", "place": place}
            yield _text("\n")
        elif not isinstance(part, PageView):
            yield _text(f"{UNSEEN}\n")


def _is_unseen_page(prompt: Prompt, place: int, shown: Collection[int]) -> bool:
    """Tell whether the words at a place only announce a page that is not shown."""
    following = prompt.parts[place + 1 : place + 2]
    return any(isinstance(part, PageView) for part in following) and place + 1 not in shown


def _text(words: str) -> Message:
    return {"type": "text", "text": words}


def as_text(message: Message) -> Message:
    """Return the message of a model that takes words alone."""
    texts = [part["text"] for part in message["content"] if part["type"] == "text"]
    return {"role": message["role"], "content": "".join(texts)}


def merged(messages: list[Message]) -> list[Message]:
    """Return the messages with the system's words in the user's, for templates without a system."""
    system, user = messages
    if isinstance(user["content"], str):
        return [{"role": "user", "content": f"{system['content']}\n{user['content']}"}]
    return [{"role": "user", "content": [*system["content"], *user["content"]]}]


def defused(text: str, signs: Collection[str]) -> str:
    """Return text in which no sign of a chat model is left whole: a zero-width space parts it."""
    text = _USUAL.sub(lambda found: found.group() + _BREAK, text)
    for sign in signs:
        if sign in text:
            text = text.replace(sign, sign[0] + _BREAK + sign[1:])
    return text
