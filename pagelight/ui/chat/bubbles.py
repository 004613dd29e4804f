"""What came with one message, and the bubbles of the exchange that it begins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pagelight.ui.source.region import Region
from rag.storage.conversations.conversations import KeptAttachment

Message = dict[str, Any]
"""A bubble, as the chat component takes it: role and content."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SentMessage:
    """What came with one message: words, files, the name of a part of a page, a scope.

    `files` are paths that are still to be read, `given` what was read of them; it `follows` where
    it came with an earlier message. `picture` is the id of a stored picture, of a conversation
    that an earlier version kept.
    """

    text: str = ""
    files: tuple[str, ...] = ()
    given: tuple[KeptAttachment, ...] = ()
    follows: bool = False
    picture: str = ""
    region: str = ""
    scope: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        return not (self.text or self.files or self.given or self.picture or self.region)


@dataclass(slots=True, kw_only=True)
class Begun:
    """An exchange, its two bubbles, and how many messages and turns stand before it.

    It follows the exchange `after` (an id, "" none); `versions` are the ids of those that follow
    the same one, itself among them. `key` is that of the places of its answer; `is_about` tells
    that its answer is about what came with it.
    """

    asked: SentMessage
    question: Message
    bubble: Message
    region: Region | None = None
    key: str = ""
    is_about: bool = False
    messages: int
    turns: int
    id: str = ""
    after: str = ""
    versions: tuple[str, ...] = ()
